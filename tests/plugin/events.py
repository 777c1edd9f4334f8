"""Events as OpenCode publishes them, small."""

from itertools import count
from typing import Any

Json = dict[str, Any]
_NUMBERS = count(1)
SESSION = "ses_1"


def event(kind: str, **properties: object) -> Json:
    """Make an event with an id of its own."""
    return {"id": f"evt_{next(_NUMBERS)}", "type": kind, "properties": properties}


def idle() -> Json:
    """Make the smallest session event."""
    return event("session.idle", sessionID=SESSION)


def part(kind: str, **fields: object) -> Json:
    """Make an update of a message's part."""
    whole = {"id": "prt_1", "sessionID": SESSION, "messageID": "msg_1", "type": kind, **fields}
    return event("message.part.updated", sessionID=SESSION, time=5, part=whole)


def tool(name: str, state: Json, part_id: str = "prt_1") -> Json:
    """Make an update of a tool call."""
    return part("tool", id=part_id, tool=name, callID="call_1", state=state)


def completed(name: str, tool_input: Json, metadata: Json | None = None, output: str = "") -> Json:
    """Make the end of a tool call."""
    state = {"status": "completed", "input": tool_input, "output": output, "title": "private title"}
    return tool(name, {**state, "metadata": metadata or {}, "time": {"start": 1, "end": 2}})
