"""The clock, as the doctor compares it: against real servers whose clock is another one."""

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from otel_agent.doctor.clock import clock_agrees
from otel_agent.sink.server import Sink
from tests.doctor.patients import looked, patient
from tests.exporter.raw_server import RawServer, response

HTTP = {"OPENCODE_OTLP_PROTOCOL": "http/protobuf", "OPENCODE_OTLP_HEADERS": "x-token=geheim"}


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized", "503 Busy", "302 Found"])
@pytest.mark.parametrize(
    ("ahead_s", "said"),
    [
        (3600, "this machine's clock is 60 minutes behind the server's"),
        (-900, "this machine's clock is 15 minutes ahead of the server's"),
    ],
)
def test_clock_that_is_off_fails(tmp_path: Path, status: str, ahead_s: int, said: str) -> None:
    """Whatever the server thinks of the request, its answer has a date."""
    with RawServer(response(status, Date=formatdate(time.time() + ahead_s, usegmt=True))) as server:
        whom = patient(tmp_path, OPENCODE_OTLP_ENDPOINT=server.url, **HTTP)
        [finding] = clock_agrees.look(whom)

    assert "failed" == finding.verdict
    assert finding.said.endswith(said)
    assert "token" in finding.remedy
    assert "too old" in finding.remedy


def test_clock_that_is_right_is_well(tmp_path: Path) -> None:
    """One server is asked once, without credentials, and gets no item."""
    with Sink() as sink:
        found = looked(clock_agrees, patient(tmp_path, OPENCODE_OTLP_ENDPOINT=sink.http_url, **HTTP))

        assert ["ok"] == [verdict for verdict, _ in found]
        assert ["x-token" in one.headers for one in sink.attempts()] == [False]
        assert ([], [], []) == (sink.metric_points(), sink.log_records(), sink.spans())


@pytest.mark.parametrize("headers", [{}, {"Date": "now"}, {"Date": "Tue, 99 Foo 2026 00:00:00 GMT"}])
def test_server_without_a_date_is_unknown(tmp_path: Path, headers: dict[str, str]) -> None:
    """A text that is no date is none."""
    with RawServer(response("200 OK", **headers)) as server:
        whom = patient(tmp_path, OPENCODE_OTLP_ENDPOINT=server.url, **HTTP)

        assert ["unknown"] == [verdict for verdict, _ in looked(clock_agrees, whom)]


def test_server_that_is_down_is_unknown(tmp_path: Path) -> None:
    """That it cannot be reached is another check's finding."""
    with Sink() as sink:
        endpoint = sink.http_url
    [(verdict, said)] = looked(clock_agrees, patient(tmp_path, OPENCODE_OTLP_ENDPOINT=endpoint, **HTTP))

    assert ("unknown", True) == (verdict, said.endswith("no answer that tells the time"))


def test_grpc_tells_no_time(tmp_path: Path) -> None:
    """Its answers need no date, and the agent's own libraries do not show one."""
    [(verdict, said)] = looked(clock_agrees, patient(tmp_path, OPENCODE_OTLP_ENDPOINT="http://127.0.0.1:1"))

    assert ("unknown", "127.0.0.1:1: gRPC answers tell no time") == (verdict, said)


def test_invalid_settings_are_another_checks_finding(tmp_path: Path) -> None:
    """There is no server to ask."""
    assert [] == looked(clock_agrees, patient(tmp_path, OPENCODE_OTLP_ENDPOINT="x"))
