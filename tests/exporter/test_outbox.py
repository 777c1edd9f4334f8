"""The outbox: requests wait in it until they are settled, whatever becomes of the process."""

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.errors import JournalError
from otel_agent.exporter.outbox import Backlog, Outbox
from otel_agent.settings import Signal


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "agent.db")
    yield made
    made.close()


def put(outbox: Outbox, payload: bytes, *, signal: Signal = Signal.LOGS, destination: str = "here") -> None:
    """Store a request."""
    outbox.put(signal, destination, payload, items=2, created_ms=1_000)


def payload_of(outbox: Outbox, signal: Signal, destination: str | None = None) -> bytes | None:
    """Return the payload of the oldest request."""
    request = outbox.oldest(signal, destination)
    return request.payload if request else None


def test_oldest_request_of_a_signal_comes_first(outbox: Outbox) -> None:
    """Signals have queues of their own."""
    put(outbox, b"m1", signal=Signal.METRICS)
    put(outbox, b"l1")
    put(outbox, b"l2")

    assert (b"l1", b"m1", None) == tuple(
        payload_of(outbox, signal) for signal in (Signal.LOGS, Signal.METRICS, Signal.TRACES)
    )


def test_request_of_another_destination_holds_nothing(outbox: Outbox) -> None:
    """Whoever asks for one destination does not see the requests of another one, older as they may be."""
    put(outbox, b"theirs", destination="there")
    put(outbox, b"ours")

    assert (b"ours", b"theirs") == (
        payload_of(outbox, Signal.LOGS, "here"),
        payload_of(outbox, Signal.LOGS, "there"),
    )
    assert (0, None, None) == (
        outbox.attempts(Signal.LOGS, "here"),
        outbox.attempts(Signal.LOGS, "nowhere"),
        outbox.attempts(Signal.METRICS, "here"),
    )


def test_settled_request_is_gone_and_counted(outbox: Outbox) -> None:
    """Counts and notes are stored with the removal."""
    put(outbox, b"l1")
    put(outbox, b"l2")
    request = outbox.oldest(Signal.LOGS)
    assert request is not None

    outbox.settle(request, {"delivered": 2, "dropped": 0}, {"last_delivery_ms": "7"})

    assert b"l2" == payload_of(outbox, Signal.LOGS)
    assert ({"delivered": 2}, b"7") == (outbox.counts(), outbox.meta("last_delivery_ms"))


def test_postponed_request_stays_the_oldest(outbox: Outbox) -> None:
    """It keeps its place, and says when and why."""
    put(outbox, b"l1")
    put(outbox, b"l2")
    request = outbox.oldest(Signal.LOGS)
    assert request is not None

    outbox.postpone(request, "connection refused", {}, not_before_ms=9)
    again = outbox.oldest(Signal.LOGS)

    assert again is not None
    assert (b"l1", 1, 9, "connection refused") == (
        again.payload,
        again.attempts,
        again.not_before_ms,
        again.last_error,
    )
    assert b"connection refused" == outbox.meta("last_error")


def test_backlog_says_how_much_waits_for_how_long_and_why(outbox: Outbox) -> None:
    """Number, bytes, age and the oldest error."""
    empty = outbox.backlog()
    put(outbox, b"12345")
    outbox.put(Signal.METRICS, "there", b"123", items=1, created_ms=500)
    outbox.explain("no credentials", ["there"])

    assert Backlog(requests=0, size_bytes=0, oldest_ms=None, last_error=None) == empty
    assert Backlog(requests=2, size_bytes=8, oldest_ms=500, last_error="no credentials") == outbox.backlog()


def test_counts_add_up(outbox: Outbox) -> None:
    """Numbers are added to what is there, and a zero is not noted."""
    outbox.count({"a": 1, "b": 0})
    outbox.count({"a": 2})

    assert {"a": 3} == outbox.counts()


def test_interrupted_transaction_leaves_nothing(outbox: Outbox) -> None:
    """All of it or nothing, and the next one works."""

    def interrupted() -> None:
        with outbox.transaction():
            put(outbox, b"x")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()

    with outbox.transaction():
        put(outbox, b"y")

    assert b"y" == payload_of(outbox, Signal.LOGS)


@pytest.mark.parametrize("limit", ["PRAGMA max_page_count=1", "PRAGMA query_only=ON"])
def test_refused_transaction_can_be_tried_again(outbox: Outbox, limit: str) -> None:
    """A full or read-only disk fails a transaction and nothing after it."""
    outbox.connection.execute(limit)
    with pytest.raises(sqlite3.OperationalError), outbox.transaction():
        put(outbox, b"x" * 1_000_000)
    outbox.connection.execute("PRAGMA query_only=OFF")
    outbox.connection.execute("PRAGMA max_page_count=10000")

    with outbox.transaction():
        put(outbox, b"y")

    assert b"y" == payload_of(outbox, Signal.LOGS)


def test_what_was_committed_is_there_for_the_next_process(tmp_path: Path) -> None:
    """A second connection sees it while the first one is open, as after a kill."""
    first = Outbox(tmp_path / "agent.db")
    put(first, b"x")
    second = Outbox(tmp_path / "agent.db")

    assert b"x" == payload_of(second, Signal.LOGS)
    first.close()
    second.close()


def test_reader_changes_nothing(tmp_path: Path) -> None:
    """`status` reads beside the owner and cannot write."""
    owner = Outbox(tmp_path / "agent.db")
    put(owner, b"x")
    reader = Outbox(tmp_path / "agent.db", is_read_only=True)

    assert 1 == reader.backlog().requests
    with pytest.raises(sqlite3.OperationalError):
        reader.set_meta("a", "b")
    reader.close()
    owner.close()


def test_reader_makes_no_file(tmp_path: Path) -> None:
    """A journal without a database has none afterwards either."""
    with pytest.raises(sqlite3.OperationalError):
        Outbox(tmp_path / "agent.db", is_read_only=True)

    assert [] == list(tmp_path.iterdir())


def test_files_are_the_users_alone(tmp_path: Path) -> None:
    """The database and what SQLite puts beside it are not for others to read."""
    outbox = Outbox(tmp_path / "agent.db")
    put(outbox, b"x")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    outbox.close()

    assert {0o600} == modes


def test_database_of_a_newer_agent_is_left_alone(tmp_path: Path) -> None:
    """An older agent says so and changes nothing."""
    connection = sqlite3.connect(tmp_path / "agent.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()

    with pytest.raises(JournalError, match="expected version 1, got 99; update"):
        Outbox(tmp_path / "agent.db")


def test_opening_again_writes_nothing(tmp_path: Path) -> None:
    """A journal can be taken over on a full disk."""
    Outbox(tmp_path / "agent.db").close()
    before = (tmp_path / "agent.db").read_bytes()
    again = Outbox(tmp_path / "agent.db")
    changes = again.connection.total_changes
    again.close()

    assert (0, before) == (changes, (tmp_path / "agent.db").read_bytes())


def test_queue_is_found_without_reading_all_of_it(outbox: Outbox) -> None:
    """The oldest request is looked up by an index: an outage may leave very many."""
    plan = outbox.connection.execute(
        "EXPLAIN QUERY PLAN SELECT id FROM requests WHERE signal=?1"
        " AND destination=?2 ORDER BY place LIMIT 1",
        ("logs", "here"),
    ).fetchall()

    assert ["SEARCH requests USING COVERING INDEX queue (signal=? AND destination=?)"] == [
        row[3] for row in plan
    ]
