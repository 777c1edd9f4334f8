"""A server that writes bytes as a test gives them: slow, broken, endless or not HTTP at all."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self


class RawServer:
    """Answers each connection with the same chunks, after the beginning of a request has come."""

    def __init__(self, chunks: Iterable[bytes], pause_s: float = 0.0) -> None:
        """Keep what to write and how long to wait after each chunk."""
        self._chunks = chunks
        self._pause_s = pause_s
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.received: list[bytes] = []
        self.written_bytes = 0
        self.closed = 0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything and wait for the thread."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)

    def _serve(self) -> None:
        """Serve one connection after the other until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._open.append(connection)
                with connection, contextlib.suppress(OSError):
                    self._answer(connection)
                self.closed += 1

    def _answer(self, connection: socket.socket) -> None:
        """Read once and write all chunks."""
        self.received.append(connection.recv(65_536))
        for chunk in self._chunks:
            connection.sendall(chunk)
            self.written_bytes += len(chunk)
            time.sleep(self._pause_s)


def response(status: str, body: bytes = b"", **headers: str) -> list[bytes]:
    """Return one HTTP response; `_` in a header's name stands for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode() + body]


def endless(head: bytes, chunk: bytes) -> Iterator[bytes]:
    """Yield a head and then the same chunk for ever."""
    yield head
    while True:
        yield chunk
