"""Spans as LangSmith reads them: runs of its types, in threads, with its metadata of coding agents.

https://docs.langchain.com/langsmith/trace-with-opentelemetry and …/coding-agent-metadata-contract. Its own
converter (https://github.com/langchain-ai/langsmith-collector-proxy) shows what the pages leave open: it
reads the use only of a run with outputs, takes every span with `gen_ai.tool.name` for a tool's, and sees a
failure only in an `exception` event. `langsmith.trace.session_id` is a project there, not a conversation.
"""

import json
from collections.abc import Iterable
from typing import Final

from otel_agent.facts import (
    Compacted,
    CompactionCut,
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
from otel_agent.signals.spans import openinference
from otel_agent.signals.spans.layers import exceptions, joined
from otel_agent.signals.spans.messages import as_chat, plain, shown
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

KIND: Final = "langsmith.span.kind"
METADATA: Final = "langsmith.metadata."
NO_OUTPUTS: Final = "{}"
"""An answer of nothing, without which what a call used would not be read."""
LENGTHS: Final = {"gen_ai.prompt": "input", "gen_ai.completion": "output"}


def _metadata(**words: str | int | None) -> SpanAttributes:
    """Return metadata of a run."""
    return {f"{METADATA}{key}": value for key, value in words.items()}


def shared(origin: Origin) -> SpanAttributes:
    """Return the attributes of every span: the identity that each run of a coding agent has."""
    place, thread = origin.surroundings, origin.root_session_id or origin.session_id
    said = _metadata(
        thread_id=thread,
        ls_agent_type="subagent" if origin.is_subagent else "root",
        ls_agent_purpose="coding",
        ls_integration="opencode",
        ls_agent_runtime="OpenCode",
        ls_trace_schema_version="coding-agent-v1",
        git_branch=place.branch,
        git_repository=place.repository,
        user_id=place.user_id,
        agent=origin.agent,
        prompt_id=origin.prompt_id,
    )
    return {"session.id": thread, "opencode.session.id": origin.session_id, **said}


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says."""
    origin = fact.origin
    own = _metadata(ls_subagent_id=origin.session_id, ls_subagent_type=origin.agent)
    return {
        KIND: "chain",
        **_said("gen_ai.prompt", [fact.input] if fact.input else [], content),
        **_said("gen_ai.completion", [fact.output] if fact.output else [], content),
        **_metadata(outcome=outcome(fact), llm_calls=fact.model_calls, tool_uses=fact.tool_uses),
        **(own if origin.is_subagent else {}),
    }


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    return {
        KIND: "llm",
        "gen_ai.system": fact.provider,
        "gen_ai.request.model": fact.model,
        **_said("gen_ai.prompt", fact.input, content),
        "gen_ai.completion": NO_OUTPUTS,
        **_said("gen_ai.completion", [fact.output] if fact.output else [], content),
        "langsmith.usage_metadata": _use(fact) if is_use_known(fact) else None,
        **_metadata(
            ls_model_name=fact.model,
            ls_provider=fact.provider,
            finish_reason=fact.finish_reason,
            outcome=outcome_of_call(fact),
            ttft_ms=fact.ttft_ms,
        ),
    }


def _said(key: str, messages: Iterable[Message], content: ContentPolicy) -> SpanAttributes:
    """Return messages as a chat's JSON object, as far as they may leave, with the length of their texts."""
    rows = shown(messages, content)
    if not rows:
        return {}
    chat = json.dumps({"messages": as_chat(rows)}, ensure_ascii=False)
    return {key: chat, f"{LENGTHS[key]}.length": plain(rows, content)[1]}


def _use(fact: ModelCalled) -> str:
    """Return what was used: input with the cache, output with the reasoning, and OpenCode's own cost."""
    tokens = fact.tokens
    used = {
        "input_tokens": tokens.prompt,
        "output_tokens": tokens.completion,
        "total_tokens": tokens.total,
        "input_token_details": {"cache_read": tokens.cache_read, "cache_creation": tokens.cache_creation},
        "output_token_details": {"reasoning": tokens.reasoning},
        "total_cost": fact.cost_usd,
    }
    return json.dumps(used)


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known = {
        KIND: "tool",
        "gen_ai.tool.name": fact.tool_name,
        **_metadata(ls_tool_name=fact.tool_name, tool_call_id=fact.call_id, outcome=outcome_of_tool(fact)),
    }
    if isinstance(fact, ToolCut):
        return known
    got = content.tool_content(fact.output)
    return {
        **known,
        "input.value": content.tool_parameters(fact.parameters),
        "output.value": got,
        "output.length": fact.output_length if got else None,
    }


def wait(fact: ToolDecided, _content: ContentPolicy) -> SpanAttributes:
    """Return what a wait for a permission says."""
    verdict = fact.verdict
    words = _metadata(tool=fact.tool_name, decision=verdict.decision.value, source=verdict.source.value)
    return {KIND: "chain", **words}


def compaction(fact: Compacted | CompactionCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a compaction says."""
    known = openinference.compaction(fact, content)
    return {KIND: "chain", "metadata": known["metadata"], **_metadata(ls_agent_type="compaction")}


LANGSMITH: Final = SpanProfile(
    shared=shared,
    rows={
        SpanKind.SESSION: SpanRow(
            name=lambda _fact, _prefix: "opencode.session", read=turn, events=exceptions
        ),
        SpanKind.LLM: SpanRow(
            name=lambda _fact, _prefix: "opencode.assistant.turn",
            read=call,
            role=SpanRole.CLIENT,
            events=joined(retries("retry"), exceptions),
        ),
        SpanKind.TOOL: SpanRow(name=lambda fact, _prefix: fact.tool_name, read=tool, events=exceptions),
        SpanKind.WAIT: SpanRow(name=lambda _fact, _prefix: "permission wait", read=wait),
        SpanKind.COMPACTION: SpanRow(
            name=lambda _fact, _prefix: "compaction", read=compaction, events=exceptions
        ),
    },
)
"""The profile `langsmith`."""
