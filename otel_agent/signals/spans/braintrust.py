"""Spans as Braintrust reads them: its types, metrics and texts, and GenAI's messages.

https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry/attributes. Every attribute that
it does not know becomes metadata, so what its own fields say is not said twice; JSON that was cut is a text.
"""

import json
from dataclasses import replace
from typing import Final

from otel_agent.facts import ModelCalled, SpanKind, Tokens, ToolCut, ToolDecided, ToolFinished, TurnEnded
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans import gen_ai
from otel_agent.signals.spans.gen_ai import GEN_AI
from otel_agent.signals.spans.layers import exceptions, joined, without
from otel_agent.signals.spans.shape import SpanAttributes, SpanProfile, is_use_known, retries

TYPE: Final = "braintrust.span_attributes.type"
METRICS: Final = "braintrust.metrics."
OTHERS: Final = ("gen_ai.usage.", "mlflow.", "input.value", "input.mime", "output.value", "output.mime")


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says."""
    return {TYPE: "task", **without(gen_ai.turn(fact, content), *OTHERS)}


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    return {
        TYPE: "llm",
        **without(gen_ai.call(fact, content), *OTHERS),
        **(_use(fact.tokens, fact.cost_usd) if is_use_known(fact) else {}),
        f"{METRICS}time_to_first_token": None if fact.ttft_ms is None else fact.ttft_ms / 1000,
    }


def _use(tokens: Tokens, cost_usd: float) -> SpanAttributes:
    """Return what was used; the prompt includes the cache, the completion the reasoning."""
    return {
        f"{METRICS}prompt_tokens": tokens.prompt,
        f"{METRICS}completion_tokens": tokens.completion,
        f"{METRICS}tokens": tokens.total,
        f"{METRICS}prompt_cached_tokens": tokens.cache_read,
        f"{METRICS}prompt_cache_creation_tokens": tokens.cache_creation,
        f"{METRICS}completion_reasoning_tokens": tokens.reasoning,
        f"{METRICS}estimated_cost": cost_usd,
    }


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known = without(
        gen_ai.tool(fact, content), "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", *OTHERS
    )
    if isinstance(fact, ToolCut):
        return {TYPE: "tool", **known}
    given = content.tool_parameters(fact.parameters)
    side = "braintrust.input_json" if given and _is_json(given) else "braintrust.input"
    return {TYPE: "tool", **known, side: given, "braintrust.output": content.tool_content(fact.output)}


def wait(fact: ToolDecided, content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says: with the tool's name as GenAI has it, it would be a tool."""
    return {
        TYPE: "task",
        **without(gen_ai.wait(fact, content), "gen_ai.tool.name"),
        "opencode.tool.name": fact.tool_name,
    }


def _is_json(text: str) -> bool:
    """Tell whether a text is JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


BRAINTRUST: Final = SpanProfile(
    shared=gen_ai.shared,
    rows={
        **GEN_AI.rows,
        SpanKind.SESSION: replace(GEN_AI.rows[SpanKind.SESSION], read=turn, events=exceptions),
        SpanKind.LLM: replace(
            GEN_AI.rows[SpanKind.LLM], read=call, events=joined(retries("retry"), exceptions)
        ),
        SpanKind.TOOL: replace(GEN_AI.rows[SpanKind.TOOL], read=tool, events=exceptions),
        SpanKind.WAIT: replace(GEN_AI.rows[SpanKind.WAIT], read=wait),
    },
)
"""The profile `braintrust`."""
