"""OTLP over HTTP, protobuf or JSON: one POST per request.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

import gzip
import html
import re
import zlib
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
from google.protobuf.message import DecodeError
from urllib3.exceptions import HTTPError

from otel_agent import __version__
from otel_agent.exporter import messages
from otel_agent.exporter.http_failures import reason_of
from otel_agent.exporter.http_session import Deadline, open_session
from otel_agent.exporter.masking import in_one_line
from otel_agent.exporter.transport import (
    HTTP_HEADER_NAME,
    LONGEST_WAIT_S,
    Delivered,
    Denied,
    Outcome,
    Rejected,
    Retry,
    TooLarge,
    server_of,
    unreadable_file,
    unsendable_header,
)
from otel_agent.settings import Compression, Delivery, Protocol

if TYPE_CHECKING:
    from otel_agent.exporter.messages import PartialSuccess

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

# The specification names 429, 502, 503 and 504 and forbids to repeat after any other 4xx or 5xx, also 500:
# https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
# Three more are not the server's verdict on a request that it has read. 408: it has not read the request,
# which may be repeated (RFC 9110 §15.5.9). 407 and 511: a proxy or a network asks for a login.
_RETRYABLE = frozenset({407, 408, 429, 502, 503, 504, 511})
_DENIED = frozenset({401, 403})

# A reply has a few numbers and a sentence; what is larger is not read, and no reply can fill the memory.
_BODY_LIMIT_BYTES = 65_536
_GZIP = 16 + zlib.MAX_WBITS  # https://docs.python.org/3/library/zlib.html#zlib.decompress
# What the body and its encoding decide is not for a user's header to say.
_OURS = frozenset({"content-type", "content-encoding", "content-length", "transfer-encoding"})


class HttpTransport:
    """Delivers the requests of one signal to one URL over one connection that is kept open."""

    def __init__(self, delivery: Delivery, clock: Callable[[], float]) -> None:
        """Keep the delivery; `clock` gives the time of day in seconds, for dates in `Retry-After`."""
        self._delivery = delivery
        self._clock = clock
        self._session = open_session()
        self._deadline = Deadline()
        self.date = ""
        """The `Date` of the last answer, "" where there was none."""

    def send(self, payload: bytes, headers: Mapping[str, str]) -> Outcome:
        """Deliver one serialised request, as `Transport.send` says."""
        if problem := unreadable_file(self._delivery):
            return Retry(reason=problem)
        if problem := unsendable_header(headers, HTTP_HEADER_NAME):
            return Denied(reason=problem)
        try:
            body = self._encoded(payload)
        except DecodeError:
            return Rejected(reason="the stored request is no OTLP message of its signal")
        try:
            with self._deadline.within(self._delivery.timeout_s), self._post(body, headers) as response:
                self.date = response.headers.get("Date", "")
                return self._outcome(response, _beginning(response), headers)
        # ValueError: a URL or a proxy that urllib3 cannot read. OSError: a TLS file that is none.
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return Retry(reason=reason_of(error, self._delivery, is_late=self._deadline.is_over))

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _encoded(self, payload: bytes) -> bytes:
        """Return the payload in the delivery's encoding and compression."""
        if self._delivery.protocol is Protocol.HTTP_JSON:
            from otel_agent.exporter.otlp_json import to_json  # noqa: PLC0415 - 0.1 s that protobuf need not pay

            payload = to_json(self._delivery.signal, payload)
        return gzip.compress(payload) if self._delivery.compression is Compression.GZIP else payload

    def _post(self, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Send the request and return the response with its body unread."""
        delivery = self._delivery
        ca, certificate, key = delivery.certificate, delivery.client_certificate, delivery.client_key
        pair = (
            (str(certificate), str(key)) if certificate and key else str(certificate) if certificate else None
        )
        return self._session.post(
            delivery.endpoint,
            data=body,
            headers=_request_headers(headers, delivery),
            timeout=delivery.timeout_s,
            allow_redirects=False,
            stream=True,
            verify=str(ca) if ca else True,
            cert=pair,
        )

    def _outcome(self, response: requests.Response, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Return what the response means for the request."""
        code = response.status_code
        content_type = response.headers.get("Content-Type", "").lower()
        if HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES:
            return self._accepted(content_type, body, headers)
        if code < HTTPStatus.BAD_REQUEST:
            location = response.headers.get("Location", "")
            return Retry(reason=self._redirect(code, location, headers))
        words = self._told(_words(content_type, body) or response.reason or "", headers)
        reason = f"HTTP {code} from {server_of(self._delivery)}: {words}"
        if code in _DENIED:
            return Denied(reason=reason)
        if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return TooLarge(reason=reason)
        if code in _RETRYABLE:
            after_s = retry_after_s(response.headers.get("Retry-After", ""), self._clock())
            is_throttled = code == HTTPStatus.TOO_MANY_REQUESTS
            return Retry(reason=reason, after_s=after_s, is_throttled=is_throttled)
        return Rejected(reason=reason)

    def _accepted(self, content_type: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Return `Delivered`, unless a web page shows that this was no OTLP server.

        The login page of a hotel's network and a backend's web interface answer 200 to everything, and what
        they "accept" is lost. A reply that is broken or of another kind is acceptance, as the status says.
        """
        if "html" in content_type and body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
            advice = "check the endpoint, and whether the network asks for a login"
            return Retry(reason=f"{server_of(self._delivery)} answered with a web page: {advice}")
        partial: PartialSuccess
        if JSON in content_type:
            partial = messages.partial_success_json(self._delivery.signal, body)
        elif PROTOBUF in content_type:
            partial = messages.partial_success(self._delivery.signal, body)
        else:
            return Delivered()
        return Delivered(rejected=partial.rejected, message=self._told(partial.message, headers))

    def _redirect(self, code: int, location: str, headers: Mapping[str, str]) -> str:
        """Return what to change so that no redirect is needed, without the query, which may hold a secret."""
        try:
            target = urlsplit(urljoin(self._delivery.endpoint, location))
            place = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
        except ValueError:
            place = "another place"
        advice = "redirects are not followed, set the endpoint to where data is taken"
        return f"HTTP {code}: redirected to {self._told(place, headers)}; {advice}"

    def _told(self, words: str, headers: Mapping[str, str]) -> str:
        """Return the server's words without what it was sent."""
        return in_one_line(words, headers, endpoint=self._delivery.endpoint)


def retry_after_s(value: str, now_s: float) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait, None when it is absent or unreadable.

    It is a number of seconds or a date (RFC 9110 §10.2.3); at most an hour, and never negative.
    """
    value = value.strip()
    try:
        wait_s = float(value) if re.fullmatch(r"[0-9.]{1,20}", value) else _seconds_until(value, now_s)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return min(max(wait_s, 0.0), LONGEST_WAIT_S) if isfinite(wait_s) else None


def _seconds_until(date: str, now_s: float) -> float:
    """Return the seconds from `now_s` to a date as HTTP writes it; raises ValueError for another text."""
    return parsedate_to_datetime(date).timestamp() - now_s


def _request_headers(headers: Mapping[str, str], delivery: Delivery) -> dict[str, str | bytes]:
    """Return the user's headers, and those that describe the body."""
    ours = {"Content-Type": JSON if delivery.protocol is Protocol.HTTP_JSON else PROTOBUF}
    if delivery.compression is Compression.GZIP:
        ours["Content-Encoding"] = "gzip"
    defaults = {"User-Agent": f"opencode-otel-agent/{__version__}", "Accept-Encoding": "identity"}
    names = {name.lower() for name in headers}
    return {
        **{name: value for name, value in defaults.items() if name.lower() not in names},
        **{name: value.strip() for name, value in headers.items() if name.lower() not in _OURS},
        **ours,
    }


def _beginning(response: requests.Response) -> bytes:
    """Return the body up to the limit, nothing of one that breaks off: the status has been read.

    No encoding was asked for. A gzipped body is read nevertheless, and no further than to the same limit,
    which urllib3 has none for: 64 KiB may be the beginning of 64 MiB.
    """
    try:
        body = bytes(response.raw.read(_BODY_LIMIT_BYTES, decode_content=False))
        match response.headers.get("Content-Encoding", "identity").strip().lower():
            case "gzip" | "x-gzip":
                return zlib.decompressobj(_GZIP).decompress(body, _BODY_LIMIT_BYTES)
            case "identity":
                return body
            case _:
                return b""
    except (HTTPError, OSError, zlib.error):
        return b""


def _words(content_type: str, body: bytes) -> str:
    """Return what an error's body says to a person."""
    if PROTOBUF in content_type:
        return messages.status(body).message
    if JSON in content_type and (words := messages.status_json(body).message):
        return words
    return html.unescape(re.sub(r"<[^>]*>", " ", body[:4096].decode("utf-8", "replace")))
