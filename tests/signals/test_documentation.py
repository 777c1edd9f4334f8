"""The documentation's tables are written from the code's tables."""

import pytest

from otel_agent.signals import genai
from otel_agent.signals.attributes import CATALOGUE
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.documentation import (
    agent_table,
    attributes_table,
    events_table,
    genai_table,
    metrics_table,
)
from otel_agent.signals.instruments import Instrument
from otel_agent.tables import rows

TABLES = [
    (metrics_table(), [row.suffix for row in INSTRUMENTS if row.is_prefixed]),
    (agent_table(), [row.suffix for row in INSTRUMENTS if not row.is_prefixed]),
    (genai_table(), [row.suffix for row in rows(genai, Instrument)]),
    (events_table(), [row.name for row in EVENTS]),
    (attributes_table(), [row.key for row in CATALOGUE]),
]


@pytest.mark.parametrize(("table", "names"), TABLES)
def test_table_has_a_line_for_every_row(table: str, names: list[str]) -> None:
    """Under title and rule each row has one line with as many cells as there are titles."""
    title, rule, *lines = table.splitlines()

    assert names == [line.split("`")[1] for line in lines]
    assert {title.count("|")} == {line.count("|") for line in (rule, *lines)}
    assert table.endswith("|\n")


def test_line_says_what_the_row_says() -> None:
    """A metric's line has its kind, unit, attributes and meaning."""
    line = (
        "| `tool.duration` | histogram | `ms` | `tool_name`, `success` "
        "| Duration of finished tool calls, the wait for a permission included |"
    )

    assert line in metrics_table().splitlines()
