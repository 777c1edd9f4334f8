"""The seed metrics: names, kinds, units and attributes as the users of the existing plugin rely on."""

from dataclasses import replace

import pytest

from otel_agent.facts import Fact, StartType, Tokens
from otel_agent.signals import metrics, metrics_agent, metrics_tools, metrics_turns
from otel_agent.signals.catalogue import INSTRUMENTS
from otel_agent.signals.instruments import DOLLARS, MILLISECONDS, TOKENS, Instrument
from otel_agent.signals.model import Kind, Merge
from tests.signals.samples import (
    ADDED,
    CALLED,
    CHANGED,
    COMMITTED,
    COMPACTED,
    DECIDED,
    DONE,
    EDIT_DECIDED,
    EDITED,
    ENDED,
    INVOKED,
    OPENED,
    READ,
    REPORTED,
    RETRIED,
    STARTED,
)

SEED = {
    "session.count": ("counter", "{session}", {"is_subagent", "start_type"}),
    "token.usage": ("counter", "tokens", {"model", "provider", "agent", "type", "query_source"}),
    "cost.usage": ("counter", "USD", {"model", "provider", "agent", "query_source"}),
    "lines_of_code.count": ("counter", "{line}", {"type", "model", "language"}),
    "lines_of_code.total": ("gauge", "{line}", {"type"}),
    "commit.count": ("counter", "{commit}", set()),
    "tool.duration": ("histogram", "ms", {"tool_name", "success"}),
    "cache.count": ("counter", "{request}", {"model", "agent", "type"}),
    "session.duration": ("histogram", "ms", set()),
    "session.token.total": ("histogram", "tokens", set()),
    "session.cost.total": ("histogram", "USD", set()),
    "message.count": ("counter", "{message}", {"model", "agent"}),
    "model.usage": ("counter", "{request}", {"model", "provider", "agent"}),
    "retry.count": ("counter", "{retry}", {"model"}),
}
OTHERS = {
    "pull_request.count": ("counter", "{pull_request}", set()),
    "subtask.count": ("counter", "{subtask}", {"agent"}),
    "code_edit_tool.decision": ("counter", "", {"tool_name", "decision", "source", "language"}),
    "active_time.total": ("counter", "s", {"type"}),
    "time_to_first_token": ("histogram", "s", {"model", "provider"}),
    "context.usage": ("gauge", "1", {"model"}),
    "compaction.count": ("counter", "{compaction}", {"trigger", "success"}),
    "permission.wait": ("histogram", "ms", {"tool_name", "decision"}),
    "mcp.call.count": ("counter", "{call}", {"tool_name", "success"}),
    "file.operation.count": ("counter", "{operation}", {"operation", "language"}),
    "otel_agent.events": ("counter", "{event}", set()),
    "otel_agent.requests": ("counter", "{request}", {"outcome"}),
    "otel_agent.dropped": ("counter", "{item}", {"reason"}),
    "otel_agent.outbox.size": ("gauge", "{request}", set()),
    "otel_agent.outbox.bytes": ("gauge", "By", set()),
    "otel_agent.outbox.age": ("gauge", "s", set()),
    "otel_agent.lag": ("gauge", "s", set()),
}


def test_metrics_are_as_promised() -> None:
    """Every seed metric and every other one has its name, kind, unit and attributes."""
    found = {row.suffix: (row.kind.value, row.unit, set(row.attributes)) for row in INSTRUMENTS}

    assert found == {**SEED, **OTHERS}


MODEL = {"model": "large", "provider": "fake", "agent": "build", "query_source": "subagent"}
OBSERVED: list[tuple[Instrument, Fact, list[tuple[float, dict[str, object]]]]] = [
    (metrics.SESSION_COUNT, STARTED, [(1, {"is_subagent": True, "start_type": "fresh"})]),
    (
        metrics.SESSION_COUNT,
        replace(STARTED, start_type=StartType.RESUME),
        [(1, {"is_subagent": True, "start_type": "resume"})],
    ),
    (
        metrics.TOKEN_USAGE,
        CALLED,
        [
            (200, {**MODEL, "type": "input"}),
            (50, {**MODEL, "type": "output"}),
            (30, {**MODEL, "type": "reasoning"}),
            (1000, {**MODEL, "type": "cacheRead"}),
            (7, {**MODEL, "type": "cacheCreation"}),
        ],
    ),
    (metrics.TOKEN_USAGE, replace(CALLED, tokens=Tokens()), []),
    (metrics.COST_USAGE, CALLED, [(0.0021, MODEL)]),
    (metrics.COST_USAGE, replace(CALLED, cost_usd=0), []),
    (
        metrics.LINES_OF_CODE_COUNT,
        EDITED,
        [
            (3, {"type": "added", "model": "large", "language": "Python"}),
            (1, {"type": "removed", "model": "large", "language": "Python"}),
        ],
    ),
    (metrics.LINES_OF_CODE_COUNT, replace(EDITED, added=0, removed=0), []),
    (metrics.LINES_OF_CODE_TOTAL, CHANGED, [(2, {"type": "added"}), (0, {"type": "removed"})]),
    (metrics.COMMIT_COUNT, COMMITTED, [(1, {})]),
    (metrics.TOOL_DURATION, DONE, [(120, {"tool_name": "bash", "success": False})]),
    (
        metrics.CACHE_COUNT,
        CALLED,
        [
            (1, {"type": "cacheRead", "model": "large", "agent": "build"}),
            (1, {"type": "cacheCreation", "model": "large", "agent": "build"}),
        ],
    ),
    (metrics.CACHE_COUNT, replace(CALLED, tokens=Tokens(input=5)), []),
    (metrics.SESSION_DURATION, ENDED, [(5000, {})]),
    (metrics.SESSION_DURATION, replace(ENDED, duration_ms=None), []),
    (metrics.SESSION_TOKEN_TOTAL, ENDED, [(1280, {})]),
    (metrics.SESSION_TOKEN_TOTAL, replace(ENDED, total_tokens=None), []),
    (metrics.SESSION_COST_TOTAL, ENDED, [(0.25, {})]),
    (metrics.SESSION_COST_TOTAL, replace(ENDED, total_cost_usd=0), [(0, {})]),
    (metrics.SESSION_COST_TOTAL, replace(ENDED, total_cost_usd=None), []),
    (metrics.MESSAGE_COUNT, CALLED, [(1, {"model": "large", "agent": "build"})]),
    (metrics.MESSAGE_COUNT, replace(CALLED, is_completed=False), []),
    (metrics.MODEL_USAGE, CALLED, [(1, {"model": "large", "provider": "fake", "agent": "build"})]),
    (metrics.MODEL_USAGE, replace(CALLED, is_completed=False), []),
    (metrics.RETRY_COUNT, RETRIED, [(1, {"model": "large"})]),
    (metrics_agent.EVENTS, REPORTED, [(14, {})]),
    (metrics_agent.EVENTS, replace(REPORTED, events=0), []),
    (metrics_agent.REQUESTS, REPORTED, [(3, {"outcome": "delivered"}), (1, {"outcome": "retried"})]),
    (metrics_agent.DROPPED, REPORTED, [(2, {"reason": "rejected"})]),
    (metrics_agent.OUTBOX_SIZE, REPORTED, [(5, {})]),
    (metrics_agent.OUTBOX_BYTES, REPORTED, [(2048, {})]),
    (metrics_agent.OUTBOX_AGE, REPORTED, [(61.5, {})]),
    (metrics_agent.OUTBOX_AGE, replace(REPORTED, oldest_ms=None), [(0, {})]),
    (metrics_agent.LAG, REPORTED, [(0.25, {})]),
    (metrics_agent.LAG, replace(REPORTED, lag_ms=None), []),
    (metrics_tools.PULL_REQUEST_COUNT, OPENED, [(1, {})]),
    (metrics_tools.SUBTASK_COUNT, INVOKED, [(1, {"agent": "general"})]),
    (
        metrics_tools.CODE_EDIT_TOOL_DECISION,
        EDIT_DECIDED,
        [
            (
                1,
                {
                    "tool_name": "edit",
                    "decision": "accept",
                    "source": "user_permanent",
                    "language": "Python",
                },
            )
        ],
    ),
    (metrics_tools.PERMISSION_WAIT, DECIDED, [(1200, {"tool_name": "bash", "decision": "accept"})]),
    (metrics_tools.PERMISSION_WAIT, replace(DECIDED, wait_ms=None), []),
    (metrics_tools.MCP_CALL_COUNT, ADDED, [(1, {"tool_name": "echo_add", "success": True})]),
    (metrics_tools.MCP_CALL_COUNT, DONE, []),
    (metrics_tools.MCP_CALL_COUNT, replace(ADDED, tool_type=None), []),
    (metrics_tools.FILE_OPERATION_COUNT, READ, [(1, {"operation": "read", "language": "Python"})]),
    (metrics_tools.FILE_OPERATION_COUNT, replace(READ, is_success=False), []),
    (metrics_tools.FILE_OPERATION_COUNT, DONE, []),
    (metrics_turns.ACTIVE_TIME_TOTAL, ENDED, [(1.5, {"type": "cli"})]),
    (metrics_turns.ACTIVE_TIME_TOTAL, replace(ENDED, active_ms=None), []),
    (metrics_turns.TIME_TO_FIRST_TOKEN, CALLED, [(0.08, {"model": "large", "provider": "fake"})]),
    (metrics_turns.TIME_TO_FIRST_TOKEN, replace(CALLED, ttft_ms=None), []),
    (metrics_turns.CONTEXT_USAGE, CALLED, [(1287 / 200_000, {"model": "large"})]),
    (metrics_turns.CONTEXT_USAGE, replace(CALLED, context_limit=None), []),
    (metrics_turns.CONTEXT_USAGE, replace(CALLED, context_tokens=None), []),
    (metrics_turns.COMPACTION_COUNT, COMPACTED, [(1, {"trigger": "auto", "success": True})]),
]


@pytest.mark.parametrize(("row", "fact", "expected"), OBSERVED)
def test_instruments_observe_what_their_rows_say(
    row: Instrument, fact: Fact, expected: list[tuple[float, dict[str, object]]]
) -> None:
    """Values and attributes are the fact's; what is unknown or zero is not measured."""
    assert isinstance(fact, row.fact)
    assert expected == [(value, dict(attributes)) for value, attributes in row.observe(fact)]


def test_gauges_that_coincide_are_merged_by_their_meaning() -> None:
    """Lines of sessions add up; of shares of a context window the largest matters."""
    gauges = {row.suffix: row.merge for row in INSTRUMENTS if row.kind is Kind.GAUGE}

    assert {
        "lines_of_code.total": Merge.SUM,
        "context.usage": Merge.MAX,
        "otel_agent.outbox.size": Merge.SUM,
        "otel_agent.outbox.bytes": Merge.SUM,
        "otel_agent.outbox.age": Merge.MAX,
        "otel_agent.lag": Merge.MAX,
    } == gauges


def test_boundaries_are_as_promised() -> None:
    """Milliseconds go to an hour, tokens in powers of four, dollars to a hundred."""
    hour = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 900000, 3600000)

    assert hour == MILLISECONDS
    assert (1, 4, 16, 64) == TOKENS[:4]
    assert (14, 4**13) == (len(TOKENS), TOKENS[-1])
    assert (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100) == DOLLARS
    assert {MILLISECONDS} == {row.boundaries for row in INSTRUMENTS if row.unit == "ms"}
    assert (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120) == metrics_turns.TIME_TO_FIRST_TOKEN.boundaries
    assert Kind.HISTOGRAM is metrics.SESSION_TOKEN_TOTAL.kind
    assert (TOKENS, DOLLARS) == (
        metrics.SESSION_TOKEN_TOTAL.boundaries,
        metrics.SESSION_COST_TOTAL.boundaries,
    )
