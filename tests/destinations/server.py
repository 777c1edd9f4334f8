"""A server that takes what one vendor takes, and refuses what that refuses."""

import gzip
import json
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from otel_agent.sink.spans import Span, spans_of
from tests.destinations.contracts import JSON, Asked, Contract, Refusal, decoded, refusal

SUCCESS = b"{}"


class Vendor:
    """A vendor's endpoint on loopback; `taken` and `refused` are the requests in their order."""

    def __init__(self, contract: Contract) -> None:
        """Listen on a free port."""
        self.contract = contract
        self.taken: list[Asked] = []
        self.refused: list[tuple[Asked, Refusal]] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stop, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The server's own URL, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def spans(self) -> list[Span]:
        """Every span that was taken."""
        return [span for asked in self.taken for span in spans_of(decoded(asked, unpacked(asked)))]

    def answer(self, asked: Asked) -> Refusal | None:
        """Judge a request and keep it."""
        try:
            body = unpacked(asked)
        except (OSError, EOFError, zlib.error):
            body = asked.body
        found = refusal(self.contract, asked, body)
        if found is None:
            self.taken.append(asked)
        else:
            self.refused.append((asked, found))
        return found


def unpacked(asked: Asked) -> bytes:
    """Return a request's body as it was before it was compressed; raises what the libraries raise."""
    match asked.headers.get("content-encoding", ""):
        case "gzip":
            return gzip.decompress(asked.body)
        case "deflate":
            return zlib.decompress(asked.body)
        case _:
            return asked.body


class _Server(ThreadingHTTPServer):
    """The sockets."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, vendor: Vendor) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vendor = vendor


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        """Answer a request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): str(value) for name, value in self.headers.items()}
        asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
        found = self.server.vendor.answer(asked)
        words = SUCCESS if found is None else json.dumps({"error": found.words}).encode()
        self.send_response(200 if found is None else found.status)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    do_PUT = do_POST  # noqa: N815 - the name is the library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Print nothing."""
