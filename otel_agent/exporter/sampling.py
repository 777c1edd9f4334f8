"""Whose children our roots are, and which traces are sent: OpenTelemetry's own propagator and samplers."""

from collections.abc import Callable, Mapping

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    DEFAULT_OFF,
    DEFAULT_ON,
    Decision,
    ParentBasedTraceIdRatio,
    Sampler,
    TraceIdRatioBased,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otel_agent.signals.spans.tree import RemoteParent
from otel_agent.tracing import Incoming, SamplerName, Tracing

log = structlog.get_logger(__name__)

SAMPLERS: Mapping[SamplerName, Callable[[float], Sampler]] = {
    SamplerName.ALWAYS_ON: lambda _share: ALWAYS_ON,
    SamplerName.ALWAYS_OFF: lambda _share: ALWAYS_OFF,
    SamplerName.RATIO: TraceIdRatioBased,
    SamplerName.PARENT_ALWAYS_ON: lambda _share: DEFAULT_ON,
    SamplerName.PARENT_ALWAYS_OFF: lambda _share: DEFAULT_OFF,
    SamplerName.PARENT_RATIO: ParentBasedTraceIdRatio,
}


def remote_parent(found: Incoming | None) -> RemoteParent | None:
    """Return a remote parent, None (and a line in the log) when it is not as W3C wants it."""
    if found is None:
        return None
    context = _extracted(found)
    span = trace.get_current_span(context).get_span_context()
    if not span.is_valid:
        log.warning("traceparent_invalid", expected="00-<32 hex digits>-<16 hex digits>-<2 hex digits>")
        return None
    return RemoteParent(
        trace_id=trace.format_trace_id(span.trace_id),
        span_id=trace.format_span_id(span.span_id),
        trace_state=span.trace_state.to_header(),
        is_sampled=span.trace_flags.sampled,
    )


def sampled(tracing: Tracing, found: Incoming | None) -> Callable[[str], bool]:
    """Return what tells of a trace id (32 hexadecimal digits) whether the spans of that trace are sent."""
    sampler = SAMPLERS[tracing.sampler](tracing.sampled_share)
    context = _extracted(found) if found is not None else Context()

    def is_sampled(trace_id: str) -> bool:
        decision = sampler.should_sample(context, int(trace_id, 16), "").decision
        return decision is Decision.RECORD_AND_SAMPLE

    return is_sampled


def _extracted(found: Incoming) -> Context:
    """Return a context with the remote parent, without one when it is invalid."""
    carrier = {"traceparent": found.traceparent}
    if found.tracestate is not None:
        carrier["tracestate"] = found.tracestate
    return TraceContextTextMapPropagator().extract(carrier, Context())
