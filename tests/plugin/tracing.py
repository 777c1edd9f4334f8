"""The rules of traces written a second time, in the plainest way: what each tool call must be told."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

Json = dict[str, Any]
Span = tuple[str, str, str]
"""Kind, session and uid."""
Path = tuple[Span, ...]
"""From the outermost turn to the span itself."""

HEXADECIMAL = set("0123456789abcdef")


def hashed(digits: int, *words: str) -> str:
    """Return the first digits of the SHA-256 of words; never all zeros."""
    found = hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:digits]
    return found if set(found) != {"0"} else f"{found[1:]}1"


def trace_id(session: str, message: str) -> str:
    """Return the id of the trace of a turn."""
    return hashed(32, "trace", session, message)


def span_id(kind: str, session: str, uid: str) -> str:
    """Return the id of a span."""
    return hashed(16, "span", kind, session, uid)


def traceparent(path: Path, flags: str = "01", trace: str | None = None) -> str:
    """Write the parent of what is below a path's last span; the first names the trace, if nobody else did."""
    _, session, message = path[0]
    return f"00-{trace or trace_id(session, message)}-{span_id(*path[-1])}-{flags}"


def is_sampled(trace: str, ratio: float) -> bool:
    """Decide by the lower half of a trace's id."""
    return int(trace[16:], 16) < round(ratio * 2**64)


def remote(text: str) -> Json | None:
    """Read a traceparent by the letter of https://www.w3.org/TR/trace-context/; None for an invalid one."""
    version, *fields = text.split("-")
    sizes = [len(field) for field in fields[:3]]
    if sizes != [32, 16, 2] or len(version) != 2 or not set(version + "".join(fields[:3])) <= HEXADECIMAL:
        return None
    trace, span, flags, *more = fields
    if version == "ff" or (version == "00" and more) or set(trace) == {"0"} or set(span) == {"0"}:
        return None
    return {"trace_id": trace, "span_id": span, "is_sampled": int(flags, 16) & 1 == 1}


class Tree:
    """The turns of a journal, and what is known of its messages."""

    def __init__(self, began_ms: int) -> None:
        """Begin with a process that knows of no session."""
        self.began_ms = began_ms
        self.created: dict[str, int] = {}
        self.turns: dict[str, Path] = {}
        self.answered: dict[str, bool] = {}
        self.told: set[str] = set()
        self.history: set[str] = set()
        self.turn_of: dict[str, Path] = {}
        self.models: set[str] = set()
        self.summaries: set[str] = set()
        self.tasks: dict[str, Path] = {}

    def fold(self, event: Json) -> None:
        """Take an event over."""
        kind, properties = event["type"], event["properties"]
        if kind in {"session.created", "session.updated"}:
            self.created[properties["info"]["id"]] = properties["info"]["time"]["created"]
        if kind == "session.idle":
            self.answered.pop(properties["sessionID"], None)
        if kind == "message.updated":
            self._message(properties["info"])
        if kind == "message.part.updated":
            self._part(properties["part"])

    def _message(self, info: Json) -> None:
        session, message, time = info["sessionID"], info["id"], info["time"]
        ended = time.get("completed", time["created"])
        if time["created"] < self.created.get(session, 0) or ended < self.began_ms:
            self.history.add(message)
        if message in self.history or (message in self.told and info["role"] == "user"):
            return
        self.told.add(message)
        is_answer = info["role"] == "assistant"
        is_open = session in self.answered and (is_answer or self.answered[session])
        if not is_open:
            first = info["parentID"] if is_answer else message
            self.turns[session] = (*self.tasks.get(session, ()), ("session", session, first))
        self.answered[session] = is_answer or (is_open and self.answered[session])
        self.turn_of.setdefault(message, self.turns[session])
        if info.get("summary") is True:
            self.summaries.add(message)

    def _part(self, part: Json) -> None:
        if part["type"] == "step-start":
            self.models.add(part["messageID"])
        child = part.get("state", {}).get("metadata", {}).get("sessionId")
        if part.get("tool") == "task" and child and part["messageID"] not in self.history:
            self.tasks[child] = self.call(part)

    def call(self, part: Json) -> Path:
        """Return the path of a tool call; that of nothing for a copy in a fork."""
        session, message = part["sessionID"], part["messageID"]
        if message in self.history:
            return ()
        path = self.turn_of[message]
        if message in self.summaries:
            path = (*path, ("compaction", session, message))
        if message in self.models:
            path = (*path, ("llm", session, message))
        return (*path, ("tool", session, f"{message}:{part['callID']}"))


def events_of(recording: File) -> tuple[int, list[Json]]:
    """Return when a recording's process began, and its lines with an event."""
    lines = [json.loads(line) for line in recording.read_text(encoding="utf-8").splitlines()]
    return lines[0]["journal"]["began_ms"], [line for line in lines if "event" in line]


def calls_of(recording: File) -> Iterator[tuple[str, Path]]:
    """Yield the first sight of each tool call, and its path."""
    began_ms, lines = events_of(recording)
    tree, seen = Tree(began_ms), set[str]()
    for line in lines:
        tree.fold(line["event"])
        part = line["event"]["properties"].get("part", {})
        if part.get("type") == "tool" and part["callID"] not in seen:
            seen.add(part["callID"])
            yield part["callID"], tree.call(part)


def told_of(recording: File) -> Mapping[str, str | None]:
    """Return what the shell of each tool call of a recording is told."""
    return {call: traceparent(path) if path else None for call, path in calls_of(recording)}
