"""Messages and their parts: prompts, model calls, and the tool calls in them."""

from collections.abc import Iterator

from otel_agent.facts import Fact
from otel_agent.receiver.answers import add_text
from otel_agent.receiver.calls import call_of, describe_call, use_of
from otel_agent.receiver.context import Context, handles
from otel_agent.receiver.lines import next_turn, summarized
from otel_agent.receiver.prompts import PROMPT_PARTS, add_part, describe_prompt, report_prompts
from otel_agent.receiver.tools import ends_early, tool_updated
from otel_agent.receiver.turns import open_turn
from otel_agent.receiver.wire import MessageInfo, Part, Summary, Wire


class MessageUpdated(Wire, frozen=True):
    """A message as it now is."""

    info: MessageInfo

    @property
    def session_id(self) -> str:
        """The message's session."""
        return self.info.sessionID

    @property
    def message_id(self) -> str:
        """The message itself."""
        return self.info.id


class PartUpdated(Wire, frozen=True):
    """A part of a message as it now is."""

    part: Part

    @property
    def session_id(self) -> str:
        """The part's session."""
        return self.part.sessionID

    @property
    def message_id(self) -> str:
        """The part's message: its outcome may still follow."""
        return self.part.messageID


class PartDelta(Wire, frozen=True):
    """The first piece of a part's content."""

    sessionID: str
    messageID: str
    partID: str


@handles("message.updated", MessageUpdated)
def message_updated(event: MessageUpdated, context: Context) -> Iterator[Fact]:
    """A message was sent, went on or was completed; older messages may be published again."""
    info = event.info
    if context.is_counted("history", info.id) or _is_history(info, context):
        context.count_once("history", info.id)
    elif info.role == "user":
        yield from _user_message(info, context)
    elif info.role == "assistant" and not context.is_counted("call", info.id):
        yield from open_turn(info.parentID, info.time.created, context, is_answer=True)
        describe_call(info, context)
        if info.time.completed is not None or info.error is not None:
            yield from _begun(info.id, context)


def _user_message(info: MessageInfo, context: Context) -> Iterator[Fact]:
    """Take over a user message, and the summary of its turn."""
    if describe_prompt(info, context):
        yield from next_turn(context)
        yield from open_turn(info.id, info.time.created, context, is_answer=False)
    if isinstance(info.summary, Summary):
        yield from summarized(info.id, info.summary, context)


def _is_history(info: MessageInfo, context: Context) -> bool:
    """Tell whether a message is from before this session or process: a fork's copy, or published again.

    A message that an earlier process left unfinished stays so for ever: that process's journal has told it.
    """
    created_ms = info.time.created
    is_copy = created_ms is not None and created_ms < (context.session.created_ms or 0)
    return is_copy or context.is_history(info.time.completed or created_ms)


def _is_before_message(event: PartUpdated, context: Context) -> bool:
    """Tell whether a part came before the message that says what it is, or before what decided on a call."""
    part, session = event.part, context.session
    if part.type == "tool":
        return ends_early(part, context)
    is_known = part.messageID in session.prompts or part.messageID in session.calls
    kinds = ("history", "prompt", "call")
    return (
        part.type in PROMPT_PARTS
        and not is_known
        and not any(context.is_counted(kind, part.messageID) for kind in kinds)
    )


@handles("message.part.updated", PartUpdated, is_early=_is_before_message)
def part_updated(event: PartUpdated, context: Context) -> Iterator[Fact]:
    """A part of a message came or changed."""
    part = event.part
    if context.is_counted("history", part.messageID):
        return
    if context.session.prompts:
        yield from _begun(part.messageID, context)
    if part.type == "tool":
        yield from tool_updated(part, context)
    elif part.messageID in context.session.prompts:
        add_part(part, context)
    elif not context.is_counted("prompt", part.messageID) and not context.is_counted("call", part.messageID):
        _answered(part, context)


def _begun(message_id: str, context: Context) -> Iterator[Fact]:
    """Report the prompts that a message answers: when it has a part or is over, theirs are all there."""
    call = context.session.calls.get(message_id)
    if call is not None and call.created_ms is not None:
        yield from report_prompts(context, until=call.prompt_id)


def _answered(part: Part, context: Context) -> None:
    """Note what a part of an answer says; what a step used by the part's id, as it may be sent again."""
    if part.type == "step-start":
        call_of(part.messageID, context).has_steps = True
    elif part.type == "step-finish":
        call = call_of(part.messageID, context)
        call.has_steps = True
        call.steps[part.id] = use_of(part.tokens, part.cost)
        context.session.has_used = True
    elif part.type in {"text", "reasoning"} and (part.text or "text" in part.cut):
        _streamed(part.messageID, context)
        _written(part, context)


def _written(part: Part, context: Context) -> None:
    """Note the text of an answer."""
    call = context.session.calls.get(part.messageID)
    if call is not None:
        add_text(part, call)


def _streamed(message_id: str, context: Context) -> None:
    """Note when the first content of an answer came; until OpenCode 1.1 it came in the part itself."""
    call = context.session.calls.get(message_id)
    if call is not None and call.first_content_ms is None:
        call.first_content_ms = context.time_ms


@handles("message.part.delta", PartDelta)
def part_delta(event: PartDelta, context: Context) -> Iterator[Fact]:
    """The first content of a part streamed in; the plugin forwards no other piece."""
    _streamed(event.messageID, context)
    yield from ()
