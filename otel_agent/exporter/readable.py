"""Spans as the SDK's encoder takes them: values that are over, never spans that somebody has open."""

from collections.abc import Mapping
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from otel_agent.signals.model import Span, SpanRole

_KINDS: Final[Mapping[SpanRole, SpanKind]] = {
    SpanRole.INTERNAL: SpanKind.INTERNAL,
    SpanRole.CLIENT: SpanKind.CLIENT,
}
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


def readable(span: Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    """Return a span for the encoder."""
    trace_state = TraceState.from_header([span.trace_state]) if span.trace_state else None
    parent = span.parent_id
    return ReadableSpan(
        name=span.name,
        context=span_context(span.trace_id, span.span_id, trace_state=trace_state),
        parent=None
        if parent is None
        else span_context(span.trace_id, parent, is_remote=span.is_parent_remote),
        resource=resource,
        attributes=span.attributes,
        events=[Event(row.name, row.attributes, row.time_ns) for row in span.events],
        links=[Link(span_context(*link)) for link in span.links],
        kind=_KINDS[span.role],
        status=Status(StatusCode.UNSET if span.error is None else StatusCode.ERROR, span.error),
        start_time=span.start_ns,
        end_time=span.end_ns,
        instrumentation_scope=scope,
    )


def span_context(
    trace_id: str, span_id: str, *, trace_state: TraceState | None = None, is_remote: bool = False
) -> SpanContext:
    """Return the context of a span that is sent, for ids in hexadecimal digits."""
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote, _SAMPLED, trace_state)
