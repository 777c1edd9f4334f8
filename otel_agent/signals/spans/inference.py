"""Spans as Inference.net's Catalyst reads them: an AGENT for each turn with what it did and why it ended.

https://docs.inference.net/integrations/traces/attributes. It is OpenInference with a few keys of its own; its
pages group by `agent.id`, which the destination says. `metadata` is left to the user, who may set it.
"""

from dataclasses import replace
from typing import Final

from otel_agent.facts import ModelCalled, Origin, SpanKind, ToolCut, ToolFinished, TurnEnded
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans import openinference
from otel_agent.signals.spans.gen_ai import GEN_AI
from otel_agent.signals.spans.layers import exceptions, joined, without
from otel_agent.signals.spans.openinference import OPENINFERENCE
from otel_agent.signals.spans.shape import (
    SpanAttributes,
    SpanProfile,
    outcome,
    outcome_of_call,
    outcome_of_tool,
    retries,
)

SYSTEM: Final = "gen_ai.system"
OTHERS: Final = ("mlflow.", "metadata")


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span."""
    return {**openinference.shared(origin), "opencode.is_subagent": origin.is_subagent}


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says: counts of calls, and why it stopped."""
    return {
        **without(openinference.turn(fact, content), *OTHERS),
        SYSTEM: fact.provider,
        "llm.model_name": fact.model,
        "agent.llm_call_count": fact.model_calls,
        "agent.tool_call_count": fact.tool_uses,
        "agent.stop_reason": outcome(fact),
    }


def name_of_call(fact: ModelCalled, _prefix: str) -> str:
    """Return the name of a model call."""
    return f"{fact.provider}/{fact.model}"


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    return {
        **without(openinference.call(fact, content), *OTHERS),
        SYSTEM: fact.provider,
        "llm.system": fact.provider,
        "llm.streaming": True,
        "opencode.outcome": outcome_of_call(fact),
    }


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    return {
        **without(openinference.tool(fact, content), "tool.id", *OTHERS),
        "tool_call.id": fact.call_id,
        "opencode.outcome": outcome_of_tool(fact),
    }


INFERENCE: Final = SpanProfile(
    shared=shared,
    rows={
        **OPENINFERENCE.rows,
        SpanKind.SESSION: replace(OPENINFERENCE.rows[SpanKind.SESSION], read=turn, events=exceptions),
        SpanKind.LLM: replace(
            OPENINFERENCE.rows[SpanKind.LLM],
            name=name_of_call,
            read=call,
            events=joined(retries("retry"), exceptions),
        ),
        SpanKind.TOOL: replace(OPENINFERENCE.rows[SpanKind.TOOL], read=tool, events=exceptions),
        SpanKind.WAIT: GEN_AI.rows[SpanKind.WAIT],
        SpanKind.COMPACTION: GEN_AI.rows[SpanKind.COMPACTION],
    },
)
"""The profile `inference`."""
