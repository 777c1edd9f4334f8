"""Journal folders for tests: recordings whose header names a process of this machine."""

import json
import os
import socket
import subprocess
from pathlib import Path

RECORDINGS = Path(__file__).parent / "recordings"
HOST = socket.gethostname()
ON = {"OPENCODE_ENABLE_TELEMETRY": "1"}


def lines_of(name: str) -> list[str]:
    """Return the lines of a recording without its header."""
    return (RECORDINGS / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()[1:]


def living() -> dict[str, object]:
    """Return the header's fields of a writer that lives: this process."""
    return living_of(os.getpid())


def living_of(pid: int) -> dict[str, object]:
    """Return the header's fields of a writer that is another process."""
    return _process(pid, _started(pid))


def dead() -> dict[str, object]:
    """Return the header's fields of a writer that is gone."""
    with subprocess.Popen(["sleep", "10"]) as process:
        started = _started(process.pid)
        process.kill()
    return _process(process.pid, started)


def _process(pid: int, started: str | None) -> dict[str, object]:
    """Return what a header says of a process."""
    namespace = Path("/proc/self/ns/pid")
    pid_ns = str(namespace.readlink()) if namespace.exists() else None
    return {"host": HOST, "pid": pid, "pid_start": started, "pid_ns": pid_ns}


def _started(pid: int) -> str | None:
    """Return when a process started, None where the system does not say."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[19] if stat.exists() else None


def header(journal_id: str, **fields: object) -> str:
    """Return a header line of a journal of the demo's format."""
    known = {
        "format": 1,
        "id": journal_id,
        "opened_ms": 1_000,
        "subcommand": "run",
        "terminal": "xterm",
        "settings": ON,
    }
    return json.dumps({"journal": {**known, **fields}})


def make(folder: Path, recording: str = "run_tools", **fields: object) -> Path:
    """Make a journal with the lines of a recording and return its folder, whose name is its id."""
    folder.mkdir(parents=True, mode=0o700)
    write(folder, 0, [header(folder.name, **fields), *lines_of(recording)])
    return folder


def write(folder: Path, segment: int, lines: list[str]) -> Path:
    """Write a segment and return its path."""
    path = folder / f"{segment}.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def append(folder: Path, text: str, segment: int = 0) -> None:
    """Append to a segment."""
    with (folder / f"{segment}.ndjson").open("a", encoding="utf-8") as file:
        file.write(text)
