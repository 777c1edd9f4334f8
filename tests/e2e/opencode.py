"""Drives the real OpenCode: `run` to its end, or started and left running so that a test can kill it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.e2e.home import Home, Tools

RUN_LIMIT_S = 55.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a run of OpenCode ended; the code is negative when a signal ended it."""

    code: int
    out: str
    err: str
    seconds: float


class Running:
    """An OpenCode process that is under way; leaving the context kills it with everything in its group."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Take a process that leads its own group."""
        self.process = process
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Give the process itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.kill(signal.SIGKILL)

    def kill(self, number: signal.Signals) -> Finished:
        """Send a signal to OpenCode alone and wait for its end."""
        self.process.send_signal(number)
        return self.finish(15.0)

    def finish(self, limit_s: float = RUN_LIMIT_S) -> Finished:
        """Wait for the end; past the limit the process is killed and subprocess.TimeoutExpired is raised."""
        try:
            out, err = self.process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        seconds = time.monotonic() - self._began
        return Finished(code=self.process.returncode, out=out, err=err, seconds=seconds)


class OpenCode:
    """OpenCode in one home, with the telemetry settings that every process of it gets."""

    def __init__(self, tools: Tools, home: Home, telemetry: Mapping[str, str]) -> None:
        """Keep where everything is; nothing is started."""
        self.tools = tools
        self.home = home
        self.telemetry = dict(telemetry)

    def environ(self, folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
        """Give a process's environment: OpenCode believes PWD, not its working directory."""
        return self.home.environ({**self.telemetry, **extra, "PWD": str(folder)})

    def start(self, folder: Path, *arguments: str, **extra: str) -> Running:
        """Start OpenCode with arguments; `extra` is added to its environment."""
        process = subprocess.Popen(
            [self.tools.opencode, *arguments],
            cwd=folder,
            env=self.environ(folder, extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return Running(process)

    def begin(self, folder: Path, prompt: str, *arguments: str, **extra: str) -> Running:
        """Start `opencode run` with a prompt."""
        return self.start(folder, "run", prompt, *arguments, **extra)

    def run(self, folder: Path, prompt: str, *arguments: str, **extra: str) -> Finished:
        """Run `opencode run` with a prompt to its end."""
        with self.begin(folder, prompt, *arguments, **extra) as running:
            return running.finish()

    @contextmanager
    def quiet(self) -> Iterator[Self]:
        """Run with telemetry off, for comparison."""
        kept = self.telemetry
        self.telemetry = {}
        try:
            yield self
        finally:
            self.telemetry = kept
