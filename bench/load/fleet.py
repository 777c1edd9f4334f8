"""Journals as many OpenCode processes leave them, and a few agents at a time that work on them."""

import contextlib
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.path_cost.workload import Template, copy
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.owners import lock_holder
from tests import journals

ROOT = Path(__file__).parents[2]
LOOK_S = 0.1
MIB = 2**20


def fill(host_dir: Path, templates: Sequence[Template], share: range, settings: Mapping[str, str]) -> int:
    """Write a journal with the copies of a range of numbers, of each template in turn; return its lines."""
    folder = host_dir / f"{share.start:07}-1-a"
    folder.mkdir(parents=True, mode=0o700)
    lines = 0
    with (folder / "0.ndjson").open("wb") as file:
        header = journals.header(folder.name, **{**journals.dead(), "settings": dict(settings)})
        file.write(f"{header}\n".encode())
        for number in share:
            data = copy(templates[number % len(templates)], number)
            lines += data.count(b"\n")
            file.write(data)
    return lines


@dataclass
class Fleet:
    """The agents of one state directory, never more than `limit` at a time; sizes are in bytes."""

    state_dir: Path
    limit: int
    agents: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    started: int = 0
    peak_resident: int = 0
    peak_databases: int = 0
    peak_disk: int = 0

    @property
    def host_dir(self) -> Path:
        """The folder of this host."""
        return self.state_dir / socket.gethostname()

    def journals(self) -> list[Path]:
        """Return the journals that are there."""
        # No glob, which fails when an agent removes a folder meanwhile.
        folders = sorted(self.host_dir.iterdir())
        return [folder for folder in folders if (folder / "0.ndjson").exists()]

    def work_until(self, is_over: Callable[[], bool]) -> float:
        """Keep agents at work until something is true; return how many seconds it took."""
        begin_s = time.monotonic()
        while not is_over():
            self._reap()
            for folder in self.journals():
                if len(self.agents) >= self.limit:
                    break
                if _is_free(folder):
                    self._start(folder)
            self._measure()
            time.sleep(LOOK_S)
        return time.monotonic() - begin_s

    def close(self) -> None:
        """Let the agents that are left store what they have, and wait for them."""
        for agent in self.agents:
            agent.terminate()
        for agent in self.agents:
            agent.wait()
        self.agents.clear()

    def is_delivered(self) -> bool:
        """Tell whether no journal is left."""
        return not self.journals()

    def is_read(self) -> bool:
        """Tell whether every journal is folded to its end."""
        return all(_position(folder) >= _size(folder / "0.ndjson") for folder in self.journals())

    def waiting_bytes(self) -> int:
        """Return how much waits for the server in all journals."""
        return sum(_waiting_bytes(folder) for folder in self.journals())

    def _start(self, folder: Path) -> None:
        """Start the agent of a journal whose OpenCode has ended."""
        agent = subprocess.Popen(
            [sys.executable, "-m", "otel_agent", "run", "--journal", str(folder)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": str(self.state_dir), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        self.started += 1
        self.agents.append(agent)

    def _reap(self) -> None:
        """Forget the agents that have ended."""
        self.agents = [agent for agent in self.agents if agent.poll() is None]

    def _measure(self) -> None:
        """Note the largest sizes so far."""
        self.peak_resident = max(self.peak_resident, *(_resident(agent.pid) for agent in self.agents), 0)
        sizes = {path: _size(path) for folder in self.journals() for path in _files(folder)}
        databases = sum(size for path, size in sizes.items() if path.name.startswith("agent.db"))
        self.peak_databases = max(self.peak_databases, databases)
        self.peak_disk = max(self.peak_disk, sum(sizes.values()))


def agents_cpu_s() -> float:
    """Return the processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _is_free(folder: Path) -> bool:
    """Tell whether no agent works on a journal."""
    with contextlib.suppress(OSError):  # an agent has just removed it
        return lock_holder(folder) is None
    return False


def _position(folder: Path) -> int:
    """Return how many bytes of a journal are folded and stored."""
    try:
        with closing(sqlite3.connect(f"{(folder / 'agent.db').as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE key='position'").fetchone()
    except sqlite3.Error:
        return 0
    return int(msgspec.msgpack.decode(row[0])[1]) if row else 0


def _waiting_bytes(folder: Path) -> int:
    """Return how much waits in a journal."""
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        return outbox.backlog().size_bytes


def _resident(pid: int) -> int:
    """Return the largest resident memory of a process so far, 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _files(folder: Path) -> list[Path]:
    """Return a journal's files, none when it is gone."""
    with contextlib.suppress(OSError):
        return list(folder.iterdir())
    return []


def _size(path: Path) -> int:
    """Return a file's size, 0 when it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
