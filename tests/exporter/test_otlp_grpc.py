"""OTLP over gRPC: codes, words and details of every kind of server."""

import os
import subprocess
import sys
import threading
from contextlib import closing

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.otlp_grpc import GrpcTransport, outcome_of
from otel_agent.exporter.transport import Delivered, Denied, Outcome, Rejected, Retry, TooLarge
from otel_agent.settings import Compression, Protocol, Signal
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests.exporter.raw_server import RawServer, endless
from tests.exporter.relay import Relay
from tests.exporter.samples import PAYLOADS, delivery

SEND = """
import sys
from otel_agent.exporter.otlp_grpc import GrpcTransport
from otel_agent.settings import Protocol, Signal
from tests.exporter.samples import PAYLOADS, delivery
made = delivery(sys.argv[1], protocol=Protocol.GRPC, timeout_s=2.0)
print(GrpcTransport(made).send(PAYLOADS[Signal.LOGS], {}))
"""


def outcome(code: grpc.StatusCode, words: str = "", details: bytes = b"") -> Outcome:
    """Return what a status means for a delivery with a token."""
    made = delivery("http://host:4317", protocol=Protocol.GRPC)
    return outcome_of(code, words, details, delivery=made, headers={"authorization": "Bearer s3cr3t-t0ken"})


def send(url: str, timeout_s: float = 5.0) -> Outcome:
    """Deliver one request of log records."""
    with closing(GrpcTransport(delivery(url, protocol=Protocol.GRPC, timeout_s=timeout_s))) as transport:
        return transport.send(PAYLOADS[Signal.LOGS], {})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (grpc.StatusCode.CANCELLED, Retry),
        (grpc.StatusCode.UNKNOWN, Rejected),
        (grpc.StatusCode.INVALID_ARGUMENT, Rejected),
        (grpc.StatusCode.DEADLINE_EXCEEDED, Retry),
        (grpc.StatusCode.NOT_FOUND, Rejected),
        (grpc.StatusCode.ALREADY_EXISTS, Rejected),
        (grpc.StatusCode.PERMISSION_DENIED, Denied),
        (grpc.StatusCode.UNAUTHENTICATED, Denied),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, Retry),
        (grpc.StatusCode.FAILED_PRECONDITION, Rejected),
        (grpc.StatusCode.ABORTED, Retry),
        (grpc.StatusCode.OUT_OF_RANGE, Retry),
        (grpc.StatusCode.UNIMPLEMENTED, Rejected),
        (grpc.StatusCode.INTERNAL, Rejected),
        (grpc.StatusCode.UNAVAILABLE, Retry),
        (grpc.StatusCode.DATA_LOSS, Retry),
    ],
)
def test_code_decides(sink: Sink, code: grpc.StatusCode, expected: type[Outcome]) -> None:
    """Each code of a real server has its outcome."""
    sink.fail_next(1, Fault(code=code.name))

    assert isinstance(send(sink.grpc_url), expected)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "grpc: received message larger than max (5242880 vs. 4194304)"),
        (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            "grpc: received message after decompression larger than max 4194304",
        ),
        (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            "SERVER: Received message larger than max (5242880 vs. 4194304)",
        ),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "CLIENT: Sent message larger than max (5242880 vs. 4194304)"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4194304: 5242880"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Decompressed gRPC message exceeds maximum size 4194304"),
        (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            "Received message exceeds the maximum configured message size.",
        ),
        (
            grpc.StatusCode.OUT_OF_RANGE,
            "Error, decoded message length too large: found 5242880 bytes, the limit is: 4194304 bytes",
        ),
        (grpc.StatusCode.UNKNOWN, "Received http2 header with status: 413"),
    ],
)
def test_every_librarys_words_for_too_large_are_known(code: grpc.StatusCode, words: str) -> None:
    """Go, C++, Java, .NET, Rust and a proxy say it differently; each means that halves may be accepted."""
    assert isinstance(outcome(code, words), TooLarge)


def test_too_large_reply_does_not_split_the_request() -> None:
    """The client's own limit for a reply says nothing about the size of the request."""
    words = "CLIENT: Received message larger than max (5242880 vs. 4194304)"

    assert isinstance(outcome(grpc.StatusCode.RESOURCE_EXHAUSTED, words), Retry)


@pytest.mark.parametrize(
    "words", ["Received RST_STREAM with error code 2", "Stream removed", "Socket closed"]
)
@pytest.mark.parametrize("code", [grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN])
def test_broken_connection_is_no_verdict(code: grpc.StatusCode, words: str) -> None:
    """A connection that breaks in mid-call is retried, though its code is one of a server's error."""
    assert isinstance(outcome(code, words), Retry)


def test_retry_info_names_the_time() -> None:
    """The RetryInfo among a status' details is the time to wait, also in fractions of a second."""
    info = error_details_pb2.RetryInfo()
    info.retry_delay.FromMilliseconds(2500)
    status = status_pb2.Status(details=[_packed(error_details_pb2.DebugInfo()), _packed(info)])

    found = outcome(grpc.StatusCode.UNAVAILABLE, "busy", status.SerializeToString())

    assert found == Retry(reason="UNAVAILABLE from host:4317: busy", after_s=2.5)


def test_time_that_a_server_names_is_bounded() -> None:
    """A server that names a time in years is asked again after an hour."""
    info = error_details_pb2.RetryInfo()
    info.retry_delay.seconds = 10**11
    status = status_pb2.Status(details=[_packed(info)])

    found = outcome(grpc.StatusCode.RESOURCE_EXHAUSTED, "quota", status.SerializeToString())

    reason = "RESOURCE_EXHAUSTED from host:4317: quota"
    assert found == Retry(reason=reason, after_s=3600.0, is_throttled=True)


def _packed(message: error_details_pb2.RetryInfo | error_details_pb2.DebugInfo) -> Any:
    """Return a message as a detail of a status."""
    detail = Any()
    detail.Pack(message)
    return detail


@given(st.sampled_from(list(grpc.StatusCode)), st.text(), st.binary())
def test_any_status_has_an_outcome(code: grpc.StatusCode, words: str, details: bytes) -> None:
    """No words and no details raise, and no reason is longer than a line."""
    found = outcome(code, words, details)

    assert len(found.reason) < 350  # type: ignore[union-attr]


def test_broken_details_of_a_server_are_ignored(sink: Sink) -> None:
    """Details that are no status leave the code as it is."""
    sink.fail_next(1, Fault(status=503, details=b"\xff\xff"))

    assert send(sink.grpc_url) == Retry(
        reason=f"UNAVAILABLE from 127.0.0.1:{sink.grpc_port}: scripted failure"
    )


def test_metadata_is_lower_case(sink: Sink) -> None:
    """Header names become the lower-case keys that gRPC wants; what describes the message is left out."""
    made = delivery(sink.grpc_url, protocol=Protocol.GRPC)
    with closing(GrpcTransport(made)) as transport:
        found = transport.send(PAYLOADS[Signal.LOGS], {"X-Key": " v ", "Content-Type": "x", "TE": "y"})

    assert found == Delivered()
    assert sink.attempts()[0].headers["x-key"] == "v"


@pytest.mark.parametrize(
    ("compression", "is_smaller"), [(Compression.GZIP, True), (Compression.NONE, False)], ids=str
)
def test_compression_is_as_set(
    sink: Sink,
    compression: Compression,
    is_smaller: bool,  # noqa: FBT001 - a case
) -> None:
    """With gzip fewer bytes go over the wire than the request has, without it more."""
    payload = PAYLOADS[Signal.LOGS] * 500
    with Relay(sink.grpc_port) as relay:
        made = delivery(relay.url, protocol=Protocol.GRPC, compression=compression)
        with closing(GrpcTransport(made)) as transport:
            transport.send(payload, {})

        assert (relay.sent_bytes < len(payload) / 2) is is_smaller
        assert (relay.sent_bytes < len(payload)) is is_smaller


def test_close_ends_a_call_under_way(sink: Sink) -> None:
    """A transport that is closed by another thread ends its call with a value."""
    sink.hang(30)
    transport = GrpcTransport(delivery(sink.grpc_url, protocol=Protocol.GRPC, timeout_s=20))
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.append(transport.send(PAYLOADS[Signal.LOGS], {})))
    thread.start()
    threading.Timer(0.3, transport.close).start()
    thread.join(10)

    assert [type(one) for one in found] == [Retry]


@pytest.mark.parametrize(
    "chunks",
    [
        [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"],
        [b"SSH-2.0-OpenSSH_9.9\r\n"],
        [b"\x00" * 100],
        [b""],
    ],
)
def test_server_that_speaks_no_grpc_is_a_reason_to_retry(chunks: list[bytes]) -> None:
    """Whatever stands at the port, the outcome is a value."""
    with RawServer(chunks) as server:
        assert isinstance(send(server.url, timeout_s=1), Retry)


def test_dripping_server_holds_a_request_only_for_its_timeout() -> None:
    """A server that never finishes its greeting is left after the timeout."""
    with RawServer(endless(b"", b"\x00"), pause_s=0.05) as server:
        assert isinstance(send(server.url, timeout_s=0.5), Retry)


def test_proxy_of_the_environment_is_used() -> None:
    """The proxy is asked for a tunnel to the server."""
    with RawServer([b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"]) as proxy:
        done = subprocess.run(
            [sys.executable, "-c", SEND, "http://backend.invalid:4317"],
            env={"PYTHONPATH": os.getcwd(), "http_proxy": proxy.url},  # noqa: PTH109 - the root of the checkout
            capture_output=True,
            text=True,
            check=True,
        )
        asked = b"".join(proxy.received)

    assert done.stdout.startswith("Retry")
    assert asked.startswith(b"CONNECT backend.invalid:4317")
