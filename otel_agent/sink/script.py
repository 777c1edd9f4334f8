"""How the sink answers: what it accepts at all, and the failures that a test has it play."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]

from otel_agent.settings import Signal

# The code that a gRPC server gives where an HTTP server has the status; any other status is UNKNOWN.
CODES: Mapping[int, str] = {
    0: "UNAVAILABLE",
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "UNIMPLEMENTED",
    413: "RESOURCE_EXHAUSTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "UNAVAILABLE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A refusal on either protocol; what is not given is as the OTLP specification has it.

    `status` 0 closes the connection without an answer. `code` is the name of a gRPC code, "" for that of the
    status. `body` replaces the error message over HTTP, `details` the `grpc-status-details-bin` over gRPC.
    With `is_stored` the request counts as received: an acknowledgement that got lost.
    """

    status: int = 503
    code: str = ""
    message: str = "scripted failure"
    retry_after_s: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    content_type: str = ""
    details: bytes | None = None
    is_stored: bool = False

    @property
    def grpc_code(self) -> str:
        """The name of the gRPC status code."""
        return self.code or CODES.get(self.status, "UNKNOWN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """An acceptance, which may leave some items out."""

    rejected: int = 0
    message: str = ""


Step = Fault | Partial


class Script:
    """What to answer to the next requests; safe for use by several threads."""

    def __init__(self, required_headers: Mapping[str, str]) -> None:
        """Accept every request that has the required headers."""
        self._lock = threading.Lock()
        self._steps: list[tuple[Signal | None, Step]] = []
        self._delays_s: list[float] = []
        self._released = threading.Event()
        self._required = _lowered(required_headers)

    def add(self, count: int, step: Step, signal: Signal | None) -> None:
        """Answer the next `count` requests, of one signal or of any, with a step."""
        with self._lock:
            self._steps += [(signal, step)] * count

    def delay(self, count: int, seconds: float) -> None:
        """Let the next `count` requests wait before they are looked at."""
        with self._lock:
            self._delays_s += [seconds] * count

    def require(self, headers: Mapping[str, str]) -> None:
        """Deny from now on every request without these headers."""
        with self._lock:
            self._required = _lowered(headers)

    def hold(self) -> None:
        """Let delays last until they are over, after a `release`."""
        self._released.clear()

    def release(self) -> None:
        """End all delays at once."""
        self._released.set()

    def answer(self, signal: Signal, headers: Mapping[str, str]) -> Step:
        """Return what to answer to a request, after the delay that it is to have; headers are lower-case."""
        with self._lock:
            delay_s = self._delays_s.pop(0) if self._delays_s else 0.0
        if delay_s:
            self._released.wait(delay_s)
        with self._lock:
            for number, (wanted, step) in enumerate(self._steps):
                if wanted in {None, signal}:
                    del self._steps[number]
                    return step
            is_allowed = self._required.items() <= headers.items()
        return Partial() if is_allowed else Fault(status=401, message="credentials are missing or not valid")


def status_of(fault: Fault) -> bytes:
    """Return the `google.rpc.Status` of a fault, serialised, with a RetryInfo when it names a time."""
    status = status_pb2.Status(message=fault.message)
    if fault.retry_after_s is not None:
        info = error_details_pb2.RetryInfo()
        info.retry_delay.seconds = fault.retry_after_s
        status.details.add().Pack(info)
    return bytes(status.SerializeToString())


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with lower-case names."""
    return {name.lower(): value for name, value in headers.items()}
