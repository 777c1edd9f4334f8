"""What a trace backend shows: the same few values for both, read from its own API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Token counts as a backend adds them up: `prompt` has the cache's tokens in it."""

    prompt: int = 0
    completion: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def total(self) -> int:
        """What was read and written together."""
        return self.prompt + self.completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a model call, and the names of the tools that it calls."""

    role: str
    text: str
    tool_calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSpan:
    """One span as the trace page shows it; `parent` is an id that may belong to no span of the trace."""

    id: str
    parent: str | None
    name: str
    kind: str
    status: str
    status_message: str
    start_ns: int
    end_ns: int
    input: str
    output: str
    messages_in: tuple[Message, ...]
    messages_out: tuple[Message, ...]
    model: str | None
    tokens: Tokens | None
    cost_usd: float | None
    attributes: Mapping[str, Any]
    events: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTrace:
    """One trace as the list and the page of traces show it; name and cost are None where none is shown."""

    id: str
    name: str | None
    state: str
    root: str | None
    session: str | None
    user: str | None
    input: str | None
    output: str | None
    tokens: Tokens
    cost_usd: float | None
    spans: tuple[ShownSpan, ...]

    def span(self, name: str) -> ShownSpan:
        """Give the one span of a name; ValueError when there is none or more than one."""
        (found,) = (span for span in self.spans if span.name == name)
        return found

    def outline(self) -> list[str]:
        """Give the tree as `KIND name` lines, indented by depth, in the order in which spans began."""
        known = {span.id for span in self.spans}
        tops = [span for span in self.spans if span.parent not in known]
        return [line for top in _by_start(tops) for line in self._lines(top, 0)]

    def _lines(self, span: ShownSpan, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}{span.kind} {span.name}"
        for child in _by_start([one for one in self.spans if one.parent == span.id]):
            yield from self._lines(child, depth + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSession:
    """One session as the list of sessions shows it: its traces, oldest first."""

    id: str
    traces: tuple[str, ...]
    tokens: Tokens
    cost_usd: float | None


def _by_start(spans: list[ShownSpan]) -> list[ShownSpan]:
    return sorted(spans, key=lambda span: (span.start_ns, span.id))
