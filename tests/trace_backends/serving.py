"""Runs a trace backend as its users do: a program on loopback, in a folder of its own."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.e2e.waiting import wait_until

# Measured on two cores: 5 to 8 s each, and 20 s the first time, when Python compiles what pip left as source.
START_LIMIT_S = 120.0
END_LIMIT_S = 15.0
TALK_LIMIT_S = 30.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, what it is told, and the folder that it runs and writes in."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.folder / "server.log"


def free_port() -> int:
    """Give a port of loopback that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(program: Program, health_url: str) -> Iterator[None]:
    """Run a program until the context is left; RuntimeError with its last words if it never gets healthy."""
    with program.log.open("wb") as log:
        process = subprocess.Popen(
            program.command,
            cwd=program.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(program.folder), **program.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(
            lambda: process.poll() is not None or _answers(health_url),
            what=health_url,
            timeout_s=START_LIMIT_S,
        )
        if process.poll() is not None:
            raise RuntimeError(
                f"{program.command[0]} ended: {program.log.read_text(errors='replace')[-2000:]}"
            )
        yield
    finally:
        _end(process)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started: it leads a process group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):  # all of it has ended
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):  # then it is killed
            process.wait(END_LIMIT_S)


def ask(method: str, url: str, **sent: Any) -> Json:  # noqa: ANN401 (what requests takes)
    """Talk JSON to a backend; RuntimeError with its words where it refuses."""
    made: Callable[..., requests.Response] = requests.request
    answer = made(method, url, timeout=TALK_LIMIT_S, **sent)
    if not answer.ok:
        raise RuntimeError(f"{method} {url}: expected success, got {answer.status_code} {answer.text[:500]}")
    found: Json = answer.json() if answer.content else {}
    return found


def deliver(url: str, payload: bytes, headers: Mapping[str, str]) -> None:
    """POST an ExportTraceServiceRequest; RuntimeError with the backend's words where it refuses."""
    sent = {"content-type": "application/x-protobuf", **headers}
    answer = requests.post(url, data=payload, headers=sent, timeout=TALK_LIMIT_S)
    if not answer.ok:
        raise RuntimeError(f"POST {url}: expected success, got {answer.status_code} {answer.text[:500]}")
