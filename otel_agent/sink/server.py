"""The sink: an OTLP backend on two loopback ports that keeps what it gets and fails when it is told to."""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from google.protobuf.message import Message

from otel_agent.settings import Signal
from otel_agent.sink.decode import Point, Record, points_of, records_of
from otel_agent.sink.grpc_server import GrpcServer
from otel_agent.sink.http_server import HttpServer
from otel_agent.sink.script import Fault, Partial, Script
from otel_agent.sink.spans import Span, spans_of
from otel_agent.sink.store import Received, Store
from otel_agent.sink.tls import Tls

HOST = "127.0.0.1"


class Sink:
    """A server for gRPC and one for HTTP with one store; a context manager, safe for use by several threads.

    It can be stopped and started again on the same ports, as a backend that is down for a while.
    """

    def __init__(
        self,
        *,
        http_port: int = 0,
        grpc_port: int = 0,
        tls: Tls | None = None,
        max_body_bytes: int | None = None,
        required_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep how to listen; a port of 0 is chosen by the system at the first start."""
        self.http_port = http_port
        self.grpc_port = grpc_port
        self._tls = tls
        self._max_body_bytes = max_body_bytes
        self._store = Store()
        self._script = Script(required_headers or {})
        self._servers: tuple[HttpServer, GrpcServer] | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Listen; raises OSError or RuntimeError when a port is taken."""
        self._script.hold()
        http = HttpServer(
            (HOST, self.http_port),
            self._store,
            self._script,
            tls=self._tls,
            max_body_bytes=self._max_body_bytes,
        )
        try:
            grpc = GrpcServer(
                (HOST, self.grpc_port),
                self._store,
                self._script,
                tls=self._tls,
                max_body_bytes=self._max_body_bytes,
            )
        except BaseException:
            http.server_close()
            raise
        self.http_port, self.grpc_port = int(http.server_address[1]), grpc.port
        # The interval is how long a stop waits.
        threading.Thread(target=http.serve_forever, args=(0.02,), name="sink-http", daemon=True).start()
        self._servers = http, grpc

    def stop(self) -> None:
        """Stop listening, cut every connection and end every delay; what was received is kept."""
        servers, self._servers = self._servers, None
        self._script.release()
        for server in servers or ():
            server.cut()

    @property
    def http_url(self) -> str:
        """The base URL of the HTTP side."""
        return f"{self._scheme}://{HOST}:{self.http_port}"

    @property
    def grpc_url(self) -> str:
        """The URL of the gRPC side."""
        return f"{self._scheme}://{HOST}:{self.grpc_port}"

    @property
    def connections(self) -> int:
        """How many connections the HTTP side has open."""
        return len(self._servers[0].connections) if self._servers else 0

    def attempts(self, signal: Signal | None = None) -> list[Received]:
        """Return every request that came, also the refused ones, in the order of arrival."""
        return self._store.attempts(signal)

    def requests(self, signal: Signal) -> list[Message]:
        """Return the accepted requests of a signal, decoded: `ExportMetricsServiceRequest` and so on."""
        return [one.message for one in self._store.attempts(signal) if one.message is not None]

    def metric_points(self) -> list[Point]:
        """Return the points of all accepted requests."""
        return [point for request in self.requests(Signal.METRICS) for point in points_of(request)]

    def log_records(self) -> list[Record]:
        """Return the log records of all accepted requests."""
        return [record for request in self.requests(Signal.LOGS) for record in records_of(request)]

    def spans(self) -> list[Span]:
        """Return the spans of all accepted requests."""
        return [span for request in self.requests(Signal.TRACES) for span in spans_of(request)]

    def clear(self) -> None:
        """Forget what was received."""
        self._store.clear()

    def wait_for(self, predicate: Callable[[], bool], timeout_s: float = 10.0) -> bool:
        """Wait until the predicate is true, False when the time is over before."""
        return self._store.wait_for(predicate, timeout_s)

    def fail_next(self, count: int, fault: Fault, signal: Signal | None = None) -> None:
        """Refuse the next `count` requests, of one signal or of any."""
        self._script.add(count, fault, signal)

    def leave_out_next(self, count: int, partial: Partial, signal: Signal | None = None) -> None:
        """Accept the next `count` requests in part."""
        self._script.add(count, partial, signal)

    def hang(self, seconds: float, count: int = 1) -> None:
        """Answer the next `count` requests only after this time, or when the sink is stopped."""
        self._script.delay(count, seconds)

    def require(self, headers: Mapping[str, str]) -> None:
        """Deny from now on every request without these headers, as when a token has expired."""
        self._script.require(headers)

    @property
    def _scheme(self) -> str:
        """The scheme of both URLs."""
        return "https" if self._tls else "http"
