"""Trace requests as plain values: one per span, with its resource and scope."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from google.protobuf.message import Message

from otel_agent.sink.decode import Value, attributes_of

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanEvent:
    """Something that happened at one moment of a span."""

    name: str
    time_ns: int
    attributes: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span; ids are hex, "" where there are none. `kind` and `status` are OTLP's numbers.

    A link is a trace id and a span id. `flags` are OTLP's: whether the parent is remote.
    """

    resource: dict[str, Value]
    scope: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    trace_state: str
    flags: int
    start_ns: int
    end_ns: int
    attributes: dict[str, Value]
    status: int
    status_message: str
    events: tuple[SpanEvent, ...]
    links: tuple[tuple[str, str], ...]


def spans_of(request: Message) -> Iterator[Span]:
    """Yield the spans of a trace request."""
    for resource_spans in cast("ExportTraceServiceRequest", request).resource_spans:
        resource = attributes_of(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield Span(
                    resource=resource,
                    scope=scope_spans.scope.name,
                    name=span.name,
                    kind=int(span.kind),
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    trace_state=span.trace_state,
                    flags=span.flags,
                    start_ns=span.start_time_unix_nano,
                    end_ns=span.end_time_unix_nano,
                    attributes=attributes_of(span.attributes),
                    status=int(span.status.code),
                    status_message=span.status.message,
                    events=tuple(
                        SpanEvent(
                            name=row.name,
                            time_ns=row.time_unix_nano,
                            attributes=attributes_of(row.attributes),
                        )
                        for row in span.events
                    ),
                    links=tuple((row.trace_id.hex(), row.span_id.hex()) for row in span.links),
                )
