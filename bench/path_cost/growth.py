"""What the agent's path holds in memory as sessions come and go; run in a process of its own.

    python bench/path_cost/growth.py [SESSIONS] [--exclude ATTRIBUTE]

Sessions follow one another in one journal, as in a long `opencode serve`; every ten of them the clock moves
on, requests are built, and what was stored is taken for delivered. One line of JSON is printed.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import workload

from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import segment_path
from otel_agent.pipeline import Pipeline
from otel_agent.settings import Settings, Signal, parse
from otel_agent.ways import Way

BATCH = 10
BATCH_S = 600.0
SEGMENT_BYTES = 64 * 1024 * 1024


def settings_of(**environ: str) -> Settings:
    """Return the settings of an environment in which telemetry is on."""
    return parse({"HOME": "/nonexistent", "OPENCODE_ENABLE_TELEMETRY": "1", **environ})


def resident_bytes() -> int:
    """Return this process's resident memory."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS")) * 1024


def pipeline_of(folder: Path, settings: Settings, clock: FakeClock) -> Pipeline:
    """Return the pipeline of a journal folder."""
    return Pipeline(
        folder,
        workload.HEADER,
        [Way(settings=settings, destinations=dict.fromkeys(Signal, "there"))],
        observer=None,
        now_ms=lambda: int(clock() * 1000),
    )


class Writer:
    """Appends sessions to a journal as the plugin does, a new segment past 64 MiB."""

    def __init__(self, folder: Path) -> None:
        """Begin the first segment."""
        self._folder = folder
        self._segment = 0
        self._size = 0

    def write(self, text: bytes) -> None:
        """Append lines."""
        if self._size > SEGMENT_BYTES:
            self._segment, self._size = self._segment + 1, 0
        with segment_path(self._folder, self._segment).open("ab") as file:
            self._size += file.write(text if self._size else workload.header_line() + text)


def take(pipeline: Pipeline) -> None:
    """Fold what was written, and build what is due."""
    while pipeline.step():
        continue


def delivered(outbox: Outbox) -> int:
    """Take every stored request for delivered; return how many data points there were."""
    query = "SELECT coalesce(sum(items), 0) FROM requests WHERE signal='metrics'"
    points: int = outbox.connection.execute(query).fetchone()[0]
    outbox.connection.execute("DELETE FROM requests")
    return points


def grow(folder: Path, sessions: int, settings: Settings) -> dict[str, float]:
    """Fold so many sessions; return the memory at a tenth and at the end, and the points per ten sessions."""
    template, writer, clock = workload.conversation(), Writer(folder), FakeClock()
    writer.write(b"")
    pipeline = pipeline_of(folder, settings, clock)
    resident: list[int] = []
    points: list[int] = []
    for number in range(sessions):
        writer.write(workload.copy(template, number))
        if (number + 1) % BATCH == 0:
            take(pipeline)
            clock.advance(BATCH_S)
            take(pipeline)
            points.append(delivered(pipeline.outbox))
        if number + 1 in {sessions // 10, sessions}:
            resident.append(resident_bytes())
    counts = pipeline.outbox.counts()
    pipeline.close()
    return {
        "sessions": sessions,
        "events": counts["events"],
        "at_tenth_bytes": resident[0],
        "at_end_bytes": resident[-1],
        "growth_bytes": resident[-1] - resident[0],
        "points_per_export_at_tenth": points[len(points) // 10 - 1],
        "points_per_export_at_end": points[-1],
        "database_bytes": (folder / FILE_NAME).stat().st_size,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sessions", nargs="?", type=int, default=10_000)
    parser.add_argument("--exclude", default="", help="metric attributes to leave out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = settings_of(OPENCODE_EXCLUDE_METRICS_ATTRIBUTES=arguments.exclude)
        json.dump(grow(Path(scratch), arguments.sessions, settings), sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
