"""What the agent costs: `python bench/agent_cost/agent_cost.py [PROTOCOL] [SECONDS OF IDLENESS]`.

It runs the agent of one journal against the embedded sink and prints the time from a line's write to its
commit, the resident memory after a delivery, and the CPU time of a stretch in which nothing happens.
"""

import json
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from otel_agent.sink.server import Sink  # noqa: E402 - found by the line above

RECORDING = ROOT / "tests" / "recordings" / "run_tools.ndjson"
SAMPLES = 40
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def make_journal(state_dir: Path, settings: dict[str, str]) -> tuple[Path, list[str]]:
    """Make a journal with a header only, written by this process; return it and the lines to write."""
    folder = state_dir / socket.gethostname() / "1-1-a"
    folder.mkdir(parents=True)
    first, *lines = RECORDING.read_text(encoding="utf-8").splitlines()
    stat = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    header = json.loads(first)["journal"]
    header |= {"id": folder.name, "host": socket.gethostname(), "settings": settings}
    header |= {"pid": os.getpid(), "pid_start": stat[19], "pid_ns": str(Path("/proc/self/ns/pid").readlink())}
    append(folder, json.dumps({"journal": header}))
    return folder, lines


def append(folder: Path, line: str) -> None:
    """Write one line, as the plugin does."""
    with (folder / "0.ndjson").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """Start the agent as the plugin does."""
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "otel_agent", "run", "--journal", str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environ, cwd=folder)


def committed(folder: Path) -> bytes | None:
    """Return the position that is stored, None before the first one."""
    try:
        connection = sqlite3.connect(f"{(folder / 'agent.db').as_uri()}?mode=ro", uri=True)
        row = connection.execute("SELECT value FROM meta WHERE key='position'").fetchone()
        connection.close()
    except sqlite3.OperationalError:
        return None
    return row[0] if row else None


def seconds_until(is_true: Callable[[], bool]) -> float:
    """Return how long it takes until something is true."""
    begin_s = time.monotonic()
    while not is_true():
        time.sleep(0.002)
    return time.monotonic() - begin_s


def latencies(folder: Path, lines: list[str]) -> list[float]:
    """Write lines at random moments; return the seconds until each was committed."""
    found: list[float] = []
    for _, line in zip(range(SAMPLES), lines, strict=False):
        time.sleep(random.uniform(0.0, 0.5))
        before = committed(folder)
        append(folder, line)
        found.append(seconds_until(lambda before=before: committed(folder) != before))  # type: ignore[misc]
    return found


def memory_mib(pid: int, field: str) -> float:
    """Return a field of the process's memory in MiB: VmRSS now, VmHWM at its highest."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024


def cpu_s(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def measure(protocol: str, idle_s: float, scratch: Path) -> None:
    """Run one agent and print what it costs."""
    with Sink() as sink:
        url = sink.grpc_url if protocol == "grpc" else sink.http_url
        settings = {"OPENCODE_ENABLE_TELEMETRY": "1", "OPENCODE_OTLP_ENDPOINT": url}
        settings |= {"OPENCODE_OTLP_PROTOCOL": protocol, "OPENCODE_OTLP_METRICS_INTERVAL": "1000"}
        folder, lines = make_journal(scratch / "state", settings)
        append(folder, lines[0])
        agent = start(folder)
        first_s = seconds_until(lambda: committed(folder) is not None)
        start_cpu_s = cpu_s(agent.pid)
        later = latencies(folder, lines[1:])
        sink.wait_for(lambda: bool(sink.log_records() and sink.metric_points()), 30.0)
        time.sleep(6.0)
        resident, highest, before_s = (
            memory_mib(agent.pid, "VmRSS"),
            memory_mib(agent.pid, "VmHWM"),
            cpu_s(agent.pid),
        )
        time.sleep(idle_s)
        idle_cpu_s = cpu_s(agent.pid) - before_s
        begin_s = time.monotonic()
        agent.communicate()
        print(f"{protocol}: first line committed {first_s:.2f} s after the start ({start_cpu_s:.2f} s CPU)")
        print(f"  line to commit: median {statistics.median(later):.3f} s, longest {max(later):.3f} s")
        print(f"  memory: {resident:.1f} MiB resident, {highest:.1f} MiB at its highest")
        print(f"  idle: {idle_cpu_s:.2f} s CPU in {idle_s:.0f} s")
        print(f"  end of input to exit: {time.monotonic() - begin_s:.2f} s")


def main() -> None:
    """Measure with one protocol, or with each."""
    protocols = sys.argv[1:2] or ["grpc", "http/protobuf", "http/json"]
    idle_s = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0  # noqa: PLR2004 - two arguments
    for protocol in protocols:
        with tempfile.TemporaryDirectory() as scratch:
            measure(protocol, idle_s, Path(scratch))


if __name__ == "__main__":
    main()
