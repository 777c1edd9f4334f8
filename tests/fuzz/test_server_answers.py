"""Any answer of a server, over real sockets: the outcome is a value, in one line and without a secret."""

import gzip
from collections.abc import Iterator
from contextlib import closing, contextmanager

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.otlp_grpc import GrpcTransport
from otel_agent.exporter.otlp_http import HttpTransport
from otel_agent.exporter.testing import FakeClock
from otel_agent.exporter.transport import Delivered, Outcome, Retry
from otel_agent.settings import Protocol, Signal
from otel_agent.sink import messages
from tests.exporter.samples import PAYLOADS, TOKEN, delivery
from tests.fuzz.cases import TRIED, cases
from tests.fuzz.damage import DAMAGES, Damage, damaged
from tests.fuzz.servers import BytesServer, GrpcAnswer, grpc_server

LONGEST_WORDS = 400
HEADERS = {"authorization": TOKEN}
SECRET = TOKEN.split()[1]
WORDS = st.text(max_size=300) | st.just(f"no such key: {TOKEN}")
NUMBERS = st.integers(-(2**70), 2**70).map(str) | st.sampled_from(["1e309", "NaN", "-1", "", "0x1F"])
VALUES = WORDS | NUMBERS
NAMES = st.sampled_from(
    ["Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding", "Retry-After", "Location"]
)
KINDS = st.sampled_from(["application/json", "application/x-protobuf", "text/html", "gzip", "chunked"])
DURATIONS = st.builds(
    Duration, seconds=st.integers(-(2**63), 2**63 - 1), nanos=st.integers(-(2**31), 2**31 - 1)
)


@st.composite
def details(draw: st.DrawFn) -> bytes:
    """Return a serialised status with a time to come back at, damaged or not."""
    status = Status(code=draw(st.integers(0, 20)), message=draw(st.text(max_size=50)))
    packed = Any()
    packed.Pack(RetryInfo(retry_delay=draw(DURATIONS)))
    status.details.append(packed)
    return draw(st.sampled_from([status.SerializeToString(), packed.SerializeToString()]))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Return what a server may write below its headers."""
    partial = messages.reply(Signal.LOGS, draw(st.integers(-(2**63), 2**63 - 1)), draw(st.text(max_size=50)))
    body = draw(
        st.binary(max_size=300)
        | st.sampled_from([partial.SerializeToString(), messages.as_json({"message": f"not {TOKEN}"})])
        | details()
        | WORDS.map(lambda text: text.encode(errors="replace"))
    )
    return gzip.compress(body) if draw(st.booleans()) else body


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Return the bytes of a response, or something that is none."""
    line = f"HTTP/1.1 {draw(st.integers(0, 1200))} {draw(st.text(max_size=20))}"
    fields = draw(st.lists(st.tuples(NAMES, VALUES | KINDS), max_size=5))
    head = "\r\n".join([line, *(f"{name}: {value}" for name, value in fields), "", ""])
    return head.encode(errors="replace") + draw(bodies())


def check(outcome: Outcome) -> None:
    """See that an outcome has only words that may be logged."""
    words = outcome.message if isinstance(outcome, Delivered) else outcome.reason
    assert words.isprintable()
    assert len(words) < LONGEST_WORDS
    assert SECRET not in words
    if isinstance(outcome, Retry) and outcome.after_s is not None:
        assert 0 <= outcome.after_s <= 3600
    if isinstance(outcome, Delivered):
        assert outcome.rejected >= 0


@pytest.fixture(scope="module")
def server() -> Iterator[BytesServer]:
    """A server that writes any bytes."""
    with closing(BytesServer()) as running:
        yield running


@cases(share=0.45, few=150)
@given(answer=answers() | st.binary(max_size=200), damages=st.just([]) | DAMAGES)
def test_any_http_answer_has_an_outcome(server: BytesServer, answer: bytes, damages: list[Damage]) -> None:
    """Status line, headers and body may be anything."""
    server.answer = damaged(answer, damages)
    with closing(HttpTransport(delivery(server.url), FakeClock())) as transport:
        outcome = transport.send(PAYLOADS[Signal.LOGS], HEADERS)

    TRIED["http answers"] += 1
    check(outcome)


@pytest.fixture(scope="module")
def grpc_calls() -> Iterator[tuple[GrpcAnswer, GrpcTransport]]:
    """A gRPC server that says anything, and a transport to it."""
    answer = GrpcAnswer()
    with grpc_server(answer) as url, transport_to(url) as transport:
        yield answer, transport


@contextmanager
def transport_to(url: str) -> Iterator[GrpcTransport]:
    """Open a transport."""
    with closing(GrpcTransport(delivery(url, protocol=Protocol.GRPC))) as transport:
        yield transport


@cases(share=0.32, few=100)
@given(
    said=st.builds(
        GrpcAnswer,
        code=st.sampled_from(list(grpc.StatusCode)),
        reply=bodies(),
        words=WORDS,
        details=details() | st.binary(max_size=200),
    ),
    damages=st.just([]) | DAMAGES,
)
def test_any_grpc_answer_has_an_outcome(
    grpc_calls: tuple[GrpcAnswer, GrpcTransport], said: GrpcAnswer, damages: list[Damage]
) -> None:
    """Reply, code, words and details may be anything."""
    answer, transport = grpc_calls
    answer.code, answer.words = said.code, said.words
    answer.reply, answer.details = damaged(said.reply, damages), damaged(said.details, damages)[:4096]
    outcome = transport.send(PAYLOADS[Signal.LOGS], HEADERS)

    TRIED["grpc answers"] += 1
    check(outcome)
