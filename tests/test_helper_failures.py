"""Every failure of the headers helper is told in the agent's log, by `status` and by `doctor`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict
from typer.testing import CliRunner

from otel_agent.cli.app import build
from otel_agent.doctor import backend
from otel_agent.errors import SettingsError
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.settings import Protocol
from otel_agent.sink.server import Sink
from otel_agent.worker import Worker
from tests import journals, workers
from tests.agents import settings_for
from tests.doctor.patients import looked, patient

HELPER = "OPENCODE_OTLP_HEADERS_HELPER"
SECRET = "s3cr3t-t0ken"
AS_JSON = "headers helper: expected a JSON object, got"
AS_TIME = "headers helper: expected expires_at as RFC 3339 text with an offset or as Unix seconds, got"
AS_PATH = "headers helper: expected the path of an executable,"
# What the file has in it (None: there is none), its mode, and what is said.
FAILURES: dict[str, tuple[str | None, int, str]] = {
    "timeout": (f"echo {SECRET}; sleep 20", 0o700, "headers helper: expected an answer within 5 s, got none"),
    "exit code": (f"echo {SECRET}; exit 3", 0o700, "headers helper: expected exit code 0, got 3"),
    "no JSON": (f"echo {SECRET}", 0o700, f"{AS_JSON} 13 bytes of something else"),
    "nothing": ("true", 0o700, f"{AS_JSON} 0 bytes of something else"),
    "another JSON": (f"""echo '["{SECRET}"]'""", 0o700, f"{AS_JSON} a list"),
    "no strings": (
        f"""echo '{{"{SECRET}": 1}}'""",
        0o700,
        "headers helper: expected strings as values, got a number as value 1",
    ),
    "no headers": (
        f"""echo '{{"headers": ["{SECRET}"]}}'""",
        0o700,
        "headers helper: expected an object or a string as headers, got a list",
    ),
    "no expiry": (
        f"""echo '{{"headers": {{}}, "expires_at": "{SECRET}"}}'""",
        0o700,
        f"{AS_TIME} another text",
    ),
    "not executable": (
        f"echo {SECRET}",
        0o600,
        "headers helper: expected an executable, got a file that may not be executed: chmod +x",
    ),
    "missing": (
        None,
        0,
        f"{AS_PATH} found no such file (or not the one of its #! line)",
    ),
}


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """What is logged meanwhile."""
    structlog.configure(cache_logger_on_first_use=False)
    with capture_logs() as lines:
        yield lines


def helper(tmp_path: Path, body: str, mode: int = 0o700) -> str:
    """Write a helper and return its path."""
    path = tmp_path / "helper"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(mode)
    return str(path)


def opened(tmp_path: Path, settings: dict[str, str]) -> Worker:
    """Return the worker of a journal with these settings, whose OpenCode has ended."""
    folder = journals.make(
        tmp_path / "state" / journals.HOST / "1-1-a", **{**journals.dead(), "settings": settings}
    )
    worker = workers.opened(folder)
    worker.end_input()
    return worker


def status(tmp_path: Path, **settings: str) -> str:
    """Return what `otel-agent status` shows."""
    environ = {"OPENCODE_OTEL_STATE_DIR": str(tmp_path / "state"), **settings}
    return CliRunner().invoke(build(), ["status"], env=environ).output


def stored(tmp_path: Path) -> bytes:
    """Return all that the state directory has."""
    return b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())


@pytest.mark.parametrize("failure", FAILURES)
def test_failure_is_told_everywhere(
    tmp_path: Path, sink: Sink, logged: list[EventDict], failure: str
) -> None:
    """In the same words, without what was printed, and nothing is sent meanwhile or lost."""
    body, mode, said = FAILURES[failure]
    path = str(tmp_path / "none") if body is None else helper(tmp_path, body, mode)
    worker = opened(tmp_path, {**settings_for(sink), HELPER: path})
    workers.work(worker, lambda: worker.outbox.backlog().last_error is not None)
    shown, waiting = status(tmp_path), worker.outbox.backlog().requests
    worker.close()

    assert said in shown
    assert [said] in [[line.get("reason")] for line in logged if line["event"] == "headers_helper_failed"]
    assert said in [line.get("reason") for line in logged if line["event"] == "delivery_postponed"]
    assert [("failed", said)] == looked(backend.helper_works, patient(tmp_path, **{HELPER: path}))
    assert ([], True) == (sink.attempts(), waiting > 0)
    assert SECRET not in f"{shown}{logged}"
    assert SECRET.encode() not in stored(tmp_path)


def test_relative_path_is_told_everywhere(tmp_path: Path, sink: Sink, logged: list[EventDict]) -> None:
    """It is a setting that cannot be used: telemetry is off, and each place says why."""
    with pytest.raises(SettingsError):
        opened(tmp_path, {**settings_for(sink), HELPER: "helpers/token"})
    said = f"{HELPER}: expected an absolute path, or one that begins with ${{PROJECT_ROOT}}"

    assert said in " ".join(status(tmp_path, **{HELPER: "helpers/token"}).split())
    assert any(said in str(line.get("problems")) for line in logged if line["event"] == "settings_invalid")
    assert [said in problem for problem in patient(tmp_path, **{HELPER: "helpers/token"}).problems] == [True]


@pytest.mark.parametrize("protocol", Protocol)
def test_helper_that_breaks_later_is_told_with_the_denial(
    tmp_path: Path, sink: Sink, logged: list[EventDict], protocol: Protocol
) -> None:
    """The backend denies the old headers, and why there are no new ones is said beside its words."""
    sink.require({"authorization": "Bearer new"})
    once = f'[ -e {tmp_path}/ran ] && exit 7; touch {tmp_path}/ran; echo \'{{"Authorization": "{SECRET}"}}\''
    path = helper(tmp_path, once)
    worker = opened(tmp_path, {**settings_for(sink, protocol), HELPER: path})
    workers.work(worker, lambda: worker.outbox.backlog().last_error is not None)
    last_error = worker.outbox.backlog().last_error or ""
    worker.close()

    assert "credentials are missing or not valid" in last_error
    assert last_error.endswith("; headers helper: expected exit code 0, got 7")
    assert "headers_helper_failed" in {line["event"] for line in logged}
    assert SECRET not in f"{last_error}{logged}"


@pytest.mark.parametrize("protocol", Protocol)
def test_helper_that_is_well_again_delivers_everything(
    tmp_path: Path, sink: Sink, protocol: Protocol
) -> None:
    """Whatever waited meanwhile goes out with the new headers; nobody has to do anything."""
    sink.require({"authorization": "Bearer new"})
    flag = tmp_path / "well"
    path = helper(
        tmp_path, f"""[ -e {flag} ] && echo '{{"Authorization": "Bearer new"}}' || echo '{{"a": "b"}}'"""
    )
    worker = opened(tmp_path, {**settings_for(sink, protocol), HELPER: path})
    workers.work(worker, lambda: worker.outbox.backlog().last_error is not None)
    flag.touch()
    workers.work(worker, lambda: worker.is_done)
    worker.close()

    assert not (worker.folder / FILE_NAME).exists()
    assert sink.log_records()
    assert sink.metric_points()
