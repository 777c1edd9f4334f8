"""A network that fails: it passes connections on to a server, and disturbs the first ones."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum, auto
from types import TracebackType

from tests.exporter.relay import Relay

PIECE_BYTES = 3
DRIP_S = 1.0
RESET = struct.pack("ii", 1, 0)
"""With this SO_LINGER a close sends RST: https://man7.org/linux/man-pages/man7/socket.7.html"""


class Trouble(Enum):
    """What is done to a connection."""

    NONE = auto()
    RESET_IN_REQUEST = auto()
    RESET_IN_RESPONSE = auto()
    SLOW_REQUEST = auto()
    SLOW_RESPONSE = auto()
    SILENCE = auto()


class Wire(Relay):
    """Listens for clients; a response is what the server sends after one more request has arrived there."""

    def __init__(self, port: int, trouble: Trouble, count: int, *, arrivals: Callable[[], int]) -> None:
        """Pass connections on to a port of this machine, the first `count` of them with a trouble.

        `arrivals` returns how many requests the server has got.
        """
        super().__init__(port)
        self._trouble, self._left, self._arrivals = trouble, count, arrivals
        self._is_over = threading.Event()
        self.troubles = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections and wait for the threads."""
        self._is_over.set()
        super().__exit__(kind, error, trace)

    def _serve(self) -> None:
        """Accept clients until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while not self._is_over.is_set():
                client, _ = self._socket.accept()
                trouble = self._trouble if self._left > 0 else Trouble.NONE
                self._left -= 1
                self._begin(client, trouble)

    def _begin(self, client: socket.socket, trouble: Trouble) -> None:
        """Connect a client to the server and pass on what comes from either side."""
        server = socket.create_connection(("127.0.0.1", self._port))
        self._ends += [client, server]
        for target, args in ((self._up, (client, server, trouble)), (self._down, (server, client, trouble))):
            thread = threading.Thread(target=target, args=args, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _up(self, client: socket.socket, server: socket.socket, trouble: Trouble) -> None:
        """Pass a client's bytes on, as far as the trouble lets them."""
        with contextlib.suppress(OSError):
            while chunk := client.recv(65_536):
                match trouble:
                    case Trouble.SILENCE:
                        self.troubles += 1
                    case Trouble.RESET_IN_REQUEST:
                        server.sendall(chunk[: len(chunk) // 2])
                        self._reset(client)
                    case Trouble.SLOW_REQUEST:
                        self._drip(chunk, server)
                    case _:
                        server.sendall(chunk)
            server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, client: socket.socket, trouble: Trouble) -> None:
        """Pass a server's bytes on, as far as the trouble lets them."""
        before = self._arrivals()
        with contextlib.suppress(OSError):
            while chunk := server.recv(65_536):
                if trouble is Trouble.RESET_IN_RESPONSE and self._arrivals() > before:
                    client.sendall(chunk[:PIECE_BYTES])
                    self._reset(client)
                elif trouble is Trouble.SLOW_RESPONSE:
                    self._drip(chunk, client)
                else:
                    client.sendall(chunk)

    def _reset(self, client: socket.socket) -> None:
        """Break a client's connection off."""
        self.troubles += 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        client.shutdown(socket.SHUT_RD)
        client.close()

    def _drip(self, chunk: bytes, target: socket.socket) -> None:
        """Send a byte a second, until everything is over."""
        self.troubles += 1
        for number in range(len(chunk)):
            target.sendall(chunk[number : number + 1])
            if self._is_over.wait(DRIP_S):
                return
