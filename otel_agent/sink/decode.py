"""Requests as plain values: one per metric point and log record, with its resource and scope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)

if TYPE_CHECKING:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # pyright: ignore[reportMissingTypeStubs]
        ExportLogsServiceRequest,
    )
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

# A value of an attribute or a body, as Python has it.
Value = str | bool | int | float | bytes | None | list["Value"] | dict[str, "Value"]

_TEMPORALITIES = {
    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE: "cumulative",
    AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA: "delta",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """The value of a histogram's point; `bucket_counts` has one more than `bounds`."""

    count: int
    sum: float
    bucket_counts: tuple[int, ...]
    bounds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One metric point; `kind` is `sum`, `gauge` or `histogram`, and a gauge has no temporality."""

    resource: dict[str, Value]
    scope: str
    name: str
    unit: str
    description: str
    kind: str
    is_monotonic: bool
    temporality: str
    attributes: dict[str, Value]
    value: int | float | Buckets
    start_ns: int
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One log record; ids are hex, "" where there are none."""

    resource: dict[str, Value]
    scope: str
    name: str
    body: Value
    attributes: dict[str, Value]
    time_ns: int
    severity: int
    trace_id: str
    span_id: str


def points_of(request: Message) -> Iterator[Point]:
    """Yield the points of a metrics request: of sums, gauges and histograms, which this agent sends."""
    for resource_metrics in cast("ExportMetricsServiceRequest", request).resource_metrics:
        resource = attributes_of(resource_metrics.resource.attributes)
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                yield from _points_from(metric, resource, scope_metrics.scope.name)


def records_of(request: Message) -> Iterator[Record]:
    """Yield the log records of a logs request."""
    for resource_logs in cast("ExportLogsServiceRequest", request).resource_logs:
        resource = attributes_of(resource_logs.resource.attributes)
        for scope_logs in resource_logs.scope_logs:
            for record in scope_logs.log_records:
                yield Record(
                    resource=resource,
                    scope=scope_logs.scope.name,
                    name=record.event_name,
                    body=value_of(record.body),
                    attributes=attributes_of(record.attributes),
                    time_ns=record.time_unix_nano,
                    severity=int(record.severity_number),
                    trace_id=record.trace_id.hex(),
                    span_id=record.span_id.hex(),
                )


def value_of(value: AnyValue) -> Value:
    """Return a value in Python's types, None for one that is not set."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    return cast("Value", getattr(value, kind)) if kind else None


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, Value]:
    """Return attributes as a dict."""
    return {pair.key: value_of(pair.value) for pair in pairs}


def _points_from(metric: Metric, resource: dict[str, Value], scope: str) -> Iterator[Point]:
    """Yield the points of one metric."""
    temporality, found = _points_in(metric)
    for point in found:
        yield Point(
            resource=resource,
            scope=scope,
            name=metric.name,
            unit=metric.unit,
            description=metric.description,
            kind=metric.WhichOneof("data") or "",
            is_monotonic=metric.sum.is_monotonic,
            temporality=temporality,
            attributes=attributes_of(point.attributes),
            value=_number(point) if isinstance(point, NumberDataPoint) else _buckets(point),
            start_ns=point.start_time_unix_nano,
            time_ns=point.time_unix_nano,
        )


def _points_in(metric: Metric) -> tuple[str, Iterable[NumberDataPoint | HistogramDataPoint]]:
    """Return a metric's temporality and its points."""
    match metric.WhichOneof("data"):
        case "sum":
            return _TEMPORALITIES.get(metric.sum.aggregation_temporality, ""), metric.sum.data_points
        case "histogram":
            temporality = _TEMPORALITIES.get(metric.histogram.aggregation_temporality, "")
            return temporality, metric.histogram.data_points
        case "gauge":
            return "", metric.gauge.data_points
        case _:
            return "", ()


def _number(point: NumberDataPoint) -> int | float:
    """Return a number as an int when it was sent as one."""
    return point.as_int if point.WhichOneof("value") == "as_int" else point.as_double


def _buckets(point: HistogramDataPoint) -> Buckets:
    """Return a histogram's value."""
    return Buckets(
        count=point.count,
        sum=point.sum,
        bucket_counts=tuple(point.bucket_counts),
        bounds=tuple(point.explicit_bounds),
    )
