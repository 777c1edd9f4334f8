"""Test doubles of the exporter: a transport that answers by script, and a clock that is moved by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from otel_agent.exporter.transport import Delivered, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request as a transport got it."""

    payload: bytes
    headers: Mapping[str, str]


class ScriptedTransport:
    """A `Transport` that records what is sent and gives the outcomes of its script, then `Delivered`."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        """Keep the outcomes in the order in which they will be given."""
        self._outcomes = iter(tuple(outcomes))
        self.sent: list[Sent] = []
        self.is_closed = False

    def send(self, payload: bytes, headers: Mapping[str, str]) -> Outcome:
        """Record the request and return the next outcome of the script."""
        self.sent.append(Sent(payload=payload, headers=dict(headers)))
        return next(self._outcomes, Delivered())

    def close(self) -> None:
        """Note that the transport was closed."""
        self.is_closed = True


class FakeClock:
    """A clock that stands still until it is moved; calling it gives the time in seconds."""

    def __init__(self, now_s: float = 1_700_000_000.0) -> None:
        """Start at `now_s`, seconds since 1970."""
        self.now_s = now_s

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now_s

    def advance(self, seconds: float) -> None:
        """Move the clock forward; also what a test passes where the program would sleep."""
        self.now_s += seconds
