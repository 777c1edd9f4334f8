"""Spans as Claude Code writes them: interaction, llm_request, tool, blocked_on_user, execution.

The facts are those of https://code.claude.com/docs/en/monitoring-usage (traces, beta).
"""

from typing import Final

from otel_agent.facts import (
    DecisionSource,
    ModelCalled,
    Origin,
    QuerySource,
    SpanKind,
    ToolCut,
    ToolDecided,
    ToolFinished,
    TurnEnded,
)
from otel_agent.signals.attributes import event_attributes
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans.shape import Interval, SpanAttributes, SpanProfile, SpanRow, is_use_known

SCOPE: Final = "com.anthropic.claude_code.tracing"
QUERY_SOURCES: Final = {
    QuerySource.MAIN: "repl_main_thread",
    QuerySource.SUBAGENT: "agent",
    QuerySource.AUXILIARY: "compact",
}


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span; a sub-agent is told by its own session's id."""
    attributes = event_attributes(origin)
    session = origin.root_session_id or origin.session_id
    agent_id = origin.session_id if session != origin.session_id else None
    return {**attributes, "session.id": session, "agent_id": agent_id}


def interaction(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says."""
    prompt = fact.input
    return {
        "span.type": "interaction",
        "user_prompt": content.prompt(prompt.text) if prompt else None,
        "user_prompt_length": prompt.length if prompt else None,
        "interaction.duration_ms": fact.origin.time_ms - fact.started_ms,
    }


def llm_request(fact: ModelCalled, _content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    failure, output = fact.failure, fact.output
    return {
        "span.type": "llm_request",
        "model": fact.model,
        "gen_ai.system": fact.provider,
        "gen_ai.request.model": fact.model,
        "query_source": QUERY_SOURCES[fact.query_source],
        "llm_request.context": "tool" if fact.query_source is QuerySource.SUBAGENT else "interaction",
        "duration_ms": fact.duration_ms,
        "ttft_ms": fact.ttft_ms,
        **_use(fact),
        "attempt": fact.attempt,
        "success": failure is None if fact.is_completed else None,
        "status_code": failure.status_code if failure else None,
        "error": str(failure) if failure else None,
        "response.has_tool_call": bool(output.requests) if output else False,
        "stop_reason": fact.finish_reason,
        "gen_ai.response.finish_reasons": (fact.finish_reason,) if fact.finish_reason else (),
        "effort": fact.effort,
    }


def _use(fact: ModelCalled) -> SpanAttributes:
    """Return what a call used; output includes reasoning, as in Claude Code's token types."""
    if not is_use_known(fact):
        return {}
    return {
        "input_tokens": fact.tokens.input,
        "output_tokens": fact.tokens.output + fact.tokens.reasoning,
        "cache_read_tokens": fact.tokens.cache_read,
        "cache_creation_tokens": fact.tokens.cache_creation,
    }


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known: SpanAttributes = {
        "span.type": "tool",
        "tool_name": fact.tool_name,
        "tool_use_id": fact.call_id,
        "gen_ai.tool.call.id": fact.call_id,
    }
    if isinstance(fact, ToolCut):
        return known
    return {
        **known,
        "duration_ms": fact.duration_ms,
        "tool_input": content.tool_parameters(fact.parameters),
        "tool_output": content.tool_content(fact.output),
    }


def blocked(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says."""
    return {
        "span.type": "tool.blocked_on_user",
        "duration_ms": fact.wait_ms,
        "decision": fact.verdict.decision.value,
        "source": fact.verdict.source.value,
    }


def execution(fact: ToolFinished, _content: ContentPolicy) -> SpanAttributes:
    """Return what the work of a tool says."""
    return {
        "span.type": "tool.execution",
        "success": fact.is_success,
        "error": fact.error_type,
    }


def _execution_interval(fact: ToolFinished) -> Interval | None:
    """Return when a tool worked, None for a call that never ran."""
    verdict = fact.verdict
    if verdict is not None and verdict.source in {DecisionSource.USER_REJECT, DecisionSource.USER_ABORT}:
        return None
    start_ms = fact.origin.time_ms - fact.duration_ms
    return min(start_ms + fact.waited_ms, fact.origin.time_ms), fact.origin.time_ms


CLAUDE_CODE: Final = SpanProfile(
    shared=shared,
    are_tools_in_turn=True,
    retry_event="gen_ai.request.attempt",
    scope=SCOPE,
    rows={
        SpanKind.SESSION: SpanRow(
            name=lambda _fact, prefix: f"{prefix}interaction", read=interaction, has_status=False
        ),
        SpanKind.LLM: SpanRow(name=lambda _fact, prefix: f"{prefix}llm_request", read=llm_request),
        SpanKind.TOOL: SpanRow(name=lambda _fact, prefix: f"{prefix}tool", read=tool, has_status=False),
        SpanKind.WAIT: SpanRow(
            name=lambda _fact, prefix: f"{prefix}tool.blocked_on_user", read=blocked, has_status=False
        ),
        SpanKind.EXECUTION: SpanRow(
            name=lambda _fact, prefix: f"{prefix}tool.execution",
            read=execution,
            interval=_execution_interval,
        ),
    },
)
"""The profile `claude_code`."""
