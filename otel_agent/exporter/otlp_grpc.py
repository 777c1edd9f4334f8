"""OTLP over gRPC: one unary call per request, with the stored bytes as they are.

https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
"""

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import grpc

from otel_agent import __version__
from otel_agent.exporter import messages
from otel_agent.exporter.masking import in_one_line
from otel_agent.exporter.transport import (
    GRPC_HEADER_NAME,
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
from otel_agent.settings import Compression, Delivery

_DENIED = frozenset({grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED})
# https://opentelemetry.io/docs/specs/otlp/#failures
# RESOURCE_EXHAUSTED is there retryable only with a RetryInfo. Many servers mean a quota that fills again by
# it and send none: it is retried here, and the sender's back-off and the outbox's caps bound what that costs.
_RETRYABLE = frozenset(
    {
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    }
)
# How the gRPC libraries say that a message is too large, whatever code they give it: Go, C++ and Node "larger
# than max"; Java "exceeds maximum size", .NET "exceeds the maximum"; Rust "message length too large"; and how
# our own library reports a proxy's HTTP 413.
_TOO_LARGE = re.compile(
    r"larger than max|exceeds (the )?maximum|message (length )?too large|http2 header with status: 413",
    re.IGNORECASE,
)
# The same words about the server's reply, which say nothing against the request; others may come before.
_REPLY_TOO_LARGE = re.compile(r"CLIENT: Received message", re.IGNORECASE)
# A connection that breaks in the middle of a call has no code of its own: it looks like the server's error.
_BROKEN = re.compile(r"rst_stream|stream removed|socket closed|connection reset|goaway", re.IGNORECASE)
# The kind of failure, from the words of gRPC's core, which are long and change; looked for in this order.
_KINDS = (
    (
        re.compile(r"lookup (error|failed)|dns resolution|domain name|getaddrinfo", re.IGNORECASE),
        "its name cannot be resolved",
    ),
    (re.compile(r"wrong_version_number", re.IGNORECASE), "TLS failed, it may not speak TLS"),
    (
        re.compile(r"certificate.ver|hostname verification|peer name", re.IGNORECASE),
        "its TLS certificate is not accepted",
    ),
    (re.compile(r"ssl|tsi_|handshake", re.IGNORECASE), "TLS failed"),
    (re.compile(r"connection refused", re.IGNORECASE), "connection refused"),
    (re.compile(r"failed to connect|timed? ?out", re.IGNORECASE), "no connection"),
)

_OPTIONS = (
    ("grpc.max_send_message_length", -1),
    # A reply has a few numbers and a sentence. The limit is that of its bytes on the way: unpacked, they may
    # be a thousand times as many.
    ("grpc.max_receive_message_length", 65_536),
    ("grpc.primary_user_agent", f"opencode-otel-agent/{__version__}"),
    # When and how often to try again is the sender's decision, not that of a record in the DNS.
    ("grpc.enable_retries", 0),
    ("grpc.service_config_disable_resolution", 1),
    # A new channel connects anew, instead of waiting in gRPC's own back-off of up to two minutes.
    ("grpc.use_local_subchannel_pool", 1),
)
# What describes the message is not for a user's header to say.
_OURS = frozenset({"content-type", "te", "grpc-encoding", "grpc-timeout"})


class GrpcTransport:
    """Delivers the requests of one signal to one server over one channel.

    After a failure of the connection the channel is closed and the next send opens a new one: that resolves
    the name and reads the certificates again, and leaves a connection that did not survive a sleep.
    """

    def __init__(self, delivery: Delivery) -> None:
        """Keep the delivery; the channel is opened by the first send."""
        self._delivery = delivery
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None

    def send(self, payload: bytes, headers: Mapping[str, str]) -> Outcome:
        """Deliver one serialised request, as `Transport.send` says."""
        if problem := unreadable_file(self._delivery):
            return Retry(reason=problem)
        lowered = {name.lower(): value for name, value in headers.items()}
        if problem := unsendable_header(lowered, GRPC_HEADER_NAME):
            return Denied(reason=problem)
        try:
            reply = self._call(payload, lowered)
        except grpc.RpcError as error:
            return self._failed(error, headers)
        except (ValueError, OSError) as error:
            # ValueError: the channel was closed by another thread. OSError: a certificate went away just now.
            return Retry(
                reason=f"{server_of(self._delivery)}: the channel is not open ({type(error).__name__})"
            )
        partial = messages.partial_success(self._delivery.signal, reply)
        return Delivered(rejected=partial.rejected, message=in_one_line(partial.message, headers))

    def close(self) -> None:
        """Close the channel; a call that is under way ends as cancelled, and a later send opens a new one."""
        with self._lock:
            channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def _call(self, payload: bytes, headers: Mapping[str, str]) -> bytes:
        """Make the call and return the serialised reply; raises grpc.RpcError for every status but OK."""
        with self._lock:
            if self._channel is None:
                self._channel = _open_channel(self._delivery)
            channel = self._channel
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            messages.SERVICES[self._delivery.signal].path, None, None
        )
        gzipped = self._delivery.compression is Compression.GZIP
        return call(
            payload,
            timeout=self._delivery.timeout_s,
            metadata=tuple((name, value.strip()) for name, value in headers.items() if name not in _OURS),
            compression=grpc.Compression.Gzip if gzipped else grpc.Compression.NoCompression,
        )

    def _failed(self, error: grpc.RpcError, headers: Mapping[str, str]) -> Outcome:
        """Return what the status of a failed call means, and give up a channel that may be broken."""
        code, words, details = _status_of(error)
        if code in {
            grpc.StatusCode.UNAVAILABLE,
            grpc.StatusCode.DEADLINE_EXCEEDED,
            grpc.StatusCode.CANCELLED,
        }:
            self.close()
        return outcome_of(code, words, details, delivery=self._delivery, headers=headers)


def outcome_of(
    code: grpc.StatusCode, words: str, details: bytes, *, delivery: Delivery, headers: Mapping[str, str]
) -> Outcome:
    """Return what a status other than OK means; `details` is the value of `grpc-status-details-bin`."""
    server = server_of(delivery)
    reason = f"{code.name} from {server}: {in_one_line(words, headers)}"
    if code in _DENIED:
        return Denied(reason=reason)
    if _TOO_LARGE.search(words) and not _REPLY_TOO_LARGE.search(words):
        return TooLarge(reason=reason)
    if code not in _RETRYABLE and not _BROKEN.search(words):
        return Rejected(reason=reason)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        reason = f"no answer from {server} within {delivery.timeout_s:g} s"
    elif code is grpc.StatusCode.UNAVAILABLE and (kind := _kind_of(words)):
        reason = f"cannot reach {server}: {kind} ({in_one_line(words, headers)})"
    after_s = messages.status(details).retry_after_s
    return Retry(
        reason=reason,
        after_s=None if after_s is None else min(after_s, LONGEST_WAIT_S),
        is_throttled=code is grpc.StatusCode.RESOURCE_EXHAUSTED,
    )


def _kind_of(words: str) -> str:
    """Return what kept gRPC's core from connecting, "" when the words are another server's own."""
    return next((kind for pattern, kind in _KINDS if pattern.search(words)), "")


def _status_of(error: grpc.RpcError) -> tuple[grpc.StatusCode, str, bytes]:
    """Return the code, the words and the serialised details of a failed call."""
    call = cast("grpc.Call", error)  # https://grpc.github.io/grpc/python/grpc.html#grpc.RpcError
    trailers: dict[str, str | bytes] = dict(call.trailing_metadata() or ())
    details = trailers.get("grpc-status-details-bin", b"")
    return call.code(), call.details() or "", details if isinstance(details, bytes) else details.encode()


def _open_channel(delivery: Delivery) -> grpc.Channel:
    """Return a channel that connects when it is first used; raises OSError for a file that went away."""
    target = server_of(delivery)
    if not delivery.secure:
        return grpc.insecure_channel(target, options=_OPTIONS)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=_content(delivery.certificate),
        private_key=_content(delivery.client_key),
        certificate_chain=_content(delivery.client_certificate),
    )
    return grpc.secure_channel(target, credentials, options=_OPTIONS)


def _content(path: Path | None) -> bytes | None:
    """Return what a file contains, None when there is no file to read."""
    return path.read_bytes() if path else None
