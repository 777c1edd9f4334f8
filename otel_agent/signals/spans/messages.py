"""What was said to and by a model, as far as it may leave; and the two forms in which backends read it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from otel_agent.facts import Message, Role, ToolRequest
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message of which something may leave; the length is that of its whole text, None without a text."""

    role: Role
    text: str | None
    length: int | None
    requests: tuple[ToolRequest, ...]
    call_id: str | None
    tool_name: str | None


def shown(messages: Iterable[Message], content: ContentPolicy) -> tuple[Shown, ...]:
    """Return the messages of which something may leave: the one place where their content passes."""
    return tuple(row for row in (_shown(message, content) for message in messages) if row is not None)


def _shown(message: Message, content: ContentPolicy) -> Shown | None:
    text = _TEXT[message.role](content, message.text)
    requests = tuple(
        ToolRequest(
            call_id=request.call_id,
            tool_name=request.tool_name,
            arguments=content.tool_parameters(request.arguments),
        )
        for request in message.requests
        if content.is_response_on or content.are_tool_details_on
    )
    if text is None and not requests:
        return None
    return Shown(
        role=message.role,
        text=text,
        length=message.length if text is not None else None,
        requests=requests,
        call_id=message.call_id,
        tool_name=message.tool_name,
    )


_TEXT = {
    Role.USER: ContentPolicy.prompt,
    Role.ASSISTANT: ContentPolicy.response,
    Role.TOOL: ContentPolicy.tool_content,
}


def plain(messages: Iterable[Shown], content: ContentPolicy) -> tuple[str | None, int | None]:
    """Return the texts of messages as one, cut as one, with the length of all of it; None for no text."""
    said = [message for message in messages if message.text]
    text = content.cut("\n".join(message.text or "" for message in said))
    return text or None, sum(message.length or 0 for message in said) or None


def spoken(messages: Iterable[Shown], content: ContentPolicy) -> tuple[str | None, int | None]:
    """Return the same with the tool calls asked for, each a paragraph `tool(arguments)` of its own."""
    rows = tuple(messages)
    text = content.cut("\n\n".join(line for message in rows for line in _lines(message)))
    return text or None, sum(message.length or 0 for message in rows) or None


def _lines(message: Shown) -> Iterator[str]:
    """Yield a message's text and the calls that it asks for."""
    if message.text:
        yield message.text
    yield from (f"{request.tool_name}({request.arguments or ''})" for request in message.requests)


def flattened(prefix: str, messages: Iterable[Shown]) -> Iterator[tuple[str, SpanValue]]:
    """Yield messages as OpenInference's attributes: one key for each field of each message.

    https://arize-ai.github.io/openinference/spec/semantic_conventions.html
    """
    for index, message in enumerate(messages):
        key = f"{prefix}.{index}.message"
        yield f"{key}.role", message.role.value
        if message.text is not None:
            yield f"{key}.content", message.text
        if message.call_id is not None:
            yield f"{key}.tool_call_id", message.call_id
            yield f"{key}.name", message.tool_name or ""
        for number, request in enumerate(message.requests):
            call = f"{key}.tool_calls.{number}.tool_call"
            yield f"{call}.id", request.call_id
            yield f"{call}.function.name", request.tool_name
            if request.arguments is not None:
                yield f"{call}.function.arguments", request.arguments


def as_parts(messages: Iterable[Shown], finish_reason: str | None = None) -> str | None:
    """Return messages as the JSON of the GenAI conventions 1.41; None when there are none.

    https://github.com/open-telemetry/semantic-conventions/tree/v1.41.1/docs/gen-ai
    """
    rows = [_with_parts(message, finish_reason) for message in messages]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def as_chat(messages: Iterable[Shown]) -> list[dict[str, object]]:
    """Return messages as chat APIs have them: role, content, tool calls, and whose result a message is.

    https://platform.openai.com/docs/api-reference/chat/create
    """
    return [_of_chat(message) for message in messages]


def _of_chat(message: Shown) -> dict[str, object]:
    """Return one message as a chat API has it."""
    row: dict[str, object] = {"role": message.role.value, "content": message.text or ""}
    if message.call_id is not None:
        row |= {"tool_call_id": message.call_id, "name": message.tool_name}
    calls = [
        {
            "id": request.call_id,
            "type": "function",
            "function": {"name": request.tool_name, "arguments": request.arguments or ""},
        }
        for request in message.requests
    ]
    return {**row, "tool_calls": calls} if calls else row


def _with_parts(message: Shown, finish_reason: str | None) -> dict[str, object]:
    """Return one message as role and parts."""
    parts: list[dict[str, object]] = []
    if message.role is Role.TOOL:
        parts.append({"type": "tool_call_response", "id": message.call_id, "response": message.text})
    elif message.text is not None:
        parts.append({"type": "text", "content": message.text})
    for request in message.requests:
        call: dict[str, object] = {"type": "tool_call", "id": request.call_id, "name": request.tool_name}
        parts.append({**call, "arguments": _json(request.arguments)} if request.arguments else call)
    row: dict[str, object] = {"role": message.role.value, "parts": parts}
    return {**row, "finish_reason": finish_reason} if finish_reason else row


def _json(text: str) -> object:
    """Return arguments as a value; those that were cut are text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
