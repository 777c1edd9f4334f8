"""Spans of the GenAI semantic conventions 1.41: invoke_agent, chat, execute_tool.

https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/gen-ai/gen-ai-spans.md and
gen-ai-agent-spans.md. What MLflow does with them is held by tests/trace_backends: a span with usage hides
that of everything below it, so an agent's span has the usage of its whole tree.
"""

import json
from typing import Final

from otel_agent.facts import (
    Compacted,
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
from otel_agent.signals.spans.messages import as_parts, shown
from otel_agent.signals.spans.shape import SpanAttributes, SpanProfile, SpanRow, is_use_known, outcome

INVOKE_AGENT: Final = "invoke_agent"
EXECUTE_TOOL: Final = "execute_tool"
OPERATION: Final = "gen_ai.operation.name"


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
        "gen_ai.usage.input_tokens": tokens.input + tokens.cache_read + tokens.cache_creation,
        "gen_ai.usage.output_tokens": tokens.output + tokens.reasoning,
        "gen_ai.usage.cache_read.input_tokens": tokens.cache_read,
        "gen_ai.usage.cache_creation.input_tokens": tokens.cache_creation,
        "gen_ai.usage.reasoning.output_tokens": tokens.reasoning,
    }


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what an agent's turn says."""
    return {
        OPERATION: INVOKE_AGENT,
        "gen_ai.provider.name": PROVIDERS.get(fact.provider or "", fact.provider),
        "gen_ai.request.model": fact.model,
        **usage(fact.tree_tokens),
        "gen_ai.input.messages": _messages(fact.input, content),
        "gen_ai.output.messages": _messages(fact.output, content),
        "opencode.outcome": outcome(fact),
    }


def _messages(message: Message | None, content: ContentPolicy) -> str | None:
    """Return one message as the conventions' JSON, as far as it may leave."""
    return as_parts(shown([message] if message else [], content))


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says; MLflow and Langfuse each read a cost under a name of their own."""
    return {
        **operation(fact),
        "gen_ai.response.model": fact.model,
        "gen_ai.response.finish_reasons": (fact.finish_reason,) if fact.finish_reason else (),
        "gen_ai.response.time_to_first_chunk": None if fact.ttft_ms is None else fact.ttft_ms / 1000,
        **_use(fact),
        "gen_ai.input.messages": as_parts(shown(fact.input, content)),
        "gen_ai.output.messages": as_parts(
            shown([fact.output] if fact.output else [], content), fact.finish_reason
        ),
    }


def _use(fact: ModelCalled) -> SpanAttributes:
    """Return what a call used."""
    if not is_use_known(fact):
        return {}
    cost: SpanAttributes = {
        "gen_ai.usage.cost": fact.cost_usd,
        "mlflow.llm.cost": json.dumps({"total_cost": fact.cost_usd}),
    }
    return {**usage(fact.tokens), **cost}


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known: SpanAttributes = {
        OPERATION: EXECUTE_TOOL,
        "gen_ai.tool.name": fact.tool_name,
        "gen_ai.tool.call.id": fact.call_id,
        "gen_ai.tool.type": "function",
    }
    if isinstance(fact, ToolCut):
        return {**known, "opencode.outcome": "cut"}
    return {
        **known,
        "gen_ai.tool.call.arguments": content.tool_parameters(fact.parameters),
        "gen_ai.tool.call.result": content.tool_content(fact.output),
    }


def wait(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says; the conventions have no such span."""
    return {
        "gen_ai.tool.name": fact.tool_name,
        "opencode.decision": fact.verdict.decision.value,
        "opencode.decision.source": fact.verdict.source.value,
    }


def compaction(fact: Compacted, _content: ContentPolicy) -> SpanAttributes:
    """Return what a compaction says; the conventions have no such span."""
    return {
        "opencode.compaction.trigger": fact.trigger.value if fact.trigger else None,
        "opencode.compaction.pre_tokens": fact.pre_tokens,
    }


GEN_AI: Final = SpanProfile(
    shared=shared,
    rows={
        SpanKind.SESSION: SpanRow(
            name=lambda fact, _prefix: f"{INVOKE_AGENT} {fact.origin.agent or ''}".strip(), read=turn
        ),
        SpanKind.LLM: SpanRow(
            name=lambda fact, _prefix: f"{CHAT} {fact.model}".strip(), read=call, role=SpanRole.CLIENT
        ),
        SpanKind.TOOL: SpanRow(name=lambda fact, _prefix: f"{EXECUTE_TOOL} {fact.tool_name}", read=tool),
        SpanKind.WAIT: SpanRow(name=lambda _fact, _prefix: "permission wait", read=wait),
        SpanKind.COMPACTION: SpanRow(name=lambda _fact, _prefix: "compaction", read=compaction),
    },
)
"""The profile `gen_ai`."""
