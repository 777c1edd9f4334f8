"""One journal's database: the stored requests, and the transaction that commits them with the fold's state.

An outbox row is exactly one OTLP request. Everything here runs on one thread.
"""

import sqlite3
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import msgspec

from otel_agent.errors import JournalError
from otel_agent.exporter.damage import DamagedError, check, check_file
from otel_agent.exporter.packing import Part
from otel_agent.receipts import DROPPED
from otel_agent.settings import Signal

SCHEMA_VERSION = 1
FILE_NAME = "agent.db"
MINUTE_MS = 60_000
_CREATED = "CAST(coalesce(created_ms, 0) AS INTEGER)"  # also where a database is damaged
_OLDEST = f"""SELECT min({_CREATED}), (
    SELECT CAST(last_error AS TEXT) FROM requests WHERE last_error IS NOT NULL ORDER BY id LIMIT 1
) FROM requests"""  # noqa: S608 - a constant

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions(id TEXT PRIMARY KEY, is_open INTEGER NOT NULL, state BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS seen(key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences(session TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS series(
    key BLOB PRIMARY KEY, suffix TEXT NOT NULL, is_changed INTEGER NOT NULL, state BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending(id INTEGER PRIMARY KEY, signal TEXT NOT NULL, item BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS requests(
    id INTEGER PRIMARY KEY AUTOINCREMENT, place REAL, signal TEXT NOT NULL, destination TEXT NOT NULL,
    payload BLOB NOT NULL, items INTEGER NOT NULL, created_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, not_before_ms INTEGER NOT NULL DEFAULT 0, last_error TEXT);
CREATE TRIGGER IF NOT EXISTS last_place AFTER INSERT ON requests WHEN NEW.place IS NULL
    BEGIN UPDATE requests SET place=NEW.id WHERE id=NEW.id; END;
CREATE INDEX IF NOT EXISTS queue ON requests(signal, destination, place);
CREATE TABLE IF NOT EXISTS counts(name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One OTLP request that was not settled yet; `destination` is the fingerprint of where it belongs."""

    id: int
    signal: Signal
    destination: str
    payload: bytes
    items: int
    created_ms: int
    attempts: int
    not_before_ms: int
    last_error: str | None


COLUMNS = tuple(field.name for field in fields(Request))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits in an outbox; the age is that of the oldest request."""

    requests: int
    size_bytes: int
    oldest_ms: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """One request among those of all journals, in the order in which they go when there is no room."""

    created_ms: int
    journal: str
    place: float
    size_bytes: int


def _marks(values: Collection[object]) -> str:
    """Return as many marks for values of a query."""
    return ",".join("?" * len(values))


class Outbox:
    """The database of one journal; whoever opens it to write holds the journal's lock.

    `added_bytes` is what was stored since it was opened, settled meanwhile or not.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        """Open the database, made with mode 0600 where it is missing.

        Raises sqlite3.Error, DamagedError, and JournalError when a newer version of the agent has made it.
        """
        self.added_bytes = 0
        check_file(path)
        if is_read_only:
            self.connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
            return
        path.touch(mode=0o600, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        with self.closed_at_error():
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            self._make_tables()
            check(self.connection, path)

    @contextmanager
    def closed_at_error(self) -> Generator[None]:
        """Close the database when what is done inside fails."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _make_tables(self) -> None:
        """Make the tables of a new database; writes nothing to one that has them."""
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise JournalError(
                f"{FILE_NAME}: expected version {SCHEMA_VERSION}, got {version}; update the package"
            )
        if version < SCHEMA_VERSION:
            self.connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Commit everything that is written inside, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        finally:
            # SQLite ends the transaction by itself at some errors, a full disk among them, and at others not.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def make_durable(self) -> bool:
        """Write what was committed so that it outlives a power cut; tell whether it does now.

        A commit alone outlives its process; a reader can keep more from being written for the moment.
        https://sqlite.org/pragma.html#pragma_wal_checkpoint
        """
        is_busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        return not is_busy

    def hold(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep encoded items, each with its queue, for a later request; within a transaction."""
        self.connection.executemany("INSERT INTO pending(signal, item) VALUES(?, ?)", items)

    def held(self, queue: str) -> list[bytes]:
        """Return the items of a queue that are kept, oldest first."""
        query = "SELECT item FROM pending WHERE signal=? ORDER BY id"
        return [row[0] for row in self.connection.execute(query, (queue,))]

    def release(self, queues: Collection[str]) -> None:
        """Forget the items that were kept in queues: requests have them now."""
        self.connection.execute(f"DELETE FROM pending WHERE signal IN ({_marks(queues)})", tuple(queues))  # noqa: S608 - ?,?

    def put(self, signal: Signal, destination: str, payload: bytes, *, items: int, created_ms: int) -> None:
        """Store a request at the end of its signal's queue."""
        self.connection.execute(
            "INSERT INTO requests(signal, destination, payload, items, created_ms) VALUES(?,?,?,?,?)",
            (signal.value, destination, payload, items, created_ms),
        )
        self.added_bytes += len(payload)

    def oldest(self, signal: Signal, destination: str | None = None) -> Request | None:
        """Return the request of a signal that was stored first, of any destination or of one."""
        there = [destination] if destination else []
        row = self.connection.execute(
            f"SELECT {','.join(COLUMNS)} FROM requests"  # noqa: S608 - constants
            f" WHERE signal=? {'AND destination=?' if there else ''} ORDER BY place LIMIT 1",
            (signal.value, *there),
        ).fetchone()
        if row is None:
            return None
        try:
            return msgspec.convert(dict(zip(COLUMNS, row, strict=True)), Request)
        except msgspec.ValidationError as error:
            raise DamagedError(f"requests: expected a request, got another row: {error}") from error

    def settle(self, request: Request, counts: dict[str, int], meta: dict[str, str]) -> None:
        """Remove a request that is over, count what became of it and store values with it."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM requests WHERE id=?", (request.id,))
            self.count(counts)
            for key, value in meta.items():
                self.set_meta(key, value)

    def split(self, request: Request, first: Part, second: Part, counts: dict[str, int]) -> None:
        """Put two halves in the place of a request, so that the order of the queue stays; count it."""
        with self.transaction() as connection:
            (place,) = connection.execute("SELECT place FROM requests WHERE id=?", (request.id,)).fetchone()
            query = "SELECT min(place) FROM requests WHERE signal=? AND place>?"
            (following,) = connection.execute(query, (request.signal.value, place)).fetchone()
            middle = (place + (following or place + 1.0)) / 2
            rest = (second.payload, second.items, request.created_ms)
            connection.execute(
                "UPDATE requests SET payload=?, items=? WHERE id=?", (first.payload, first.items, request.id)
            )
            connection.execute(
                "INSERT INTO requests(place, signal, destination, payload, items, created_ms)"
                " VALUES(?,?,?,?,?,?)",
                (middle, request.signal.value, request.destination, *rest),
            )
            self.count(counts)

    def postpone(self, request: Request, reason: str, counts: dict[str, int], *, not_before_ms: int) -> None:
        """Keep a request for later, and why; count what became of this attempt."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE requests SET attempts=attempts+1, not_before_ms=?, last_error=? WHERE id=?",
                (not_before_ms, reason, request.id),
            )
            self.set_meta("last_error", reason)
            self.count(counts)

    def explain(self, reason: str, destinations: Collection[str]) -> None:
        """Note why requests wait that go to the destinations."""
        which = f"last_error IS NOT ? AND destination IN ({_marks(destinations)})"
        query = f"UPDATE requests SET last_error=? WHERE {which}"  # noqa: S608 - ?,?
        self.connection.execute(query, (reason, reason, *destinations))

    def attempts(self, signal: Signal, destination: str) -> int | None:
        """Return how often a destination's oldest request of a signal was tried, None when none waits."""
        query = "SELECT attempts FROM requests WHERE signal=? AND destination=? ORDER BY place LIMIT 1"
        row = self.connection.execute(query, (signal.value, destination)).fetchone()
        return row[0] if row else None

    def count(self, counts: dict[str, int]) -> None:
        """Add to the numbers of what was delivered and dropped."""
        self.connection.executemany(
            "INSERT INTO counts VALUES(?,?) ON CONFLICT(name) DO UPDATE SET number=number+excluded.number",
            [(name, number) for name, number in counts.items() if number],
        )

    def counts(self) -> dict[str, int]:
        """Return how often what happened, by name; what a damaged database has instead is left out."""
        query = "SELECT * FROM counts WHERE typeof(name)='text' AND typeof(number)='integer' ORDER BY name"
        return dict(self.connection.execute(query).fetchall())

    def size(self) -> tuple[int, int]:
        """Return how many requests wait and their bytes: a payload's length is known without reading it."""
        query = "SELECT count(*), coalesce(sum(length(payload)), 0) FROM requests"
        number, size_bytes = self.connection.execute(query).fetchone()
        return number, size_bytes

    def backlog(self) -> Backlog:
        """Return what waits."""
        number, size = self.size()
        oldest, error = self.connection.execute(_OLDEST).fetchone()
        return Backlog(requests=number, size_bytes=size, oldest_ms=oldest, last_error=error)

    def minutes(self) -> dict[int, int]:
        """Return how many bytes wait of each minute since 1970."""
        query = f"SELECT {_CREATED}/{MINUTE_MS}, coalesce(sum(length(payload)), 0) FROM requests GROUP BY 1"  # noqa: S608 - constants
        return dict(self.connection.execute(query).fetchall())

    def waiting(self, journal: str, minute: int) -> list[Waiting]:
        """Return the requests of a minute since 1970, as those of the journal of this name."""
        query = f"SELECT {_CREATED}, coalesce(place, 0)+0.0, coalesce(length(payload), 0) FROM requests WHERE {_CREATED}/?=?"  # noqa: S608, E501 - constants
        rows = self.connection.execute(query, (MINUTE_MS, minute))
        return [Waiting(created_ms, journal, place, size) for created_ms, place, size in rows]

    def drop(self, reason: str, *, until: tuple[int, float], but: Collection[int]) -> int:
        """Remove the requests up to a time and place, but those with the given ids; count their items.

        Return how many requests were removed.
        """
        which = f"FROM requests WHERE (created_ms, place)<=(?,?) AND id NOT IN ({_marks(but)})"
        with self.transaction() as connection:
            (items,) = connection.execute(f"SELECT total(items) {which}", (*until, *but)).fetchone()
            removed = connection.execute(f"DELETE {which}", (*until, *but)).rowcount
            self.count({f"{DROPPED}{reason}": int(items)})
        return removed

    def meta(self, key: str) -> bytes | None:
        """Return a stored value."""
        row = self.connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        value = row[0] if row else None
        return value.encode() if isinstance(value, str) else value

    def set_meta(self, key: str, value: bytes | str) -> None:
        """Store a value."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (key, value))

    def close(self) -> None:
        """Close the database; what was committed stays."""
        self.connection.close()
