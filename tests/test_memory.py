"""Memory: what the fold remembers is there again after a commit, and after nothing else."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.errors import JournalError
from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import Position
from otel_agent.memory import CACHED_SESSIONS, KNOWN_KEYS, Memory
from otel_agent.receiver.state import PromptState, SessionState
from otel_agent.signals.model import Distribution, Measurement
from otel_agent.signals.projector import Projector
from otel_agent.signals.totals import KEPT_SERIES, Totals
from tests import journals
from tests.pipelines import Sent, finished, opened, sent_of, settings_of


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty database."""
    made = Outbox(tmp_path / "agent.db")
    yield made
    made.close()


def totals_of(memory: Memory, **environ: str) -> Totals:
    """Return totals that read stored series back."""
    return Projector(settings_of(**environ), memory.sequences_of("")).totals(memory.series_of(""))


def save(memory: Memory, totals: Totals | None = None, position: Position = Position()) -> None:  # noqa: B008
    """Store what the memory has."""
    totals = totals or totals_of(memory)
    with memory._outbox.transaction():
        memory.save({"": totals}, position)
    memory.saved({"": totals}, position)


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


def test_counted_keys_leave_memory_and_are_still_counted(outbox: Outbox) -> None:
    """However many keys were asked for, each is new once."""
    memory = Memory(outbox)
    keys = [f"call:ses_1:msg_{number}" for number in range(KNOWN_KEYS + 1)]
    first = [memory.seen.add(key) for key in keys]
    save(memory)
    again = [memory.seen.add(keys[0]), keys[1] in memory.seen, "other" in memory.seen]
    later = [memory.seen.add("other"), "other" in memory.seen]

    assert [True] * len(keys) == first
    assert [False, True, False] == again
    assert [True, True] == later
    assert 3 == len(memory.seen._known)


def measured(suffix: str, value: float, **attributes: str) -> Measurement:
    """Return a measurement."""
    return Measurement(suffix=suffix, value=value, attributes=dict(attributes), time_ms=10_000)


def test_changed_series_are_restored(outbox: Outbox) -> None:
    """What is still to be exported is in memory at once, and nothing else."""
    memory = Memory(outbox)
    totals = totals_of(memory)
    for suffix in ("token.usage", "lines_of_code.total"):
        totals.measure(measured(suffix, 5))
    totals.collect()
    totals.measure(measured("cost.usage", 0.25))
    save(memory, totals)
    again = Memory(outbox)
    restored = totals_of(again)
    again.restore("", restored)

    assert {"cost.usage"} == {key[0] for key in restored.series} == {key[0] for key in restored.changed}


@pytest.mark.parametrize("excluded", ["", "session.id"])
def test_gauges_of_many_sessions_leave_memory(outbox: Outbox, excluded: str) -> None:
    """Whether they are merged or not, gauges go on from what is stored, in another agent too."""
    environ = {"OPENCODE_EXCLUDE_METRICS_ATTRIBUTES": excluded} if excluded else {}
    memory, count = Memory(outbox), KEPT_SERIES + 10
    totals = totals_of(memory, **environ)
    for number in range(count):
        totals.measure(measured("lines_of_code.total", 2, **{"session.id": str(number)}))
    totals.collect()
    save(memory, totals)
    kept, again = len(totals.series), Memory(outbox)
    restored = totals_of(again, **environ)
    again.restore("", restored)
    restored.measure(measured("lines_of_code.total", 7, **{"session.id": "1"}))

    assert kept <= KEPT_SERIES
    assert [2 * count + 5 if excluded else 7] == [point.value for point in restored.collect().points]


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


ID_TAIL = re.compile(r'(?<=[a-z]{3}_[0-9a-f]{12}[0-9A-Za-z]{8})[0-9A-Za-z]{6}(?=")')
"""The last characters of an id of OpenCode's; what is in front of them tells the time."""


def session_of(recording: str, number: int) -> list[str]:
    """Return the events of a recording under ids of their own."""
    return [ID_TAIL.sub(f"{number:06d}", line) for line in journals.lines_of(recording)]


def told(sent: Sent) -> dict[str, tuple[dict[object, object], Counter[object]]]:
    """Return for each session the last value and the start of every series, and its records in order."""
    found: dict[str, tuple[dict[object, object], Counter[object]]] = {}
    for point in sent.points:
        labels = dict(point.attributes)
        series = (
            point.name,
            point.start_ns,
            *sorted((k, v) for k, v in labels.items() if "session" not in k),
        )
        found.setdefault(str(labels["session.id"]), ({}, Counter()))[0][series] = point.value
    for record in sent.records:
        labels = dict(record.attributes)
        event = (labels["event.sequence"], labels["event.name"], labels.get("input_tokens"))
        found.setdefault(str(labels["session.id"]), ({}, Counter()))[1][event] += 1
    return found


@pytest.mark.parametrize("recording", ["run_edit", "serve_permission_once"])
def test_sessions_that_left_memory_go_on_with_the_right_totals(tmp_path: Path, recording: str) -> None:
    """More sessions than memory holds take turns three times; each comes to what it comes to alone."""
    count, clock = CACHED_SESSIONS + 6, FakeClock()
    folder = tmp_path / "1-1-b"
    folder.mkdir()
    journals.write(folder, 0, [journals.header(folder.name)])
    sessions = [session_of(recording, number) for number in range(count)]
    pipeline = opened(folder, clock)
    third = len(sessions[0]) // 3
    for turn in (slice(third), slice(third, 2 * third), slice(2 * third, None)):
        for lines in sessions:
            journals.append(folder, "".join(f"{line}\n" for line in lines[turn]))
            pipeline.step()
        clock.advance(60.0)
        pipeline.step()
        assert CACHED_SESSIONS == len(pipeline._memory.sessions._cache)
        assert KEPT_SERIES >= len(pipeline._totals[""].series)
    assert pipeline.finish()
    together = told(sent_of(pipeline.outbox))
    pipeline.close()
    [alone] = told(finished(journals.make(tmp_path / "1-1-a", recording))).values()

    assert count == len(together)
    assert [alone] * count == list(together.values())


def counted(memory: Memory, *names: str) -> dict[str, Totals]:
    """Return the totals of ways, of which each has counted one session more than the one before."""
    found = {name: way_totals(memory, name) for name in names}
    for number, each in enumerate(found.values(), start=1):
        each.measure(Measurement(suffix="session.count", value=number, attributes={}, time_ms=10_000))
    return found


def way_totals(memory: Memory, name: str) -> Totals:
    """Return the totals of a way."""
    return Projector(settings_of(), memory.sequences_of(name)).totals(memory.series_of(name))


def test_ways_have_their_own_numbers_and_series(outbox: Outbox) -> None:
    """What one has come to, the other has not; both are there again for the next agent."""
    memory = Memory(outbox)
    numbers = [memory.sequences_of(name).next("ses_1") for name in ("", "backup", "backup", "")]
    totals = counted(memory, "", "backup")
    with outbox.transaction():
        memory.save(totals, Position())
    memory.saved(totals, Position())
    again = Memory(outbox)
    restored = {name: way_totals(again, name) for name in ("", "backup", "none")}
    for name, each in restored.items():
        again.restore(name, each)

    assert [1, 1, 2, 2] == numbers
    assert [3, 3, 1] == [again.sequences_of(name).next("ses_1") for name in ("", "backup", "none")]
    values = {name: [series.value for series in each.series.values()] for name, each in restored.items()}
    assert {"": [1], "backup": [2], "none": []} == values


def test_what_other_ways_have_is_abandoned(outbox: Outbox) -> None:
    """Changed series of ways without these names, and what is held; the others' series stay changed."""
    memory = Memory(outbox)
    with outbox.transaction():
        memory.save(counted(memory, "", "backup", "gone"), Position())
        outbox.hold([("logs@gone", b"1"), ("traces@gone", b"2")])
        number = memory.abandon(["", "backup"])

    query = "SELECT count(*) FROM series WHERE is_changed"
    changed = outbox.connection.execute(query).fetchone()
    assert (3, (2,), []) == (number, changed, outbox.held("logs@gone"))
