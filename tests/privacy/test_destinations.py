"""No content leaves for a destination whose level is off: each level at each destination, by canaries.

One journal serves all destinations, so each has another level than those before and after it.
"""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from otel_agent.capture import LEVELS, Content, Level
from otel_agent.destinations.catalogue import DESTINATIONS
from otel_agent.destinations.destination import Destination
from otel_agent.destinations.views import views
from otel_agent.exporter.testing import FakeClock
from otel_agent.settings import Settings, TraceProfile, parse
from otel_agent.variables import rows_of
from otel_agent.ways import Way
from tests import journals, pipelines
from tests.privacy.canaries import CANARIES, RECORDINGS, THOUGHT, marked

HOME = {"HOME": "/home/dev"}
PRESETS = {row.name: row for row in DESTINATIONS}
PROFILES = tuple(f"in_{profile}" for profile in TraceProfile)
"""Generic destinations, one in each profile of traces."""
SWITCHES = {
    Content.PROMPTS: "OPENCODE_LOG_PROMPTS",
    Content.RESPONSES: "OPENCODE_LOG_RESPONSES",
    Content.TOOL_DETAILS: "OPENCODE_LOG_TOOL_DETAILS",
    Content.TOOL_CONTENT: "OPENCODE_LOG_TOOL_CONTENT",
}


def environ_of(row: Destination) -> dict[str, str]:
    """Return an environment that switches a destination on."""
    kinds = {name: each.kind for each in rows_of(row.variables).values() for name in each.names}
    return {name: kinds[name].example for name in dict.fromkeys((*row.starts[0], *row.needs))}


def left_for(folder: Path, settings: Mapping[str, Settings], recording: str) -> dict[str, bytes]:
    """Return all that leaves for each destination of one journal with canaries."""
    folder.mkdir(mode=0o700)
    journals.write(folder, 0, [journals.header(folder.name), *marked(recording)])
    base, *beside = (
        Way(name=name, settings=each, destinations=dict.fromkeys(each.deliveries, name))
        for name, each in settings.items()
    )
    pipeline = pipelines.opened(folder, FakeClock(), base.settings, beside)
    while pipeline.step():
        continue
    assert pipeline.finish()
    query = "SELECT destination, payload FROM requests"
    found = dict.fromkeys(settings, b"")
    for destination, payload in pipeline.outbox.connection.execute(query):
        found["" if destination == "there" else destination] += payload
    pipeline.close()
    return found


def told(sent: bytes) -> set[Content]:
    """Return the kinds of content whose canary is in what was sent; thoughts never are."""
    assert THOUGHT.encode() not in sent
    return {kind for kind, word in CANARIES.items() if word.encode() in sent}


@pytest.fixture(scope="module", name="sent")
def fixture_sent(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Level | None], bytes]:
    """Return what every destination got at every level, and without one, of all recordings."""
    found: dict[tuple[str, Level | None], bytes] = {}
    for levels, recording in product(({}, *mixtures()), RECORDINGS):
        folder = tmp_path_factory.mktemp("journals") / "1-1-a"
        for name, sent in left_for(folder, settings_at(levels), recording).items():
            key = name, levels.get(name)
            found[key] = found.get(key, b"") + sent
    return found


def mixtures() -> list[dict[str, Level]]:
    """Return levels of all destinations by their names, in which each of them has each level once."""
    names, levels = ("", *PROFILES, *PRESETS), tuple(Level)
    return [
        {name: levels[(place + shift) % len(levels)] for place, name in enumerate(names)}
        for shift in range(len(levels))
    ]


def settings_at(levels: Mapping[str, Level]) -> dict[str, Settings]:
    """Return the settings of the generic destination and of all others, at levels of their own or at none."""
    environ = {**HOME, "OPENCODE_ENABLE_TELEMETRY": "1", "OPENCODE_OTEL_DESTINATIONS": ",".join(PRESETS)}
    for row in DESTINATIONS:
        environ |= environ_of(row)
    for name in PROFILES:
        environ[f"{name}.OPENCODE_OTLP_ENDPOINT"] = "http://localhost:4317"
        environ[f"{name}.OPENCODE_TRACE_PROFILE"] = name.removeprefix("in_")
    for name, level in levels.items():
        before = f"{name}." if name in PROFILES else ""
        own = f"{name.upper()}_" if name in PRESETS else ""
        environ[f"{before}OPENCODE_{own}CAPTURE_LEVEL"] = level
    base = parse({key: text for key, text in environ.items() if "." not in key})
    beside = views(environ, base)
    assert not beside.problems
    return {"": base, **beside.settings}


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", ["", *PROFILES, *PRESETS])
def test_what_leaves_is_what_the_level_says(
    sent: dict[tuple[str, Level | None], bytes], name: str, level: Level
) -> None:
    """Not a word more, and, so that the words are real ones, not a word less."""
    assert LEVELS[level] == told(sent[name, level])


@pytest.mark.parametrize("name", ["", *PRESETS])
def test_what_leaves_when_nobody_says_how_much(
    sent: dict[tuple[str, Level | None], bytes], name: str
) -> None:
    """The generic destination gets no content; a preset gets what its users have today: all of it."""
    usual = {"": frozenset[Content](), **{row.name: LEVELS[row.captured] for row in DESTINATIONS}}

    assert usual[name] == told(sent[name, None])
    assert {frozenset(Content)} == {LEVELS[row.captured] for row in DESTINATIONS}


@pytest.mark.parametrize("kind", Content)
@pytest.mark.parametrize("name", PRESETS)
def test_switch_that_says_no_holds_everywhere(tmp_path: Path, name: str, kind: Content) -> None:
    """One switch that is off keeps its kind of content from every destination, whatever its level."""
    environ = {
        **HOME,
        **environ_of(PRESETS[name]),
        "OPENCODE_OTEL_DESTINATIONS": name,
        f"OPENCODE_{name.upper()}_CAPTURE_LEVEL": "content",
        SWITCHES[kind]: "0",
    }
    base = parse(environ)
    sent = left_for(tmp_path / "1-1-a", {"": base, **views(environ, base).settings}, "run_content")

    assert kind not in told(sent[name])
