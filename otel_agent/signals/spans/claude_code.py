"""Spans as Claude Code writes them: interaction, llm_request, tool, blocked_on_user, execution.

The facts are those of https://code.claude.com/docs/en/monitoring-usage (traces, beta); beside them stand the
kinds of spans that Phoenix and MLflow would not know otherwise, and what a call cost.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from otel_agent.facts import (
    Decision,
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
from otel_agent.signals.claude_code import REDACTED, THREADS, TOOLS
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanEvent
from otel_agent.signals.spans import mlflow, parameters
from otel_agent.signals.spans.openinference import KIND
from otel_agent.signals.spans.shape import (
    Interval,
    SpanAttributes,
    SpanProfile,
    SpanRow,
    is_use_known,
    retries,
)
from otel_agent.signals.totals import NS_PER_MS

SCOPE: Final = "com.anthropic.claude_code.tracing"
OUTPUT: Final = "tool.output"
PARAMETERS: Final[Mapping[str, str]] = {
    "command": "full_command",
    "filePath": "file_path",
    "name": "skill_name",
    "subagent_type": "subagent_type",
}
"""Parameters of OpenCode's tools that Claude Code's spans have under names of their own."""


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
        KIND: "AGENT",
        "span.type": "interaction",
        "user_prompt": (content.prompt(prompt.text) or REDACTED) if prompt else None,
        "user_prompt_length": prompt.length if prompt else None,
        "interaction.duration_ms": fact.origin.time_ms - fact.started_ms,
        **mlflow.title(fact, fact.origin.agent or "interaction"),
    }


def llm_request(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    failure, output = fact.failure, fact.output
    return {
        "span.type": "llm_request",
        "model": fact.model,
        "gen_ai.system": fact.provider,
        "gen_ai.request.model": fact.model,
        "query_source": THREADS.get(fact.query_source, fact.origin.agent),
        "llm_request.context": "tool" if fact.query_source is QuerySource.SUBAGENT else "interaction",
        "duration_ms": fact.duration_ms,
        "ttft_ms": fact.ttft_ms,
        **_use(fact),
        "attempt": fact.attempt,
        "success": failure is None if fact.is_completed else None,
        "status_code": failure.status_code if failure else None,
        "error": content.words(str(failure)) if failure else None,
        "response.has_tool_call": bool(output.requests) if output else False,
        "stop_reason": fact.finish_reason,
        "gen_ai.response.finish_reasons": (fact.finish_reason,) if fact.finish_reason else (),
        "effort": fact.effort,
        **mlflow.cost(fact),
    }


def _use(fact: ModelCalled) -> SpanAttributes:
    """Return what a call used; output includes reasoning, as in Claude Code's token types."""
    if not is_use_known(fact):
        return {}
    return {
        "input_tokens": fact.tokens.input,
        "output_tokens": fact.tokens.completion,
        "cache_read_tokens": fact.tokens.cache_read,
        "cache_creation_tokens": fact.tokens.cache_creation,
    }


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known: SpanAttributes = {
        "span.type": "tool",
        "tool_name": TOOLS.get(fact.tool_name, fact.tool_name),
        **_call_ids(fact.call_id),
    }
    if isinstance(fact, ToolCut):
        return known
    return {
        **known,
        "duration_ms": fact.duration_ms,
        "tool_input": content.tool_parameters(fact.parameters),
        **_named(fact, content),
    }


def _call_ids(call_id: str) -> SpanAttributes:
    """Return the id of a call under both of its names."""
    return {"tool_use_id": call_id, "gen_ai.tool.call.id": call_id}


def _named(fact: ToolFinished, content: ContentPolicy) -> SpanAttributes:
    """Return the parameters that have names of their own, as far as they may leave."""
    names = {name: ours for name, ours in PARAMETERS.items() if name != "name" or fact.tool_ran == "skill"}
    return parameters.named(fact, content, names)


def output(fact: ToolFinished | ToolCut, content: ContentPolicy) -> Iterator[SpanEvent]:
    """Yield what a tool gave back, as an event at its end."""
    text = content.tool_content(fact.output) if isinstance(fact, ToolFinished) else None
    if text and isinstance(fact, ToolFinished):
        yield SpanEvent(
            name=OUTPUT,
            time_ns=fact.origin.time_ms * NS_PER_MS,
            attributes={"output": text, "output_length": fact.output_length or 0},
        )


def blocked(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says."""
    return {
        KIND: "CHAIN",
        "span.type": "tool.blocked_on_user",
        "duration_ms": fact.wait_ms,
        "decision": fact.verdict.decision.value,
        "source": fact.verdict.source.value,
    }


def execution(fact: ToolFinished, _content: ContentPolicy) -> SpanAttributes:
    """Return what the work of a tool says."""
    start_ms, end_ms = _worked(fact)
    return {
        KIND: "CHAIN",
        "span.type": "tool.execution",
        "duration_ms": end_ms - start_ms,
        **_call_ids(fact.call_id),
        "success": fact.is_success,
        "error": fact.error_type,
    }


def _execution_interval(fact: ToolFinished) -> Interval | None:
    """Return when a tool worked, None for a call that was refused: it never ran."""
    is_refused = fact.verdict is not None and fact.verdict.decision is Decision.REJECT
    return None if is_refused else _worked(fact)


def _worked(fact: ToolFinished) -> Interval:
    """Return when a tool worked: after the last answer that it waited for."""
    end_ms = fact.origin.time_ms
    return min(max(end_ms - fact.duration_ms, fact.answered_ms or 0), end_ms), end_ms


CLAUDE_CODE: Final = SpanProfile(
    shared=shared,
    are_tools_in_turn=True,
    scope=SCOPE,
    rows={
        SpanKind.SESSION: SpanRow(
            name=lambda _fact, prefix: f"{prefix}interaction", read=interaction, has_status=False
        ),
        SpanKind.LLM: SpanRow(
            name=lambda _fact, prefix: f"{prefix}llm_request",
            read=llm_request,
            events=retries("gen_ai.request.attempt"),
        ),
        SpanKind.TOOL: SpanRow(
            name=lambda _fact, prefix: f"{prefix}tool", read=tool, events=output, has_status=False
        ),
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
