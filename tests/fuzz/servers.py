"""Servers that answer with whatever bytes the current case has."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc

LIMIT_S = 30


class BytesServer:
    """Reads one request of each connection, writes the bytes of the case and closes the connection."""

    def __init__(self) -> None:
        """Listen on a port of the system's choice."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.answer = b""

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        """End the thread."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(LIMIT_S)

    def _serve(self) -> None:
        """Answer one connection after the other until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(LIMIT_S)
                    _read_request(connection)
                    connection.sendall(self.answer)


def _read_request(connection: socket.socket) -> None:
    """Read a whole request, so that closing the connection does not reset it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    [length] = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < length:
        body += connection.recv(65_536)


@dataclass
class GrpcAnswer:
    """What the gRPC server says next: a reply when the code is OK, else a status."""

    code: grpc.StatusCode = grpc.StatusCode.OK
    reply: bytes = b""
    words: str = ""
    details: bytes = b""

    def __call__(self, _request: bytes, context: grpc.ServicerContext) -> bytes:
        """Answer a call."""
        if self.details:
            context.set_trailing_metadata((("grpc-status-details-bin", self.details),))
        if self.code is not grpc.StatusCode.OK:
            context.set_code(self.code)
            context.set_details(self.words)
        return self.reply


class _Anything(grpc.GenericRpcHandler):
    """Takes every method."""

    def __init__(self, answer: GrpcAnswer) -> None:
        """Answer as told."""
        self._answer = answer

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Return the same handler for every method."""
        del handler_call_details
        return grpc.unary_unary_rpc_method_handler(self._answer)


@contextlib.contextmanager
def grpc_server(answer: GrpcAnswer) -> Iterator[str]:
    """Run a gRPC server and give its URL."""
    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool, handlers=[_Anything(answer)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"http://127.0.0.1:{port}"
        server.stop(None).wait(LIMIT_S)
