"""Permissions: questions and answers, in the names of OpenCode 1.0 and of today."""

from collections.abc import Iterator

from otel_agent.facts import Decision, DecisionSource, Fact, Path, ToolDecided, Verdict
from otel_agent.receiver.context import Context, handles
from otel_agent.receiver.places import wait_path
from otel_agent.receiver.state import QuestionState, ToolCallState
from otel_agent.receiver.tool_names import tool_type
from otel_agent.receiver.waits import begin_wait, end_wait
from otel_agent.receiver.wire import Count, ToolRef, Wire

REPLIES = {
    "once": (Decision.ACCEPT, DecisionSource.USER_TEMPORARY),
    "always": (Decision.ACCEPT, DecisionSource.USER_PERMANENT),
    "reject": (Decision.REJECT, DecisionSource.USER_REJECT),
}


class PermissionAsked(Wire, frozen=True):
    """OpenCode asks whether a tool call may run."""

    id: str
    sessionID: str
    permission: str | None = None
    type: str | None = None
    tool: ToolRef | None = None
    messageID: str | None = None
    callID: str | None = None
    diff_counts: tuple[Count, Count] | None = None


class PermissionReplied(Wire, frozen=True):
    """The answer to a permission question."""

    sessionID: str
    requestID: str | None = None
    permissionID: str | None = None
    reply: str | None = None
    response: str | None = None

    @property
    def question(self) -> str:
        """The question's id."""
        return self.requestID or self.permissionID or ""


@handles("permission.asked", PermissionAsked)
def permission_asked(event: PermissionAsked, context: Context) -> Iterator[Fact]:
    """Note the question, so that the answer finds its tool call."""
    _note(event, context)
    yield from ()


@handles("permission.updated", PermissionAsked)
def permission_updated(event: PermissionAsked, context: Context) -> Iterator[Fact]:
    """Note a question of OpenCode 1.0."""
    _note(event, context)
    yield from ()


def _note(event: PermissionAsked, context: Context) -> None:
    """Keep a question until it is answered; one that was answered may be sent again."""
    if context.is_counted("permission", event.id):
        return
    call_id = (event.tool.callID if event.tool else None) or event.callID or event.id
    tools = context.session.tools
    known = tools.setdefault(call_id, ToolCallState(tool=event.permission or event.type or "unknown"))
    known.diff_counts = event.diff_counts or known.diff_counts
    message_id = (event.tool.messageID if event.tool else None) or event.messageID
    if message_id is not None and known.key is None:
        known.key, known.started_ms = f"{message_id}:{call_id}", context.time_ms
    question = QuestionState(call_id=call_id, asked_ms=context.time_ms, message_id=message_id)
    context.session.questions.setdefault(event.id, question)
    begin_wait(event.id, context)


def _is_before_question(event: PermissionReplied, context: Context) -> bool:
    """Tell whether the question has still to come."""
    return event.question not in context.session.questions and not context.is_counted(
        "permission", event.question
    )


@handles("permission.replied", PermissionReplied, is_early=_is_before_question)
def permission_replied(event: PermissionReplied, context: Context) -> Iterator[Fact]:
    """Report the answer; `opencode run` answers its questions itself, as its flags say."""
    question = event.question
    reply = REPLIES.get(event.reply or event.response or "")
    if reply is None or not context.count_once("permission", question):
        return
    end_wait(question, context)
    asked = context.session.questions.pop(question, None)
    call_id = asked.call_id if asked else None
    tools = context.session.tools
    known = tools.get(call_id or "") or ToolCallState(tool="unknown")
    if call_id == question:
        tools.pop(question, None)  # no end of a call will
    decision, source = reply
    if context.answers_itself:
        source = DecisionSource.CONFIG
    known.decision, known.source = decision.value, source.value
    known.answered_ms = context.time_ms
    yield ToolDecided(
        origin=context.origin(question, path=_path(question, asked, context)),
        call_id=call_id if call_id != question else None,
        tool_name=known.tool,
        tool_type=tool_type(known.tool, context.servers),
        is_prompted=True,
        verdict=Verdict(decision=decision, source=source),
        wait_ms=max(0, context.time_ms - asked.asked_ms) if asked else None,
    )


def _path(question: str, asked: QuestionState | None, context: Context) -> Path:
    """Return the path of a wait; OpenCode 1.0 asks without a tool call."""
    if asked is None or asked.message_id is None:
        return ()
    return wait_path(f"{asked.message_id}:{asked.call_id}", question, context)
