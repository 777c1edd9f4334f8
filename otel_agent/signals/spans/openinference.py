"""Spans as Phoenix and Arize read them: OpenInference's kinds, counts, costs and flattened messages.

https://arize-ai.github.io/openinference/spec/semantic_conventions.html; what Phoenix does with them is held
by tests/trace_backends. Counts stand on model calls only, for Phoenix adds them up; every span of a trace has
the session at its top, for the first span that comes decides where Phoenix puts the whole trace.
"""

import json
from typing import Final

from otel_agent.facts import (
    Compacted,
    Message,
    ModelCalled,
    Origin,
    SpanKind,
    ToolCut,
    ToolDecided,
    ToolFinished,
    TurnEnded,
)
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanRole
from otel_agent.signals.spans.messages import flattened, shown
from otel_agent.signals.spans.shape import SpanAttributes, SpanProfile, SpanRow, is_use_known, outcome

KIND: Final = "openinference.span.kind"
TEXT: Final = "text/plain"
JSON: Final = "application/json"


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
        **_said("input", fact.input, content),
        **_said("output", fact.output, content),
        "metadata": json.dumps({"outcome": outcome(fact), "llm_calls": fact.model_calls}),
    }


def _said(side: str, message: Message | None, content: ContentPolicy) -> SpanAttributes:
    """Return the text of a turn's prompt or answer, with the length of all of it."""
    rows = shown([message], content) if message is not None else ()
    if message is None or not rows or rows[0].text is None:
        return {}
    return {f"{side}.value": rows[0].text, f"{side}.mime_type": TEXT, f"{side}.length": message.length}


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says: inclusive counts, the cost, the messages."""
    heard, said = shown(fact.input, content), shown([fact.output] if fact.output else [], content)
    return {
        KIND: "LLM",
        "llm.model_name": fact.model,
        "llm.provider": fact.provider,
        "llm.finish_reason": fact.finish_reason,
        **_use(fact),
        **dict(flattened("llm.input_messages", heard)),
        **dict(flattened("llm.output_messages", said)),
        **_value("input", "\n".join(row.text or "" for row in heard if row.text)),
        **_value("output", "\n".join(row.text or "" for row in said if row.text)),
    }


def _use(fact: ModelCalled) -> SpanAttributes:
    """Return what a call used; prompt includes the cache, completion the reasoning."""
    if not is_use_known(fact):
        return {}
    tokens = fact.tokens
    prompt = tokens.input + tokens.cache_read + tokens.cache_creation
    completion = tokens.output + tokens.reasoning
    return {
        "llm.token_count.prompt": prompt,
        "llm.token_count.completion": completion,
        "llm.token_count.total": prompt + completion,
        "llm.token_count.prompt_details.cache_read": tokens.cache_read,
        "llm.token_count.prompt_details.cache_write": tokens.cache_creation,
        "llm.token_count.completion_details.reasoning": tokens.reasoning,
        "llm.cost.total": fact.cost_usd,
    }


def _value(side: str, text: str) -> SpanAttributes:
    """Return the plain text of one side of a model call."""
    return {f"{side}.value": text, f"{side}.mime_type": TEXT} if text else {}


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says; one that was cut has no result."""
    known: SpanAttributes = {KIND: "TOOL", "tool.name": fact.tool_name, "tool.id": fact.call_id}
    if isinstance(fact, ToolCut):
        return {**known, "metadata": json.dumps({"outcome": "cut"})}
    parameters, result = content.tool_parameters(fact.parameters), content.tool_content(fact.output)
    given = {"tool.parameters": parameters, "input.value": parameters, "input.mime_type": JSON}
    got = {"output.value": result, "output.mime_type": TEXT, "output.length": fact.output_length}
    return {**known, **(given if parameters else {}), **(got if result else {})}


def wait(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says."""
    verdict = fact.verdict
    words = {"decision": verdict.decision.value, "source": verdict.source.value, "tool": fact.tool_name}
    return {KIND: "CHAIN", "metadata": json.dumps(words)}


def compaction(fact: Compacted, _content: ContentPolicy) -> SpanAttributes:
    """Return what a compaction says."""
    words = {"trigger": fact.trigger.value if fact.trigger else None, "pre_tokens": fact.pre_tokens}
    return {
        KIND: "CHAIN",
        "metadata": json.dumps({key: row for key, row in words.items() if row is not None}),
    }


OPENINFERENCE: Final = SpanProfile(
    shared=shared,
    rows={
        SpanKind.SESSION: SpanRow(name=lambda fact, _prefix: fact.origin.agent or "turn", read=turn),
        SpanKind.LLM: SpanRow(
            name=lambda fact, _prefix: f"LLM: {fact.model}", read=call, role=SpanRole.CLIENT
        ),
        SpanKind.TOOL: SpanRow(name=lambda fact, _prefix: fact.tool_name, read=tool),
        SpanKind.WAIT: SpanRow(name=lambda _fact, _prefix: "permission wait", read=wait),
        SpanKind.COMPACTION: SpanRow(name=lambda _fact, _prefix: "compaction", read=compaction),
    },
)
"""The profile `openinference`."""
