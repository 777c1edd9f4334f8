"""HTTP servers that are slow, endless or broken: each send ends in time, with a value."""

import time
from contextlib import closing

import pytest

from otel_agent.exporter.otlp_http import HttpTransport
from otel_agent.exporter.testing import FakeClock
from otel_agent.exporter.transport import Delivered, Outcome, Retry
from otel_agent.settings import Signal
from tests.exporter.raw_server import RawServer, endless
from tests.exporter.samples import PAYLOADS, delivery


def send(url: str, timeout_s: float = 5.0) -> Outcome:
    """Deliver one request of log records."""
    with closing(HttpTransport(delivery(url, timeout_s=timeout_s), FakeClock())) as transport:
        return transport.send(PAYLOADS[Signal.LOGS], {})


def test_redirect_with_an_endless_body_is_left() -> None:
    """The body of a redirect is not read further than any other."""
    head = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1000000000\r\n\r\n"
    with RawServer(endless(head, b"x" * 65_536)) as server:
        outcome = send(server.url)

        assert isinstance(outcome, Retry)
        assert server.written_bytes < 50_000_000


def test_endless_response_is_left() -> None:
    """Of a response without end only the beginning is read."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000000\r\n\r\n"
    with RawServer(endless(head, b"x" * 65_536)) as server:
        assert send(server.url) == Delivered()
        assert server.written_bytes < 50_000_000


@pytest.mark.parametrize("head", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_dripping_server_holds_a_request_only_for_its_timeout(head: bytes) -> None:
    """A server that sends a byte now and then is left when the time of the whole send is over."""
    began_s = time.monotonic()
    with RawServer(endless(head, b"x"), pause_s=0.05) as server:
        outcome = send(server.url, timeout_s=0.4)

    assert time.monotonic() - began_s < 3
    # Once the status has been read, the answer is known.
    assert isinstance(outcome, Retry if head == b"H" else Delivered)


@pytest.mark.parametrize(
    "chunks",
    [
        [b""],
        [b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"],
        [b"HTTP/1.1 banana\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n"],
        [b"HTTP/1.1 503 Busy\r\nContent-Length: -5\r\n\r\n"],
        [b"HTTP/1.1 503 Busy\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"],
        [b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
        [b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nshort"],
    ],
)
def test_broken_response_is_a_reason_to_retry(chunks: list[bytes]) -> None:
    """Whatever a server sends, the outcome is a value."""
    with RawServer(chunks) as server:
        assert isinstance(send(server.url), Retry)
