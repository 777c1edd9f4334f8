"""The sink's HTTP side: `POST /v1/<signal>`, protobuf or JSON, gzip or not, also behind a path prefix."""

import contextlib
import gzip
import socket
import ssl
import sys
import zlib
from collections.abc import Mapping
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import assert_never

from google.protobuf.message import Message

from otel_agent.errors import InputError
from otel_agent.settings import Protocol, Signal
from otel_agent.sink import messages
from otel_agent.sink.script import Fault, Partial, Script, Step, status_of
from otel_agent.sink.store import Received, Store
from otel_agent.sink.tls import Tls, context_of

_PROTOCOLS = {"application/x-protobuf": Protocol.HTTP_PROTOBUF, "application/json": Protocol.HTTP_JSON}


class HttpServer(ThreadingHTTPServer):
    """A server that gives each connection a thread, and can cut all connections at its end."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        address: tuple[str, int],
        store: Store,
        script: Script,
        *,
        tls: Tls | None,
        max_body_bytes: int | None,
    ) -> None:
        """Listen; raises OSError when the port is taken."""
        super().__init__(address, _Handler)
        self.store = store
        self.script = script
        self.max_body_bytes = max_body_bytes
        self.connections: set[socket.socket] = set()
        if tls:
            # Without the handshake in `accept`, where a client that says nothing would hold all others.
            self.socket = context_of(tls).wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def cut(self) -> None:
        """Stop listening and close every connection, in the middle of a request too."""
        self.shutdown()
        self.server_close()
        for connection in tuple(self.connections):
            # OSError: the client has closed it just now.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what is our fault; a client that goes away or whose TLS fails is what tests do."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ssl.SSLError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: HttpServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def setup(self) -> None:
        """Note the connection, so that the server can cut it."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)
        super().finish()

    def do_POST(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        signal = next((one for one in Signal if self.path.partition("?")[0].endswith(f"/v1/{one}")), None)
        content_type = str(self.headers.get_content_type())
        protocol = _PROTOCOLS.get(content_type)
        if signal is None:
            self._refuse(Fault(status=404, message="no such path"), "application/json")
        elif protocol is None:
            self._refuse(Fault(status=415, message="expected protobuf or JSON"), "application/json")
        else:
            self._take(signal, protocol, body, content_type)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Print nothing: only commands print."""

    def _take(self, signal: Signal, protocol: Protocol, body: bytes, content_type: str) -> None:
        """Judge, store and answer a request of a signal."""
        headers = _lowered(self.headers)
        step = self.server.script.answer(signal, headers)
        message: Message | None = None
        if isinstance(step, Partial) or step.is_stored:
            message, step = self._read(signal, protocol, body, step)
        self.server.store.add(
            Received(
                signal=signal,
                protocol=protocol,
                headers=headers,
                size_bytes=len(body),
                message=message,
            )
        )
        match step:
            case Fault():
                self._refuse(step, content_type)
            case Partial():
                answer = messages.reply(signal, step.rejected, step.message)
                is_json = protocol is Protocol.HTTP_JSON
                body = messages.reply_json(answer) if is_json else answer.SerializeToString()
                self._send(200, content_type, body, {})
            case _:
                assert_never(step)

    def _read(
        self, signal: Signal, protocol: Protocol, body: bytes, step: Step
    ) -> tuple[Message | None, Step]:
        """Return the decoded request and the step, or nothing and a fault when it cannot be taken."""
        try:
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            limit = self.server.max_body_bytes
            if limit is not None and len(body) > limit:
                return None, Fault(status=413, message=f"request body larger than {limit} bytes")
            decode = messages.decode_json if protocol is Protocol.HTTP_JSON else messages.decode
            return decode(signal, body), step
        except (InputError, OSError, EOFError, zlib.error) as error:
            return None, Fault(status=400, message=str(error))

    def _refuse(self, fault: Fault, content_type: str) -> None:
        """Send a fault, or nothing at all."""
        if fault.status == 0:
            self.close_connection = True
            return
        headers = dict(fault.headers)
        if fault.retry_after_s is not None:
            headers["Retry-After"] = str(fault.retry_after_s)
        body = fault.body
        if body is None:
            is_json = content_type == "application/json"
            body = _status_json(fault) if is_json else status_of(fault)
        self._send(fault.status, fault.content_type or content_type, body, headers)

    def _send(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send a response."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _status_json(fault: Fault) -> bytes:
    """Return a fault as the JSON of a `google.rpc.Status`."""
    return messages.as_json({"message": fault.message})


def _lowered(headers: Headers) -> dict[str, str]:
    """Return a request's headers with lower-case names."""
    return {name.lower(): str(value) for name, value in headers.items()}
