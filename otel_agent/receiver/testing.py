"""Test doubles of the fold's memory: the stores of one journal, in plain dictionaries."""

from collections.abc import Iterable

from otel_agent.receiver.state import SessionState


class MemorySessions:
    """A `Sessions` store that keeps everything."""

    def __init__(self, states: Iterable[SessionState] = ()) -> None:
        """Begin with the given sessions."""
        self.states = {state.id: state for state in states}

    def get(self, session_id: str) -> SessionState | None:
        """Return a session, None when there is none of this id."""
        return self.states.get(session_id)

    def put(self, session: SessionState) -> None:
        """Keep a session."""
        self.states[session.id] = session

    def open_sessions(self) -> Iterable[SessionState]:
        """Return the sessions that the end of input would still say something about."""
        return [state for state in self.states.values() if state.is_open]


class MemorySeen:
    """A `Seen` store that keeps every key."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """Begin with the given keys."""
        self.keys = set(keys)

    def add(self, key: str) -> bool:
        """Remember a key; return whether it is new."""
        is_new = key not in self.keys
        self.keys.add(key)
        return is_new

    def __contains__(self, key: str) -> bool:
        """Tell whether the key was added before."""
        return key in self.keys


class MemorySequences:
    """Numbers the events of each session, from 1 (`signals.projector.Sequences`)."""

    def __init__(self) -> None:
        """Begin with no session."""
        self.numbers: dict[str, int] = {}

    def next(self, session_id: str) -> int:
        """Return the next number of a session."""
        self.numbers[session_id] = self.numbers.get(session_id, 0) + 1
        return self.numbers[session_id]
