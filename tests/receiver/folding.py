"""Folds journal lines with the stores in memory, and sums up what comes out as the instruments measure it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from otel_agent.facts import Fact
from otel_agent.receiver.state import JournalState, SessionState
from otel_agent.receiver.testing import MemorySeen, MemorySessions
from otel_agent.receiver.tracker import Tracker
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import Kind

FOLDER = Path(__file__).parents[1] / "recordings"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.ndjson")))

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What lines come to: the facts, what was dropped, and what is remembered."""

    facts: Sequence[Fact]
    dropped: Counter[str]
    events: int
    journal: JournalState
    sessions: dict[str, SessionState]

    def of(self, kind: type[F]) -> list[F]:
        """Return the facts of one class."""
        return [fact for fact in self.facts if isinstance(fact, kind)]


def recorded(name: str) -> list[bytes]:
    """Return the lines of a recording."""
    return (FOLDER / f"{name}.ndjson").read_bytes().splitlines()


def fold(lines: Iterable[bytes], *, is_finished: bool = True, is_restarted: bool = False) -> Folded:
    """Fold lines, to the end of the input or until it goes on; restarted: all state is stored in between."""
    tracker, sessions, seen = fresh()
    facts: list[Fact] = []
    dropped, events = Counter[str](), 0
    for raw in lines:
        line = tracker.decode(raw)
        facts += tracker.fold(line) if line is not None else []
        if is_restarted:
            dropped, events = dropped + tracker.dropped, events + tracker.events
            tracker, sessions, seen = restored(tracker.journal, sessions, seen)
    if is_finished:
        facts += tracker.finish()
    return Folded(
        facts=facts,
        dropped=dropped + tracker.dropped,
        events=events + tracker.events,
        journal=tracker.journal,
        sessions=sessions.states,
    )


def fresh() -> tuple[Tracker, MemorySessions, MemorySeen]:
    """Return a tracker that knows nothing, with its stores."""
    sessions, seen = MemorySessions(), MemorySeen()
    return Tracker(JournalState(), sessions, seen), sessions, seen


def restored(
    journal: JournalState, sessions: MemorySessions, seen: MemorySeen
) -> tuple[Tracker, MemorySessions, MemorySeen]:
    """Return a tracker that goes on from what another one stored."""
    states = msgspec.msgpack.decode(
        msgspec.msgpack.encode(list(sessions.states.values())), type=list[SessionState]
    )
    state = msgspec.msgpack.decode(msgspec.msgpack.encode(journal), type=JournalState)
    stores = MemorySessions(states), MemorySeen(seen.keys)
    return Tracker(state, *stores), *stores


Sums = dict[str, dict[tuple[object, ...], float]]


def sums(facts: Iterable[Fact], *, without: Sequence[str] = (), counted: Sequence[str] = ()) -> Sums:
    """Return what counters and histograms add up to by session and attributes, and how many events there are.

    Counts are exact; costs are rounded to 12 digits, as adding them in another order may change the last.
    Of the instruments in `counted` it is how many values there are.
    """
    found: dict[str, Counter[tuple[object, ...]]] = {}
    for fact in facts:
        for row in INSTRUMENTS:
            if row.fact is type(fact) and row.kind is not Kind.GAUGE and row.suffix not in without:
                for value, attributes in row.observe(fact):
                    key = (fact.origin.session_id, *sorted(attributes.items()))
                    found.setdefault(row.suffix, Counter())[key] += 1 if row.suffix in counted else value  # type: ignore[assignment]
        for event in EVENTS:
            if event.fact is type(fact) and event.is_told(fact) and event.name not in without:
                found.setdefault(event.name, Counter())[fact.origin.session_id,] += 1
    return {name: {key: round(value, 12) for key, value in row.items()} for name, row in found.items()}


def told(facts: Iterable[Fact], name: str) -> list[dict[str, object]]:
    """Return the attributes of each log event of a name, content included."""
    [row] = [event for event in EVENTS if event.name == name]
    policy = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)
    return [
        dict(row.read(fact, policy)) for fact in facts if isinstance(fact, row.fact) and row.is_told(fact)
    ]
