"""Spans as the SDK's encoder takes them: bytes out, read back by the sink's decoder."""

from otel_agent.exporter.encode import Encoder
from otel_agent.settings import Signal
from otel_agent.signals.model import Record, Severity, Span, SpanEvent, SpanRole
from otel_agent.sink import messages
from otel_agent.sink.decode import records_of
from otel_agent.sink.spans import Span as Arrived
from otel_agent.sink.spans import SpanEvent as ArrivedEvent
from otel_agent.sink.spans import spans_of

ENCODER = Encoder.of({"service.name": "opencode"}, traces_scope="scope")
TRACE, ID, PARENT = "0" * 31 + "a", "0" * 15 + "b", "c" * 16
SPAN = Span(
    name="chat large",
    role=SpanRole.CLIENT,
    trace_id=TRACE,
    span_id=ID,
    parent_id=PARENT,
    is_parent_remote=True,
    trace_state="a=1,b=2",
    start_ns=1,
    end_ns=2**60 + 1,
    attributes={"text": "é\U0001f600", "n": 2**53 + 1, "share": 0.5, "ok": False, "list": ("stop",)},
    error="APIError: No",
    events=(SpanEvent(name="retry", time_ns=7, attributes={"attempt": 1}),),
    links=((TRACE, PARENT),),
)
HAS_REMOTE, IS_REMOTE = 0x100, 0x200
"""Span flags of OTLP (opentelemetry-proto, trace.proto); the SDK's encoder leaves the sampled bit out."""


def changed(**changes: object) -> Span:
    """Return the span with other fields."""
    return Span(**{name: getattr(SPAN, name) for name in SPAN.__struct_fields__} | changes)  # type: ignore[arg-type]


def arrived(span: Span) -> Arrived:
    """Return a span as a backend gets it."""
    [found] = spans_of(messages.decode(Signal.TRACES, ENCODER.traces([span])))
    return found


def test_span_arrives_as_it_is() -> None:
    """Ids with their leading zeros, times to the nanosecond, attributes with their types."""
    assert arrived(SPAN) == Arrived(
        resource={"service.name": "opencode"},
        scope="scope",
        name="chat large",
        kind=3,
        trace_id=TRACE,
        span_id=ID,
        parent_id=PARENT,
        trace_state="a=1,b=2",
        flags=HAS_REMOTE | IS_REMOTE,
        start_ns=1,
        end_ns=2**60 + 1,
        attributes={"text": "é\U0001f600", "n": 2**53 + 1, "share": 0.5, "ok": False, "list": ["stop"]},
        status=2,
        status_message="APIError: No",
        events=(ArrivedEvent(name="retry", time_ns=7, attributes={"attempt": 1}),),
        links=((TRACE, PARENT),),
    )


def test_span_without_an_error_has_no_status() -> None:
    """Unset, which is what instrumentations leave it at."""
    found = arrived(changed(error=None))

    assert (0, "") == (found.status, found.status_message)


def test_error_without_words_is_an_error() -> None:
    """The status does not depend on its description."""
    assert 2 == arrived(changed(error="")).status


def test_own_parent_is_not_remote() -> None:
    """The flags say that it is known, and that it is ours."""
    assert HAS_REMOTE == arrived(changed(is_parent_remote=False)).flags


def test_root_has_no_parent() -> None:
    """Neither an id nor a state that nobody gave."""
    found = arrived(changed(parent_id=None, is_parent_remote=False, trace_state="", role=SpanRole.INTERNAL))

    assert ("", "", 1) == (found.parent_id, found.trace_state, found.kind)


def test_record_has_the_ids_of_its_span() -> None:
    """A log record that belongs to no span has none."""
    record = Record(name="n", body="n", severity=Severity.INFO, time_ns=1, attributes={})
    placed = Record(
        name="n", body="n", severity=Severity.INFO, time_ns=1, attributes={}, trace_id=TRACE, span_id=ID
    )
    bare, found = records_of(messages.decode(Signal.LOGS, ENCODER.logs([record, placed])))

    assert [("", ""), (TRACE, ID)] == [(row.trace_id, row.span_id) for row in (bare, found)]
