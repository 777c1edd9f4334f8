"""Spans under the prefix's own names, with OpenInference's attributes and those of our log events."""

from typing import Final

from otel_agent.facts import (
    Compacted,
    CompactionCut,
    ModelCalled,
    Origin,
    SpanKind,
    ToolCut,
    ToolDecided,
    ToolFinished,
    TurnEnded,
)
from otel_agent.signals.attributes import event_attributes
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanRole
from otel_agent.signals.spans import openinference
from otel_agent.signals.spans.shape import (
    SpanAttributes,
    SpanProfile,
    SpanRow,
    is_use_known,
    outcome,
    outcome_of_call,
    retries,
)


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span: those of every event, in the session at the trace's top."""
    session = origin.root_session_id or origin.session_id
    return {**event_attributes(origin), "session.id": session, "opencode.session.id": origin.session_id}


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says: its totals, and how it ended."""
    return {
        **openinference.turn(fact, content),
        "metadata": None,
        "agent.name": fact.origin.agent,
        "is_subagent": fact.origin.is_subagent,
        "model": fact.model,
        "provider": fact.provider,
        "prompt_length": fact.input.length if fact.input else None,
        "response_length": fact.output.length if fact.output else None,
        "total_tokens": fact.tokens.total,
        "total_cost_usd": fact.cost_usd,
        "total_llm_calls": fact.model_calls,
        "total_tool_uses": fact.tool_uses,
        "outcome": outcome(fact),
        "status_code": fact.failure.status_code if fact.failure else None,
    }


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    return {
        **openinference.call(fact, content),
        "metadata": None,
        "model": fact.model,
        "provider": fact.provider,
        "cost_usd": fact.cost_usd if is_use_known(fact) else None,
        "ttft_ms": fact.ttft_ms,
        "query_source": fact.query_source.value,
        "effort": fact.effort,
        "finish_reason": fact.finish_reason,
        "attempt": fact.attempt,
        "outcome": outcome_of_call(fact),
        "status_code": fact.failure.status_code if fact.failure else None,
    }


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    attributes = {
        **openinference.tool(fact, content),
        "metadata": None,
        "tool_name": fact.tool_name,
        "tool_use_id": fact.call_id,
    }
    if isinstance(fact, ToolCut):
        return {**attributes, "outcome": "cut"}
    verdict = fact.verdict
    return {
        **attributes,
        "tool_type": fact.tool_type.value if fact.tool_type else None,
        "mcp_server.name": fact.mcp_server,
        "operation": fact.operation.value if fact.operation else None,
        "language": fact.language,
        "success": fact.is_success,
        "error_type": fact.error_type,
        "tool_input_size_bytes": fact.input_size_bytes,
        "tool_result_size_bytes": fact.result_size_bytes,
        "decision_type": verdict.decision.value if verdict else None,
        "decision_source": verdict.source.value if verdict else None,
    }


def wait(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says."""
    return {
        openinference.KIND: "CHAIN",
        "tool_name": fact.tool_name,
        "decision": fact.verdict.decision.value,
        "source": fact.verdict.source.value,
    }


def compaction(fact: Compacted | CompactionCut, _content: ContentPolicy) -> SpanAttributes:
    """Return what a compaction says."""
    trigger = fact.trigger.value if fact.trigger else None
    known: SpanAttributes = {openinference.KIND: "CHAIN", "trigger": trigger}
    if isinstance(fact, CompactionCut):
        return {**known, "outcome": "cut"}
    return {**known, "success": fact.is_success, "pre_tokens": fact.pre_tokens}


OPENCODE: Final = SpanProfile(
    shared=shared,
    rows={
        SpanKind.SESSION: SpanRow(name=lambda _fact, prefix: f"{prefix}session", read=turn),
        SpanKind.LLM: SpanRow(
            name=lambda _fact, prefix: f"{prefix}llm",
            read=call,
            role=SpanRole.CLIENT,
            events=retries("retry"),
        ),
        SpanKind.TOOL: SpanRow(name=lambda fact, prefix: f"{prefix}tool.{fact.tool_name}", read=tool),
        SpanKind.WAIT: SpanRow(name=lambda _fact, prefix: f"{prefix}permission.wait", read=wait),
        SpanKind.COMPACTION: SpanRow(name=lambda _fact, prefix: f"{prefix}compaction", read=compaction),
    },
)
"""The profile `opencode`, which is the default."""
