"""What holds for every profile: it changes how facts are written, and never a sum."""

from collections import Counter
from pathlib import Path

import pytest

from otel_agent.facts import Fact
from otel_agent.receiver.testing import MemorySequences
from otel_agent.settings import TelemetryProfile
from otel_agent.signals.attributes import CATALOGUE, KEYS, Cardinality
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.profile import PROFILES, profile_of
from otel_agent.signals.projector import Projector
from otel_agent.signals.rules import EventRules, MetricRules, added, either, text, worded
from tests.pipelines import settings_of
from tests.signals.golden import sent
from tests.signals.samples import FACTS

CLAUDE_CODE = {"OPENCODE_TELEMETRY_PROFILE": "claude_code"}
OPEN = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)
EVENTFUL = ("demo", "run_subagent", "run_tools", "serve_compact")


def sums(facts: tuple[Fact, ...], **environ: str) -> dict[str, float]:
    """Return the sum of all that facts add to each counter and histogram."""
    projector = Projector(settings_of(**environ), MemorySequences())
    found: Counter[str] = Counter()
    for fact in facts:
        for measurement in projector.measurements(fact, None):
            found[measurement.suffix] += measurement.value  # type: ignore[assignment]
    return dict(found)


def test_every_profile_is_in_the_table() -> None:
    """Each value of the setting has its profile."""
    assert set(TelemetryProfile) == set(PROFILES)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_rules_are_about_rows_that_exist(profile: object) -> None:
    """A rule for a metric or an event that no table has would do nothing."""
    rules = next(one for one in PROFILES.values() if one is profile)

    assert set() == rules.metrics.keys() - {row.suffix for row in INSTRUMENTS}
    assert set() == rules.events.keys() - {row.name for row in EVENTS}


def test_profile_changes_no_sum() -> None:
    """Whatever is renamed or folded: each metric's sum is the same, but for sub-agents' sessions."""
    plain, claude = sums(FACTS), sums(FACTS, **CLAUDE_CODE)
    plain.pop("session.count")
    claude.pop("session.count", None)

    assert plain == claude


@pytest.mark.parametrize("recording", EVENTFUL)
def test_profile_changes_no_sum_that_arrives(tmp_path: Path, recording: str) -> None:
    """The same on the decoded requests of real recordings, with delta temporality."""
    delta = {"OPENCODE_OTLP_METRICS_TEMPORALITY": "delta"}
    found = []
    for number, environ in enumerate([delta, {**delta, **CLAUDE_CODE}]):
        totals: Counter[str] = Counter()
        for point in sent(tmp_path / f"{number}", recording, **environ).points:
            if point.kind == "sum" and not point.name.endswith("session.count"):
                assert isinstance(point.value, int | float)
                totals[point.name.partition(".")[2]] += point.value  # type: ignore[assignment]
        found.append({name: pytest.approx(value) for name, value in totals.items()})

    assert found[0] == found[1]


def test_prefix_selects_the_profile() -> None:
    """`claude_code.` is Claude Code's prefix; any other is OpenCode's profile, unless it is said."""
    chosen = [
        profile_of(settings_of(OPENCODE_METRIC_PREFIX=prefix)).service_name
        for prefix in ("", "acme.", "claude_code.")
    ]

    assert ["opencode", "opencode", "claude-code"] == chosen
    assert (
        "opencode"
        == profile_of(
            settings_of(OPENCODE_METRIC_PREFIX="claude_code.", OPENCODE_TELEMETRY_PROFILE="opencode")
        ).service_name
    )


def test_rules_write_what_they_say() -> None:
    """Derived attributes are read from the old ones, left out ones are gone, unknown ones stay absent."""
    rules = EventRules(
        derived={
            "n": text("n"),
            "ok": text("ok"),
            "sum": added("n", "m", "absent"),
            "none": added("absent"),
            "word": worded("word", {"a": "b"}),
            "given": either("given", "otherwise"),
            "absent": text("absent"),
        },
        without=frozenset({"m"}),
    )

    assert {
        "n": "1",
        "ok": "true",
        "sum": 3,
        "word": "b",
        "given": "otherwise",
        "kept": 0.5,
    } == rules.written({"n": 1, "m": 2, "ok": True, "word": "a", "kept": 0.5})


def test_rules_without_a_change_change_nothing() -> None:
    """The profile of OpenCode costs nothing: attributes pass as they are."""
    attributes = {"a": 1}

    assert EventRules().written(attributes) is attributes
    assert MetricRules().is_counted({"is_subagent": True})


@pytest.mark.parametrize("profile", TelemetryProfile)
def test_every_attribute_is_in_the_catalogue(profile: TelemetryProfile) -> None:
    """What a profile makes anew is documented like the rest, and no metric gets an unbounded attribute."""
    environ = {"OPENCODE_TELEMETRY_PROFILE": profile.value, "OPENCODE_GENAI_METRICS": "1"}
    projector = Projector(settings_of(**environ), MemorySequences(), OPEN)
    told = {key for fact in FACTS for one in projector.records(fact) for key in one.attributes}
    measured = {key for fact in FACTS for one in projector.measurements(fact, None) for key in one.attributes}
    unbounded = {row.key for row in CATALOGUE if row.cardinality is Cardinality.HIGH}

    assert set() == (told | measured) - KEYS
    assert {"session.id"} == measured & unbounded
