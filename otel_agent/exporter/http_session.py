"""The HTTP connection of one transport: what `requests` must not do itself, and a limit on the whole send.

`requests` bounds each wait for a byte: a server that sends one byte at a time can hold a request for hours.
Here a timer cuts the connection when the time of the whole send is over.
"""

import contextlib
import socket
import threading
from collections.abc import Generator, Mapping
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from requests import PreparedRequest, Response


class Deadline:
    """Cuts the connection of a send that takes longer than it may; used by one send at a time."""

    def __init__(self) -> None:
        """Begin without a connection."""
        self._connection: HTTPConnection | None = None
        self.is_over = False

    @contextlib.contextmanager
    def within(self, seconds: float) -> Generator[None]:
        """Cut the connection, also one that is opened meanwhile, when the block takes longer."""
        self.is_over = False
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        token = _current.set(self)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            _current.reset(token)

    def watch(self, connection: HTTPConnection) -> None:
        """Take `connection` as the one to cut; it may be kept open and used by later sends."""
        self._connection = connection

    def _cut(self) -> None:
        """End every wait for the connection; runs on the timer's thread."""
        self.is_over = True
        sock = self._connection.sock if self._connection else None
        # A TLS connection inside a TLS connection to a proxy is no socket: `requests` bounds its waits.
        if isinstance(sock, socket.socket):
            # OSError: the connection has been closed in this very moment, which is what is wanted.
            with contextlib.suppress(OSError):
                # Not SSLSocket.shutdown, which would first take the TLS state away from the reading thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


_current: ContextVar[Deadline] = ContextVar("deadline of the send that opens a connection")


class _PlainConnection(HTTPConnection):
    """A connection that its send can cut while it is being opened."""

    def connect(self) -> None:
        """Let the send know of the connection, then open it."""
        _current.get().watch(self)
        super().connect()


class _TlsConnection(HTTPSConnection):
    """The same over TLS."""

    def connect(self) -> None:
        """Let the send know of the connection, then open it."""
        _current.get().watch(self)
        super().connect()


class _Adapter(HTTPAdapter):
    """An adapter whose connections are known to the send that opens them."""

    def get_connection_with_tls_context(
        self,
        request: "PreparedRequest",
        verify: bool | str | None,  # noqa: FBT001 - the signature is that of requests
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> ConnectionPool:
        """Return the pool of requests, with connections of our classes; a SOCKS proxy keeps its own."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        # The exact types, as the pools of a SOCKS proxy are subclasses with connections of their own.
        # The ignored error: urllib3's own connections do not meet the protocol of its pools, either.
        if type(pool) is HTTPSConnectionPool:
            pool.ConnectionCls = _TlsConnection  # pyright: ignore[reportAttributeAccessIssue]
        elif type(pool) is HTTPConnectionPool:
            pool.ConnectionCls = _PlainConnection  # pyright: ignore[reportAttributeAccessIssue]
        return pool


class _Session(requests.Session):
    """A session that never looks where a redirect leads: following it would carry credentials elsewhere."""

    def get_redirect_target(self, resp: "Response") -> str | None:
        """Return None for every response; otherwise requests also reads a redirect's body, however large."""
        del resp
        return None


def open_session() -> requests.Session:
    """Return a session that takes proxies from the environment, and neither passwords nor cookies."""
    session = _Session()
    session.auth = _as_it_is
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(pool_connections=1, pool_maxsize=1))
    return session


def _as_it_is(request: "PreparedRequest") -> "PreparedRequest":
    """Return the request: a session without any `auth` takes the password of the host from ~/.netrc."""
    return request
