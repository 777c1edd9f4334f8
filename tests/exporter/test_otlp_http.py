"""OTLP over HTTP: what servers answer, and what they do wrong."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.otlp_http import HttpTransport, retry_after_s
from otel_agent.exporter.testing import FakeClock
from otel_agent.exporter.transport import Delivered, Denied, Outcome, Rejected, Retry
from otel_agent.settings import Compression, Protocol, Signal
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests.e2e.waiting import wait_until
from tests.exporter.raw_server import RawServer, response
from tests.exporter.samples import PAYLOADS, TOKEN, delivery

NOON_S = 1_767_268_800.0  # Thu, 01 Jan 2026 12:00:00 GMT


def send(url: str, timeout_s: float = 5.0, protocol: Protocol = Protocol.HTTP_PROTOBUF) -> Outcome:
    """Deliver one request of log records at noon, with a token."""
    made = delivery(url, protocol=protocol, timeout_s=timeout_s)
    with closing(HttpTransport(made, FakeClock(NOON_S))) as transport:
        return transport.send(PAYLOADS[Signal.LOGS], {"authorization": TOKEN})


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [(Protocol.HTTP_PROTOBUF, "application/x-protobuf"), (Protocol.HTTP_JSON, "application/json")],
)
def test_body_is_described(sink: Sink, protocol: Protocol, content_type: str) -> None:
    """Content type and encoding say what the body is."""
    send(sink.http_url, protocol=protocol)

    headers = sink.attempts()[0].headers
    assert (headers["content-type"], headers["content-encoding"]) == (content_type, "gzip")


def test_uncompressed_body_has_no_encoding(sink: Sink) -> None:
    """Without compression nothing is said about one."""
    made = delivery(sink.http_url, compression=Compression.NONE)
    with closing(HttpTransport(made, FakeClock())) as transport:
        transport.send(PAYLOADS[Signal.LOGS], {})

    assert "content-encoding" not in sink.attempts()[0].headers


def test_users_headers_do_not_describe_the_body(sink: Sink) -> None:
    """A content type among the user's headers is left out; a user agent is theirs to set."""
    with closing(HttpTransport(delivery(sink.http_url), FakeClock())) as transport:
        outcome = transport.send(
            PAYLOADS[Signal.LOGS], {"Content-Type": "text/plain", "content-length": "1", "user-agent": "mine"}
        )

    assert outcome == Delivered()
    assert sink.attempts()[0].headers["user-agent"] == "mine"


def test_path_prefix_and_query_are_kept(sink: Sink) -> None:
    """The URL is used as the settings made it."""
    made = delivery(f"{sink.http_url}/otlp/tenant")
    with closing(HttpTransport(made, FakeClock())) as transport:
        assert transport.send(PAYLOADS[Signal.LOGS], {}) == Delivered()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Rejected),
        (401, Denied),
        (403, Denied),
        (404, Rejected),
        (405, Rejected),
        (407, Retry),
        (408, Retry),
        (415, Rejected),
        (422, Rejected),
        (429, Retry),
        (500, Rejected),
        (501, Rejected),
        (502, Retry),
        (503, Retry),
        (504, Retry),
        (511, Retry),
    ],
)
def test_status_decides(sink: Sink, status: int, expected: type[Outcome]) -> None:
    """Each status has its outcome, with the number in its reason."""
    sink.fail_next(1, Fault(status=status))

    outcome = send(sink.http_url)

    assert isinstance(outcome, expected)
    assert f"HTTP {status} " in outcome.reason  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-protobuf", b""),
        ("application/x-protobuf", b"\xff\xff broken"),
        ("application/json", b"{"),
        ("application/json", b"[[1]]"),
        ("text/plain", b"OK"),
        ("text/html", b"OK"),
        ("", b"OK"),
    ],
)
def test_accepted_is_accepted_whatever_the_body(sink: Sink, content_type: str, body: bytes) -> None:
    """The status says that the request was accepted; a body that says nothing changes nothing."""
    sink.fail_next(1, Fault(status=200, content_type=content_type, body=body, is_stored=True))

    assert send(sink.http_url) == Delivered()


def test_web_page_is_no_acceptance(sink: Sink) -> None:
    """A login page or a web interface that answers 200 has not taken the data."""
    page = b"\n<!DOCTYPE html><html>Log in"
    sink.fail_next(1, Fault(status=200, content_type="text/html; charset=utf-8", body=page))

    outcome = send(sink.http_url)

    assert isinstance(outcome, Retry)
    assert "web page" in outcome.reason


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("application/json", b'{"code":3,"message":"no such tenant"}', "no such tenant"),
        ("application/json", b'{"error":{"message":"no such tenant"}}', "no such tenant"),
        ("application/json; charset=utf-8", b'{"error":"no such tenant"}', "no such tenant"),
        ("application/json", b'{"detail":"no"}', '{"detail":"no"}'),
        ("text/plain", b"no such\r\n tenant", "no such tenant"),
        ("text/html", b"<html><h1>400</h1><p>no such tenant</p></html>", "400 no such tenant"),
        ("application/octet-stream", b"\xff\x00no", "\N{REPLACEMENT CHARACTER} no"),
        ("text/plain", b"", "Bad Request"),
    ],
)
def test_servers_words_are_found(sink: Sink, content_type: str, body: bytes, words: str) -> None:
    """The message of an error is found in every form that servers give it."""
    sink.fail_next(1, Fault(status=400, content_type=content_type, body=body))

    outcome = send(sink.http_url)

    assert isinstance(outcome, Rejected)
    assert outcome.reason.endswith(f": {words}")


@pytest.mark.parametrize("location", ["https://other.example/v1/logs?key=s3cr3t", "http://u:pw@[bad", ""])
def test_redirect_is_not_followed(sink: Sink, location: str) -> None:
    """A redirect is a reason to change the endpoint; credentials go nowhere else, a query is not shown."""
    sink.fail_next(1, Fault(status=307, headers={"Location": location}, body=b""))

    outcome = send(sink.http_url)

    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith("HTTP 307: redirected to ")
    assert "s3cr3t" not in outcome.reason
    assert "pw" not in outcome.reason
    assert len(sink.attempts()) == 1


def test_grpc_port_is_recognised(sink: Sink) -> None:
    """An HTTP protocol at a gRPC port says what may be wrong."""
    outcome = send(sink.grpc_url)

    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith("cannot reach 127.0.0.1:")


def test_broken_stored_request_is_rejected(sink: Sink) -> None:
    """Bytes that are no request cannot become JSON, and are not tried for ever."""
    made = delivery(sink.http_url, protocol=Protocol.HTTP_JSON)
    with closing(HttpTransport(made, FakeClock())) as transport:
        assert isinstance(transport.send(b"\xff\xff", {}), Rejected)


def test_cookies_are_not_kept(sink: Sink) -> None:
    """A server's cookies are not sent back to it."""
    sink.fail_next(1, Fault(status=503, headers={"Set-Cookie": "a=b; Path=/"}))
    with closing(HttpTransport(delivery(sink.http_url), FakeClock())) as transport:
        transport.send(PAYLOADS[Signal.LOGS], {})
        transport.send(PAYLOADS[Signal.LOGS], {})

    assert "cookie" not in sink.attempts()[1].headers


def test_connection_is_kept_open(sink: Sink) -> None:
    """Requests that follow each other use one connection."""
    with closing(HttpTransport(delivery(sink.http_url), FakeClock())) as transport:
        for _ in range(3):
            transport.send(PAYLOADS[Signal.LOGS], {})

        assert sink.connections == 1


def test_connection_that_the_server_closed_is_opened_again() -> None:
    """A server may close a connection after an answer; the next request does not fail for it."""
    made = response("200 OK")
    with RawServer(made) as server, closing(HttpTransport(delivery(server.url), FakeClock())) as transport:
        first = transport.send(PAYLOADS[Signal.LOGS], {})
        wait_until(lambda: server.closed, what="the closed connection")
        second = transport.send(PAYLOADS[Signal.LOGS], {})

    assert (Delivered(), Delivered()) == (first, second)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("-3", None),
        ("soon", None),
        ("1..2", None),
        ("9" * 20, 3600.0),
        ("9" * 5000, None),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thursday, 01-Jan-26 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("Fri, 01 Jan 2027 12:00:00 GMT", 3600.0),
        ("Thu, 32 Jan 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: float | None) -> None:
    """Both forms are read, the past is now, an hour is the most, and anything else is no time."""
    assert retry_after_s(value, NOON_S) == expected


@given(st.text(), st.floats(min_value=0, max_value=1e10))
def test_any_retry_after_is_read(value: str, now_s: float) -> None:
    """No value of the header raises, and every time is from now to an hour."""
    wait_s = retry_after_s(value, now_s)

    assert wait_s is None or 0 <= wait_s <= 3600
