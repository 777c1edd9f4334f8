"""Spans as Langfuse reads them: GenAI's attributes, and its own ones for what it would count twice.

https://langfuse.com/integrations/native/opentelemetry#property-mapping. Langfuse takes every `gen_ai.usage.*`
for a kind of token of its own and adds them up, so the inclusive counts of the conventions count the cache
twice; `langfuse.observation.usage_details` is read alone, with OpenCode's disjoint counts. A cost that is not
told is worked out by its price table.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from otel_agent.facts import ModelCalled, Origin, SpanKind, Tokens, ToolCut, ToolFinished, TurnEnded
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans import gen_ai
from otel_agent.signals.spans.gen_ai import GEN_AI
from otel_agent.signals.spans.layers import without
from otel_agent.signals.spans.shape import SpanAttributes, SpanProfile, is_use_known

TYPE: Final = "langfuse.observation.type"
OTHERS: Final = ("gen_ai.usage.", "mlflow.")


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span; what is to be filtered by is metadata of the trace."""
    place = origin.surroundings
    return {
        **gen_ai.shared(origin),
        "langfuse.trace.metadata.repository": place.repository,
        "langfuse.trace.metadata.branch": place.branch,
    }


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says."""
    return {TYPE: "agent", **without(gen_ai.turn(fact, content), *OTHERS)}


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    return {
        TYPE: "generation",
        **without(gen_ai.call(fact, content), *OTHERS),
        **(_use(fact.tokens, fact.cost_usd) if is_use_known(fact) else {}),
        "langfuse.observation.completion_start_time": _first_token(fact),
    }


def _use(tokens: Tokens, cost_usd: float) -> SpanAttributes:
    """Return what was used; sums of kinds go by the first word of their names."""
    used = {
        "input": tokens.input,
        "input_cache_read": tokens.cache_read,
        "input_cache_creation": tokens.cache_creation,
        "output": tokens.output,
        "output_reasoning": tokens.reasoning,
        "total": tokens.total,
    }
    return {
        "langfuse.observation.usage_details": json.dumps(used),
        "langfuse.observation.cost_details": json.dumps({"total": cost_usd}),
    }


def _first_token(fact: ModelCalled) -> str | None:
    """Return when the answer began."""
    if fact.ttft_ms is None:
        return None
    return datetime.fromtimestamp((fact.started_ms + fact.ttft_ms) / 1000, UTC).isoformat(
        timespec="milliseconds"
    )


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    return {TYPE: "tool", **gen_ai.tool(fact, content)}


LANGFUSE: Final = SpanProfile(
    shared=shared,
    rows={
        **GEN_AI.rows,
        SpanKind.SESSION: replace(GEN_AI.rows[SpanKind.SESSION], read=turn),
        SpanKind.LLM: replace(GEN_AI.rows[SpanKind.LLM], read=call),
        SpanKind.TOOL: replace(GEN_AI.rows[SpanKind.TOOL], read=tool),
    },
)
"""The profile `langfuse`."""
