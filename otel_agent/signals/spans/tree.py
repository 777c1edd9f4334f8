"""The shape of traces: which spans there are, their ids, and whose children they are."""

from collections.abc import Callable
from dataclasses import dataclass

from otel_agent.facts import Path, SpanKind, SpanRef
from otel_agent.signals.ids import span_id, trace_id

TYPES = {
    SpanKind.SESSION: "session",
    SpanKind.COMPACTION: "session",
    SpanKind.LLM: "llm",
    SpanKind.TOOL: "tool",
    SpanKind.WAIT: "tool",
    SpanKind.EXECUTION: "tool",
}
"""The type, as OPENCODE_DISABLE_TRACES names it, of each kind of span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteParent:
    """A span of somebody else that our root spans are children of; ids in hexadecimal digits."""

    trace_id: str
    span_id: str
    trace_state: str
    is_sampled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A span's ids and its parent's; a span without any parent is a root."""

    trace_id: str
    span_id: str
    parent_id: str | None
    is_parent_remote: bool
    trace_state: str


def _always(_trace_id: str) -> bool:
    """Sample every trace."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What the settings make of the paths of facts; `is_sampled` tells it of a trace id."""

    disabled: frozenset[str] = frozenset()
    remote: RemoteParent | None = None
    is_sampled: Callable[[str], bool] = _always

    def placed(self, path: Path) -> Placed | None:
        """Return the ids of the span that a path leads to, None when it is not sent."""
        if not path or self._is_off(path[-1]):
            return None
        trace = self.trace_of(path)
        if not self.is_sampled(trace):
            return None
        parent = next((ref for ref in reversed(path[:-1]) if not self._is_off(ref)), None)
        remote = self.remote if parent is None else None
        return Placed(
            trace_id=trace,
            span_id=span_id(path[-1]),
            parent_id=span_id(parent) if parent else remote.span_id if remote else None,
            is_parent_remote=remote is not None,
            trace_state=self.remote.trace_state if self.remote else "",
        )

    def nearest(self, path: Path) -> tuple[str, str] | None:
        """Return the ids of the span that something at a path belongs to; None when none of it is sent."""
        ref = next((ref for ref in reversed(path) if not self._is_off(ref)), None)
        if ref is None or not self.is_sampled(trace := self.trace_of(path)):
            return None
        return trace, span_id(ref)

    def trace_of(self, path: Path) -> str:
        """Return the trace that a path is in: the remote parent's, or that of its outermost turn."""
        return self.remote.trace_id if self.remote else trace_id(path[0])

    def _is_off(self, ref: SpanRef) -> bool:
        return TYPES[ref.kind] in self.disabled
