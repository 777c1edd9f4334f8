"""What the sink got, shared by its servers' threads and whoever waits for it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from google.protobuf.message import Message

from otel_agent.settings import Protocol, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came; `headers` have lower-case names.

    `message` is None when it was refused unread. `arrived_s` is of the monotonic clock.
    """

    signal: Signal
    protocol: Protocol
    headers: Mapping[str, str]
    size_bytes: int
    message: Message | None
    arrived_s: float = field(default_factory=time.monotonic)

    @property
    def is_stored(self) -> bool:
        """Whether the sink has it, whatever it answered."""
        return self.message is not None


class Store:
    """The requests in the order of their arrival; safe for use by several threads."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._changed = threading.Condition()
        self._received: list[Received] = []

    def add(self, received: Received) -> None:
        """Keep a request and wake who waits for it."""
        with self._changed:
            self._received.append(received)
            self._changed.notify_all()

    def attempts(self, signal: Signal | None = None) -> list[Received]:
        """Return all requests, also the refused ones, of one signal or of every one."""
        with self._changed:
            return [one for one in self._received if signal in {None, one.signal}]

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._received.clear()

    def wait_for(self, predicate: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until the predicate is true, looking again at each arrival; False when the time is over.

        The predicate runs on the calling thread, and may read this store.
        """
        end_s = time.monotonic() + timeout_s
        with self._changed:
            count = len(self._received)
        while not predicate():
            with self._changed:
                left_s = end_s - time.monotonic()
                if left_s <= 0:
                    return False
                if len(self._received) == count:
                    # Not for longer: the predicate may look at more than what arrives here.
                    self._changed.wait(min(left_s, 0.05))
                count = len(self._received)
        return True
