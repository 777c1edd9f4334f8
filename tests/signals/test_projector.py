"""From facts to signals under settings: names, channels of attributes, switches, content."""

from dataclasses import replace

import pytest

from otel_agent.facts import Fact
from otel_agent.receiver.testing import MemorySequences
from otel_agent.settings import parse
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import Distribution, Kind, Measurement, Record, Severity
from otel_agent.signals.projector import Projector, instruments
from tests.signals.samples import (
    CALLED,
    CHANGED,
    COMMITTED,
    DONE,
    ENDED,
    FACTS,
    NOW_MS,
    PLACE,
    PROMPTED,
    origin,
)

POINT = {"session.id": "ses_a", "project.id": "p", "user.id": "u", "vcs.repository.name": "example/x"}
EVENT = {
    **POINT,
    "root_session.id": "ses_root",
    "agent": "build",
    "prompt.id": "msg_1",
    "terminal.type": "xterm",
    "vcs.ref.head.name": "main",
    "event.timestamp": "2026-11-18T11:06:40.123Z",
}


def projector(content: ContentPolicy | None = None, **environ: str) -> Projector:
    """Return a projector for an environment."""
    settings = parse({"OPENCODE_ENABLE_TELEMETRY": "1", "HOME": "/home/dev", **environ})
    return Projector(settings, MemorySequences(), content or ContentPolicy())


def measured(fact: Fact, suffix: str, **environ: str) -> list[Measurement]:
    """Return what a fact adds to one instrument."""
    found = projector(**environ).measurements(fact, "1.18.33")
    return [measurement for measurement in found if measurement.suffix == suffix]


def test_point_has_the_common_attributes() -> None:
    """Each point has session and project, and by default person and repository."""
    [measurement] = measured(COMMITTED, "commit.count")

    assert (1, POINT, NOW_MS) == (measurement.value, measurement.attributes, measurement.time_ms)


def test_included_attributes_are_chosen() -> None:
    """OPENCODE_METRICS_INCLUDE replaces the optional attributes."""
    every = "user.email,app.version,vcs.ref.head.name,root_session.id,terminal.type"
    [chosen] = measured(COMMITTED, "commit.count", OPENCODE_METRICS_INCLUDE=every)

    assert {
        "session.id": "ses_a",
        "project.id": "p",
        "user.email": "a@example.org",
        "app.version": "1.18.33",
        "vcs.ref.head.name": "main",
        "root_session.id": "ses_root",
        "terminal.type": "xterm",
    } == chosen.attributes


def test_unknown_is_absent() -> None:
    """What is not known has no attribute: no placeholder, no empty text."""
    bare = replace(
        COMMITTED, origin=origin(project_id=None, surroundings=replace(PLACE, user_id=None, repository=""))
    )
    [measurement] = measured(bare, "commit.count")

    assert {"session.id": "ses_a"} == measurement.attributes


def test_own_attributes_are_on_points_only() -> None:
    """OPENCODE_METRIC_ATTRIBUTES are on each point, and neither on events nor stronger than ours."""
    given = {"OPENCODE_METRIC_ATTRIBUTES": "team=core,session.id=mine"}

    [measurement] = measured(COMMITTED, "commit.count", **given)
    [record] = projector(**given).records(COMMITTED)

    assert {**POINT, "team": "core"} == measurement.attributes
    assert "team" not in record.attributes


def test_excluded_attributes_win_last() -> None:
    """OPENCODE_EXCLUDE_METRICS_ATTRIBUTES strips whatever came before, our own and the user's."""
    one = projector(
        OPENCODE_METRIC_ATTRIBUTES="team=core",
        OPENCODE_EXCLUDE_METRICS_ATTRIBUTES="team,session.id,model,user.id,vcs.repository.name",
    )
    totals = one.totals(lambda _key: None)
    for measurement in one.measurements(CALLED, None):
        totals.measure(measurement)

    points = {point.name: dict(point.attributes) for point in totals.collect().points}
    assert {"project.id": "p", "provider": "fake", "agent": "build"} == points["opencode.model.usage"]


def test_cost_scale_changes_cost_usage_only() -> None:
    """The scale changes value, unit and description of cost.usage and nothing else."""
    scaled = {"OPENCODE_COST_USAGE_SCALE": "1000000"}

    [cost] = measured(CALLED, "cost.usage", **scaled)
    [total] = measured(ENDED, "session.cost.total", **scaled)
    [usage] = measured(CALLED, "model.usage", **scaled)

    plain = {row.suffix: row for row in instruments(projector().settings)}
    changed = {
        row.suffix: row for row in instruments(projector(**scaled).settings) if row != plain[row.suffix]
    }
    assert (2100, 0.25, 1) == (pytest.approx(cost.value), total.value, usage.value)
    assert ["cost.usage"] == list(changed)
    assert "USD/1000000" == changed["cost.usage"].unit
    assert changed["cost.usage"].description.endswith("multiplied by 1000000")


@pytest.mark.parametrize(("scale", "unit"), [("1", "USD"), ("0.01", "USD/0.01"), ("1e3", "USD/1000")])
def test_scale_is_written_out(scale: str, unit: str) -> None:
    """The unit shows the number as people write it; without a scale it is USD."""
    units = {row.suffix: row.unit for row in instruments(projector(OPENCODE_COST_USAGE_SCALE=scale).settings)}

    assert unit == units["cost.usage"]


def test_points_that_coincide_become_one() -> None:
    """Without `type` the tokens of a call are one point with their sum, a histogram one with all values."""
    one = projector(OPENCODE_EXCLUDE_METRICS_ATTRIBUTES="type,success")
    totals = one.totals(lambda _key: None)
    for fact in (CALLED, DONE, replace(DONE, is_success=True)):
        for measurement in one.measurements(fact, None):
            totals.measure(measurement)

    points = totals.collect().points
    [tokens] = [point.value for point in points if point.name == "opencode.token.usage"]
    [durations] = [point.value for point in points if point.name == "opencode.tool.duration"]
    assert 1287 == tokens
    assert isinstance(durations, Distribution)
    assert (2, 240) == (durations.count, durations.sum)


def test_counts_stay_whole_under_a_scale() -> None:
    """What is counted is a whole number; money, seconds and shares are not."""
    types = {(m.suffix, type(m.value)) for fact in FACTS for m in projector().measurements(fact, None)}

    assert {
        *("cost.usage", "session.cost.total", "active_time.total", "time_to_first_token", "context.usage"),
        *("otel_agent.lag", "otel_agent.outbox.age"),
    } == {suffix for suffix, kind in types if kind is float}


def test_disabled_metric_is_not_measured_and_its_event_stays() -> None:
    """OPENCODE_DISABLE_METRICS names suffixes; the log events are another matter."""
    one = projector(OPENCODE_DISABLE_METRICS="commit.count,cost.usage")

    assert [] == list(one.measurements(COMMITTED, None))
    assert 1 == len(list(one.records(COMMITTED)))


def test_disabled_signals_say_nothing() -> None:
    """Without logs there are no records, without metrics no measurements."""
    silent = projector(OPENCODE_DISABLE_LOGS="1", OTEL_METRICS_EXPORTER="none")

    assert [] == [record for fact in FACTS for record in silent.records(fact)]
    assert [] == [measurement for fact in FACTS for measurement in silent.measurements(fact, None)]


@pytest.mark.parametrize(
    ("setting", "is_delta"), [("", False), ("cumulative", False), ("delta", True), ("lowmemory", True)]
)
def test_temporality_is_the_settings(setting: str, *, is_delta: bool) -> None:
    """Counters and histograms are delta as the setting says, low memory too; gauges never are."""
    one = projector(OPENCODE_OTLP_METRICS_TEMPORALITY=setting)
    totals = one.totals(lambda _key: None)
    for fact in (CALLED, CHANGED, ENDED):
        for measurement in one.measurements(fact, None):
            totals.measure(measurement)

    points = totals.collect().points
    assert {is_delta} == {point.is_delta for point in points if point.kind is not Kind.GAUGE}
    assert {False} == {point.is_delta for point in points if point.kind is Kind.GAUGE}


def test_record_is_whole() -> None:
    """A record has its names, time, severity, the common attributes, its own, and an id."""
    [record] = projector().records(COMMITTED)

    expected = {**EVENT, "sha": "1234567", "branch": "main", "event.name": "commit", "event.sequence": 1}
    assert (
        Record(
            name="opencode.commit",
            body="commit",
            severity=Severity.INFO,
            time_ns=NOW_MS * 1_000_000,
            attributes={**expected, "log.record.uid": record.attributes["log.record.uid"]},
        )
        == record
    )


def test_prefix_is_in_the_names() -> None:
    """Metrics and event names have the prefix; body and event.name are bare."""
    one = projector(OPENCODE_METRIC_PREFIX="acme.")
    totals = one.totals(lambda _key: None)
    for measurement in one.measurements(COMMITTED, None):
        totals.measure(measurement)

    [record] = one.records(COMMITTED)
    [point] = totals.collect().points
    assert ("acme.commit", "commit", "commit") == (record.name, record.body, record.attributes["event.name"])
    assert "acme.commit.count" == point.name


def test_records_are_numbered_in_their_session() -> None:
    """event.sequence counts on from event to event of a session."""
    one = projector()
    other = replace(COMMITTED, origin=origin(session_id="ses_b"))

    numbers = [
        record.attributes["event.sequence"]
        for fact in (COMMITTED, other, COMMITTED)
        for record in one.records(fact)
    ]

    assert [1, 1, 2] == numbers


def test_record_that_is_made_again_has_the_same_id() -> None:
    """The id is made of OpenCode's own ids and the event's name: nothing else changes it."""
    [first] = projector().records(COMMITTED)
    [again] = projector().records(replace(COMMITTED, sha=None))
    [other] = projector().records(replace(COMMITTED, origin=origin(uid="other")))

    ids = [record.attributes["log.record.uid"] for record in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]


def test_content_passes_with_its_setting_only() -> None:
    """The policy decides over the prompt's text; the email of a person is on no event."""
    [closed] = projector().records(PROMPTED)
    [opened] = projector(ContentPolicy(is_prompt_on=True)).records(PROMPTED)

    assert ("prompt" in closed.attributes, "Do it") == (False, opened.attributes["prompt"])
    assert "user.email" not in opened.attributes
