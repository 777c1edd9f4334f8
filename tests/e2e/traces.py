"""The spans that arrived as trees, and which spans OpenCode's own database says there are."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from otel_agent.sink.decode import Value
from otel_agent.sink.spans import Span
from tests.e2e.truth import rows

PREFIX = "opencode."
ERROR = 2
"""OTLP's number of the status of a span that failed."""
COUNTS = (
    "llm.token_count.prompt",
    "llm.token_count.completion",
    "llm.token_count.prompt_details.cache_read",
    "llm.token_count.prompt_details.cache_write",
    "llm.token_count.completion_details.reasoning",
)
"""The attributes of a model call's tokens; prompt includes the cache, completion the reasoning."""


class Forest:
    """Every span that arrived, with its ancestors."""

    def __init__(self, spans: Iterable[Span]) -> None:
        """Take the spans in the order of their beginning, the longer one first."""
        self.spans = sorted(spans, key=lambda span: (span.start_ns, -span.end_ns))
        self._by_id = {(span.trace_id, span.span_id): span for span in self.spans}

    def named(self, name: str) -> list[Span]:
        """Give the spans of a name, without prefix."""
        return [span for span in self.spans if span.name == f"{PREFIX}{name}"]

    def paths(self) -> list[str]:
        """Give each span's path, sorted."""
        return sorted(self.path(span) for span in self.spans)

    def path(self, span: Span) -> str:
        """Give the names from the root to a span; a parent that did not arrive is named by its id."""
        name = span.name.removeprefix(PREFIX)
        if not span.parent_id:
            return name
        parent = self._by_id.get((span.trace_id, span.parent_id))
        return f"{self.path(parent) if parent else span.parent_id} > {name}"

    def ids(self) -> list[str]:
        """Give every span's id, sorted."""
        return sorted(span.span_id for span in self.spans)

    def traces(self) -> set[str]:
        """Give the ids of the traces."""
        return {span.trace_id for span in self.spans}


def span_id(kind: str, session: str, uid: str) -> str:
    """Hash a span's id from OpenCode's own ids."""
    words = f"span\x1f{kind}\x1f{session}\x1f{uid}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def stored_ids(database: Path) -> list[str]:
    """Give the ids of the spans of turns, model calls and tool calls that OpenCode has stored, sorted."""
    held = [
        (session, message, json.loads(data))
        for session, message, data in rows(database, "select session_id, message_id, data from part")
    ]
    calling = {message for _, message, part in held if part["type"] == "step-start"}
    found = {
        span_id("tool", session, f"{message}:{part['callID']}")
        for session, message, part in held
        if part["type"] == "tool"
    }
    for message, session, info in _answers(database):
        found.add(span_id("session", session, info["parentID"]))
        if message in calling:
            found.add(span_id("llm", session, message))
    return sorted(found)


def _answers(database: Path) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Give id, session and content of every message of a model."""
    found = rows(database, "select id, session_id, data from message")
    messages = [(id_, session, json.loads(data)) for id_, session, data in found]
    return [row for row in messages if row[2]["role"] == "assistant"]


def tokens(spans: Iterable[Span]) -> dict[tuple[str, str, str], int]:
    """Add up the tokens of model calls by their own session, model and type, in the form of the truth."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for span in spans:
        if span.name == f"{PREFIX}llm" and COUNTS[0] in span.attributes:
            session = span.attributes.get("opencode.session.id", span.attributes["session.id"])
            for kind, count in _kinds(span.attributes).items():
                found[str(session), str(span.attributes["model"]), kind] += count
    return {key: count for key, count in found.items() if count}


def _kinds(attributes: Mapping[str, Value]) -> dict[str, int]:
    """Take inclusive counts apart."""
    prompt, completion, read, written, reasoning = (int(str(attributes[name])) for name in COUNTS)
    return {
        "input": prompt - read - written,
        "output": completion - reasoning,
        "reasoning": reasoning,
        "cacheRead": read,
        "cacheCreation": written,
    }
