"""A package registry on loopback that has nothing and counts who asks: the witness of an npm step."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Handler(BaseHTTPRequestHandler):
    """One request of npm."""

    server: "Listener"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it)
        """Say nothing on stderr."""

    def do_GET(self) -> None:
        """Have no package."""
        self.server.asked.append(self.path)
        self.send_error(404)


class Listener(ThreadingHTTPServer):
    """The socket and what was asked on it."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port of loopback."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []


class EmptyRegistry:
    """The registry as a context manager: `url` for npm's configuration, `asked` for assertions."""

    def __init__(self) -> None:
        """Bind the socket; nothing is served before the context is entered."""
        self._listener = Listener()
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to serve."""
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The registry's address."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    @property
    def asked(self) -> tuple[str, ...]:
        """The paths that were asked for so far."""
        return tuple(self._listener.asked)
