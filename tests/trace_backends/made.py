"""Traces made by hand, as the bytes that an exporter sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

Value = str | bool | int | float | Sequence[str]
# Any time serves; it lies in the past of every machine that runs the tests.
BEGAN_NS = 1_750_000_000_000_000_000
MS_NS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One span; times in milliseconds after the trace began, ids in hex, a link is (trace id, span id)."""

    id: str
    parent: str = ""
    name: str
    start_ms: int = 0
    end_ms: int = 100
    attributes: Mapping[str, Value] = field(default_factory=dict[str, Value])
    error: str | None = None
    exception: tuple[str, str] | None = None
    link: tuple[str, str] | None = None


def request(trace_id: str, *spans: Made, resource: Mapping[str, Value] | None = None) -> bytes:
    """Give the bytes of one ExportTraceServiceRequest with these spans, in this order."""
    scope = ScopeSpans(spans=[_span(trace_id, one) for one in spans])
    told = ResourceSpans(scope_spans=[scope])
    told.resource.attributes.extend(_pairs(resource or {"service.name": "opencode"}))
    return ExportTraceServiceRequest(resource_spans=[told]).SerializeToString()


def spans_in(payload: bytes) -> Mapping[str, frozenset[str]]:
    """Give the span ids of a request, by trace id."""
    found: dict[str, frozenset[str]] = {}
    for resource in ExportTraceServiceRequest.FromString(payload).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                trace = span.trace_id.hex()
                found[trace] = found.get(trace, frozenset()) | {span.span_id.hex()}
    return found


def _span(trace_id: str, made: Made) -> Span:
    span = Span(
        trace_id=bytes.fromhex(trace_id),
        span_id=bytes.fromhex(made.id),
        parent_span_id=bytes.fromhex(made.parent),
        name=made.name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=BEGAN_NS + made.start_ms * MS_NS,
        end_time_unix_nano=BEGAN_NS + made.end_ms * MS_NS,
        attributes=_pairs(made.attributes),
    )
    if made.error is not None:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=made.error))
    if made.exception is not None:
        told = {"exception.type": made.exception[0], "exception.message": made.exception[1]}
        span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano, attributes=_pairs(told))
    if made.link is not None:
        span.links.add(trace_id=bytes.fromhex(made.link[0]), span_id=bytes.fromhex(made.link[1]))
    return span


def _pairs(attributes: Mapping[str, Value]) -> list[KeyValue]:
    return [KeyValue(key=key, value=_value(value)) for key, value in attributes.items()]


def _value(value: Value) -> AnyValue:
    match value:
        case str():
            return AnyValue(string_value=value)
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case _:
            return AnyValue(array_value=ArrayValue(values=[_value(one) for one in value]))
