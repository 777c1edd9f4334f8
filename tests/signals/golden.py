"""What arrives of a recording, as text that people read: one line per series and one per log record.

`python -m tests.signals.golden` writes the expectations anew.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from otel_agent.replay import unpack
from otel_agent.sink.decode import Buckets, Point, Record, Value
from otel_agent.sink.report import series
from tests.journals import RECORDINGS
from tests.pipelines import Sent, finished, settings_of

FILE = Path(__file__).parent / "demo_claude_code.txt"
ENVIRON = {"OPENCODE_METRIC_PREFIX": "claude_code.", "OTEL_RESOURCE_ATTRIBUTES": "team=core"}
SAME = {
    "project.id",
    "user.id",
    "vcs.repository.name",
    "vcs.ref.head.name",
    "log.record.uid",
    "root_session.id",
}
"""Attributes that every line would repeat, and ids that say nothing to a reader."""


def sent(folder: Path, recording: str, **environ: str) -> Sent:
    """Return what a recording gives under an environment, with the recording's own journal id."""
    unpack(RECORDINGS / f"{recording}.ndjson", folder)
    return finished(folder, settings_of(**environ))


def rendered(found: Sent) -> str:
    """Return resource, metrics and log records as text."""
    lines = ["resource", _attributes(found.points[0].resource)]
    return "\n".join([*lines, *_metrics(found.points), *_records(found.records), ""])


def _metrics(points: Iterable[Point]) -> Iterator[str]:
    """Yield each metric's name, kind, unit and scope, then its series."""
    by_name: dict[str, list[Point]] = {}
    for point in points:
        by_name.setdefault(point.name, []).append(point)
    for name, group in sorted(by_name.items()):
        first = group[0]
        yield f"\nmetric {name} | {first.kind} {first.temporality} | unit {first.unit!r} | {first.scope}"
        yield from (f"{_value(row.value)} {_attributes(row.attributes)}" for row in series(group))


def _records(records: Iterable[Record]) -> Iterator[str]:
    """Yield each log record."""
    for record in sorted(records, key=lambda record: record.time_ns):
        yield f"\nevent {record.name} | body {record.body!r} | severity {record.severity} | {record.scope}"
        yield _attributes(record.attributes)


def _value(value: float | Buckets) -> str:
    """Return a number, or a histogram's count and sum."""
    return f"{value.count} of sum {value.sum:.10g}" if isinstance(value, Buckets) else f"{value:.10g}"


def _attributes(attributes: Mapping[str, Value]) -> str:
    """Return attributes with their types as JSON writes them."""
    chosen = {key: value for key, value in sorted(attributes.items()) if key not in SAME}
    return " ".join(f"{key}={json.dumps(value)}" for key, value in chosen.items())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        FILE.write_text(rendered(sent(Path(scratch) / "1-1-a", "demo", **ENVIRON)), encoding="utf-8")
