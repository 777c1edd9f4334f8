"""What a spool holds and what it must hold: exact sums, and how often each record and span came."""

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bench.load.receiver import stored
from bench.path_cost.workload import Template, copy
from otel_agent.exporter.testing import FakeClock
from otel_agent.settings import Signal
from otel_agent.sink import messages
from tests import journals, pipelines

if TYPE_CHECKING:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint, NumberDataPoint

OWN = "otel_agent."
"""How the agent's metrics about itself begin."""


@dataclass
class Tally:
    """Sums by metric, and how many different records and spans; `repeats` came more than once."""

    sums: Counter[str] = field(default_factory=Counter)
    records: int = 0
    spans: int = 0
    repeats: int = 0
    requests: int = 0
    wire_bytes: int = 0

    def differences(self, other: "Tally") -> dict[str, tuple[float, float]]:
        """Return what is not equal, by name; sums of fractions may differ in their last digits."""
        ours = {**self.sums, "records": self.records, "spans": self.spans}
        theirs = {**other.sums, "records": other.records, "spans": other.spans}
        return {
            name: (ours.get(name, 0), theirs.get(name, 0))
            for name in sorted({*ours, *theirs})
            if abs(ours.get(name, 0) - theirs.get(name, 0)) > 1e-9 * abs(ours.get(name, 0))
        }

    def add(self, signal: Signal, payload: bytes, seen: "Seen") -> None:
        """Take one request in."""
        request = messages.decode(signal, payload)
        match signal:
            case Signal.METRICS:
                _add_points(cast("ExportMetricsServiceRequest", request), seen.last)
            case Signal.LOGS:
                seen.uids.update(_uids(cast("ExportLogsServiceRequest", request)))
            case Signal.TRACES:
                seen.spans.update(_span_ids(cast("ExportTraceServiceRequest", request)))

    def close(self, seen: "Seen", times: int = 1) -> None:
        """Add up what was seen, so many times."""
        for (name, _), value in seen.last.items():
            self.sums[name] += value * times
        self.records += len(seen.uids) * times
        self.spans += len(seen.spans) * times
        self.repeats += seen.uids.total() + seen.spans.total() - len(seen.uids) - len(seen.spans)


@dataclass
class Seen:
    """The last value of each series, by metric and identity, and how often each record and span came."""

    last: dict[tuple[str, int], float] = field(default_factory=dict)
    uids: Counter[str] = field(default_factory=Counter)
    spans: Counter[bytes] = field(default_factory=Counter)


def arrived(spool: Path) -> Tally:
    """Return what a spool holds; a series counts with its last value, which is its largest."""
    tally, seen = Tally(), Seen()
    for one in stored(spool):
        tally.requests += 1
        tally.wire_bytes += one.wire_bytes
        tally.add(Signal(one.signal), gzip.decompress(one.body), seen)
    tally.close(seen)
    return tally


def wanted(templates: Sequence[Template], copies: int, scratch: Path) -> Tally:
    """Return what so many copies, of each template in turn, give: what one of each gives, multiplied."""
    tally = Tally()
    for number, template in enumerate(templates):
        seen = Seen()
        for signal, payload in _requests(template, number, scratch / str(number) / "1-1-a"):
            tally.add(signal, payload, seen)
        tally.close(seen, len(range(number, copies, len(templates))))
    return tally


def _requests(template: Template, number: int, folder: Path) -> list[tuple[Signal, bytes]]:
    """Return the requests of one copy, from a pipeline that nobody disturbs."""
    folder.mkdir(parents=True)
    header = f"{journals.header(folder.name)}\n".encode()
    (folder / "0.ndjson").write_bytes(header + copy(template, number))
    with closing(pipelines.opened(folder, FakeClock())) as pipeline:
        while pipeline.step():
            continue
        pipeline.finish()
        rows = pipeline.outbox.connection.execute("SELECT signal, payload FROM requests").fetchall()
    return [(Signal(signal), payload) for signal, payload in rows]


def _add_points(request: "ExportMetricsServiceRequest", last: dict[tuple[str, int], float]) -> None:
    """Keep the largest value of each series of counters and histograms.

    A million events have more than ten million points, most of them zero: they are not decoded any further.
    """
    for of_resource in request.resource_metrics:
        pairs = of_resource.resource.attributes
        instance = next(pair.value.string_value for pair in pairs if pair.key == "service.instance.id")
        for metric in (one for scope in of_resource.scope_metrics for one in scope.metrics):
            if OWN in metric.name:
                continue
            for point in metric.sum.data_points:
                if value := point.as_int or point.as_double:
                    _keep(last, (metric.name, _identity(instance, point)), value)
            for row in metric.histogram.data_points:
                if row.count:
                    _keep(last, (metric.name, _identity(instance, row)), row.count)


def _keep(last: dict[tuple[str, int], float], key: tuple[str, int], value: float) -> None:
    """Keep the larger value of a series."""
    last[key] = max(last.get(key, 0), value)


def _identity(instance: str, point: "NumberDataPoint | HistogramDataPoint") -> int:
    """Return what makes a point's series within its metric."""
    pairs = sorted(pair.SerializeToString() for pair in point.attributes)
    return hash((instance, point.start_time_unix_nano, *pairs))


def _uids(request: "ExportLogsServiceRequest") -> Iterator[str]:
    """Yield the id of each log record."""
    for of_resource in request.resource_logs:
        for record in (one for scope in of_resource.scope_logs for one in scope.log_records):
            yield next(pair.value.string_value for pair in record.attributes if pair.key == "log.record.uid")


def _span_ids(request: "ExportTraceServiceRequest") -> Iterator[bytes]:
    """Yield the id of each span."""
    for of_resource in request.resource_spans:
        yield from (span.span_id for scope in of_resource.scope_spans for span in scope.spans)
