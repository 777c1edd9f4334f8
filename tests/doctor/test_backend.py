"""The way to the backend, as the doctor tries it: against real servers on loopback."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.doctor.backend import (
    NAME,
    endpoint_reached,
    helper_works,
    item_accepted,
    late_point_accepted,
)
from otel_agent.settings import Signal
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests.doctor.patients import looked, patient


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A backend."""
    with Sink() as backend:
        yield backend


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf", "http/json"])
def test_one_item_of_each_signal_is_sent(tmp_path: Path, sink: Sink, protocol: str) -> None:
    """With the headers of this shell."""
    endpoint = sink.grpc_url if protocol == "grpc" else sink.http_url
    whom = patient(
        tmp_path,
        OPENCODE_OTLP_ENDPOINT=endpoint,
        OPENCODE_OTLP_PROTOCOL=protocol,
        OPENCODE_OTLP_HEADERS="x-token=geheim",
    )

    found = looked(item_accepted, whom)

    assert ["ok"] * 3 == [verdict for verdict, _ in found]
    names = [
        *(row.name for row in sink.metric_points()),
        *(row.name for row in sink.log_records()),
        *(row.name for row in sink.spans()),
    ]
    assert [NAME] * 3 == names
    assert ["geheim"] * 3 == [one.headers["x-token"] for one in sink.attempts()]
    assert "geheim" not in str(found)


def test_signals_that_are_off_are_not_sent(tmp_path: Path, sink: Sink) -> None:
    """The doctor tries what OpenCode's sessions would."""
    whom = patient(
        tmp_path,
        OPENCODE_OTLP_ENDPOINT=sink.http_url,
        OPENCODE_OTLP_PROTOCOL="http/protobuf",
        OTEL_TRACES_EXPORTER="none",
        OPENCODE_DISABLE_LOGS="1",
    )

    assert 1 == len(looked(item_accepted, whom))
    assert [Signal.METRICS] == [one.signal for one in sink.attempts()]


@pytest.mark.parametrize(
    ("fault", "verdicts"),
    [
        (None, ["ok"]),
        (Fault(status=400, message="out of order sample"), ["failed"]),
        (Fault(status=404), []),
    ],
)
def test_late_point_is_tried(tmp_path: Path, sink: Sink, fault: Fault | None, verdicts: list[str]) -> None:
    """Prometheus refuses it unless it is told otherwise; of any other failure the delivery has told."""
    if fault is not None:
        sink.fail_next(1, fault)
    whom = patient(tmp_path, OPENCODE_OTLP_ENDPOINT=sink.http_url, OPENCODE_OTLP_PROTOCOL="http/protobuf")

    assert verdicts == [verdict for verdict, _ in looked(late_point_accepted, whom)]


def test_server_that_is_down_fails_both_checks(tmp_path: Path, sink: Sink) -> None:
    """Once for its address, and once for each signal."""
    endpoint = sink.http_url
    sink.stop()
    whom = patient(tmp_path, OPENCODE_OTLP_ENDPOINT=endpoint, OPENCODE_OTLP_PROTOCOL="http/protobuf")

    [(verdict, said)] = looked(endpoint_reached, whom)

    assert "failed" == verdict
    assert "connection refused" in said
    assert ["failed"] * 3 == [verdict for verdict, _ in looked(item_accepted, whom)]


def test_name_that_nobody_knows_fails(tmp_path: Path) -> None:
    """The reserved domain `invalid` has no names (RFC 2606)."""
    [(verdict, said)] = looked(
        endpoint_reached, patient(tmp_path, OPENCODE_OTLP_ENDPOINT="http://nowhere.invalid:4317")
    )

    assert "failed" == verdict
    assert said.startswith("nowhere.invalid: no such name")


def test_proxy_is_not_gone_around(tmp_path: Path) -> None:
    """Behind a proxy a direct connection says nothing."""
    [(verdict, _)] = looked(endpoint_reached, patient(tmp_path, http_proxy="http://proxy:3128"))

    assert "unknown" == verdict


@pytest.mark.parametrize(
    ("prints", "verdict"), [("""echo '{"authorization": "Bearer geheim"}'""", "ok"), ("exit 3", "failed")]
)
def test_helper_is_run(tmp_path: Path, prints: str, verdict: str) -> None:
    """What it prints is not shown."""
    script = tmp_path / "helper"
    script.write_text(f"#!/bin/sh\n{prints}\n", encoding="utf-8")
    script.chmod(stat.S_IRWXU)

    found = looked(helper_works, patient(tmp_path, OPENCODE_OTLP_HEADERS_HELPER=str(script)))

    assert [verdict] == [one for one, _ in found]
    assert "geheim" not in str(found)
