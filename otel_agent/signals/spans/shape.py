"""What all profiles share of a span: which fact it is made of, when it was and how it ended."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from otel_agent.facts import (
    Compacted,
    CompactionCut,
    Fact,
    Failure,
    ModelCalled,
    Origin,
    SpanKind,
    ToolCut,
    ToolDecided,
    ToolFinished,
    TurnEnded,
    TurnOutcome,
)
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanEvent, SpanRole, SpanValue
from otel_agent.signals.totals import NS_PER_MS

SpanAttributes = Mapping[str, SpanValue | None]
Interval = tuple[int, int]
"""Start and end in milliseconds."""
ABORTED: Final = "MessageAbortedError"
ABORTED_TOOL: Final = "aborted"


def no_events(_fact: Fact, _content: ContentPolicy) -> Iterator[SpanEvent]:
    """Yield nothing."""
    yield from ()


def retries(name: str) -> "Events":
    """Return what yields the failed attempts of a model call, as events of a name."""

    def read(fact: ModelCalled, _content: ContentPolicy) -> Iterator[SpanEvent]:
        for retry in fact.retries:
            yield SpanEvent(
                name=name, time_ns=retry.time_ms * NS_PER_MS, attributes={"attempt": retry.attempt}
            )

    return read


Events = Callable[[Any, ContentPolicy], Iterator[SpanEvent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRow:
    """How one kind of span is written: its name for the prefix of all names, its own attributes and events.

    `interval` replaces when it was; a fact for which that gives None has no such span.
    """

    name: Callable[[Any, str], str]
    read: Callable[[Any, ContentPolicy], SpanAttributes]
    role: SpanRole = SpanRole.INTERNAL
    interval: Callable[[Any], Interval | None] | None = None
    events: Events = no_events
    has_status: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanProfile:
    """How spans are written; a kind without a row has no spans.

    `shared` gives the attributes that every span of the profile has. `are_tools_in_turn`: a tool's span is a
    child of the turn's, not of the model call's that asked for it.
    """

    rows: Mapping[SpanKind, SpanRow]
    shared: Callable[[Origin], SpanAttributes]
    are_tools_in_turn: bool = False
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpan:
    """What the span of one class of fact is, whatever the profile."""

    kinds: tuple[SpanKind, ...]
    interval: Callable[[Any], Interval]


def _since_start(fact: TurnEnded | ModelCalled | ToolCut | Compacted | CompactionCut) -> Interval:
    return fact.started_ms, fact.origin.time_ms


def _tool(fact: ToolFinished) -> Interval:
    return fact.origin.time_ms - fact.duration_ms, fact.origin.time_ms


def _wait(fact: ToolDecided) -> Interval:
    return fact.origin.time_ms - (fact.wait_ms or 0), fact.origin.time_ms


FACTS: Final[Mapping[type[Fact], FactSpan]] = {
    TurnEnded: FactSpan(kinds=(SpanKind.SESSION,), interval=_since_start),
    ModelCalled: FactSpan(kinds=(SpanKind.LLM,), interval=_since_start),
    ToolFinished: FactSpan(kinds=(SpanKind.EXECUTION, SpanKind.TOOL), interval=_tool),
    ToolCut: FactSpan(kinds=(SpanKind.TOOL,), interval=_since_start),
    ToolDecided: FactSpan(kinds=(SpanKind.WAIT,), interval=_wait),
    Compacted: FactSpan(kinds=(SpanKind.COMPACTION,), interval=_since_start),
    CompactionCut: FactSpan(kinds=(SpanKind.COMPACTION,), interval=_since_start),
}
"""The facts that are spans; ToolDecided only where its path leads to a wait."""


def outcome(fact: TurnEnded) -> str:
    """Return how a turn ended: completed, error, aborted (by a person) or cut (OpenCode's process ended)."""
    if fact.outcome is TurnOutcome.CUT:
        return "cut"
    return "completed" if fact.failure is None else _failed(fact.failure)


def outcome_of_call(fact: ModelCalled) -> str | None:
    """Return how a model call ended that did not end as it should."""
    if fact.failure is not None:
        return _failed(fact.failure)
    return None if fact.is_completed else "cut"


def outcome_of_tool(fact: ToolFinished | ToolCut) -> str | None:
    """Return how a tool call ended that did not end as it should."""
    if isinstance(fact, ToolCut):
        return "cut"
    if fact.error_type is None:
        return None
    return "aborted" if fact.error_type == ABORTED_TOOL else "error"


def _failed(failure: Failure) -> str:
    return "aborted" if failure.name == ABORTED else "error"


def error_of(fact: Fact) -> tuple[str, str] | None:
    """Return type and description of what failed; a person's abort is no failure."""
    failure = fact.failure if isinstance(fact, ModelCalled | TurnEnded) else None
    if isinstance(failure, Failure) and failure.name != ABORTED:
        return str(failure.status_code or failure.name), str(failure)
    if isinstance(fact, ToolFinished) and fact.error_type not in {None, ABORTED_TOOL}:
        kind = fact.error_type or ""
        return kind, kind.replace("_", " ")
    if isinstance(fact, Compacted) and not fact.is_success:
        return "compaction_failed", "compaction failed"
    return None


def is_use_known(fact: ModelCalled) -> bool:
    """Tell whether what a call used is known: of one that failed or was aborted OpenCode records zeros."""
    return fact.tokens.total > 0 or (fact.failure is None and fact.is_completed)


def is_total_known(fact: TurnEnded) -> bool:
    """Tell whether what a turn used is known: nothing is known of a failed one that used nothing."""
    return fact.tree_tokens.total > 0 or fact.failure is None
