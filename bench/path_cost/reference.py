"""The same signals with opentelemetry-python: instruments, loggers and the official encoders, in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor, ReadableLogRecord, ReadWriteLogRecord
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from otel_agent.exporter.sdk import LogRecord, SeverityNumber, encode_logs
from otel_agent.receiver.state import JournalState
from otel_agent.receiver.testing import MemorySeen, MemorySequences, MemorySessions
from otel_agent.receiver.tracker import Tracker
from otel_agent.settings import Settings
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Kind, Measurement, Record, Severity, Span, SpanRole
from otel_agent.signals.projector import Projector, instruments

BATCH = 512
"""How many records the SDK's batch processor gives to its exporter at once."""
SEVERITIES = {severity: SeverityNumber[severity.name] for severity in Severity}
ROLES = {role: SpanKind[role.name] for role in SpanRole}
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a journal's lines come to, in their order."""

    measurements: Sequence[Measurement]
    records: Sequence[Record]
    spans: Sequence[Span]


def signals_of(lines: Sequence[bytes], settings: Settings) -> Signals:
    """Return what the agent's own path makes of lines."""
    tracker = Tracker(JournalState(), MemorySessions(), MemorySeen())
    projector = Projector(settings, MemorySequences())
    measurements: list[Measurement] = []
    records: list[Record] = []
    spans: list[Span] = []
    for raw in lines:
        line = tracker.decode(raw)
        for fact in tracker.fold(line) if line is not None else ():
            measurements.extend(projector.measurements(fact, tracker.journal.version))
            records.extend(projector.records(fact))
            spans.extend(projector.spans(fact))
    return Signals(measurements=measurements, records=records, spans=spans)


class Batches(LogRecordProcessor):
    """Encodes records by the batch, as the SDK's batch processor does, on the caller's thread."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.size_bytes = 0
        self._waiting: list[ReadableLogRecord] = []

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Keep a record, and encode when there are enough."""
        self._waiting.append(
            ReadableLogRecord(
                log_record=log_record.log_record,
                resource=log_record.resource or Resource({}),
                instrumentation_scope=log_record.instrumentation_scope,
            )
        )
        if len(self._waiting) >= BATCH:
            self.force_flush()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the SDK's signature
        """Encode what waits."""
        self.size_bytes += len(encode_logs(self._waiting).SerializeToString())
        self._waiting.clear()
        return True

    def shutdown(self) -> None:
        """Hold nothing."""


def record_and_encode(signals: Signals, settings: Settings) -> int:
    """Record every measurement, emit every record, collect once, encode all; return the bytes' number."""
    reader, batches, rows = InMemoryMetricReader(), Batches(), instruments(settings)
    meters = MeterProvider([reader], Resource({}), views=_views(rows), shutdown_on_exit=False)
    loggers = LoggerProvider(Resource({}), shutdown_on_exit=False)
    loggers.add_log_record_processor(batches)
    record, emit = _instruments(rows, meters), loggers.get_logger("bench").emit
    for measurement in signals.measurements:
        record[measurement.suffix](measurement.value, measurement.attributes)
    for item in signals.records:
        emit(
            LogRecord(
                timestamp=item.time_ns,
                observed_timestamp=item.time_ns,
                severity_text=item.severity.value,
                severity_number=SEVERITIES[item.severity],
                body=item.body,
                attributes=item.attributes,
                event_name=item.name,
            )
        )
    batches.force_flush()
    data = reader.get_metrics_data()
    size_bytes = batches.size_bytes + (len(encode_metrics(data).SerializeToString()) if data else 0)
    meters.shutdown()
    return size_bytes


def _views(rows: Sequence[Instrument]) -> list[View]:
    """Return what gives the SDK's histograms our boundaries."""
    return [
        View(instrument_name=row.suffix, aggregation=ExplicitBucketHistogramAggregation(row.boundaries))
        for row in rows
        if row.kind is Kind.HISTOGRAM
    ]


def _instruments(rows: Sequence[Instrument], meters: MeterProvider) -> dict[str, Callable[..., None]]:
    """Return by suffix what records a value."""
    meter = meters.get_meter("bench")
    make: dict[Kind, Callable[[Instrument], Callable[..., None]]] = {
        Kind.COUNTER: lambda row: meter.create_counter(row.suffix, row.unit, row.description).add,
        Kind.HISTOGRAM: lambda row: meter.create_histogram(row.suffix, row.unit, row.description).record,
        Kind.GAUGE: lambda row: meter.create_gauge(row.suffix, row.unit, row.description).set,
    }
    return {row.suffix: make[row.kind](row) for row in rows}


class SpanBatches(SpanProcessor):
    """Encodes spans by the batch, as the SDK's batch processor does, on the caller's thread."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.size_bytes = 0
        self._waiting: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span, and encode when there are enough."""
        self._waiting.append(span)
        if len(self._waiting) >= BATCH:
            self.force_flush()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the SDK's signature
        """Encode what waits."""
        self.size_bytes += len(encode_spans(self._waiting).SerializeToString())
        self._waiting.clear()
        return True


class GivenIds(IdGenerator):
    """Gives each span, in turn, the ids that it has with us."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Take the spans in the order in which they will be started."""
        self._span_ids: Iterator[int] = (int(span.span_id, 16) for span in spans)
        self._trace_ids: Iterator[int] = (int(span.trace_id, 16) for span in spans if span.parent_id is None)

    def generate_span_id(self) -> int:
        """Return the next span's id."""
        return next(self._span_ids)

    def generate_trace_id(self) -> int:
        """Return the next root's trace id."""
        return next(self._trace_ids)


def start_end_and_encode(spans: Sequence[Span]) -> int:
    """Start and end every span with the SDK's own tracer, encode all; return the bytes' number."""
    batches = SpanBatches()
    tracers = TracerProvider(resource=Resource({}), id_generator=GivenIds(spans), shutdown_on_exit=False)
    tracers.add_span_processor(batches)
    tracer = tracers.get_tracer("bench")
    for span in spans:
        started = tracer.start_span(
            span.name,
            context=_parent(span),
            kind=ROLES[span.role],
            attributes=span.attributes,
            links=[Link(_context(*ids)) for ids in span.links],
            start_time=span.start_ns,
        )
        for event in span.events:
            started.add_event(event.name, event.attributes, event.time_ns)
        if span.error is not None:
            started.set_status(StatusCode.ERROR, span.error)
        started.end(span.end_ns)
    batches.force_flush()
    tracers.shutdown()
    return batches.size_bytes


def _parent(span: Span) -> Context:
    """Return the context that a span is started in."""
    if span.parent_id is None:
        return Context()
    return set_span_in_context(NonRecordingSpan(_context(span.trace_id, span.parent_id)), Context())


def _context(trace_id: str, span_id: str) -> SpanContext:
    """Return a span's context, for ids in hexadecimal digits."""
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=SAMPLED)
