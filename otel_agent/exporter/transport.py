"""What every way of delivering a request has in common: its outcomes, its contract and the choice of one.

An outcome says what the sender does next, so nothing that a network does is an exception here.
The codes behind each are those of the OTLP specification:
https://opentelemetry.io/docs/specs/otlp/#failures and https://opentelemetry.io/docs/specs/otlp/#failures-1
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from otel_agent import settings
from otel_agent.settings import Delivery

# RFC 9110 §5.6.2 (token); gRPC takes fewer, and a -bin key has bytes: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
HTTP_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
GRPC_HEADER_NAME = re.compile(r"(?!.*-bin$)[-_.0-9a-z]+")
# A server that names a later time is asked again after an hour: a wrong date must not silence us for years.
LONGEST_WAIT_S = 3600.0
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The server has the request; `rejected` of its items it did not want, and `message` says why.

    A server may also send a message with nothing rejected: a warning.
    """

    rejected: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """The same request may be accepted later, not before `after_s` seconds when the server named a time.

    `is_throttled` when the server says that it is asked too often.
    """

    reason: str
    after_s: float | None = None
    is_throttled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The server does not accept these credentials: other ones are needed."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """The request is larger than the server takes: its halves may be accepted."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The server will never accept this request; `reason` has its words."""

    reason: str


Outcome = Delivered | Retry | Denied | TooLarge | Rejected


class Transport(Protocol):
    """One open way to one endpoint, for requests of one signal, used by one thread at a time."""

    def send(self, payload: bytes, headers: Mapping[str, str]) -> Outcome:
        """Deliver one serialised `Export…ServiceRequest`, waiting at most about the delivery's timeout.

        `headers` are in clear text; no reason in an outcome contains the value of one.
        Nothing is raised for what a network, a server or a certificate file does.
        """
        ...

    def close(self) -> None:
        """Close the connection; a call that is under way in another thread ends with `Retry`."""
        ...


def open_transport(delivery: Delivery, clock: Callable[[], float] = time.time) -> Transport:
    """Return the transport that speaks the delivery's protocol; it connects at its first `send`.

    `clock` gives the time of day in seconds, for servers that name a date to come back at.
    """
    if delivery.protocol is settings.Protocol.GRPC:
        from otel_agent.exporter.otlp_grpc import GrpcTransport  # noqa: PLC0415 - grpc costs 20 MB of memory

        return GrpcTransport(delivery)
    from otel_agent.exporter.otlp_http import HttpTransport  # noqa: PLC0415 - requests costs 0.3 s to import

    return HttpTransport(delivery, clock)


def server_of(delivery: Delivery) -> str:
    """Return the endpoint's host and port, without the user and password that a URL may carry."""
    return urlsplit(delivery.endpoint).netloc.rpartition("@")[2]


def unreadable_file(delivery: Delivery) -> str | None:
    """Return what to do about a TLS file of the delivery that cannot be read, None when all can be.

    The setting is named and not the path, which would tell where a person's files are.
    """
    files = {
        "CERTIFICATE": delivery.certificate,
        "CLIENT_KEY": delivery.client_key,
        "CLIENT_CERTIFICATE": delivery.client_certificate,
    }
    for name, path in files.items():
        try:
            if path is not None:
                path.open("rb").close()
        except OSError as error:
            words = (error.strerror or type(error).__name__).lower()
            return f"OTEL_EXPORTER_OTLP_{name}: expected a file that can be read, got: {words}"
    return None


def unsendable_header(headers: Mapping[str, str], names: re.Pattern[str]) -> str | None:
    """Return what is wrong with the first header that cannot be sent, without its value, else None."""
    for name, value in headers.items():
        if not names.fullmatch(name):
            return "a header's name has characters that are not allowed: check the telemetry headers"
        if not _HEADER_VALUE.fullmatch(value):
            return f"header {name.lower()}: expected printable ASCII, got other characters in its value"
    return None
