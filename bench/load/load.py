"""What many sessions cost: `python bench/load/load.py [--events 1000000] [--journals 50] [--agents 8]`.

Journals of ended OpenCode processes are delivered over http/protobuf by a few agents at a time; then the same
again while the server is down, and the time until all is delivered once it is up. Sums at the server are
compared with those of the recordings; the exit code is 1 when one is not equal.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bench.load.fleet import MIB, Fleet, agents_cpu_s, fill  # noqa: E402 - found by the line above
from bench.load.tally import Tally, arrived, wanted  # noqa: E402
from bench.path_cost.workload import Template, mix  # noqa: E402

CAP = "64GiB"
"""More than the outbox takes by default, so that a whole million events may wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one way of delivering cost; times in seconds, sizes in bytes.

    `stored_s` is until all was folded and stored, `all_s` until all was delivered, from the start or, where
    the server was down, from its coming up.
    """

    events: int
    stored_s: float | None
    waiting_bytes: int
    all_s: float
    cpu_s: float
    journals_bytes: int
    fleet: Fleet
    found: Tally
    differences: dict[str, tuple[float, float]]


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def receiving(port: int, spool: Path) -> Iterator[None]:
    """Run the server meanwhile, in a process of its own."""
    command = [sys.executable, str(ROOT / "bench" / "load" / "receiver.py"), str(port), str(spool)]
    with subprocess.Popen(command) as server:
        try:
            while not _listens(port):
                time.sleep(0.02)
            yield
        finally:
            server.kill()


def _listens(port: int) -> bool:
    """Tell whether a server takes connections."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def shares(templates: Sequence[Template], events: int, number: int) -> list[range]:
    """Return the numbers of the copies of each journal, so that all have about so many events together."""
    lines = sum(b"".join(template).count(b"\n") for template in templates)
    copies = max(number, round(events / lines * len(templates)))
    return [range(copies * n // number, copies * (n + 1) // number) for n in range(number)]


def measure(scratch: Path, wants: Sequence[int], *, is_down_at_first: bool) -> Result:
    """Deliver so many events in so many journals by so many agents, and compare."""
    events, number, agents = wants
    templates, port, spool = mix(), free_port(), scratch / "spool"
    settings = {
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OPENCODE_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OPENCODE_OTLP_PROTOCOL": "http/protobuf",
        "OPENCODE_OTEL_OUTBOX_MAX_BYTES": CAP,
    }
    fleet = Fleet(state_dir=scratch / "state", limit=agents)
    parts = shares(templates, events, number)
    lines = sum(fill(fleet.host_dir, templates, part, settings) for part in parts)
    journals_bytes = sum(path.stat().st_size for path in fleet.host_dir.glob("*/0.ndjson"))
    before_s, stored_s, waiting_bytes = agents_cpu_s(), None, 0
    if is_down_at_first:
        with closing(fleet):
            stored_s = fleet.work_until(fleet.is_read)
        waiting_bytes = fleet.waiting_bytes()
    spool.touch()
    with receiving(port, spool), closing(fleet):
        all_s = fleet.work_until(fleet.is_delivered)
    cpu_s = agents_cpu_s() - before_s
    found, expected = arrived(spool), wanted(templates, parts[-1].stop, scratch / "wanted")
    return Result(
        events=lines,
        stored_s=stored_s,
        waiting_bytes=waiting_bytes,
        all_s=all_s,
        cpu_s=cpu_s,
        journals_bytes=journals_bytes,
        fleet=fleet,
        found=found,
        differences=expected.differences(found),
    )


def rows(result: Result) -> Iterator[tuple[str, str]]:
    """Yield the lines of the table."""
    fleet, found = result.fleet, result.found
    if result.stored_s is not None:
        yield "folded and stored, server down", f"{result.stored_s:.0f} s"
        yield "requests that wait, as stored", f"{result.waiting_bytes / MIB:.0f} MiB"
        yield "delivered, from the server's return", f"{result.all_s:.0f} s"
    else:
        yield "delivered", f"{result.all_s:.0f} s"
    yield "events a second", f"{result.events / (result.stored_s or result.all_s):,.0f}"
    yield "agents started", f"{fleet.started}"
    yield (
        "processor time of agents",
        f"{result.cpu_s:.0f} s, {result.cpu_s / result.events * 1e6:.0f} µs an event",
    )
    yield "largest agent, resident", f"{fleet.peak_resident / MIB:.0f} MiB"
    yield "journals", f"{result.journals_bytes / MIB:.0f} MiB"
    yield "agent.db of all, at most", f"{fleet.peak_databases / MIB:.0f} MiB"
    yield "disk, at most", f"{fleet.peak_disk / MIB:.0f} MiB"
    yield "requests", f"{found.requests:,}"
    yield "bytes on the wire", f"{found.wire_bytes / MIB:.0f} MiB"
    yield "log records, spans", f"{found.records:,}, {found.spans:,}"
    yield "sums that differ", f"{len(result.differences)} of {len(found.sums) + 2}"
    yield "records and spans that came twice", f"{found.repeats}"


def show(title: str, result: Result) -> None:
    """Print the table of one way."""
    print(f"\n{title}: {result.events:,} events")
    for name, value in rows(result):
        print(f"  {name:<36} {value}")
    for name, (expected, found) in result.differences.items():
        print(f"  NOT EQUAL {name}: expected {expected}, got {found}")


def main() -> int:
    """Measure both ways, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("events", 1_000_000), ("journals", 50), ("agents", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", choices=("up", "down"), help="whether the server is up or down at first")
    given = parser.parse_args()
    is_wrong = False
    ways = {"up": ("server up", False), "down": ("server down at first", True)}
    for title, is_down in [ways[given.only]] if given.only else ways.values():
        with tempfile.TemporaryDirectory() as scratch:
            wants = (given.events, given.journals, given.agents)
            result = measure(Path(scratch), wants, is_down_at_first=is_down)
        show(title, result)
        is_wrong = is_wrong or bool(result.differences)
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
