"""Spans as Phoenix and Arize read them: OpenInference's kinds, counts, costs and flattened messages.

https://arize-ai.github.io/openinference/spec/semantic_conventions.html; what Phoenix and MLflow do with them
is held by tests/trace_backends. Every span of a trace has the session at its top, for the first span that
comes decides where the whole trace goes. Counts stand on model calls only.
"""

import json
from collections.abc import Mapping
from typing import Final

from otel_agent.facts import (
    Compacted,
    CompactionCut,
    Message,
    ModelCalled,
    Origin,
    SpanKind,
    Tokens,
    ToolCut,
    ToolDecided,
    ToolFinished,
    TurnEnded,
)
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanRole
from otel_agent.signals.spans import mlflow
from otel_agent.signals.spans.messages import flattened, plain, shown, spoken
from otel_agent.signals.spans.shape import (
    SpanAttributes,
    SpanProfile,
    SpanRow,
    is_use_known,
    outcome,
    outcome_of_call,
    outcome_of_tool,
    retries,
)

KIND: Final = "openinference.span.kind"
TEXT: Final = "text/plain"
JSON: Final = "application/json"
PROVIDERS: Final[Mapping[str, str]] = {
    "amazon-bedrock": "aws",
    "fireworks-ai": "fireworks",
    "google-vertex": "google",
    "google-vertex-anthropic": "google",
    "llama": "meta",
    "mistral": "mistralai",
    "moonshotai": "moonshot",
    "togetherai": "together",
}
"""OpenInference's names of OpenCode's provider ids, by which Phoenix finds a price; others are their own."""


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span."""
    place = origin.surroundings
    return {
        "session.id": origin.root_session_id or origin.session_id,
        "opencode.session.id": origin.session_id,
        "user.id": place.user_id,
        "project.id": origin.project_id,
        "prompt.id": origin.prompt_id,
        "agent.name": origin.agent,
        "vcs.repository.name": place.repository,
        "vcs.ref.head.name": place.branch,
        "terminal.type": place.terminal,
    }


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says."""
    return {
        KIND: "AGENT",
        **said("input", fact.input, content),
        **said("output", fact.output, content),
        "metadata": _metadata(outcome=outcome(fact), llm_calls=fact.model_calls),
        **mlflow.totals(fact),
        **mlflow.title(fact, _turn_name(fact)),
    }


def _turn_name(fact: TurnEnded) -> str:
    """Return the name of a turn's span."""
    return fact.origin.agent or "turn"


def said(side: str, message: Message | None, content: ContentPolicy) -> SpanAttributes:
    """Return the text of a turn's prompt or answer, with the length of all of it."""
    return _texts(side, *plain(shown([message], content) if message is not None else (), content))


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says: inclusive counts, the cost, the messages."""
    heard, answered = shown(fact.input, content), shown([fact.output] if fact.output else [], content)
    return {
        KIND: "LLM",
        "llm.model_name": fact.model,
        "llm.provider": PROVIDERS.get(fact.provider, fact.provider),
        "llm.finish_reason": fact.finish_reason,
        **(_use(fact.tokens, fact.cost_usd) if is_use_known(fact) else {}),
        **dict(flattened("llm.input_messages", heard)),
        **dict(flattened("llm.output_messages", answered)),
        **_texts("input", *spoken(heard, content)),
        **_texts("output", *spoken(answered, content)),
        "metadata": _metadata(outcome=outcome_of_call(fact)),
        **mlflow.cost(fact),
    }


def _use(tokens: Tokens, cost_usd: float) -> SpanAttributes:
    """Return what was used; prompt includes the cache, completion the reasoning."""
    return {
        "llm.token_count.prompt": tokens.prompt,
        "llm.token_count.completion": tokens.completion,
        "llm.token_count.total": tokens.total,
        "llm.token_count.prompt_details.cache_read": tokens.cache_read,
        "llm.token_count.prompt_details.cache_write": tokens.cache_creation,
        "llm.token_count.completion_details.reasoning": tokens.reasoning,
        "llm.cost.total": cost_usd,
    }


def _texts(side: str, text: str | None, length: int | None) -> SpanAttributes:
    """Return the text of one side of a span, with the length of all of it."""
    return {f"{side}.value": text, f"{side}.mime_type": TEXT, f"{side}.length": length} if text else {}


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says; one that was cut has no result."""
    known: SpanAttributes = {
        KIND: "TOOL",
        "tool.name": fact.tool_name,
        "tool.id": fact.call_id,
        "metadata": _metadata(outcome=outcome_of_tool(fact)),
    }
    if isinstance(fact, ToolCut):
        return known
    parameters, result = content.tool_parameters(fact.parameters), content.tool_content(fact.output)
    given = {"tool.parameters": parameters, "input.value": parameters, "input.mime_type": JSON}
    got = {"output.value": result, "output.mime_type": TEXT, "output.length": fact.output_length}
    return {**known, **(given if parameters else {}), **(got if result else {})}


def wait(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says."""
    verdict = fact.verdict
    return {
        KIND: "CHAIN",
        "metadata": _metadata(
            decision=verdict.decision.value, source=verdict.source.value, tool=fact.tool_name
        ),
    }


def compaction(fact: Compacted | CompactionCut, _content: ContentPolicy) -> SpanAttributes:
    """Return what a compaction says."""
    trigger = fact.trigger.value if fact.trigger else None
    if isinstance(fact, CompactionCut):
        return {KIND: "CHAIN", "metadata": _metadata(trigger=trigger, outcome="cut")}
    return {KIND: "CHAIN", "metadata": _metadata(trigger=trigger, pre_tokens=fact.pre_tokens)}


def _metadata(**words: str | int | None) -> str | None:
    """Return what OpenInference has no attribute for, as JSON; None for nothing."""
    known = {key: value for key, value in words.items() if value is not None}
    return json.dumps(known) if known else None


OPENINFERENCE: Final = SpanProfile(
    shared=shared,
    rows={
        SpanKind.SESSION: SpanRow(name=lambda fact, _prefix: _turn_name(fact), read=turn),
        SpanKind.LLM: SpanRow(
            name=lambda fact, _prefix: f"LLM: {fact.model}",
            read=call,
            role=SpanRole.CLIENT,
            events=retries("retry"),
        ),
        SpanKind.TOOL: SpanRow(name=lambda fact, _prefix: fact.tool_name, read=tool),
        SpanKind.WAIT: SpanRow(name=lambda _fact, _prefix: "permission wait", read=wait),
        SpanKind.COMPACTION: SpanRow(name=lambda _fact, _prefix: "compaction", read=compaction),
    },
)
"""The profile `openinference`."""
