"""What a further destination costs the agent: the path from journal lines to stored requests for 1, 2 and 3.

    python bench/path_cost/several.py [--rounds 7] [--copies 100]

The generic destination alone; with Phoenix, which gets traces with content; and with a further generic one
that has another prefix and delta temporality. Lines are decoded and folded once for all of them. Rounds are
interleaved and medians of CPU time are taken. The exit code is 1 when three cost more than three times one.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import workload
from growth import settings_of
from path_cost import cpu_s

from otel_agent.destinations.views import views
from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import segment_path
from otel_agent.pipeline import Pipeline
from otel_agent.settings import Signal
from otel_agent.ways import Way

GENERIC = Way(settings=settings_of(), destinations=dict.fromkeys(Signal, "there"))
PHOENIX = Way(
    name="phoenix",
    settings=views({"PHOENIX_ENDPOINT": "http://localhost:6006"}, settings_of()).settings["phoenix"],
    destinations={Signal.TRACES: "phoenix"},
)
BACKUP = Way(
    name="backup",
    settings=settings_of(OPENCODE_METRIC_PREFIX="acme.", OPENCODE_OTLP_METRICS_TEMPORALITY="delta"),
    destinations=dict.fromkeys(Signal, "backup"),
)


def store(journal: bytes, ways: Sequence[Way]) -> None:
    """Take a journal's lines to stored requests for destinations, in a new folder."""
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        segment_path(folder, 0).write_bytes(journal)
        pipeline = Pipeline(folder, workload.HEADER, ways, observer=None, now_ms=lambda: int(clock() * 1000))
        while pipeline.step():
            continue
        if not pipeline.flush():
            raise RuntimeError("the pipeline is stuck")
        pipeline.close()


def medians_us(copies: int, rounds: int) -> dict[str, float]:
    """Return what a line costs, in microseconds, by the destinations' names; one round is not counted."""
    journal = workload.copies(workload.mix(), copies)
    lines = journal.count(b"\n")
    rows = {
        "generic": [GENERIC],
        "generic + phoenix": [GENERIC, PHOENIX],
        "generic + phoenix + backup": [GENERIC, PHOENIX, BACKUP],
    }
    taken: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(rounds + 1):
        for name, ways in rows.items():
            seconds = cpu_s(lambda ways=ways: store(journal, ways))
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) / lines * 1e6 for name, seconds in taken.items()}


def main() -> int:
    """Measure, and print a line for each number of destinations with its ratio to one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--copies", type=int, default=100)
    arguments = parser.parse_args()
    taken = medians_us(arguments.copies, arguments.rounds)
    one = taken["generic"]
    for name, cost_us in taken.items():
        print(f"{name:28} {cost_us:6.1f} µs a line, {cost_us / one:.2f} times one")
    return 1 if max(taken.values()) > len(taken) * one else 0


if __name__ == "__main__":
    sys.exit(main())
