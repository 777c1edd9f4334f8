"""The server as the matrix sees it: started, killed, started again on its ports, and what it has taken."""

import base64
import json
import random
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message

from otel_agent.settings import Signal
from otel_agent.sink.messages import decode
from otel_agent.sink.server import HOST
from tests.e2e.waiting import wait_until

ROOT = Path(__file__).parents[3]
PORTS = range(12_000, 30_000)
"""Below those that a system gives to clients: one of them could take the port while the server is down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The requests that a server has acknowledged: the different ones, and those that came once more."""

    requests: tuple[tuple[Signal, Message], ...]
    repeated: tuple[tuple[Signal, Message], ...]


class Server:
    """The process of an OTLP server, whose lives share two ports and a file; leaving the context kills it."""

    def __init__(self, folder: Path) -> None:
        """Choose free ports; nothing is started."""
        self._file = folder / "taken.ndjson"
        self._errors = folder / "server.err"
        self._http, self._grpc = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens on both ports."""
        ports = str(self._http), str(self._grpc)
        command = [sys.executable, "-m", "tests.e2e.kill_matrix.backend", str(self._file), *ports]
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )
        wait_until(lambda: all(map(listens, (self._http, self._grpc))), what="a server that listens")

    def kill(self) -> None:
        """Send SIGKILL and wait for the end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def is_up(self) -> bool:
        """Whether it runs."""
        return self._process is not None

    @property
    def taken_bytes(self) -> int:
        """How much was taken so far."""
        return self._file.stat().st_size

    def url(self, protocol: str) -> str:
        """Give the endpoint for a protocol."""
        return f"http://{HOST}:{self._grpc if protocol == 'grpc' else self._http}"

    def taken(self) -> Taken:
        """Read what all of its lives have acknowledged."""
        first: dict[str, None] = {}
        again: list[str] = []
        for line in self._file.read_text(encoding="utf-8").splitlines():
            if line in first:
                again.append(line)
            first[line] = None
        return Taken(requests=tuple(map(request_of, first)), repeated=tuple(map(request_of, again)))


def request_of(line: str) -> tuple[Signal, Message]:
    """Decode one line of the server's file."""
    row = json.loads(line)
    kind = Signal(row["signal"])
    return kind, decode(kind, base64.b64decode(row["payload"]))


def free_port() -> int:
    """Find a port on which nobody listens."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        if not listens(port):
            return port


def listens(port: int) -> bool:
    """Tell whether somebody listens on a port of loopback."""
    with socket.socket() as link:
        link.settimeout(1.0)
        return link.connect_ex((HOST, port)) == 0
