"""Answers that are small on the way and huge when they are unpacked: they fill no memory."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from subprocess import run

import grpc
import pytest

from otel_agent.exporter.otlp_grpc import GrpcTransport
from otel_agent.exporter.otlp_http import HttpTransport
from otel_agent.exporter.testing import FakeClock
from otel_agent.exporter.transport import Delivered, Rejected, Retry
from otel_agent.settings import Protocol, Signal
from tests.exporter.raw_server import RawServer, response
from tests.exporter.samples import PAYLOADS, delivery

MIB = 2**20
LIMITED = """
import gc, resource, sys, pathlib
from otel_agent.exporter.otlp_http import HttpTransport
from tests.exporter.samples import PAYLOADS, delivery
from otel_agent.settings import Signal
transport = HttpTransport(delivery(sys.argv[1]), lambda: 0.0)
transport.send(PAYLOADS[Signal.LOGS], {})
pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
print(type(HttpTransport(delivery(sys.argv[2]), lambda: 0.0).send(PAYLOADS[Signal.LOGS], {})).__name__)
"""


@cache
def bomb(size_bytes: int) -> bytes:
    """Return gzip's form of very many zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(bytes(MIB)) for _ in range(size_bytes // MIB)]
    return b"".join([*parts, packer.flush()])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process so")
@pytest.mark.parametrize(("status", "outcome"), [("200 OK", "Delivered"), ("503 Busy", "Retry")])
@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate", "br"])
def test_bomb_over_http_fills_no_memory(status: str, outcome: str, encoding: str) -> None:
    """128 MiB of zeros in 128 KiB: a process that may use 40 MiB more than it has goes on."""
    answer = response(status, bomb(128 * MIB), Content_Type="application/json", Content_Encoding=encoding)
    with RawServer(response("200 OK")) as harmless, RawServer(answer) as hostile:
        command = [sys.executable, "-c", LIMITED, harmless.url, hostile.url, str(40 * MIB)]
        done = run(command, capture_output=True, text=True, check=False)

    assert (outcome, "") == (done.stdout.strip(), done.stderr)


def test_gzipped_words_are_read() -> None:
    """A proxy that packs every answer does not hide what the server says."""
    body = gzip.compress(b'{"message": "no room"}')
    answer = response("400 Bad", body, Content_Type="application/json", Content_Encoding="gzip")
    with (
        RawServer(answer) as server,
        closing(HttpTransport(delivery(server.url), FakeClock())) as transport,
    ):
        outcome = transport.send(PAYLOADS[Signal.LOGS], {})

    assert isinstance(outcome, Rejected)
    assert outcome.reason.endswith(": no room")


class _Zeros(grpc.GenericRpcHandler):
    """Answers every call with very many zeros."""

    def __init__(self, size_bytes: int) -> None:
        """Keep how many."""
        self._size_bytes = size_bytes

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Return the handler of every method."""
        del handler_call_details
        return grpc.unary_unary_rpc_method_handler(lambda _request, _context: bytes(self._size_bytes))


@pytest.fixture
def zeros(request: pytest.FixtureRequest) -> Iterator[str]:
    """A gRPC server that packs its answers, and its URL."""
    with ThreadPoolExecutor(2) as pool:
        options = [("grpc.max_send_message_length", -1)]
        handlers = [_Zeros(request.param)]
        server = grpc.server(pool, handlers=handlers, options=options, compression=grpc.Compression.Gzip)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"http://127.0.0.1:{port}"
        server.stop(None).wait(10)


def outcome_at(url: str) -> object:
    """Deliver one request over gRPC."""
    with closing(GrpcTransport(delivery(url, protocol=Protocol.GRPC))) as transport:
        return transport.send(PAYLOADS[Signal.LOGS], {})


@pytest.mark.parametrize("zeros", [100 * MIB], indirect=True)
def test_bomb_over_grpc_is_refused(zeros: str) -> None:
    """100 MiB in 100 KiB are more than the 64 KiB that a reply may have on its way."""
    outcome = outcome_at(zeros)

    assert isinstance(outcome, Retry)
    assert "larger than max" in outcome.reason


@pytest.mark.parametrize("zeros", [0], indirect=True)
def test_packed_reply_over_grpc_is_read(zeros: str) -> None:
    """The control: a server may pack its replies."""
    assert Delivered() == outcome_at(zeros)
