"""What the fold remembers, in memory in front of the journal's database.

Changes are staged in memory and written by `save` inside the transaction that also stores the requests
and the position, so a process that is killed has either all of a batch or nothing of it.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

import msgspec

from otel_agent import __version__
from otel_agent.errors import JournalError
from otel_agent.exporter.damage import DamagedError
from otel_agent.exporter.outbox import Outbox
from otel_agent.journal import Position
from otel_agent.receiver.state import JournalState, SessionState
from otel_agent.signals.totals import Series, SeriesKey, Totals

CACHED_SESSIONS = 64
"""How many sessions stay in memory; an older one is read back when it goes on."""

KNOWN_KEYS = 4096
"""How many answers about counted keys stay in memory: each part of a message asks for the same ones."""

WAY = "@"
"""What stands between a way's name and what is its own; the way without a name has neither."""

WRITER = "agent"
"""Where the version of the agent stands that has written the state."""

_JOURNAL = msgspec.msgpack.Decoder(JournalState)
_POSITION = msgspec.msgpack.Decoder(tuple[int, int])
_COUNTS = msgspec.msgpack.Decoder(dict[str, int])
_SESSION = msgspec.msgpack.Decoder(SessionState)
_SERIES = msgspec.msgpack.Decoder(Series)
_KEY = msgspec.msgpack.Decoder(tuple[str, tuple[tuple[str, str | bool | int | float], ...]])


T = TypeVar("T")


class Reading:
    """Decodes what a database holds."""

    def __init__(self, outbox: Outbox) -> None:
        """Note whether this version of the agent was the last one to write it."""
        self.is_ours = outbox.meta(WRITER) == __version__.encode()

    def decode(self, decoder: msgspec.msgpack.Decoder[T], value: bytes) -> T:
        """Return a stored value; raises DamagedError, or JournalError when another version has stored it."""
        try:
            return decoder.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError, RecursionError) as error:
            if self.is_ours:
                raise DamagedError("agent.db: expected the state that was stored, got another one") from error
            message = "agent.db: expected the state of this version of the agent, got another one's"
            raise JournalError(message) from error

    def stored(self, decoder: msgspec.msgpack.Decoder[T], value: bytes | None) -> T | None:
        """Return a stored value, None when there is none yet."""
        return self.decode(decoder, value) if value is not None else None


class SessionMemory:
    """The sessions of a journal (`receiver.state.Sessions`)."""

    def __init__(self, connection: sqlite3.Connection, reading: Reading) -> None:
        """Read missing sessions through the connection."""
        self._connection = connection
        self._reading = reading
        self._cache: OrderedDict[str, SessionState] = OrderedDict()
        self._dirty: set[str] = set()

    def get(self, session_id: str) -> SessionState | None:
        """Return a session, from the database where it left memory."""
        state = self._cache.get(session_id)
        if state is None:
            row = self._connection.execute("SELECT state FROM sessions WHERE id=?", (session_id,)).fetchone()
            state = self._reading.decode(_SESSION, row[0]) if row else None
            if state is not None:
                self._cache[session_id] = state
        if state is not None:
            self._cache.move_to_end(session_id)
        return state

    def put(self, session: SessionState) -> None:
        """Keep a changed session for the next save."""
        self._cache[session.id] = session
        self._cache.move_to_end(session.id)
        self._dirty.add(session.id)

    def open_sessions(self) -> Iterable[SessionState]:
        """Return the sessions that the end of input would still say something about."""
        stored = self._connection.execute("SELECT id FROM sessions WHERE is_open ORDER BY id").fetchall()
        ids = {row[0]: None for row in stored} | dict.fromkeys(sorted(self._dirty))
        states = (self.get(session_id) for session_id in ids)
        return [state for state in states if state is not None and state.is_open]

    def save(self) -> None:
        """Write the changed sessions."""
        rows = [
            (key, self._cache[key].is_open, msgspec.msgpack.encode(self._cache[key])) for key in self._dirty
        ]
        self._connection.executemany("INSERT OR REPLACE INTO sessions VALUES(?,?,?)", rows)

    def saved(self) -> None:
        """Note that the save was committed; sessions that were not used lately leave memory."""
        self._dirty.clear()
        while len(self._cache) > CACHED_SESSIONS:
            self._cache.popitem(last=False)


class SeenMemory:
    """The keys of what was counted (`receiver.state.Seen`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Look keys up through the connection."""
        self._connection = connection
        self._known: dict[str, bool] = {}
        self._new: list[str] = []

    def add(self, key: str) -> bool:
        """Remember a key; return whether it is new."""
        if key in self:
            return False
        self._known[key] = True
        self._new.append(key)
        return True

    def __contains__(self, key: str) -> bool:
        """Tell whether the key was added before."""
        is_counted = self._known.get(key)
        if is_counted is None:
            found = self._connection.execute("SELECT 1 FROM seen WHERE key=?", (key,)).fetchone()
            is_counted = self._known[key] = found is not None
        return is_counted

    def save(self) -> None:
        """Write the new keys."""
        self._connection.executemany("INSERT OR IGNORE INTO seen VALUES(?)", [(key,) for key in self._new])

    def saved(self) -> None:
        """Note that the save was committed; when there are many answers they leave memory."""
        self._new.clear()
        if len(self._known) > KNOWN_KEYS:
            self._known.clear()


class SequenceMemory:
    """The number of the last event of each session, and of each way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read missing numbers through the connection."""
        self._connection = connection
        self._new: dict[str, int] = {}

    def next(self, session_id: str) -> int:
        """Return the next number of a session, from 1."""
        number = self._new.get(session_id)
        if number is None:
            row = self._connection.execute(
                "SELECT number FROM sequences WHERE session=?", (session_id,)
            ).fetchone()
            number = row[0] if row else 0
        self._new[session_id] = number + 1
        return number + 1

    def save(self) -> None:
        """Write the changed numbers."""
        self._connection.executemany("INSERT OR REPLACE INTO sequences VALUES(?,?)", list(self._new.items()))

    def saved(self) -> None:
        """Note that the save was committed."""
        self._new.clear()


class WaySequences:
    """One way's numbers of the last events (`signals.projector.Sequences`)."""

    def __init__(self, name: str, sequences: SequenceMemory) -> None:
        """Number the events of the way with this name; the one without a name has the sessions' own."""
        self._before = f"{name}{WAY}" if name else ""
        self._sequences = sequences

    def next(self, session_id: str) -> int:
        """Return the next number of a session, from 1."""
        return self._sequences.next(f"{self._before}{session_id}")


class Memory:
    """Everything that a journal's fold remembers; `told` has the counts that the agent reported."""

    def __init__(self, outbox: Outbox) -> None:
        """Go on from what is stored.

        Raises JournalError when another version of the agent has stored it, and DamagedError, then or later.
        """
        self._outbox = outbox
        self._reading = Reading(outbox)
        self.sessions = SessionMemory(outbox.connection, self._reading)
        self.seen = SeenMemory(outbox.connection)
        self.sequences = SequenceMemory(outbox.connection)
        self.journal = self._reading.stored(_JOURNAL, outbox.meta("journal")) or JournalState()
        position = self._reading.stored(_POSITION, outbox.meta("position"))
        self.position = Position(*position) if position else Position()
        self.told = self._reading.stored(_COUNTS, outbox.meta("told")) or {}

    def sequences_of(self, name: str) -> WaySequences:
        """Return the numbers of the events of a way."""
        return WaySequences(name, self.sequences)

    def series_of(self, name: str) -> Callable[[SeriesKey], Series | None]:
        """Return what reads a stored series of a way."""

        def load(key: SeriesKey) -> Series | None:
            query = "SELECT state FROM series WHERE key=?"
            row = self._outbox.connection.execute(query, (_stored_key(name, key),)).fetchone()
            return self._reading.decode(_SERIES, row[0]) if row else None

        return load

    def restore(self, name: str, totals: Totals) -> None:
        """Read back a way's series that were not exported; the others are loaded when they are measured."""
        query = "SELECT key, state FROM series WHERE is_changed"
        for stored, state in self._outbox.connection.execute(query):
            way, key = self._way_of(stored)
            if way == name:
                totals.restore(key, self._reading.decode(_SERIES, state))

    def abandon(self, names: Collection[str]) -> int:
        """Forget what changed, and all that is held, for ways with other names; return how much it was.

        In the caller's transaction, when nothing is held any more for the ways with these names.
        """
        connection = self._outbox.connection
        changed = connection.execute("SELECT key FROM series WHERE is_changed").fetchall()
        others = [(key,) for (key,) in changed if self._way_of(key)[0] not in names]
        connection.executemany("UPDATE series SET is_changed=0 WHERE key=?", others)
        return len(others) + connection.execute("DELETE FROM pending").rowcount

    def save(self, totals: Mapping[str, Totals], position: Position) -> None:
        """Write what changed, the totals by the names of their ways; in the caller's transaction."""
        self.sessions.save()
        self.seen.save()
        self.sequences.save()
        for name, each in totals.items():
            self._save_series(name, each)
        self._outbox.set_meta(WRITER, __version__)
        self._outbox.set_meta("journal", msgspec.msgpack.encode(self.journal))
        self._outbox.set_meta("told", msgspec.msgpack.encode(self.told))
        self._outbox.set_meta("position", msgspec.msgpack.encode((position.segment, position.offset)))

    def saved(self, totals: Mapping[str, Totals], position: Position) -> None:
        """Note that the save was committed."""
        self.sessions.saved()
        self.seen.saved()
        self.sequences.saved()
        for each in totals.values():
            each.touched.clear()
            each.forget_settled()
        self.position = position
        self._reading.is_ours = True

    def held(self, queue: str, kind: type[T]) -> list[T]:
        """Return the items of a queue that wait for a request, oldest first."""
        decoder = msgspec.msgpack.Decoder(kind)
        return [self._reading.decode(decoder, item) for item in self._outbox.held(queue)]

    def _way_of(self, stored: bytes) -> tuple[str, SeriesKey]:
        """Return the name of the way that a stored series is of, and its key there."""
        suffix, attributes = self._reading.decode(_KEY, stored)
        name, _, own = suffix.rpartition(WAY)
        return name, (own, attributes)

    def _save_series(self, name: str, totals: Totals) -> None:
        """Write a way's series that were touched."""
        rows = [
            (_stored_key(name, key), key[0], series.is_changed, msgspec.msgpack.encode(series))
            for key, series in ((key, totals.series[key]) for key in totals.touched)
        ]
        self._outbox.connection.executemany("INSERT OR REPLACE INTO series VALUES(?,?,?,?)", rows)


def _stored_key(name: str, key: SeriesKey) -> bytes:
    """Return under which key a way's series is stored."""
    suffix, attributes = key
    return msgspec.msgpack.encode((f"{name}{WAY}{suffix}" if name else suffix, attributes))
