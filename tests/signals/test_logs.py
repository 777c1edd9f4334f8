"""The seed log events: names and attributes as the users of the existing plugin rely on."""

from dataclasses import replace

import pytest

from otel_agent.facts import Fact, StartType, TurnOutcome
from otel_agent.signals import logs
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.logs import LogEvent
from otel_agent.signals.model import Severity
from otel_agent.tables import rows
from tests.signals.samples import (
    CALLED,
    COMMITTED,
    DECIDED,
    DONE,
    ENDED,
    FAILED,
    PROMPTED,
    STARTED,
)

OPEN = ContentPolicy(is_prompt_on=True, are_tool_details_on=True)
CLOSED = ContentPolicy()
BROKEN = replace(CALLED, failure=FAILED.failure, finish_reason=None)

READ: list[tuple[LogEvent, Fact, dict[str, object]]] = [
    (logs.SESSION_CREATED, STARTED, {"is_subagent": True}),
    (logs.SESSION_IDLE, ENDED, {"total_tokens": 1280, "total_cost_usd": 0.25, "total_messages": 3}),
    (logs.SESSION_ERROR, FAILED, {"error": "APIError: Rate limit", "status_code": 429}),
    (
        logs.USER_PROMPT,
        PROMPTED,
        {"prompt_length": 5, "model": "large", "command_name": "hello", "prompt": "Do it"},
    ),
    (
        logs.API_REQUEST,
        CALLED,
        {
            "model": "large",
            "provider": "fake",
            "cost_usd": 0.0021,
            "cost_usd_micros": 2100,
            "duration_ms": 900,
            "ttft_ms": 80,
            "input_tokens": 200,
            "output_tokens": 50,
            "reasoning_tokens": 30,
            "cache_read_tokens": 1000,
            "cache_creation_tokens": 7,
            "query_source": "subagent",
            "finish_reason": "stop",
        },
    ),
    (
        logs.API_ERROR,
        BROKEN,
        {
            "model": "large",
            "provider": "fake",
            "error": "APIError: Rate limit",
            "status_code": 429,
            "attempt": 2,
            "duration_ms": 900,
            "query_source": "subagent",
        },
    ),
    (
        logs.TOOL_RESULT,
        DONE,
        {
            "tool_name": "bash",
            "tool_use_id": "call_1",
            "success": False,
            "duration_ms": 120,
            "tool_input_size_bytes": 30,
            "tool_result_size_bytes": 40,
            "error_type": "exit_status",
            "decision_type": "accept",
            "decision_source": "user_permanent",
            "tool_parameters": '{"command":"ls"}',
        },
    ),
    (
        logs.TOOL_DECISION,
        DECIDED,
        {
            "tool_name": "bash",
            "tool_use_id": "call_1",
            "tool_type": "builtin",
            "decision": "accept",
            "source": "user_permanent",
        },
    ),
    (logs.COMMIT, COMMITTED, {"sha": "1234567", "branch": "main"}),
]
SEED = {
    *("session.created", "session.idle", "session.error", "user_prompt", "api_request", "api_error"),
    *("tool_result", "tool_decision", "commit"),
}


def test_seed_events_are_there() -> None:
    """Every seed event has its row."""
    assert {row.name for row in rows(logs, LogEvent)} >= SEED
    assert {row.name for row, _, _ in READ} >= SEED


@pytest.mark.parametrize(("row", "fact", "expected"), READ, ids=[row.name for row, _, _ in READ])
def test_events_say_what_their_rows_say(row: LogEvent, fact: Fact, expected: dict[str, object]) -> None:
    """Each event takes its attributes from its fact."""
    assert isinstance(fact, row.fact)
    assert row.is_told(fact)
    assert expected == dict(row.read(fact, OPEN))


def test_content_needs_its_settings() -> None:
    """Without the settings neither the prompt's text nor a call's parameters are said."""
    assert None is logs.USER_PROMPT.read(PROMPTED, CLOSED)["prompt"]
    assert None is logs.TOOL_RESULT.read(DONE, CLOSED)["tool_parameters"]


TOLD: list[tuple[LogEvent, Fact, bool]] = [
    (logs.SESSION_CREATED, replace(STARTED, start_type=StartType.RESUME), False),
    (logs.SESSION_IDLE, replace(ENDED, outcome=TurnOutcome.CUT), False),
    (logs.API_REQUEST, BROKEN, False),
    (logs.API_REQUEST, replace(CALLED, is_completed=False), True),
    (logs.API_REQUEST, replace(CALLED, is_completed=False, finish_reason=None), False),
    (logs.API_ERROR, CALLED, False),
    (logs.API_ERROR, replace(BROKEN, is_completed=False), True),
]


@pytest.mark.parametrize(("row", "fact", "is_told"), TOLD)
def test_events_are_told_of_the_facts_that_they_mean(row: LogEvent, fact: Fact, *, is_told: bool) -> None:
    """A resumed session was not created, a cut turn is not idle, and a call is a request or an error."""
    assert is_told is row.is_told(fact)


def test_failures_are_errors() -> None:
    """What failed has severity ERROR, everything else INFO."""
    assert Severity.ERROR is logs.API_ERROR.severity(BROKEN)
    assert Severity.ERROR is logs.SESSION_ERROR.severity(FAILED)
    assert Severity.ERROR is logs.TOOL_RESULT.severity(DONE)
    assert Severity.INFO is logs.TOOL_RESULT.severity(replace(DONE, is_success=True))
    assert Severity.INFO is logs.API_REQUEST.severity(CALLED)


def test_tool_of_others_has_no_type() -> None:
    """Whether a tool is a custom one or an MCP server's is not known."""
    assert None is logs.TOOL_DECISION.read(replace(DECIDED, is_builtin=False), OPEN)["tool_type"]
