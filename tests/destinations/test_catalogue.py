"""The catalogue: every row of a destination can be told from all others, used, and is documented."""

from collections import Counter
from pathlib import Path

import pytest

from otel_agent import settings
from otel_agent.capture import Level
from otel_agent.destinations import catalogue
from otel_agent.destinations.catalogue import DESTINATIONS, endpoint_of, keys_of, owner_of
from otel_agent.destinations.destination import Destination
from otel_agent.routes import LACKING
from otel_agent.variables import rows_of

DOCS = Path(__file__).parents[2] / "docs"
EACH = pytest.mark.parametrize("row", DESTINATIONS, ids=lambda row: row.name)


def test_names_are_different() -> None:
    """Queues, series and credentials are told apart by them."""
    names = [row.name for row in DESTINATIONS]

    assert {"phoenix"} <= set(names)
    assert len(names) == len(set(names))
    assert [] == [name for name in names if not name.isidentifier() or name in {"none", "generic"}]


def test_secret_belongs_to_one_destination() -> None:
    """Whose credentials are at hand is asked for each one: a shared secret would be two answers."""
    secrets = Counter(
        name
        for row in DESTINATIONS
        for each in rows_of(row.variables).values()
        if each.secret
        for name in each.names
    )

    assert [] == [name for name, number in secrets.items() if number > 1]
    assert set() == secrets.keys() & set(settings.secret_names())


@EACH
def test_variables_of_a_destination_are_told_in_the_documentation(row: Destination) -> None:
    """Each has a meaning, and the pages name what switches it on."""
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    rows = rows_of(row.variables).values()

    assert [] == [each.names for each in rows if not each.help.endswith(".")]
    assert [] == [name for names in row.starts for name in names if name not in pages]


@EACH
def test_variables_that_switch_on_or_are_needed_are_its_own(row: Destination) -> None:
    """Whatever is asked for can be set."""
    own = {name for each in rows_of(row.variables).values() for name in each.names}

    assert {name for names in row.starts for name in names} | set(row.needs) <= own
    assert all(row.starts)
    assert row.guide.startswith("https://")


@EACH
def test_level_is_a_variable_of_each(row: Destination) -> None:
    """Whoever wants less content says so for one destination."""
    level = rows_of(row.variables)["level"]

    assert (f"OPENCODE_{row.name.upper()}_CAPTURE_LEVEL",) == level.names
    assert row.captured in Level


@EACH
def test_secret_that_is_not_at_hand_can_be_stood_for(row: Destination) -> None:
    """An agent without it still makes the requests, so what stands for it has to be readable."""
    secrets = [each for each in rows_of(row.variables).values() if each.secret]

    assert all(each.kind.read(LACKING) for each in secrets)


@pytest.mark.parametrize(
    ("variable", "owner"),
    [
        ("PHOENIX_API_KEY", "phoenix"),
        ("OPENCODE_OTLP_HEADERS", ""),
        ("backup.OPENCODE_OTLP_HEADERS", "backup"),
        ("HTTPS_PROXY", ""),
    ],
)
def test_variable_has_an_owner(variable: str, owner: str) -> None:
    """A table's belongs to the table, and what no row has to the generic destination."""
    assert owner == owner_of(variable)


@pytest.mark.parametrize(
    ("name", "endpoint", "key"),
    [
        ("", "OPENCODE_OTLP_ENDPOINT", "OPENCODE_OTLP_HEADERS"),
        ("backup", "backup.OPENCODE_OTLP_ENDPOINT", "backup.OPENCODE_OTLP_HEADERS"),
        ("phoenix", "PHOENIX_ENDPOINT", "PHOENIX_API_KEY"),
    ],
)
def test_what_to_correct_is_named(name: str, endpoint: str, key: str) -> None:
    """Whoever reads of a failure reads the names of variables."""
    assert (endpoint, key) == (endpoint_of(name), keys_of(name)[0])


@EACH
def test_each_has_an_endpoint_that_can_be_corrected(row: Destination) -> None:
    """One of its own variables."""
    own = {name for each in rows_of(row.variables).values() for name in each.names}

    assert endpoint_of(row.name) in own


def test_header_records_what_is_not_secret() -> None:
    """And of what is secret a fingerprint only."""
    recorded, secret = set(catalogue.recorded_names()), set(catalogue.secret_names())

    assert set() == recorded & secret
    assert {"PHOENIX_ENDPOINT", "OPENCODE_OTEL_DESTINATIONS"} <= recorded
    assert {"PHOENIX_API_KEY", "OPENCODE_OTLP_HEADERS"} <= secret
