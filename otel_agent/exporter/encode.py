"""Signals in, OTLP requests out: the only room that calls the SDK's types and the official encoders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, set_span_in_context

from otel_agent import __version__
from otel_agent.exporter.readable import readable, span_context
from otel_agent.exporter.repeats import Run, repeat, runs
from otel_agent.exporter.sdk import LogRecord, ReadableLogRecord, SeverityNumber, encode_logs
from otel_agent.signals.model import (
    AttributeValue,
    Distribution,
    Kind,
    Point,
    Record,
    Severity,
    Span,
)
from otel_agent.signals.profile import OPENCODE, SCOPE_NAME
from otel_agent.signals.rules import Profile

_SEVERITIES = {Severity.INFO: SeverityNumber.INFO, Severity.ERROR: SeverityNumber.ERROR}


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes the signals of one resource, with the scopes and severities of its profile."""

    resource: Resource
    profile: Profile
    traces_scope: str

    @classmethod
    def of(
        cls,
        attributes: Mapping[str, AttributeValue],
        profile: Profile = OPENCODE,
        traces_scope: str = SCOPE_NAME,
    ) -> "Encoder":
        """Return an encoder for exactly these resource attributes: no detector adds to them."""
        return cls(Resource(dict(attributes)), profile, traces_scope)

    def metrics(self, points: Sequence[Point]) -> bytes:
        """Return an ExportMetricsServiceRequest with the points of each metric together."""
        by_name: dict[str, list[Run]] = {}
        for run in runs(points):
            by_name.setdefault(run.first.name, []).append(run)
        metrics = [_metric([run.first for run in group]) for group in by_name.values()]
        scope = ScopeMetrics(scope=_scope(self.profile.metrics_scope), metrics=metrics, schema_url="")
        resource = ResourceMetrics(resource=self.resource, scope_metrics=[scope], schema_url="")
        request = encode_metrics(MetricsData(resource_metrics=[resource]))
        repeat(request, list(by_name.values()))
        return request.SerializeToString()

    def logs(self, records: Sequence[Record]) -> bytes:
        """Return an ExportLogsServiceRequest."""
        scope, has_severity = _scope(self.profile.events_scope), self.profile.has_severity
        batch = [
            ReadableLogRecord(
                log_record=_log_record(record, record.severity if has_severity else None),
                resource=self.resource,
                instrumentation_scope=scope,
            )
            for record in records
        ]
        return encode_logs(batch).SerializeToString()

    def traces(self, spans: Sequence[Span]) -> bytes:
        """Return an ExportTraceServiceRequest."""
        scope = _scope(self.traces_scope)
        return encode_spans([readable(span, self.resource, scope) for span in spans]).SerializeToString()


def _scope(name: str) -> InstrumentationScope:
    """Return a scope of the agent, whose version it has."""
    return InstrumentationScope(name, __version__)


def _metric(points: Sequence[Point]) -> Metric:
    """Return one metric with its points."""
    first = points[0]
    temporality = AggregationTemporality.DELTA if first.is_delta else AggregationTemporality.CUMULATIVE
    data: Sum | Gauge | Histogram
    if first.kind is Kind.HISTOGRAM:
        histograms = [_histogram_point(point) for point in points]
        data = Histogram(data_points=histograms, aggregation_temporality=temporality)
    elif first.kind is Kind.GAUGE:
        data = Gauge(data_points=[_number_point(point) for point in points])
    else:
        numbers = [_number_point(point) for point in points]
        data = Sum(data_points=numbers, aggregation_temporality=temporality, is_monotonic=True)
    return Metric(name=first.name, description=first.description, unit=first.unit, data=data)


def _number_point(point: Point) -> NumberDataPoint:
    """Return a sum's or gauge's point; a gauge has no start."""
    value = point.value.sum if isinstance(point.value, Distribution) else point.value
    return NumberDataPoint(
        attributes=dict(point.attributes),
        start_time_unix_nano=0 if point.kind is Kind.GAUGE else point.start_ns,
        time_unix_nano=point.time_ns,
        value=value,
    )


def _histogram_point(point: Point) -> HistogramDataPoint:
    """Return a histogram's point."""
    value = point.value
    if not isinstance(value, Distribution):
        message = f"point of {point.name}: expected a distribution, got {type(value).__name__}"
        raise TypeError(message)
    return HistogramDataPoint(
        attributes=dict(point.attributes),
        start_time_unix_nano=point.start_ns,
        time_unix_nano=point.time_ns,
        count=value.count,
        sum=value.sum,
        bucket_counts=value.buckets,
        explicit_bounds=list(point.boundaries),
        min=value.min,
        max=value.max,
    )


def _log_record(record: Record, severity: Severity | None) -> LogRecord:
    """Return a log record; it was observed when OpenCode told of it."""
    return LogRecord(
        timestamp=record.time_ns,
        observed_timestamp=record.time_ns,
        severity_text=severity.value if severity else None,
        severity_number=_SEVERITIES[severity] if severity else SeverityNumber.UNSPECIFIED,
        body=record.body,
        attributes=dict(record.attributes),
        event_name=record.name,
        context=_context(record),
    )


def _context(record: Record) -> Context | None:
    """Return the context of the span that a record belongs to, which carries the record's ids."""
    if record.trace_id is None or record.span_id is None:
        return None
    return set_span_in_context(NonRecordingSpan(span_context(record.trace_id, record.span_id)), Context())
