"""Every protocol against a real server: the same outcome for the same answer."""

import subprocess
import sys
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.masking import in_one_line
from otel_agent.exporter.transport import (
    GRPC_HEADER_NAME,
    HTTP_HEADER_NAME,
    Delivered,
    Denied,
    Rejected,
    Retry,
    TooLarge,
    open_transport,
    server_of,
    unsendable_header,
)
from otel_agent.settings import Compression, Protocol, Signal
from otel_agent.sink.script import Fault, Partial
from otel_agent.sink.server import Sink
from tests.exporter.samples import PAYLOADS, TOKEN, delivery
from tests.exporter.sending import opened, send

pytestmark = pytest.mark.parametrize("protocol", list(Protocol))


@pytest.mark.parametrize("signal", list(Signal))
@pytest.mark.parametrize("compression", list(Compression))
def test_request_arrives_as_it_was_stored(
    sink: Sink, protocol: Protocol, signal: Signal, compression: Compression
) -> None:
    """The server decodes exactly the stored request, whatever the protocol, signal and compression."""
    with opened(sink, protocol, signal=signal, compression=compression) as transport:
        outcome = transport.send(PAYLOADS[signal], {})

    assert outcome == Delivered()
    assert [one.SerializeToString() for one in sink.requests(signal)] == [PAYLOADS[signal]]


def test_headers_are_sent(sink: Sink, protocol: Protocol) -> None:
    """The server gets the headers of the send, and learns who sent it."""
    send(sink, protocol)

    headers = sink.attempts()[0].headers
    assert headers["authorization"] == TOKEN
    assert headers["user-agent"].startswith("opencode-otel-agent/")


def test_a_transport_is_used_for_many_requests(sink: Sink, protocol: Protocol) -> None:
    """One transport delivers one request after the other."""
    with opened(sink, protocol) as transport:
        outcomes = [transport.send(PAYLOADS[Signal.LOGS], {}) for _ in range(3)]

    assert outcomes == [Delivered()] * 3


def test_partial_success_is_counted(sink: Sink, protocol: Protocol) -> None:
    """A server that leaves items out says how many and why."""
    sink.leave_out_next(1, Partial(rejected=2, message="too old"))

    assert send(sink, protocol) == Delivered(rejected=2, message="too old")


def test_warning_without_rejection_is_delivered(sink: Sink, protocol: Protocol) -> None:
    """A server may accept everything and still say something."""
    sink.leave_out_next(1, Partial(message="deprecated attribute"))

    assert send(sink, protocol) == Delivered(message="deprecated attribute")


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_denied(sink: Sink, protocol: Protocol, status: int) -> None:
    """401 and 403, UNAUTHENTICATED and PERMISSION_DENIED ask for other credentials, in the server's words."""
    sink.fail_next(1, Fault(status=status, message="token expired"))

    outcome = send(sink, protocol)

    assert isinstance(outcome, Denied)
    assert "token expired" in outcome.reason


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_server_is_asked_again(sink: Sink, protocol: Protocol, status: int) -> None:
    """What the specification calls retryable is retried, without a time when the server names none."""
    sink.fail_next(1, Fault(status=status, message="busy"))

    outcome = send(sink, protocol)

    assert isinstance(outcome, Retry)
    assert "busy" in outcome.reason
    assert outcome.after_s is None


def test_server_names_the_time_to_come_back(sink: Sink, protocol: Protocol) -> None:
    """`Retry-After` and RetryInfo reach the sender."""
    sink.fail_next(1, Fault(status=429, retry_after_s=17))

    outcome = send(sink, protocol)

    assert isinstance(outcome, Retry)
    assert outcome.after_s == 17.0


@pytest.mark.parametrize("status", [400, 404, 500])
def test_permanent_failure_is_rejected(sink: Sink, protocol: Protocol, status: int) -> None:
    """What the specification forbids to repeat is rejected, in the server's words."""
    sink.fail_next(1, Fault(status=status, message="bad attribute"))

    outcome = send(sink, protocol)

    assert isinstance(outcome, Rejected)
    assert "bad attribute" in outcome.reason


def test_too_large_request_is_to_be_split(protocol: Protocol) -> None:
    """A server's limit for a message is told from a server that is out of resources."""
    with Sink(max_body_bytes=50) as sink:
        assert isinstance(send(sink, protocol), TooLarge)


def test_exhausted_quota_is_not_split(sink: Sink, protocol: Protocol) -> None:
    """RESOURCE_EXHAUSTED and 429 without words about a size mean a quota."""
    sink.fail_next(1, Fault(status=429, message="quota of your plan exceeded"))

    assert isinstance(send(sink, protocol), Retry)


def test_absent_server_is_a_reason_to_retry(protocol: Protocol) -> None:
    """A refused connection says so, and where."""
    with Sink() as sink:
        pass

    outcome = send(sink, protocol)

    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith("cannot reach 127.0.0.1:")
    assert "connection refused" in outcome.reason.lower()


def test_server_that_comes_back_gets_the_next_request(sink: Sink, protocol: Protocol) -> None:
    """A transport survives its server's restart, and does not wait before it connects again."""
    with opened(sink, protocol) as transport:
        first = transport.send(PAYLOADS[Signal.LOGS], {})
        sink.stop()
        down = transport.send(PAYLOADS[Signal.LOGS], {})
        sink.start()
        again = transport.send(PAYLOADS[Signal.LOGS], {})

    assert isinstance(down, Retry)
    assert [first, again] == [Delivered()] * 2


def test_unknown_host_is_a_reason_to_retry(protocol: Protocol) -> None:
    """A name that cannot be resolved says so."""
    made = delivery("http://nowhere.invalid:4317", protocol=protocol)
    with closing(open_transport(made)) as transport:
        outcome = transport.send(PAYLOADS[Signal.LOGS], {})

    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith("cannot reach nowhere.invalid:4317: its name cannot be resolved")


def test_hanging_server_holds_a_request_only_for_its_timeout(sink: Sink, protocol: Protocol) -> None:
    """A server that does not answer is left after the delivery's timeout."""
    sink.hang(30)

    outcome = send(sink, protocol, timeout_s=0.3)

    assert isinstance(outcome, Retry)
    assert outcome.reason.endswith("within 0.3 s")


def test_dropped_connection_is_a_reason_to_retry(sink: Sink, protocol: Protocol) -> None:
    """A connection that ends without an answer says nothing about the request."""
    sink.fail_next(1, Fault(status=0))

    assert isinstance(send(sink, protocol), Retry)


def test_server_cut_in_mid_request_is_a_reason_to_retry(sink: Sink, protocol: Protocol) -> None:
    """A server that is stopped while it works on a request leaves it undecided."""
    sink.fail_next(1, Fault(status=0, code="INTERNAL", message="Received RST_STREAM with error code 2"))

    assert isinstance(send(sink, protocol), Retry)


@pytest.mark.parametrize(
    "headers", [{"x-a": "line\nbreak"}, {"x-a": "grüße"}, {"not a name": "v"}, {"": "v"}]
)
def test_header_that_cannot_be_sent_is_denied_without_its_value(
    sink: Sink, protocol: Protocol, headers: dict[str, str]
) -> None:
    """Bad header values ask for other credentials; the reason does not show them."""
    with opened(sink, protocol) as transport:
        outcome = transport.send(PAYLOADS[Signal.LOGS], headers)

    assert isinstance(outcome, Denied)
    assert not any(len(value) > 1 and value in outcome.reason for value in headers.values())


def test_server_that_echoes_a_secret_does_not_bring_it_into_a_reason(sink: Sink, protocol: Protocol) -> None:
    """The value of a header is masked in a server's words, with and without its scheme."""
    sink.fail_next(1, Fault(status=401, message=f"bad header {TOKEN}, token {TOKEN.split()[1]}"))

    outcome = send(sink, protocol)

    assert isinstance(outcome, Denied)
    assert outcome.reason.endswith(": bad header ***, token ***")


def test_servers_words_are_cut_to_one_line(sink: Sink, protocol: Protocol) -> None:
    """Words of any length and layout become one line of at most 200 characters."""
    sink.fail_next(1, Fault(status=400, message="first\nsecond\t" + "x" * 500))

    outcome = send(sink, protocol)

    assert isinstance(outcome, Rejected)
    assert "first second xxx" in outcome.reason
    assert len(outcome.reason) < 260


def test_only_the_protocols_own_library_is_imported(protocol: Protocol) -> None:
    """Neither grpc for HTTP nor requests for gRPC; asked of a fresh interpreter."""
    program = (
        "import sys; from otel_agent.exporter.transport import open_transport;"
        "from otel_agent.settings import *;"
        f"d = Delivery(signal=Signal.LOGS, protocol=Protocol({protocol.value!r}),"
        "endpoint='http://127.0.0.1:9', headers={}, timeout_s=1.0, compression=Compression.NONE,"
        "certificate=None, client_key=None, client_certificate=None); open_transport(d);"
        "print('grpc' in sys.modules, 'requests' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == (["True", "False"] if protocol is Protocol.GRPC else ["False", "True"])


def test_server_is_named_without_userinfo(protocol: Protocol) -> None:
    """The name of the server in a reason has no password, however it came into the URL."""
    made = delivery("http://user:pw@host:1/x", protocol=protocol)

    assert server_of(made) == "host:1"


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20)), st.text(max_size=300))
def test_any_text_becomes_one_printable_line(protocol: Protocol, headers: dict[str, str], text: str) -> None:
    """No server's words and no headers break the making of a line."""
    pattern = GRPC_HEADER_NAME if protocol is Protocol.GRPC else HTTP_HEADER_NAME
    line = in_one_line(text, headers)

    assert line.isprintable()
    assert len(line) <= 200
    assert unsendable_header(headers, pattern) is None or headers
