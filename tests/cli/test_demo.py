"""The demo shows what the bundled recording holds."""

import io
import re
import socket
from contextlib import suppress

import pytest
from rich.console import Console
from typer.testing import CliRunner

from otel_agent.cli.app import build, main
from otel_agent.cli.demo import GRPC_PORT, show_events
from otel_agent.sink.decode import Record


def _shown() -> str:
    """Run the demo and return what it prints."""
    done = CliRunner().invoke(build(), ["demo"])

    assert (0, None) == (done.exit_code, done.exception)
    return done.output


def test_demo_shows_every_metric_and_event_of_the_recording() -> None:
    """The totals are those of the step-finish parts in the recording."""
    shown = _shown()

    totals = re.findall(r"cost\.usage .* ([0-9.]+) USD", shown)
    assert ["0.05583", "0.00648"] == totals
    assert 2 == shown.count("opencode.user_prompt")
    assert "source=user_temporary" in shown
    assert "metrics over gRPC, log events and traces over HTTP" in shown


def test_taken_port_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    """Who runs a collector already is told so in one line."""
    with socket.socket() as server:
        with suppress(OSError):  # somebody listens there anyway
            server.bind(("127.0.0.1", GRPC_PORT))
            server.listen()
        code = main(["demo", "--keep"])

    said = capfd.readouterr().err.splitlines()
    assert (2, True) == (code, said[-1].startswith("demo: expected the ports 4317 and 4318 to be free"))


def test_brackets_in_an_event_are_text() -> None:
    """A provider's words may look like Rich's markup: they are shown as they are."""
    told = {"event.timestamp": "2026-01-01T00:00:00.000Z", "error": "APIError: [red] [/INST]"}
    record = Record(
        name="opencode.api_error",
        attributes=told,
        body="api_error",
        resource={},
        scope="",
        severity=17,
        span_id="",
        time_ns=1,
        trace_id="",
    )
    shown = io.StringIO()

    show_events(Console(file=shown, width=120), [record])

    assert "error=APIError: [red] [/INST]" in shown.getvalue()
