"""Recordings in which every field of content holds a word that is found again wherever it leaves."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from otel_agent.capture import Content
from tests import journals

RECORDINGS = (
    "run_content",
    "run_tools",
    "run_subagent",
    "run_denied",
    "run_mcp",
    "run_todo",
    "serve_question",
    "serve_command",
    "serve_compact",
    "serve_shell",
)
CANARIES: Mapping[Content, str] = {
    Content.PROMPTS: "canaryofprompts",
    Content.RESPONSES: "canaryofresponses",
    Content.TOOL_DETAILS: "canaryoftooldetails",
    Content.TOOL_CONTENT: "canaryoftoolcontent",
}
THOUGHT = "canaryofthoughts"
"""Stands in reasoning, which no level sends."""
NAMES = frozenset({"subagent_type", "name", "tool", "agent"})
"""Inputs that are names of parts of OpenCode, which telemetry is about."""


def marked(recording: str) -> list[str]:
    """Return a recording's lines, each text of a person, a model or a tool with its canary."""
    lines = [json.loads(line) for line in journals.lines_of(recording)]
    roles = {info["id"]: info["role"] for info in _infos(lines)}
    return [json.dumps(_marked(line, roles)) for line in lines]


def _infos(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what the lines tell of messages."""
    for line in lines:
        event = line.get("event", {})
        if event.get("type") == "message.updated":
            yield event["properties"]["info"]


def _marked(line: dict[str, Any], roles: Mapping[str, str]) -> dict[str, Any]:
    """Return a line with its canaries."""
    part = line.get("event", {}).get("properties", {}).get("part")
    mark = _MARKS.get(part["type"]) if part else None
    if mark is not None:
        part.pop("cut", None)
        mark(part, roles.get(part["messageID"], "user"))
    return line


def _text(part: dict[str, Any], role: str) -> None:
    kind = Content.PROMPTS if role == "user" else Content.RESPONSES
    part["text"] = f"{part['text']} {CANARIES[kind]}"


def _reasoning(part: dict[str, Any], _role: str) -> None:
    part["text"] = f"{part['text']} {THOUGHT}"


def _subtask(part: dict[str, Any], _role: str) -> None:
    part["prompt"] = CANARIES[Content.PROMPTS]


def _tool(part: dict[str, Any], _role: str) -> None:
    state = part["state"]
    state.pop("cut", None)
    state["input"] = _with(state.get("input") or {}, CANARIES[Content.TOOL_DETAILS])
    if state["status"] == "completed":
        state["output"] = f"{state.get('output') or ''} {CANARIES[Content.TOOL_CONTENT]}"


def _with(value: Any, canary: str, key: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return a value whose texts have a canary, but for names."""
    if isinstance(value, dict):
        kept = {name: _with(each, canary, name) for name, each in value.items() if name != "cut"}
        return kept if key else {**kept, "description": f"what it does {canary}"}
    if isinstance(value, list):
        return [_with(each, canary, key) for each in value]
    return f"{value} {canary}" if isinstance(value, str) and key not in NAMES else value


_MARKS: Mapping[str, Callable[[dict[str, Any], str], None]] = {
    "text": _text,
    "reasoning": _reasoning,
    "subtask": _subtask,
    "tool": _tool,
}
