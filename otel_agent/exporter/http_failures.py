"""What went wrong on the way to an HTTP server, in words that name the kind of failure and no secret.

The texts of `requests` and `urllib3` are not used: they contain URLs, proxies and header values.
"""

import socket
import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, RemoteDisconnected

import requests

from otel_agent.exporter.masking import in_one_line
from otel_agent.exporter.transport import server_of
from otel_agent.settings import Delivery

# The first row whose class is found anywhere in an exception's chain of causes says what happened.
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its TLS certificate is not accepted"),
    (ssl.SSLError, "TLS failed"),
    (socket.gaierror, "its name cannot be resolved"),
    (ConnectionRefusedError, "connection refused"),
    (RemoteDisconnected, "it closed the connection without an answer"),
    (ConnectionResetError, "connection reset"),
    (BrokenPipeError, "it closed the connection while the request was being sent"),
    (TimeoutError, "timed out"),
    (requests.Timeout, "timed out"),
    (BadStatusLine, "its answer is not HTTP/1.1: it may speak gRPC"),
    (HTTPException, "its answer is not HTTP/1.1"),
    (requests.exceptions.InvalidURL, "the endpoint is not a URL that can be used"),
    (requests.exceptions.InvalidSchema, "the endpoint or a proxy has a scheme that is not supported"),
)


def reason_of(error: BaseException, delivery: Delivery, *, is_late: bool) -> str:
    """Return why nothing was delivered; `is_late` when the time of the whole send was over."""
    server = server_of(delivery)
    causes = tuple(_causes(error))
    if is_late or any(isinstance(cause, requests.ReadTimeout) for cause in causes):
        return f"no answer from {server} within {delivery.timeout_s:g} s"
    way = (
        " through the proxy"
        if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes)
        else ""
    )
    return f"cannot reach {server}{way}: {_words(causes)}"


def _words(causes: tuple[BaseException, ...]) -> str:
    """Return the words of the first kind that is among the causes, with the detail that TLS gives."""
    for kind, words in _KINDS:
        for cause in causes:
            if isinstance(cause, kind):
                return words + _detail(cause)
    numbers = [
        cause.strerror for cause in causes if isinstance(cause, OSError) and isinstance(cause.strerror, str)
    ]
    return in_one_line(numbers[0].lower() if numbers else type(causes[0]).__name__, {})


def _detail(cause: BaseException) -> str:
    """Return OpenSSL's own word for what failed, "" for anything else; it names no file and no value."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f": {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f": {cause.reason}"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and all that it was made from, each once: causes, `reason`s and arguments."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
