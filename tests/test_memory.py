"""Memory: what the fold remembers is there again after a commit, and after nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.errors import JournalError
from otel_agent.exporter.outbox import Outbox
from otel_agent.journal import Position
from otel_agent.memory import CACHED_SESSIONS, Memory
from otel_agent.receiver.state import PromptState, SessionState
from otel_agent.signals.model import Distribution, Measurement
from otel_agent.signals.projector import Projector
from otel_agent.signals.totals import Totals
from tests.pipelines import settings_of


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty database."""
    made = Outbox(tmp_path / "agent.db")
    yield made
    made.close()


def totals_of(memory: Memory) -> Totals:
    """Return totals that read stored series back."""
    return Projector(settings_of(), memory.sequences).totals(memory.load_series)


def save(memory: Memory, totals: Totals | None = None, position: Position = Position()) -> None:  # noqa: B008
    """Store what the memory has."""
    totals = totals or totals_of(memory)
    with memory._outbox.transaction():
        memory.save(totals, position)
    memory.saved(totals, position)


def test_empty_database_is_the_beginning(outbox: Outbox) -> None:
    """Nothing is known and nothing was read."""
    memory = Memory(outbox)

    assert (Position(), None, False, 1) == (
        memory.position,
        memory.sessions.get("ses_1"),
        "key" in memory.seen,
        memory.sequences.next("ses_1"),
    )


def test_saved_memory_is_there_for_the_next_agent(outbox: Outbox) -> None:
    """Position, journal, sessions, keys and numbers come back."""
    memory = Memory(outbox)
    memory.journal.version = "1.2.3"
    memory.sessions.put(SessionState(id="ses_1", tokens=7, prompts={"msg_1": PromptState(created_ms=5)}))
    memory.seen.add("key")
    numbers = [memory.sequences.next("ses_1"), memory.sequences.next("ses_1")]
    save(memory, position=Position(3, 77))
    again = Memory(outbox)
    session = again.sessions.get("ses_1")

    assert (Position(3, 77), "1.2.3", [1, 2], 3) == (
        again.position,
        again.journal.version,
        numbers,
        again.sequences.next("ses_1"),
    )
    assert (False, True) == (again.seen.add("key"), "key" in again.seen)
    assert session == memory.sessions.get("ses_1")


def test_unsaved_memory_is_not_there(outbox: Outbox) -> None:
    """What was not committed has not happened."""
    memory = Memory(outbox)
    memory.sessions.put(SessionState(id="ses_1"))
    memory.seen.add("key")
    memory.sequences.next("ses_1")
    again = Memory(outbox)

    assert (None, True, 1) == (
        again.sessions.get("ses_1"),
        again.seen.add("key"),
        again.sequences.next("ses_1"),
    )


def test_many_sessions_leave_memory_and_come_back(outbox: Outbox) -> None:
    """Only the sessions used last are kept; an older one is read back as it was saved."""
    memory = Memory(outbox)
    for number in range(CACHED_SESSIONS + 10):
        memory.sessions.put(SessionState(id=f"ses_{number}", tokens=number))
    save(memory)

    assert CACHED_SESSIONS == len(memory.sessions._cache)
    assert [0, 5] == [memory.sessions.get(f"ses_{n}").tokens for n in (0, 5)]  # type: ignore[union-attr]


def test_open_sessions_are_those_stored_and_those_changed_since(outbox: Outbox) -> None:
    """The end of input is told to every session that waits for something, and to no other."""
    memory = Memory(outbox)
    for name in ("a", "b", "c"):
        memory.sessions.put(SessionState(id=name, is_turn_open=name != "b"))
    save(memory)
    memory.sessions.put(SessionState(id="c", is_turn_open=False))
    memory.sessions.put(SessionState(id="d", is_turn_open=True))

    assert ["a", "d"] == [session.id for session in memory.sessions.open_sessions()]


def measured(suffix: str, value: float, **attributes: str) -> Measurement:
    """Return a measurement."""
    return Measurement(suffix=suffix, value=value, attributes=dict(attributes), time_ms=10_000)


def test_changed_series_and_gauges_are_restored(outbox: Outbox) -> None:
    """What is still to be exported is in memory at once, so is a gauge, which is merged with its like."""
    memory = Memory(outbox)
    totals = totals_of(memory)
    for suffix in ("token.usage", "lines_of_code.total"):
        totals.measure(measured(suffix, 5))
    totals.collect()
    totals.measure(measured("cost.usage", 0.25))
    save(memory, totals)
    again = Memory(outbox)
    restored = totals_of(again)
    again.restore(restored, ["lines_of_code.total"])

    assert {"lines_of_code.total", "cost.usage"} == {key[0] for key in restored.series}
    assert {"cost.usage"} == {key[0] for key in restored.changed}


def test_settled_series_goes_on_from_its_stored_value(outbox: Outbox) -> None:
    """A series that left memory keeps its start and its value."""
    memory = Memory(outbox)
    totals = totals_of(memory)
    totals.measure(measured("token.usage", 5, type="input"))
    totals.measure(measured("tool.duration", 20))
    first = totals.collect()
    save(memory, totals)
    later = totals_of(Memory(outbox))
    later.measure(measured("token.usage", 2, type="input"))
    later.measure(measured("tool.duration", 30))
    second = later.collect()
    values = {point.name: point.value for point in second.points}
    duration = values["opencode.tool.duration"]

    assert () == second.zeros
    assert {point.start_ns for point in first.points} == {point.start_ns for point in second.points}
    assert 7 == values["opencode.token.usage"]
    assert isinstance(duration, Distribution)
    assert (2, 50.0, 20.0, 30.0) == (duration.count, duration.sum, duration.min, duration.max)


@pytest.mark.parametrize("key", ["journal", "position"])
def test_state_of_another_version_is_an_error(outbox: Outbox, key: str) -> None:
    """State that this version cannot read is told of, and left as it is."""
    outbox.set_meta(key, b"\xc1not msgpack")

    with pytest.raises(JournalError, match="expected the state of this version"):
        Memory(outbox)
