"""An OTLP/HTTP server that only stores: `receiver.py PORT SPOOL`, until it is killed.

A request is in the spool before it is acknowledged, so what was acknowledged outlives the server.
"""

import struct
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, cast

HEAD = struct.Struct("<10sII")
"""A signal, how many bytes its request took on the wire, and how many of them are the body that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One request of a spool; the body is as it came, compressed."""

    signal: str
    wire_bytes: int
    body: bytes


class Receiver(ThreadingHTTPServer):
    """Appends every request to one file."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, spool: BinaryIO) -> None:
        """Listen on a port of this machine."""
        super().__init__(("127.0.0.1", port), _Handler)
        self._spool = spool
        self._one = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what is our fault; a client that is gone is not."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def store(self, signal: str, wire_bytes: int, body: bytes) -> None:
        """Write a request to the file."""
        with self._one:
            self._spool.write(HEAD.pack(signal.encode(), wire_bytes, len(body)) + body)
            self._spool.flush()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        """Store one request and accept it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = len(self.requestline) + 4 + sum(len(k) + len(v) + 4 for k, v in self.headers.items())
        cast("Receiver", self.server).store(self.path.rpartition("/")[2], head + len(body), body)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Print nothing."""


def stored(path: Path) -> Iterator[Stored]:
    """Yield what a spool has, in the order of arrival."""
    with path.open("rb") as file:
        while head := file.read(HEAD.size):
            name, wire_bytes, body_bytes = HEAD.unpack(head)
            signal = name.rstrip(b"\0").decode()
            yield Stored(signal=signal, wire_bytes=wire_bytes, body=file.read(body_bytes))


def main() -> None:
    """Serve for ever."""
    with Path(sys.argv[2]).open("ab") as spool:
        Receiver(int(sys.argv[1]), spool).serve_forever()


if __name__ == "__main__":
    main()
