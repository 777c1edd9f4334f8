"""Trace requests as plain values."""

from otel_agent.settings import Signal
from otel_agent.sink.messages import decode
from otel_agent.sink.spans import Span, SpanEvent, spans_of
from tests.exporter.samples import PAYLOADS, SPAN_ID, TRACE_ID


def test_a_span_is_read() -> None:
    """Ids are hexadecimal, kind and status are OTLP's numbers."""
    (span,) = spans_of(decode(Signal.TRACES, PAYLOADS[Signal.TRACES]))

    assert span == Span(
        resource={},
        scope="",
        name="s",
        kind=3,
        trace_id=TRACE_ID.hex(),
        span_id=SPAN_ID.hex(),
        parent_id=SPAN_ID[::-1].hex(),
        trace_state="",
        flags=0,
        start_ns=0,
        end_ns=0,
        attributes={},
        status=2,
        status_message="",
        events=(SpanEvent(name="e", time_ns=7, attributes={}),),
        links=((TRACE_ID.hex(), SPAN_ID.hex()),),
    )


def test_a_request_without_spans_has_none() -> None:
    """Nothing is made up."""
    assert [] == list(spans_of(decode(Signal.TRACES, b"")))
