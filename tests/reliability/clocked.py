"""A sender over real sockets whose time is moved by hand: hours of expiring tokens in a moment."""

import queue
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from otel_agent.exporter.credentials import Credentials, Helper
from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.sender import Route, Sender
from otel_agent.exporter.testing import FakeClock
from otel_agent.exporter.transport import Transport, open_transport
from otel_agent.settings import Protocol, Signal
from otel_agent.sink.server import Sink
from tests.exporter.samples import PAYLOADS, delivery, url_of

WAIT_S = 20.0


@dataclass
class Clocked:
    """An outbox and its sender, with a lane for each signal."""

    outbox: Outbox
    clock: FakeClock = field(default_factory=FakeClock)
    wakes: "queue.SimpleQueue[None]" = field(default_factory=queue.SimpleQueue)
    sender: Sender = field(init=False)

    def start(self, sink: Sink, protocol: Protocol, helper: Path) -> None:
        """Begin to deliver to a sink with what the helper prints."""
        shared = Helper(str(helper), {}, clock=self.clock)
        routes = [
            Route(
                name="there",
                signal=signal,
                destination="there",
                open=opener(sink, protocol, signal),
                credentials=Credentials({}, shared),
            )
            for signal in Signal
        ]
        self.sender = Sender(
            self.outbox,
            routes,
            now_ms=self.now_ms,
            jitter=lambda: 1.0,
            wake=lambda: self.wakes.put(None),
        )

    def now_ms(self) -> int:
        """Return the time in milliseconds."""
        return int(self.clock() * 1000)

    def put(self) -> None:
        """Store a request of each signal."""
        for signal, payload in PAYLOADS.items():
            self.outbox.put(signal, "there", payload, items=1, created_ms=self.now_ms())

    def settle(self) -> None:
        """Send what is due and take in what becomes of it, without waiting for what is due later."""
        self.sender.pump()
        while self.sender.is_busy:
            self.wakes.get(timeout=WAIT_S)
            self.sender.pump()

    def pass_by(self, seconds: int, *, every_s: int) -> None:
        """Let time go by, doing what falls due."""
        for _ in range(0, seconds, every_s):
            self.clock.advance(every_s)
            self.settle()

    def close(self) -> None:
        """Let the lanes end."""
        self.sender.close()
        self.outbox.close()


def opener(sink: Sink, protocol: Protocol, signal: Signal) -> Callable[[], Transport]:
    """Return what opens a signal's transport to a sink."""
    return lambda: open_transport(delivery(url_of(sink, protocol), protocol=protocol, signal=signal))


def program(path: Path, *lines: str) -> Path:
    """Write a helper in Python that starts quickly, and return its path."""
    path.write_text("\n".join([f"#!{sys.executable} -IS", *lines, ""]), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
