"""Sub-agents: the tool calls that start them."""

from collections.abc import Iterator

from otel_agent.facts import Fact, SubtaskInvoked
from otel_agent.receiver.context import Context
from otel_agent.receiver.places import link_subagent, tool_path
from otel_agent.receiver.prompts import utf16_length
from otel_agent.receiver.wire import ToolInput, ToolMetadata


def subtask_invoked(
    key: str, given: ToolInput, metadata: ToolMetadata, started_ms: int | None, context: Context
) -> Iterator[Fact]:
    """Report once that a tool call has started a sub-agent: it has a session, so nobody refused it."""
    if metadata.sessionId is None or not context.count_once("subtask", key):
        return
    link_subagent(metadata.sessionId, key, context)
    cut = given.cut.get("prompt")
    length = None if given.prompt is None else utf16_length(given.prompt)
    yield SubtaskInvoked(
        origin=context.origin(key, time_ms=started_ms, path=tool_path(key, context)),
        agent=given.subagent_type,
        prompt_length=cut[0] if cut else length,
    )
