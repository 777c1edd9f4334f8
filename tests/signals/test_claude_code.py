"""The profile claude_code: every fact is written as Claude Code writes it."""

from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from otel_agent.facts import Decision, DecisionSource, Fact, Failure, QuerySource, Verdict
from otel_agent.receiver.testing import MemorySequences
from otel_agent.signals import comparison
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import Attributes, Measurement, Record
from otel_agent.signals.projector import Projector, instruments
from otel_agent.signals.totals import Series, SeriesKey, Totals
from tests.pipelines import settings_of
from tests.signals import golden
from tests.signals.samples import (
    ADDED,
    ANSWERED,
    CALLED,
    COMMITTED,
    DECIDED,
    DONE,
    PROMPTED,
    SKILLED,
    STARTED,
    origin,
)

MAIN = replace(CALLED, query_source=QuerySource.MAIN, origin=origin(is_subagent=False))
HELPED = replace(CALLED, query_source=QuerySource.SUBAGENT, origin=origin(agent="general"))
COMPACTING = replace(CALLED, query_source=QuerySource.AUXILIARY, origin=origin(agent="compaction"))
OPENED = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)


def projector(content: ContentPolicy | None = None, **environ: str) -> Projector:
    """Return a projector in the profile."""
    settings = settings_of(**{"OPENCODE_METRIC_PREFIX": "claude_code.", **environ})
    return Projector(settings, MemorySequences(), content or ContentPolicy())


def measured(fact: Fact, suffix: str, **environ: str) -> list[Measurement]:
    """Return what a fact adds to one instrument."""
    found = projector(**environ).measurements(fact, "1.18.33")
    return [measurement for measurement in found if measurement.suffix == suffix]


def record(fact: Fact, name: str, content: ContentPolicy | None = None, **environ: str) -> Record:
    """Return the one record of a name that tells of a fact."""
    [found] = [
        one for one in projector(content, **environ).records(fact) if one.attributes["event.name"] == name
    ]
    return found


def test_recording_arrives_as_claude_code_writes_it(tmp_path: Path) -> None:
    """Every series and log record of the demo's recording: names, bodies, types, units and scopes."""
    found = golden.sent(tmp_path / "1-1-a", "demo", **golden.ENVIRON)

    assert golden.FILE.read_text(encoding="utf-8") == golden.rendered(found)


def test_there_are_four_types_of_tokens() -> None:
    """Reasoning counts as output, so the types add up to the same whole."""
    counts: Counter[str] = Counter()
    for one in measured(CALLED, "token.usage"):
        counts[str(one.attributes["type"])] += int(one.value)

    assert {"input": 200, "output": 80, "cacheRead": 1000, "cacheCreation": 7} == counts


@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_folded_series_add_up_across_exports_and_restarts(temporality: str) -> None:
    """Output and reasoning are one series: all exported before and after a restart is the whole."""
    one = projector(OPENCODE_OTLP_METRICS_TEMPORALITY=temporality)
    stored: dict[SeriesKey, bytes] = {}
    values: list[float] = []
    for number in range(3):
        totals = one.totals(partial(_loaded, stored))
        for measurement in one.measurements(_later(CALLED, number), None):
            totals.measure(measurement)
        values += _outputs(totals)
        stored.update({key: msgspec.msgpack.encode(series) for key, series in totals.series.items()})

    assert [80, 80, 80] == values if temporality == "delta" else [80, 160, 240] == values


def _later(fact: Fact, number: int) -> Fact:
    """Return a fact some seconds later."""
    return replace(fact, origin=replace(fact.origin, time_ms=fact.origin.time_ms + 5_000 * number))


def _loaded(stored: dict[SeriesKey, bytes], key: SeriesKey) -> Series | None:
    """Return a series as it was stored."""
    return msgspec.msgpack.decode(stored[key], type=Series) if key in stored else None


def _outputs(totals: Totals) -> list[float]:
    """Return the values of the exported points of output tokens."""
    return [
        point.value
        for point in totals.collect().points
        if point.name == "claude_code.token.usage" and ("type", "output") in point.attributes
        if isinstance(point.value, int | float)
    ]


def test_request_tells_four_types_of_tokens_as_numbers() -> None:
    """api_request's output_tokens have reasoning in them, and stay numbers."""
    attributes = record(CALLED, "api_request").attributes

    assert (80, 200, 1000, 7, 900) == tuple(
        attributes[key]
        for key in (
            *("output_tokens", "input_tokens", "cache_read_tokens", "cache_creation_tokens"),
            "duration_ms",
        )
    )
    assert "reasoning_tokens" not in attributes


@pytest.mark.parametrize(
    ("fact", "source", "thread", "agent"),
    [
        (MAIN, "main", "repl_main_thread", None),
        (HELPED, "subagent", "general", "general"),
        (COMPACTING, "auxiliary", "compact", None),
    ],
    ids=["main", "subagent", "compaction"],
)
def test_query_source_is_a_thread_on_events_and_a_kind_on_metrics(
    fact: Fact, source: str, thread: str, agent: str | None
) -> None:
    """Metrics say main, subagent, auxiliary; events name the thread; agent.name is a sub-agent's."""
    told = record(fact, "api_request").attributes
    points = [*measured(fact, "token.usage"), *measured(fact, "cost.usage")]

    assert (thread, agent) == (told["query_source"], told.get("agent.name"))
    assert {(source, agent)} == {
        (point.attributes["query_source"], point.attributes.get("agent.name")) for point in points
    }


def test_counts_have_no_unit_and_the_others_theirs() -> None:
    """Prometheus makes names of units: these are the ones of Claude Code's dashboards."""
    units = {row.suffix: row.unit for row in instruments(projector().settings)}

    assert {row.name: row.unit for row in comparison.METRICS} == {
        name: units[name] for name in (row.name for row in comparison.METRICS)
    }


def test_scaled_cost_has_its_own_unit() -> None:
    """The scale changes the unit of cost.usage, and no other."""
    plain, scaled = (
        {row.suffix: row.unit for row in instruments(projector(OPENCODE_COST_USAGE_SCALE=scale).settings)}
        for scale in ("1", "1000000")
    )

    assert {**plain, "cost.usage": "USD/1000000"} == scaled


def test_sessions_of_subagents_do_not_count() -> None:
    """Claude Code counts a sub-agent's work as its parent's session."""
    own = replace(STARTED, origin=origin(is_subagent=False))
    [counted] = measured(own, "session.count")

    assert [] == measured(STARTED, "session.count")
    assert ("fresh", False) == (counted.attributes["start_type"], "is_subagent" in counted.attributes)


def test_effort_is_where_claude_code_has_it() -> None:
    """On tokens, cost, requests and errors; the other profile's points do not have it."""
    failed = replace(CALLED, failure=Failure(name="APIError"))
    points = [*measured(CALLED, "token.usage"), *measured(CALLED, "cost.usage")]
    [plain] = measured(CALLED, "cost.usage", OPENCODE_TELEMETRY_PROFILE="opencode")

    assert {"high"} == {point.attributes["effort"] for point in points}
    assert ("high", "high") == (
        record(CALLED, "api_request").attributes["effort"],
        record(failed, "api_error").attributes["effort"],
    )
    assert "effort" not in plain.attributes


def test_prompts_and_answers_name_their_messages() -> None:
    """message.uuid is OpenCode's id of the message."""
    assert ["uid", "uid"] == [
        record(PROMPTED, "user_prompt").attributes["message.uuid"],
        record(ANSWERED, "assistant_response").attributes["message.uuid"],
    ]


def test_refused_call_has_no_result() -> None:
    """Claude Code's tool_result tells of calls that were let run: its decision_type is always accept."""
    refused = Verdict(decision=Decision.REJECT, source=DecisionSource.USER_REJECT)
    told = projector().records(replace(DONE, verdict=refused))

    assert [] == [one.name for one in told]


def test_tool_result_is_written_in_strings() -> None:
    """Dashboards compare success with "true" and convert the numbers themselves."""
    failed = record(DONE, "tool_result").attributes
    done = record(replace(DONE, is_success=True), "tool_result").attributes

    assert ("false", "120", "30", "40") == tuple(
        failed[key] for key in ("success", "duration_ms", "tool_input_size_bytes", "tool_result_size_bytes")
    )
    assert "true" == done["success"]


def test_prompt_is_redacted_unless_it_may_leave() -> None:
    """The attribute is always there; its length is a string."""
    closed, opened = (record(PROMPTED, "user_prompt", policy).attributes for policy in (None, OPENED))

    assert ("<REDACTED>", "Do it", "5") == (closed["prompt"], opened["prompt"], closed["prompt_length"])


@pytest.mark.parametrize(
    ("fact", "event", "key", "closed", "opened"),
    [
        (PROMPTED, "user_prompt", "command_name", "custom", "hello"),
        (replace(PROMPTED, command_name="init"), "user_prompt", "command_name", "init", "init"),
        (replace(PROMPTED, command_name=None), "user_prompt", "command_name", None, None),
        (SKILLED, "skill_activated", "skill.name", "custom", "review"),
        (ADDED, "tool_result", "mcp_server.name", None, "echo"),
    ],
    ids=["command", "own command", "no command", "skill", "server"],
)
def test_names_of_commands_skills_and_servers_are_details(
    fact: Fact, event: str, key: str, closed: str | None, opened: str | None
) -> None:
    """Claude Code sends them with OTEL_LOG_TOOL_DETAILS only."""
    assert (closed, opened) == tuple(
        record(fact, event, policy).attributes.get(key) for policy in (None, OPENED)
    )


@pytest.mark.parametrize(
    ("tool", "expected"),
    [("bash", "Bash"), ("apply_patch", "Edit"), ("todowrite", "TodoWrite"), ("db_query", "db_query")],
)
def test_tools_have_the_names_of_claude_code(tool: str, expected: str) -> None:
    """OpenCode's own tools, on events and metrics; the tools of others keep their names."""
    done, decided = replace(DONE, tool_name=tool, tool_ran=tool), replace(DECIDED, tool_name=tool)
    [duration] = measured(done, "tool.duration")

    assert [expected] * 3 == [
        duration.attributes["tool_name"],
        record(done, "tool_result").attributes["tool_name"],
        record(decided, "tool_decision").attributes["tool_name"],
    ]


def test_every_decision_is_told() -> None:
    """A call that the configuration allows without a word has its tool_decision, with the tool's source."""
    allowed = replace(
        DECIDED,
        is_prompted=False,
        wait_ms=None,
        verdict=Verdict(decision=Decision.ACCEPT, source=DecisionSource.CONFIG),
    )
    attributes = record(allowed, "tool_decision").attributes

    assert ("accept", "config", "builtin") == tuple(
        attributes[key] for key in ("decision", "source", "tool_source")
    )
    assert "tool_type" not in attributes


def test_names_have_the_prefix_where_claude_code_has_it() -> None:
    """Body and record's name have it, `event.name` has not; another prefix leaves the body alone."""
    named = record(COMMITTED, "commit")
    other = record(
        COMMITTED, "commit", OPENCODE_METRIC_PREFIX="acme.", OPENCODE_TELEMETRY_PROFILE="claude_code"
    )

    assert ("claude_code.commit", "claude_code.commit") == (named.name, named.body)
    assert ("acme.commit", "claude_code.commit") == (other.name, other.body)


def test_resource_attributes_of_the_standard_variable_are_copied() -> None:
    """OTEL_RESOURCE_ATTRIBUTES are on points and events too; ours win, and exclusion wins last."""
    environ = {"OTEL_RESOURCE_ATTRIBUTES": "team=core,session.id=mine", "OPENCODE_RESOURCE_ATTRIBUTES": "x=y"}
    [point] = measured(COMMITTED, "commit.count", **environ)
    told = record(COMMITTED, "commit", **environ).attributes

    assert ("core", "ses_a", None) == _chosen(point.attributes)
    assert ("core", "ses_a", None) == _chosen(told)
    assert "team" not in _points(COMMITTED, **environ, OPENCODE_EXCLUDE_METRICS_ATTRIBUTES="team")[0]


def _chosen(attributes: Attributes) -> tuple[Any, ...]:
    """Return the attributes that the test sets."""
    return tuple(attributes.get(key) for key in ("team", "session.id", "x"))


def _points(fact: Fact, **environ: str) -> list[Attributes]:
    """Return the attributes of a fact's points as they are exported."""
    one = projector(**environ)
    totals = one.totals(lambda _key: None)
    for measurement in one.measurements(fact, None):
        totals.measure(measurement)
    return [dict(point.attributes) for point in totals.collect().points]


def test_standard_attributes_stay_on_the_resource_in_the_other_profile() -> None:
    """Only Claude Code copies them."""
    [point] = measured(
        COMMITTED, "commit.count", OTEL_RESOURCE_ATTRIBUTES="team=core", OPENCODE_TELEMETRY_PROFILE="opencode"
    )

    assert "team" not in point.attributes


def test_terminal_is_on_points() -> None:
    """Claude Code's points have terminal.type; a list of one's own replaces the default."""
    [point] = measured(COMMITTED, "commit.count")
    [chosen] = measured(COMMITTED, "commit.count", OPENCODE_METRICS_INCLUDE="user.id")

    assert ("xterm", None) == (point.attributes["terminal.type"], chosen.attributes.get("terminal.type"))
