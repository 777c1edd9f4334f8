"""Spans of the GenAI semantic conventions 1.41: invoke_agent, chat, execute_tool.

https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/gen-ai/gen-ai-spans.md and
gen-ai-agent-spans.md. What backends do with them is held by tests/trace_backends: usage stands on model
calls only, for most add it up; Phoenix takes a `gen_ai.response.model` for an answer's text and drops answers
without a finish reason; MLflow's chat page takes only texts, tool calls and their results. Spans that the
conventions do not have are of OpenInference's kinds.
"""

from collections.abc import Iterable
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
from otel_agent.signals.genai import CHAT, PROVIDERS, operation
from otel_agent.signals.model import SpanRole
from otel_agent.signals.spans import mlflow, openinference
from otel_agent.signals.spans.messages import as_parts, plain, shown
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

INVOKE_AGENT: Final = "invoke_agent"
EXECUTE_TOOL: Final = "execute_tool"
OPERATION: Final = "gen_ai.operation.name"
UNKNOWN: Final = "unknown"
FINISHED: Final = {"completed": "stop", "error": "error"}
"""How a turn finished, for the message that it ended with."""


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span; a conversation is that of the session at the top."""
    place = origin.surroundings
    return {
        "gen_ai.conversation.id": origin.root_session_id or origin.session_id,
        "session.id": origin.root_session_id or origin.session_id,
        "opencode.session.id": origin.session_id,
        "user.id": place.user_id,
        "project.id": origin.project_id,
        "prompt.id": origin.prompt_id,
        "gen_ai.agent.name": origin.agent,
        "vcs.repository.name": place.repository,
        "vcs.ref.head.name": place.branch,
        "terminal.type": place.terminal,
    }


def usage(tokens: Tokens) -> SpanAttributes:
    """Return counts as the conventions have them: input includes the cache, output includes reasoning."""
    return {
        "gen_ai.usage.input_tokens": tokens.prompt,
        "gen_ai.usage.output_tokens": tokens.completion,
        "gen_ai.usage.cache_read.input_tokens": tokens.cache_read,
        "gen_ai.usage.cache_creation.input_tokens": tokens.cache_creation,
        "gen_ai.usage.reasoning.output_tokens": tokens.reasoning,
    }


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what an agent's turn says; backends list it by the plain texts."""
    ended = outcome(fact)
    return {
        OPERATION: INVOKE_AGENT,
        "gen_ai.provider.name": PROVIDERS.get(fact.provider or "", fact.provider),
        "gen_ai.request.model": fact.model,
        **_messages("input", [fact.input] if fact.input else [], content),
        **_messages("output", [fact.output] if fact.output else [], content, FINISHED.get(ended, UNKNOWN)),
        **openinference.said("input", fact.input, content),
        **openinference.said("output", fact.output, content),
        "opencode.outcome": ended,
        "opencode.llm_calls": fact.model_calls,
        "opencode.tool_uses": fact.tool_uses,
        **mlflow.totals(fact),
        **mlflow.title(fact, _turn_name(fact)),
    }


def _turn_name(fact: TurnEnded) -> str:
    """Return the name of a turn's span."""
    return f"{INVOKE_AGENT} {fact.origin.agent or ''}".strip()


def _messages(
    side: str, messages: Iterable[Message], content: ContentPolicy, finish_reason: str | None = None
) -> SpanAttributes:
    """Return messages as the conventions' JSON, as far as they may leave, and the length of their texts."""
    rows = shown(messages, content)
    return {
        f"gen_ai.{side}.messages": as_parts(rows, finish_reason),
        f"{side}.length": plain(rows, content)[1],
    }


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says; MLflow and Langfuse each read a cost under a name of their own."""
    return {
        **operation(fact),
        "gen_ai.response.finish_reasons": (fact.finish_reason,) if fact.finish_reason else (),
        "gen_ai.response.time_to_first_chunk": None if fact.ttft_ms is None else fact.ttft_ms / 1000,
        **(usage(fact.tokens) if is_use_known(fact) else {}),
        "gen_ai.usage.cost": fact.cost_usd if is_use_known(fact) else None,
        **_messages("input", fact.input, content),
        **_messages("output", [fact.output] if fact.output else [], content, fact.finish_reason or UNKNOWN),
        "opencode.outcome": outcome_of_call(fact),
        **mlflow.cost(fact),
    }


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known: SpanAttributes = {
        OPERATION: EXECUTE_TOOL,
        "gen_ai.tool.name": fact.tool_name,
        "gen_ai.tool.call.id": fact.call_id,
        "gen_ai.tool.type": "function",
        "opencode.outcome": outcome_of_tool(fact),
    }
    if isinstance(fact, ToolCut):
        return known
    result = content.tool_content(fact.output)
    return {
        **known,
        "gen_ai.tool.call.arguments": content.tool_parameters(fact.parameters),
        "gen_ai.tool.call.result": result,
        "output.length": fact.output_length if result else None,
    }


def wait(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says; the conventions have no such span."""
    return {
        openinference.KIND: "CHAIN",
        "gen_ai.tool.name": fact.tool_name,
        "opencode.decision": fact.verdict.decision.value,
        "opencode.decision.source": fact.verdict.source.value,
    }


def compaction(fact: Compacted | CompactionCut, _content: ContentPolicy) -> SpanAttributes:
    """Return what a compaction says; the conventions have no such span."""
    trigger = fact.trigger.value if fact.trigger else None
    known: SpanAttributes = {openinference.KIND: "CHAIN", "opencode.compaction.trigger": trigger}
    if isinstance(fact, CompactionCut):
        return {**known, "opencode.outcome": "cut"}
    return {**known, "opencode.compaction.pre_tokens": fact.pre_tokens}


GEN_AI: Final = SpanProfile(
    shared=shared,
    rows={
        SpanKind.SESSION: SpanRow(name=lambda fact, _prefix: _turn_name(fact), read=turn),
        SpanKind.LLM: SpanRow(
            name=lambda fact, _prefix: f"{CHAT} {fact.model}".strip(),
            read=call,
            role=SpanRole.CLIENT,
            events=retries("retry"),
        ),
        SpanKind.TOOL: SpanRow(name=lambda fact, _prefix: f"{EXECUTE_TOOL} {fact.tool_name}", read=tool),
        SpanKind.WAIT: SpanRow(name=lambda _fact, _prefix: "permission wait", read=wait),
        SpanKind.COMPACTION: SpanRow(name=lambda _fact, _prefix: "compaction", read=compaction),
    },
)
"""The profile `gen_ai`."""
