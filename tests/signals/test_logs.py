"""The seed log events: names and attributes as the users of the existing plugin rely on."""

from dataclasses import replace

import pytest

from otel_agent.facts import Fact, Failure, StartType, ToolType, TurnOutcome
from otel_agent.signals import logs, logs_work
from otel_agent.signals.catalogue import EVENTS
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.logs import LogEvent
from otel_agent.signals.model import Severity
from tests.signals.samples import (
    ADDED,
    ANSWERED,
    CALLED,
    COMMITTED,
    COMPACTED,
    COMPLETED,
    DECIDED,
    DONE,
    ENDED,
    FAILED,
    INVOKED,
    MENTIONED,
    OPENED,
    PROMPTED,
    SKILLED,
    STARTED,
)

OPEN = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)
CLOSED = ContentPolicy()
ABORT = Failure(name="MessageAbortedError", message="Aborted")
BROKEN = replace(CALLED, failure=FAILED.failure, finish_reason=None)

READ: list[tuple[LogEvent, Fact, dict[str, object]]] = [
    (logs.SESSION_CREATED, STARTED, {"is_subagent": True, "model": "large"}),
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
            "effort": "high",
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
            "mcp_server.name": None,
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
    (
        logs_work.ASSISTANT_RESPONSE,
        ANSWERED,
        {"response_length": 3, "model": "large", "query_source": "main", "response": "It is done"},
    ),
    (
        logs_work.API_RETRIES_EXHAUSTED,
        BROKEN,
        {
            "model": "large",
            "provider": "fake",
            "error": "APIError: Rate limit",
            "status_code": 429,
            "total_attempts": 2,
            "total_retry_duration_ms": 700,
        },
    ),
    (
        logs_work.COMPACTION,
        COMPACTED,
        {"trigger": "auto", "success": True, "duration_ms": 400, "pre_tokens": 1287},
    ),
    (logs_work.PULL_REQUEST, OPENED, {"url": "https://example.org/a/b/pull/5"}),
    (logs_work.SUBTASK_INVOKED, INVOKED, {"agent": "general", "prompt_length": 40}),
    (
        logs_work.SUBAGENT_COMPLETED,
        COMPLETED,
        {
            "agent_type": "general",
            "model": "large",
            "total_tokens": 735,
            "total_tool_uses": 1,
            "duration_ms": 560,
            "cost_usd": 0.0018,
        },
    ),
    (logs_work.SKILL_ACTIVATED, SKILLED, {"skill.name": "review"}),
    (logs_work.AT_MENTION, MENTIONED, {"mention_type": "file"}),
]
SEED = {
    *("session.created", "session.idle", "session.error", "user_prompt", "api_request", "api_error"),
    *("tool_result", "tool_decision", "commit"),
}
OTHERS = {
    *("assistant_response", "api_retries_exhausted", "compaction", "pull_request", "subtask_invoked"),
    *("subagent_completed", "skill_activated", "at_mention"),
}


def test_promised_events_are_there() -> None:
    """Every seed event has its row, and so have the others that OpenCode's events carry."""
    assert {row.name for row in EVENTS} == SEED | OTHERS
    assert {row.name for row, _, _ in READ} == SEED | OTHERS


@pytest.mark.parametrize(("row", "fact", "expected"), READ, ids=[row.name for row, _, _ in READ])
def test_events_say_what_their_rows_say(row: LogEvent, fact: Fact, expected: dict[str, object]) -> None:
    """Each event takes its attributes from its fact."""
    assert isinstance(fact, row.fact)
    assert row.is_told(fact)
    assert expected == dict(row.read(fact, OPEN))


def test_content_needs_its_settings() -> None:
    """Without the settings neither prompts nor answers nor a call's parameters are said."""
    assert None is logs.USER_PROMPT.read(PROMPTED, CLOSED)["prompt"]
    assert None is logs.TOOL_RESULT.read(DONE, CLOSED)["tool_parameters"]
    assert None is logs_work.ASSISTANT_RESPONSE.read(ANSWERED, CLOSED)["response"]


TOLD: list[tuple[LogEvent, Fact, bool]] = [
    (logs.SESSION_CREATED, replace(STARTED, start_type=StartType.RESUME), False),
    (logs.SESSION_IDLE, replace(ENDED, outcome=TurnOutcome.CUT), False),
    (logs.API_REQUEST, BROKEN, False),
    (logs.API_REQUEST, replace(CALLED, is_completed=False), True),
    (logs.API_REQUEST, replace(CALLED, is_completed=False, finish_reason=None), False),
    (logs.API_ERROR, CALLED, False),
    (logs.API_ERROR, replace(BROKEN, is_completed=False), True),
    (logs.TOOL_DECISION, replace(DECIDED, is_prompted=False), False),
    (logs_work.API_RETRIES_EXHAUSTED, CALLED, False),
    (logs_work.API_RETRIES_EXHAUSTED, replace(BROKEN, attempt=1), False),
    (logs_work.API_RETRIES_EXHAUSTED, replace(BROKEN, failure=ABORT), False),
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
    assert Severity.ERROR is logs_work.API_RETRIES_EXHAUSTED.severity(BROKEN)
    assert Severity.ERROR is logs_work.COMPACTION.severity(replace(COMPACTED, is_success=False))
    assert Severity.INFO is logs_work.COMPACTION.severity(COMPACTED)
    assert Severity.INFO is logs.TOOL_RESULT.severity(replace(DONE, is_success=True))
    assert Severity.INFO is logs.API_REQUEST.severity(CALLED)


@pytest.mark.parametrize(
    ("kind", "name"), [(ToolType.BUILTIN, "builtin"), (ToolType.MCP, "mcp"), (None, None)]
)
def test_tool_of_others_has_no_type(kind: ToolType | None, name: str | None) -> None:
    """A tool of no known MCP server may be a custom one."""
    assert name == logs.TOOL_DECISION.read(replace(DECIDED, tool_type=kind), OPEN)["tool_type"]


def test_tool_of_a_server_names_it() -> None:
    """The result of an MCP tool says whose tool it is."""
    assert "echo" == logs.TOOL_RESULT.read(ADDED, OPEN)["mcp_server.name"]
