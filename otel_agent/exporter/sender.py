"""Delivery: the oldest request of every route goes out until the backend has acknowledged it.

Routes, each a signal's to one backend, are independent: each has a lane with one thread, which only waits
for the network. What an outcome means is decided here, on the caller's thread, which alone touches the
database.
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

import structlog

from otel_agent.exporter.outbox import Outbox, Request
from otel_agent.exporter.pacing import gap_after
from otel_agent.exporter.transport import Delivered, Denied, Outcome, Rejected, Retry, TooLarge, Transport
from otel_agent.receipts import DELIVERED, DROPPED, REQUESTS
from otel_agent.settings import Signal

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 60.0
LONGEST_WAIT_S = 3600.0
"""A server that names a later time is asked after this; nor does a clock that was set back cost more."""
WORDS: Mapping[type[Outcome], str] = {
    Delivered: "delivered",
    Retry: "retried",
    Denied: "denied",
    TooLarge: "too_large",
    Rejected: "rejected",
}
"""What the agent's own metrics call an outcome."""

log = structlog.get_logger(__name__)


def counted(outcome: Outcome) -> dict[str, int]:
    """Return an outcome as the agent's own metrics count it."""
    return {f"{REQUESTS}{WORDS[type(outcome)]}": 1}


class HeaderSource(Protocol):
    """Where a request's headers come from at the moment it is sent."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers with their values."""
        ...

    def refresh(self) -> bool:
        """Fetch new credentials after a denial; return whether they may differ."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether `headers` has all that is configured."""
        ...

    @property
    def problem(self) -> str | None:
        """Why the last fetch gave no headers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One signal's way to one backend; `destination` is the fingerprint of the requests that may take it.

    `name` is what people call the destination, which may have a route for each signal.
    """

    name: str
    signal: Signal
    destination: str
    open: Callable[[], Transport]
    credentials: HeaderSource


class Lane:
    """One route's delivery: at most one request under way."""

    def __init__(self, route: Route, *, wake: Callable[[], None]) -> None:
        """Call `wake`, from the lane's thread, whenever an outcome is there."""
        self.route = route
        self.current: Request | None = None
        self.outcome: Outcome | None = None
        self.not_before_ms = 0
        self.gap_s = 0.0
        self._wake = wake
        self._work: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self, request: Request) -> None:
        """Send a request on the lane's thread; a daemon, so that a hanging server cannot hold the process."""
        self.current = request
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"otlp-{request.signal}", daemon=True)
            self._thread.start()
        self._work.put(request.payload)

    def look(self) -> None:
        """Take in the outcome of the current request once it is there."""
        if self.current is not None and self.outcome is None:
            with contextlib.suppress(queue.Empty):  # it is still under way
                self.outcome = self._outcomes.get_nowait()

    def close(self) -> None:
        """Let the thread end after what it is doing."""
        self._work.put(None)

    def _run(self) -> None:
        """Send what is asked for until the lane is closed."""
        transport: Transport | None = None
        while (payload := self._work.get()) is not None:
            try:
                transport = transport or self.route.open()
                outcome = deliver(transport, self.route.credentials, payload)
            except Exception as error:  # noqa: BLE001 - else the lane would wait for its outcome for ever
                outcome = Retry(reason=f"the agent failed to send: {type(error).__name__}")
            self._outcomes.put(outcome)
            self._wake()
        if transport is not None:
            transport.close()


def deliver(transport: Transport, credentials: HeaderSource, payload: bytes) -> Outcome:
    """Send once, and once more with fresh credentials when these are denied.

    Without all of its credentials a request is not sent at all.
    """
    headers = credentials.headers()
    if not credentials.is_complete:
        return Denied(reason=credentials.problem or "the headers helper has not given any headers yet")
    outcome = transport.send(payload, headers)
    if isinstance(outcome, Denied) and credentials.refresh():
        outcome = transport.send(payload, credentials.headers())
    if isinstance(outcome, Denied) and credentials.problem:
        return Denied(reason=f"{outcome.reason}; {credentials.problem}")
    return outcome


class Sender:
    """Delivers the requests of one outbox."""

    def __init__(
        self,
        outbox: Outbox,
        routes: Iterable[Route],
        *,
        now_ms: Callable[[], int],
        jitter: Callable[[], float],
        wake: Callable[[], None],
    ) -> None:
        """`jitter` returns a factor around 1 for each delay."""
        self._outbox = outbox
        self._now_ms = now_ms
        self._jitter = jitter
        self._lanes = tuple(Lane(route, wake=wake) for route in routes)
        self._names = {lane.route.destination: lane.route.name for lane in self._lanes}

    def pump(self) -> None:
        """Take in the outcomes that are there, and start what is due.

        Raises sqlite3.Error when an outcome cannot be stored; it is kept for the next call.
        """
        self.take_in()
        for lane in self._lanes:
            if lane.current is None and self._is_due(lane.not_before_ms):
                self._start_oldest(lane)

    def take_in(self) -> None:
        """Take in the outcomes that are there, as `pump` does, and start nothing."""
        for lane in self._lanes:
            lane.look()
            if lane.current is not None and lane.outcome is not None:
                earliest_ms = self._apply(lane.current, lane.outcome)
                lane.gap_s = gap_after(lane.gap_s, lane.outcome, attempts=lane.current.attempts)
                lane.not_before_ms = earliest_ms or self._next_ms(lane.gap_s)
                lane.current = lane.outcome = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits that a lane leads to."""
        return not self.is_busy and not self._attempts()

    @property
    def is_held_up(self) -> bool:
        """Whether a destination has everything, and all others failed when they were tried last."""
        attempts = self._attempts()
        return attempts.keys() < set(self._names.values()) and all(attempts.values())

    def _attempts(self) -> Mapping[str, int]:
        """Return how often the oldest requests were tried, at most, by the names of their destinations."""
        found: dict[str, int] = {}
        for route in (lane.route for lane in self._lanes):
            attempts = self._outbox.attempts(route.signal, route.destination)
            if attempts is not None:
                found[route.name] = max(attempts, found.get(route.name, 0))
        return found

    @property
    def is_busy(self) -> bool:
        """Whether a request is under way."""
        return any(lane.current for lane in self._lanes)

    @property
    def under_way(self) -> frozenset[int]:
        """The ids of the requests whose outcome is not stored yet."""
        return frozenset(lane.current.id for lane in self._lanes if lane.current is not None)

    def close(self) -> None:
        """Let the lanes end; a request under way stays stored and is sent again by the next agent."""
        for lane in self._lanes:
            lane.close()

    def _is_due(self, not_before_ms: int) -> bool:
        """Tell whether a time has come; one that is too far away was noted before the clock was set back."""
        left_ms = not_before_ms - self._now_ms()
        return left_ms <= 0 or left_ms > LONGEST_WAIT_S * 1000

    def _next_ms(self, gap_s: float) -> int:
        """Return when the next request may be sent after a gap; 0, which is at once, without one."""
        return self._now_ms() + int(gap_s * 1000) if gap_s else 0

    def _start_oldest(self, lane: Lane) -> None:
        """Send the oldest request that belongs where the lane leads, if it is due."""
        request = self._outbox.oldest(lane.route.signal, lane.route.destination)
        if request is None:
            lane.gap_s = 0.0
            return
        if self._is_due(request.not_before_ms):
            lane.start(request)
        else:
            lane.not_before_ms = request.not_before_ms

    def _apply(self, request: Request, outcome: Outcome) -> int:
        """Do what an outcome asks for; return when to try again, in ms since 1970, 0 if it is over."""
        match outcome:
            case Delivered():
                self._delivered(request, outcome)
            case Retry():
                return self._postpone(request, outcome, after_s=outcome.after_s)
            case Denied():
                return self._postpone(request, outcome, after_s=None)
            case TooLarge():
                self._split(request, outcome)
            case Rejected():
                self._drop(request, "rejected", outcome)
            case _:
                assert_never(outcome)
        return 0

    def _split(self, request: Request, outcome: TooLarge) -> None:
        """Send a request in halves; a single item that is too large is given up."""
        from otel_agent.exporter.splitting import halves  # noqa: PLC0415 - protobuf costs 20 ms to import

        parts = halves(request.signal, request.payload)
        if parts is None:
            self._drop(request, "too_large", outcome)
            return
        self._outbox.split(request, *parts, counted(outcome))
        log.info("request_split", **self._told(request), items=request.items, reason=outcome.reason)

    def _delivered(self, request: Request, outcome: Delivered) -> None:
        """Remove a request that the backend has; count what it did not want."""
        signal, refused = request.signal.value, min(outcome.rejected, request.items)
        counts = {
            f"delivered.requests.{signal}": 1,
            f"{DELIVERED}{signal}": request.items - refused,
            f"{DROPPED}partial_success": refused,
            **counted(outcome),
        }
        meta = {"last_delivery_ms": str(self._now_ms())}
        if outcome.message:
            meta["last_error"] = outcome.message
        self._outbox.settle(request, counts, meta)
        if outcome.message:
            log.warning("backend_message", **self._told(request), rejected=refused, message=outcome.message)

    def _drop(self, request: Request, reason: str, outcome: TooLarge | Rejected) -> None:
        """Remove a request that the backend will never take, with its words."""
        counts = {f"{DROPPED}{reason}": request.items, **counted(outcome)}
        self._outbox.settle(request, counts, {"last_error": outcome.reason})
        log.error("request_dropped", **self._told(request), items=request.items, reason=outcome.reason)

    def _postpone(self, request: Request, outcome: Retry | Denied, *, after_s: float | None) -> int:
        """Try again later: after what the server said, or after twice as long as the last time."""
        delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(request.attempts, 10)) * self._jitter()
        wait_s = min(LONGEST_WAIT_S, max(after_s or 0.0, delay_s))
        not_before_ms = self._now_ms() + int(wait_s * 1000)
        self._outbox.postpone(request, outcome.reason, counted(outcome), not_before_ms=not_before_ms)
        if request.last_error != outcome.reason:
            log.warning("delivery_postponed", **self._told(request), reason=outcome.reason)
        return not_before_ms

    def _told(self, request: Request) -> dict[str, str]:
        """Return what the log says of a request: whose it is."""
        return {"destination": self._names[request.destination], "signal": request.signal.value}
