"""What the agent's own path costs beside the libraries that it is built on: three ratios and a growth.

    python bench/path_cost/path_cost.py [--rounds 7] [--copies 200] [--sessions 10000] [--write]

- fold: decoding and folding journal lines, beside msgspec decoding the same lines into the same structs;
- path: from lines in a journal to stored requests, beside opentelemetry-python recording and encoding the
  same measurements, log records and spans;
- span: the same path with traces alone, beside opentelemetry-python starting, ending and encoding the spans;
- growth: resident memory after 10,000 sessions of 100 events, less that after 1,000 (`growth.py`).
Rounds are interleaved and medians of CPU time are taken, so that what else the machine does hits both sides.
The exit code is 1 when a ratio is worse than the committed baseline, or the growth over its limit.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import workload
from growth import pipeline_of, settings_of
from reference import record_and_encode, signals_of, start_end_and_encode

from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import segment_path
from otel_agent.receiver.state import JournalState
from otel_agent.receiver.testing import MemorySeen, MemorySessions
from otel_agent.receiver.tracker import HANDLERS, Tracker
from otel_agent.receiver.wire import Line
from otel_agent.settings import Settings

BASELINE = Path(__file__).with_name("baseline.json")
MARGIN = 1.10
"""How much worse than the baseline a ratio may be: two runs of the same code differ by less."""
GROWTH_LIMIT_BYTES = 10_000_000


def decode(lines: Sequence[bytes]) -> None:
    """Decode every line, and the properties of every consumed event, and do nothing with them."""
    line_decoder = msgspec.json.Decoder(Line)
    decoders = {name: msgspec.json.Decoder(row.shape) for name, row in HANDLERS.items()}
    for raw in lines:
        event = line_decoder.decode(raw).event
        if event is not None and event.type in decoders:
            decoders[event.type].decode(event.properties)


def fold(lines: Sequence[bytes]) -> None:
    """Decode and fold every line."""
    tracker = Tracker(JournalState(), MemorySessions(), MemorySeen())
    for raw in lines:
        line = tracker.decode(raw)
        if line is not None:
            tracker.fold(line)


def store(journal: bytes, settings: Settings) -> None:
    """Take a journal's lines to stored requests, in a new folder."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        segment_path(folder, 0).write_bytes(journal)
        pipeline = pipeline_of(folder, settings, FakeClock())
        while pipeline.step():
            continue
        if not pipeline.flush():
            raise RuntimeError("the pipeline is stuck")
        pipeline.close()


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU time of some work."""
    gc.collect()
    begin_s = time.process_time()
    work()
    return time.process_time() - begin_s


def works_of(copies: int) -> tuple[Mapping[str, Callable[[], object]], Mapping[str, int]]:
    """Return what is measured, and how many lines, or spans, each of it is about."""
    journal = workload.copies(workload.mix(), copies)
    lines, settings = journal.splitlines(), settings_of()
    traces = settings_of(OTEL_METRICS_EXPORTER="none", OTEL_LOGS_EXPORTER="none")
    signals = signals_of(lines, settings)
    works: Mapping[str, Callable[[], object]] = {
        "msgspec": lambda: decode(lines),
        "fold": lambda: fold(lines),
        "sdk": lambda: record_and_encode(signals, settings) + start_end_and_encode(signals.spans),
        "path": lambda: store(journal, settings),
        "sdk span": lambda: start_end_and_encode(signals.spans),
        "span": lambda: store(journal, traces),
    }
    sizes = {name: len(signals.spans if "span" in name else lines) for name in works}
    return works, sizes


def medians_us(copies: int, rounds: int) -> dict[str, float]:
    """Measure everything in turn, once unmeasured; return the medians of CPU time in µs a line, or a span."""
    works, sizes = works_of(copies)
    gc.freeze()  # the input is no garbage: nobody's collection is to go through it
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            seconds = cpu_s(work)
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) / sizes[name] * 1e6 for name, seconds in taken.items()}


def growth(sessions: int) -> dict[str, float]:
    """Measure memory in a process of its own."""
    script = Path(__file__).with_name("growth.py")
    command = [sys.executable, str(script), str(sessions)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(copies: int, rounds: int, sessions: int) -> dict[str, float]:
    """Measure everything and print a table; growth is left out for no sessions."""
    taken = medians_us(copies, rounds)
    for name, cost_us in taken.items():
        print(f"{name:8} {cost_us:8.1f} µs a {'span' if 'span' in name else 'line'}")
    found = {
        "fold_ratio": round(taken["fold"] / taken["msgspec"], 3),
        "path_ratio": round(taken["path"] / taken["sdk"], 3),
        "span_ratio": round(taken["span"] / taken["sdk span"], 3),
    }
    print(", ".join(f"{name.removesuffix('_ratio')} {ratio:.2f}" for name, ratio in found.items()))
    if sessions:
        found |= growth(sessions)
        print(
            f"memory {found['at_tenth_bytes'] / 1e6:.1f} MB after {sessions // 10} sessions,"
            f" {found['at_end_bytes'] / 1e6:.1f} MB after {sessions} ({found['events']:.0f} events);"
            f" points of an export {found['points_per_export_at_tenth']:.0f},"
            f" then {found['points_per_export_at_end']:.0f}"
        )
    return found


def problems(found: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """Say what is worse than it may be."""
    worse = [
        f"{name}: {found[name]} is worse than the baseline {limit} by more than {MARGIN - 1:.0%}"
        for name, limit in baseline.items()
        if found[name] > limit * MARGIN
    ]
    if found.get("growth_bytes", 0) > GROWTH_LIMIT_BYTES:
        worse.append(f"memory grew by {found['growth_bytes'] / 1e6:.1f} MB: at most 10 MB")
    return worse


def main() -> int:
    """Measure and compare; with --write, or without a baseline, ratios that fell become the baseline."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=10_000, help="0 leaves memory out")
    parser.add_argument("--write", action="store_true", help="lower the baseline to what was measured")
    arguments = parser.parse_args()
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    found = measure(arguments.copies, arguments.rounds, arguments.sessions)
    print(json.dumps(found))
    if arguments.write or not baseline:
        lowest = {
            name: min(found[name], baseline.get(name, found[name])) for name in found if "ratio" in name
        }
        BASELINE.write_text(json.dumps(lowest, indent=2) + "\n", encoding="utf-8")
    worse = problems(found, baseline)
    print("\n".join(worse) if worse else "within the limits")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
