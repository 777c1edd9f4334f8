"""The sink as a whole: what it takes, keeps, refuses and waits for."""

import threading
import time
import urllib.error
import urllib.request
from contextlib import closing

import grpc
import pytest

from otel_agent.exporter.transport import Delivered, Denied, Outcome, Retry, open_transport
from otel_agent.settings import Protocol, Signal
from otel_agent.sink.script import CODES, Fault
from otel_agent.sink.server import Sink
from tests.exporter.samples import PAYLOADS, delivery, url_of

PROTOCOLS = pytest.mark.parametrize("protocol", list(Protocol))


def send(sink: Sink, protocol: Protocol, signal: Signal = Signal.LOGS, **headers: str) -> Outcome:
    """Deliver one request to the sink."""
    made = delivery(url_of(sink, protocol), protocol=protocol, signal=signal)
    with closing(open_transport(made)) as transport:
        return transport.send(PAYLOADS[signal], headers)


def post(sink: Sink, path: str, body: bytes, **headers: str) -> int:
    """POST to the sink and return the status."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(sink.http_url + path, body, names)  # noqa: S310 - http, to ourselves
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - the same
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


@PROTOCOLS
def test_request_is_kept_with_how_it_came(protocol: Protocol) -> None:
    """The protocol, the signal and the headers are kept with the decoded request."""
    with Sink() as sink:
        send(sink, protocol, authorization="t")

        (kept,) = sink.attempts()
        assert (kept.signal, kept.protocol, kept.headers["authorization"]) == (Signal.LOGS, protocol, "t")
        assert kept.is_stored
        assert sink.attempts(Signal.TRACES) == []


def test_points_and_records_are_plain_values() -> None:
    """What arrived is read as points and records, not as protobuf."""
    with Sink() as sink:
        send(sink, Protocol.GRPC, Signal.METRICS)
        send(sink, Protocol.HTTP_JSON, Signal.LOGS)

        assert [point.name for point in sink.metric_points()] == [
            "opencode.token.usage",
            "opencode.context.usage",
            "opencode.tool.duration",
        ]
        assert [record.name for record in sink.log_records()] == ["opencode.tool_result"]


@PROTOCOLS
def test_faults_are_played_in_order_and_for_their_signal(protocol: Protocol) -> None:
    """A fault for one signal leaves the others alone; after the script everything is taken."""
    with Sink() as sink:
        sink.fail_next(1, Fault(status=503), Signal.TRACES)
        sink.fail_next(1, Fault(status=403))

        outcomes = [send(sink, protocol), send(sink, protocol, Signal.TRACES), send(sink, protocol)]

        assert [type(one) for one in outcomes] == [Denied, Retry, Delivered]
        assert [one.is_stored for one in sink.attempts()] == [False, False, True]


@PROTOCOLS
def test_acknowledgement_can_get_lost(protocol: Protocol) -> None:
    """A request may be taken although the client is told that it was not."""
    with Sink() as sink:
        sink.fail_next(1, Fault(status=503, is_stored=True))

        assert isinstance(send(sink, protocol), Retry)
        assert len(sink.requests(Signal.LOGS)) == 1


@PROTOCOLS
def test_required_header_can_change(protocol: Protocol) -> None:
    """A token can expire while the sink runs."""
    with Sink(required_headers={"Authorization": "old"}) as sink:
        first = send(sink, protocol, authorization="old")
        sink.require({"Authorization": "new"})
        second, third = send(sink, protocol, authorization="old"), send(sink, protocol, authorization="new")

    assert [type(one) for one in (first, second, third)] == [Delivered, Denied, Delivered]


def test_sink_can_be_down_for_a_while() -> None:
    """After a stop and a start it listens where it did, with what it had."""
    with Sink() as sink:
        send(sink, Protocol.GRPC)
        urls = sink.http_url, sink.grpc_url
        sink.stop()
        sink.start()
        send(sink, Protocol.HTTP_PROTOBUF)

        assert (sink.http_url, sink.grpc_url) == urls
        assert len(sink.requests(Signal.LOGS)) == 2


@PROTOCOLS
def test_stop_ends_a_delay(protocol: Protocol) -> None:
    """A stopped sink does not keep the requests that it lets wait."""
    with Sink() as sink:
        sink.hang(60)
        thread = threading.Thread(target=send, args=(sink, protocol))
        thread.start()
        time.sleep(0.3)
        began_s = time.monotonic()
        sink.stop()
        thread.join(10)

    assert time.monotonic() - began_s < 3


def test_arrival_is_waited_for() -> None:
    """Who waits is woken by what arrives, and told when it does not."""
    with Sink() as sink:
        timer = threading.Timer(0.2, send, (sink, Protocol.HTTP_PROTOBUF))
        timer.start()

        assert sink.wait_for(lambda: bool(sink.requests(Signal.LOGS)), 10)
        assert not sink.wait_for(lambda: bool(sink.requests(Signal.TRACES)), 0.1)
        timer.join()
        sink.clear()
        assert sink.attempts() == []


def test_two_sinks_do_not_share_a_port() -> None:
    """A port that is taken is an error and not shared with whoever has it; nothing is left open then."""
    with Sink() as sink:
        with pytest.raises(RuntimeError):
            Sink(grpc_port=sink.grpc_port).start()
        with pytest.raises(OSError, match="in use"):
            Sink(http_port=sink.http_port).start()


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/logs", b"", {"Content_Type": "application/x-protobuf"}, 200),
        ("/prefix/v1/logs?x=y", b"{}", {"Content_Type": "application/json; charset=utf-8"}, 200),
        ("/v1/logs", b"\xff", {"Content_Type": "application/x-protobuf"}, 400),
        ("/v1/logs", b"[]", {"Content_Type": "application/json"}, 400),
        ("/v1/logs", b"x", {"Content_Type": "application/json", "Content_Encoding": "gzip"}, 400),
        ("/v1/logs", b"", {"Content_Type": "text/plain"}, 415),
        ("/v1/other", b"", {"Content_Type": "application/json"}, 404),
    ],
)
def test_what_is_no_request_is_refused(path: str, body: bytes, headers: dict[str, str], status: int) -> None:
    """Wrong paths, types and bodies have their status."""
    with Sink() as sink:
        assert post(sink, path, body, **headers) == status


def test_grpc_request_that_is_none_is_refused() -> None:
    """Bytes that are no request are an invalid argument."""
    with (
        Sink() as sink,
        closing(open_transport(delivery(sink.grpc_url, protocol=Protocol.GRPC))) as transport,
    ):
        assert "INVALID_ARGUMENT" in transport.send(b"\xff", {}).reason  # type: ignore[union-attr]


def test_codes_are_codes() -> None:
    """Each status is played over gRPC with a code that exists."""
    assert set(CODES.values()) <= {code.name for code in grpc.StatusCode}
