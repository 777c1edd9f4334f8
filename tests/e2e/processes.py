"""Finding and ending the processes of one test, by the folder that their command line or directory names."""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.waiting import wait_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One running process."""

    pid: int
    command: tuple[str, ...]


def processes_in(folder: Path) -> Iterator[Process]:
    """Give the processes whose command line names the folder or that run in it."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):  # it ended between the listing and the look
                command = tuple((entry / "cmdline").read_bytes().decode(errors="replace").split("\0"))
                directory = (entry / "cwd").readlink()
                if str(folder) in " ".join(command) or directory.is_relative_to(folder):
                    yield Process(pid=int(entry.name), command=command)


def agents_in(folder: Path) -> list[Process]:
    """Give the telemetry agents that serve a journal below the folder."""
    return [
        found for found in processes_in(folder) if "otel_agent" in found.command and "run" in found.command
    ]


def end(process: Process, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a process, which may have ended already."""
    with contextlib.suppress(ProcessLookupError):  # it was faster
        os.kill(process.pid, number)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; a zombie has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][:1]
    except OSError:
        return True
    return state in {"Z", "X"}


def clean_up(folder: Path) -> None:
    """End everything that a test left behind in its folder."""
    for found in list(processes_in(folder)):
        end(found)
    wait_until(lambda: not [found for found in processes_in(folder) if not is_gone(found.pid)], what="quiet")
