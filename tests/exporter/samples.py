"""Requests and deliveries for the tests of the transports."""

from pathlib import Path

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from otel_agent.settings import Compression, Delivery, Protocol, Signal
from otel_agent.sink.server import Sink

TRACE_ID = bytes(range(16))
SPAN_ID = bytes(range(8))
TOKEN = "Bearer s3cr3t-t0ken"


def metrics() -> bytes:
    """Return a request with one point of each kind; the counter has an exemplar."""
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    pair = resource.resource.attributes.add(key="service.instance.id")
    pair.value.string_value = "a"
    scope = resource.scope_metrics.add()
    scope.scope.name = "test"
    counter = scope.metrics.add(name="opencode.token.usage", unit="tokens", description="Tokens.")
    counter.sum.is_monotonic = True
    counter.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    point = counter.sum.data_points.add(start_time_unix_nano=1, time_unix_nano=2**60, as_int=2**53 + 1)
    point.attributes.add(key="type").value.string_value = "input"
    point.exemplars.add(trace_id=TRACE_ID, span_id=SPAN_ID, as_double=1.5)
    gauge = scope.metrics.add(name="opencode.context.usage", unit="1")
    gauge.gauge.data_points.add(time_unix_nano=3, as_double=0.25)
    histogram = scope.metrics.add(name="opencode.tool.duration", unit="ms")
    histogram.histogram.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    histogram.histogram.data_points.add(
        start_time_unix_nano=1,
        time_unix_nano=4,
        count=2,
        sum=30.0,
        bucket_counts=[1, 1, 0],
        explicit_bounds=[10.0, 100.0],
    )
    return request.SerializeToString()


def logs() -> bytes:
    """Return a request with one record, whose attributes are of every type."""
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    record = scope.log_records.add(
        time_unix_nano=5,
        severity_number=9,
        event_name="opencode.tool_result",
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
    )
    record.body.string_value = "tool_result"
    record.attributes.add(key="traceId").value.string_value = "no id, but an attribute of that name"
    record.attributes.add(key="bytes").value.bytes_value = b"\x00\xff"
    record.attributes.add(key="size").value.int_value = 2**60
    record.attributes.add(key="ok").value.bool_value = True
    listed = record.attributes.add(key="list").value.array_value.values
    listed.add(double_value=0.5)
    nested = record.attributes.add(key="map").value.kvlist_value.values
    nested.add(key="spanId").value.string_value = "x"
    return request.SerializeToString()


def traces() -> bytes:
    """Return a request with one span that has a parent, a link and an event."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    span = scope.spans.add(trace_id=TRACE_ID, span_id=SPAN_ID, parent_span_id=SPAN_ID[::-1], name="s", kind=3)
    span.status.code = 2
    span.links.add(trace_id=TRACE_ID, span_id=SPAN_ID)
    span.events.add(name="e", time_unix_nano=7)
    return request.SerializeToString()


PAYLOADS = {Signal.METRICS: metrics(), Signal.LOGS: logs(), Signal.TRACES: traces()}


def delivery(  # noqa: PLR0913 - every part of a delivery is some test's subject
    endpoint: str,
    *,
    protocol: Protocol = Protocol.HTTP_PROTOBUF,
    signal: Signal = Signal.LOGS,
    timeout_s: float = 5.0,
    compression: Compression = Compression.GZIP,
    certificate: Path | None = None,
    client: tuple[Path, Path] | None = None,
) -> Delivery:
    """Return a delivery to a base URL; `client` is the path of a certificate and that of its key."""
    return Delivery(
        signal=signal,
        endpoint=endpoint if protocol is Protocol.GRPC else f"{endpoint}/v1/{signal}",
        protocol=protocol,
        headers={},
        timeout_s=timeout_s,
        compression=compression,
        certificate=certificate,
        client_certificate=client[0] if client else None,
        client_key=client[1] if client else None,
    )


def url_of(sink: Sink, protocol: Protocol) -> str:
    """Return the sink's URL for a protocol."""
    return sink.grpc_url if protocol is Protocol.GRPC else sink.http_url
