"""The real Collector with the very files of deploy/collector: started, killed, asked for its counters."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import requests

from tests.backends.builds import cache_of
from tests.e2e.waiting import wait_until

HERE = Path(__file__).parent
DEPLOY = HERE.parents[1] / "deploy" / "collector"
MANIFEST = HERE / "collector" / "manifest.yaml"
START_LIMIT_S = 60.0
END_LIMIT_S = 30.0
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def needed_collector() -> Path:
    """Give the Collector's program; the test is skipped where it is not built."""
    found = re.search(r"^  version: (\S+)$", MANIFEST.read_text(encoding="utf-8"), re.MULTILINE)
    version = found[1] if found else "none"
    path = cache_of(os.environ) / f"collector-{version}" / "otelcol"
    if not path.is_file():
        pytest.skip("needs the OpenTelemetry Collector: run `tests/backends/collector/build`")
    return path


def free_ports(count: int) -> list[int]:
    """Give ports of loopback that nobody uses now, each another one."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]


class Collector:
    """A Collector on ports of its own; it can be killed and started again with what it has stored.

    `environ` fills in the files' `${env:…}`.
    """

    def __init__(
        self, program: Path, files: Sequence[Path], folder: Path, environ: Mapping[str, str]
    ) -> None:
        """Keep what to start; nothing is started."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.grpc_port, self.http_port, self._health_port, self._telemetry_port = free_ports(4)
        self.environ = {
            "OTLP_GRPC_ADDRESS": f"127.0.0.1:{self.grpc_port}",
            "OTLP_HTTP_ADDRESS": f"127.0.0.1:{self.http_port}",
            "HEALTH_ADDRESS": f"127.0.0.1:{self._health_port}",
            "TELEMETRY_HOST": "127.0.0.1",
            "TELEMETRY_PORT": str(self._telemetry_port),
            "QUEUE_DIR": str(folder / "queue"),
            "LOG_LEVEL": "warn",
            **environ,
        }
        self._command = [str(program), *(f"--config={file}" for file in files)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind."""
        self.kill()

    def start(self, **environ: str) -> None:
        """Start and wait until it is healthy; RuntimeError with its last words where it ends instead."""
        self.environ |= environ
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._process = process
        url = f"http://127.0.0.1:{self._health_port}/"
        wait_until(
            lambda: process.poll() is not None or _answers(url), what="the Collector", timeout_s=START_LIMIT_S
        )
        if process.poll() is not None:
            raise RuntimeError(f"otelcol ended: {self.words()[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as a service manager does; what it holds goes out or stays stored."""
        self._end(signal.SIGTERM)

    def words(self) -> str:
        """Give its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def url(self, protocol: str) -> str:
        """Give where an agent sends to."""
        return f"http://127.0.0.1:{self.grpc_port if protocol == 'grpc' else self.http_port}"

    def count(self, name: str, **labels: str) -> float:
        """Add up one of its own counters over the series with these labels; 0 where it has none."""
        return sum(value for has, value in self.series(name) if labels.items() <= has.items())

    def series(self, name: str) -> list[tuple[Mapping[str, str], float]]:
        """Give the labels and values of one of its own counters."""
        text = requests.get(f"http://127.0.0.1:{self._telemetry_port}/metrics", timeout=10).text
        rows = SAMPLE.findall(text)
        return [(dict(LABEL.findall(labels)), float(value)) for of, labels, value in rows if of == name]

    @property
    def _log(self) -> Path:
        """Where its output goes."""
        return self.folder / "otelcol.log"

    def _end(self, number: signal.Signals) -> None:
        """Send a signal and wait for the end; past the limit it is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    """Tell whether a server says that it is well."""
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
