"""What models read and say: the messages that are new to each call, as far as the journal has their text."""

from otel_agent.facts import Message, Role, ToolRequest
from otel_agent.receiver.context import Context
from otel_agent.receiver.state import CallState, PromptState
from otel_agent.receiver.wire import ToolState

KEPT_MESSAGES = 64
"""How many messages wait for a model call, and how many tool calls are noted of one; more are left out."""


def say(message: Message, context: Context) -> None:
    """Keep a message for the next model call."""
    inbox = context.session.inbox
    if len(inbox) < KEPT_MESSAGES:
        inbox.append(message)


def prompt_message(prompt: PromptState) -> Message:
    """Return a prompt as a message."""
    text = "\n".join(filter(None, prompt.texts.values()))
    return Message(role=Role.USER, text=text or None, length=sum(prompt.lengths.values()))


def take_inbox(call: CallState, context: Context) -> None:
    """Give a model call what is new since the call before."""
    call.input = [*call.input, *context.session.inbox][:KEPT_MESSAGES]
    context.session.inbox = []


def note_request(call_id: str, tool_name: str, state: ToolState, call: CallState) -> None:
    """Note that a model asked for a tool call; after the end of its own call nobody is told."""
    if call.is_settled:
        return
    if len(call.requests) < KEPT_MESSAGES and all(row.call_id != call_id for row in call.requests):
        arguments = bytes(state.input).decode(errors="replace")
        call.requests.append(ToolRequest(call_id=call_id, tool_name=tool_name, arguments=arguments))


def result_message(call_id: str, tool_name: str, text: str | None, length: int | None) -> Message:
    """Return a tool call's result as a message."""
    return Message(role=Role.TOOL, text=text or None, length=length, call_id=call_id, tool_name=tool_name)


def answer_message(call: CallState) -> Message | None:
    """Return what a model said and asked for; None for nothing."""
    text = "\n".join(filter(None, call.texts.values()))
    length = sum(call.lengths.values())
    if not length and not call.requests:
        return None
    return Message(role=Role.ASSISTANT, text=text or None, length=length, requests=tuple(call.requests))
