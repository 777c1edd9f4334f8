"""A relay between a client and a server that counts what the client sends."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Passes one connection on to a port of this machine."""

    def __init__(self, port: int) -> None:
        """Listen for the client; `port` is the server's."""
        self._port = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = [self._socket]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self.sent_bytes = 0

    @property
    def url(self) -> str:
        """The URL for the client."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to wait for the client."""
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections and wait for the threads."""
        for end in tuple(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for end in self._ends:
            end.close()

    def _serve(self) -> None:
        """Accept the client, and pass on what comes from either side."""
        client, _ = self._socket.accept()
        server = socket.create_connection(("127.0.0.1", self._port))
        self._ends += [client, server]
        back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
        self._threads.append(back)
        back.start()
        with contextlib.suppress(OSError):
            while chunk := client.recv(65_536):
                self.sent_bytes += len(chunk)
                server.sendall(chunk)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Copy until one side is closed."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(65_536):
            target.sendall(chunk)
