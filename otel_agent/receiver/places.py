"""Where in a trace things happen: the paths of turns, model calls, tool calls and sub-agents."""

from otel_agent.facts import Path, SpanKind, SpanRef
from otel_agent.receiver.context import Context
from otel_agent.receiver.identifiers import session_created_ms
from otel_agent.receiver.state import CallState, SessionState

DEEPEST = 64
"""How long a path gets: sub-agents of sub-agents have four spans each."""


def open_path(message_id: str, context: Context) -> None:
    """Begin a turn with a user message; a sub-agent's hangs under the tool call that started it."""
    session = context.session
    session.path = (*session.task, SpanRef(kind=SpanKind.SESSION, session_id=session.id, uid=message_id))


def call_path(message_id: str, call: CallState | None, context: Context) -> Path:
    """Return the path of a model call; that of its turn where a message was none, or is not known.

    A shell command of the user has a message without a step.
    """
    session = context.session
    if call is None or call.created_ms is None or not (call.has_steps or call.finish or call.error_name):
        return session.path
    ref = SpanRef(kind=SpanKind.LLM, session_id=session.id, uid=message_id)
    return (*compaction_path(message_id, context), ref) if call.is_compaction else (*session.path, ref)


def compaction_path(message_id: str, context: Context) -> Path:
    """Return the path of a compaction whose summary is a message."""
    ref = SpanRef(kind=SpanKind.COMPACTION, session_id=context.session.id, uid=message_id)
    return (*context.session.path, ref)


def tool_path(key: str, context: Context) -> Path:
    """Return the path of a tool call, which is named `<message>:<call>`."""
    message_id = key.partition(":")[0]
    asked_by = call_path(message_id, context.session.calls.get(message_id), context)
    ref = SpanRef(kind=SpanKind.TOOL, session_id=context.session.id, uid=key)
    return (*asked_by, ref) if asked_by else ()


def wait_path(key: str, question: str, context: Context) -> Path:
    """Return the path of a wait for the answer to a question about a tool call."""
    asked_for = tool_path(key, context)
    ref = SpanRef(kind=SpanKind.WAIT, session_id=context.session.id, uid=question)
    return (*asked_for, ref) if asked_for else ()


def link_subagent(child_id: str, key: str, context: Context) -> None:
    """Note which tool call started a session; its turns belong there, one that has no answer yet too."""
    path = tool_path(key, context)
    if len(path) > DEEPEST or any(ref.session_id == child_id for ref in path):
        return
    child = context.sessions.get(child_id) or SessionState(
        id=child_id,
        instance=context.session.instance,
        created_ms=session_created_ms(child_id, context.time_ms),
    )
    child.task = path
    if child.turn is not None and not child.turn.is_answered:
        child.path = (*path, child.path[-1])
    context.sessions.put(child)
