"""The log events table: every row is one event. Names and attributes are promises to dashboards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from otel_agent.facts import (
    Committed,
    Fact,
    ModelCalled,
    Prompted,
    SessionFailed,
    SessionStarted,
    StartType,
    ToolDecided,
    ToolFinished,
    TurnEnded,
    TurnOutcome,
)
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import AttributeValue, Severity

EventAttributes = Mapping[str, AttributeValue | None]


def _always(_fact: Fact) -> bool:
    return True


def _info(_fact: Fact) -> Severity:
    return Severity.INFO


def as_error(_fact: Fact) -> Severity:
    """Return the severity of what failed."""
    return Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One log event: which facts it tells of, and what it says beside the attributes of all events."""

    name: str
    description: str
    fact: type[Fact]
    read: Callable[[Any, ContentPolicy], EventAttributes]
    attributes: tuple[str, ...]
    is_told: Callable[[Any], bool] = _always
    severity: Callable[[Any], Severity] = _info


def _session_created(fact: SessionStarted, _content: ContentPolicy) -> EventAttributes:
    return {"is_subagent": fact.origin.is_subagent, "model": fact.model}


def _session_idle(fact: TurnEnded, _content: ContentPolicy) -> EventAttributes:
    return {
        "total_tokens": fact.total_tokens,
        "total_cost_usd": fact.total_cost_usd,
        "total_messages": fact.total_messages,
    }


def _session_error(fact: SessionFailed, content: ContentPolicy) -> EventAttributes:
    return {"error": content.words(str(fact.failure)), "status_code": fact.failure.status_code}


def _user_prompt(fact: Prompted, content: ContentPolicy) -> EventAttributes:
    return {
        "prompt_length": fact.length,
        "model": fact.model,
        "command_name": fact.command_name,
        "prompt": content.prompt(fact.text),
    }


def _api_request(fact: ModelCalled, _content: ContentPolicy) -> EventAttributes:
    return {
        "model": fact.model,
        "provider": fact.provider,
        "cost_usd": fact.cost_usd,
        "cost_usd_micros": round(fact.cost_usd * 1_000_000),
        "duration_ms": fact.duration_ms,
        "ttft_ms": fact.ttft_ms,
        "input_tokens": fact.tokens.input,
        "output_tokens": fact.tokens.output,
        "reasoning_tokens": fact.tokens.reasoning,
        "cache_read_tokens": fact.tokens.cache_read,
        "cache_creation_tokens": fact.tokens.cache_creation,
        "query_source": fact.query_source.value,
        "effort": fact.effort,
        "finish_reason": fact.finish_reason,
    }


def _api_error(fact: ModelCalled, content: ContentPolicy) -> EventAttributes:
    failure = fact.failure
    return {
        "model": fact.model,
        "provider": fact.provider,
        "error": content.words(str(failure)) if failure else None,
        "status_code": failure.status_code if failure else None,
        "attempt": fact.attempt,
        "duration_ms": fact.duration_ms,
        "query_source": fact.query_source.value,
    }


def _tool_result(fact: ToolFinished, content: ContentPolicy) -> EventAttributes:
    verdict = fact.verdict
    return {
        "tool_name": fact.tool_name,
        "tool_use_id": fact.call_id,
        "mcp_server.name": fact.mcp_server,
        "success": fact.is_success,
        "duration_ms": fact.duration_ms,
        "tool_input_size_bytes": fact.input_size_bytes,
        "tool_result_size_bytes": fact.result_size_bytes,
        "error_type": fact.error_type,
        "decision_type": verdict.decision.value if verdict else None,
        "decision_source": verdict.source.value if verdict else None,
        "tool_parameters": content.tool_parameters(fact.parameters),
    }


def _tool_decision(fact: ToolDecided, _content: ContentPolicy) -> EventAttributes:
    return {
        "tool_name": fact.tool_name,
        "tool_use_id": fact.call_id,
        "tool_type": fact.tool_type.value if fact.tool_type else None,
        "decision": fact.verdict.decision.value,
        "source": fact.verdict.source.value,
    }


def _commit(fact: Committed, _content: ContentPolicy) -> EventAttributes:
    return {"sha": fact.sha, "branch": fact.origin.surroundings.branch}


def _is_fresh(fact: SessionStarted) -> bool:
    return fact.start_type is StartType.FRESH


def _is_idle(fact: TurnEnded) -> bool:
    return fact.outcome is TurnOutcome.IDLE


def _has_succeeded(fact: ModelCalled) -> bool:
    is_answered = fact.is_completed or fact.finish_reason is not None
    return is_answered and fact.failure is None


def _has_failed(fact: ModelCalled) -> bool:
    return fact.failure is not None


def _is_prompted(fact: ToolDecided) -> bool:
    return fact.is_prompted


def _tool_severity(fact: ToolFinished) -> Severity:
    return Severity.INFO if fact.is_success else Severity.ERROR


SESSION_CREATED = LogEvent(
    name="session.created",
    description="A session was created",
    fact=SessionStarted,
    is_told=_is_fresh,
    read=_session_created,
    attributes=("is_subagent", "model"),
)
SESSION_IDLE = LogEvent(
    name="session.idle",
    description="A turn is over and OpenCode waits; the totals are the whole session's",
    fact=TurnEnded,
    is_told=_is_idle,
    read=_session_idle,
    attributes=("total_tokens", "total_cost_usd", "total_messages"),
)
SESSION_ERROR = LogEvent(
    name="session.error",
    description="OpenCode reported an error of the session",
    fact=SessionFailed,
    severity=as_error,
    read=_session_error,
    attributes=("error", "status_code"),
)
USER_PROMPT = LogEvent(
    name="user_prompt",
    description="A person sent a prompt",
    fact=Prompted,
    read=_user_prompt,
    attributes=("prompt_length", "model", "command_name", "prompt"),
)
API_REQUEST = LogEvent(
    name="api_request",
    description="A model call was answered",
    fact=ModelCalled,
    is_told=_has_succeeded,
    read=_api_request,
    attributes=(
        *("model", "provider", "cost_usd", "cost_usd_micros", "duration_ms", "ttft_ms", "input_tokens"),
        *("output_tokens", "reasoning_tokens", "cache_read_tokens", "cache_creation_tokens"),
        *("query_source", "effort", "finish_reason"),
    ),
)
API_ERROR = LogEvent(
    name="api_error",
    description="A model call failed for good, or was aborted",
    fact=ModelCalled,
    is_told=_has_failed,
    severity=as_error,
    read=_api_error,
    attributes=("model", "provider", "error", "status_code", "attempt", "duration_ms", "query_source"),
)
TOOL_RESULT = LogEvent(
    name="tool_result",
    description="A tool call is over",
    fact=ToolFinished,
    severity=_tool_severity,
    read=_tool_result,
    attributes=(
        *(
            "tool_name",
            "tool_use_id",
            "mcp_server.name",
            "success",
            "duration_ms",
            "tool_input_size_bytes",
            "tool_result_size_bytes",
        ),
        *("error_type", "decision_type", "decision_source", "tool_parameters"),
    ),
)
TOOL_DECISION = LogEvent(
    name="tool_decision",
    description="A permission question was answered, or a rule denied a call",
    fact=ToolDecided,
    is_told=_is_prompted,
    read=_tool_decision,
    attributes=("tool_name", "tool_use_id", "tool_type", "decision", "source"),
)
COMMIT = LogEvent(
    name="commit",
    description="A shell call or an MCP tool made a git commit",
    fact=Committed,
    read=_commit,
    attributes=("sha", "branch"),
)
