"""The encoder: values in, OTLP bytes out, read back by the sink's decoder."""

from otel_agent.exporter.encode import Encoder
from otel_agent.settings import Signal
from otel_agent.signals.claude_code import CLAUDE_CODE
from otel_agent.signals.model import Distribution, Kind, Point, Record, Severity
from otel_agent.sink import messages
from otel_agent.sink.decode import Buckets, points_of, records_of

ENCODER = Encoder.of({"service.name": "opencode", "os.type": "linux"})
COUNTER = Point(
    name="opencode.token.usage",
    kind=Kind.COUNTER,
    unit="tokens",
    description="Tokens.",
    attributes=(("cached", True), ("model", "large"), ("n", 3), ("share", 0.5)),
    start_ns=1_000,
    time_ns=2_000,
    value=2**53 + 1,
)
HISTOGRAM = Point(
    name="opencode.tool.duration",
    kind=Kind.HISTOGRAM,
    unit="ms",
    description="",
    attributes=(),
    start_ns=1_000,
    time_ns=2_000,
    value=Distribution(count=3, sum=12.5, min=0.5, max=9.0, buckets=[1, 2, 0]),
    boundaries=(1.0, 10.0),
)
RECORD = Record(
    name="opencode.api_error",
    body="api_error",
    severity=Severity.ERROR,
    time_ns=5,
    attributes={"model": "large", "attempt": 2, "ok": False, "cost_usd": 0.25},
)


def test_counter_arrives_as_a_monotonic_cumulative_sum() -> None:
    """Value, times, attributes with their types and the resource are what was given."""
    [point] = points_of(messages.decode(Signal.METRICS, ENCODER.metrics([COUNTER])))

    assert {"service.name": "opencode", "os.type": "linux"} == point.resource
    assert ("sum", True, "cumulative") == (point.kind, point.is_monotonic, point.temporality)
    assert {"cached": True, "model": "large", "n": 3, "share": 0.5} == point.attributes
    assert (2**53 + 1, int, 1_000, 2_000) == (point.value, type(point.value), point.start_ns, point.time_ns)
    assert ("tokens", "Tokens.") == (point.unit, point.description)


def test_delta_counter_says_so() -> None:
    """The temporality is that of the points."""
    delta = Point(**{name: getattr(COUNTER, name) for name in COUNTER.__struct_fields__} | {"is_delta": True})
    [point] = points_of(messages.decode(Signal.METRICS, ENCODER.metrics([delta])))

    assert "delta" == point.temporality


def test_gauge_has_no_start() -> None:
    """A gauge tells what is now; OTLP wants no start time there."""
    gauge = Point(
        name="g", kind=Kind.GAUGE, unit="1", description="", attributes=(), start_ns=7, time_ns=9, value=1.5
    )
    [point] = points_of(messages.decode(Signal.METRICS, ENCODER.metrics([gauge])))

    assert ("gauge", 1.5, 0, 9) == (point.kind, point.value, point.start_ns, point.time_ns)


def test_histogram_arrives_with_its_buckets() -> None:
    """Counts, bounds and sum are what was measured."""
    [point] = points_of(messages.decode(Signal.METRICS, ENCODER.metrics([HISTOGRAM])))

    assert Buckets(count=3, sum=12.5, bucket_counts=(1, 2, 0), bounds=(1.0, 10.0)) == point.value


def test_points_of_one_metric_stand_together() -> None:
    """A request names each metric once."""
    request = messages.decode(Signal.METRICS, ENCODER.metrics([COUNTER, HISTOGRAM, COUNTER]))
    [scope] = request.resource_metrics[0].scope_metrics  # type: ignore[attr-defined]

    assert [(COUNTER.name, 2), (HISTOGRAM.name, 1)] == [
        (metric.name, len(metric.sum.data_points) or len(metric.histogram.data_points))
        for metric in scope.metrics
    ]


def test_log_record_arrives_as_it_was_given() -> None:
    """Name, body, severity, time and attributes; no trace until there are spans."""
    [record] = records_of(messages.decode(Signal.LOGS, ENCODER.logs([RECORD])))

    assert ("opencode.api_error", "api_error", 17, 5) == (
        record.name,
        record.body,
        record.severity,
        record.time_ns,
    )
    assert {"model": "large", "attempt": 2, "ok": False, "cost_usd": 0.25} == record.attributes
    assert ("", "") == (record.trace_id, record.span_id)


def test_profile_names_the_scopes_and_has_its_severities() -> None:
    """In profile claude_code the scopes are Claude Code's and no severity is set."""
    encoder = Encoder.of({}, CLAUDE_CODE)
    [point] = points_of(messages.decode(Signal.METRICS, encoder.metrics([COUNTER])))
    request = messages.decode(Signal.LOGS, encoder.logs([RECORD]))
    [record] = records_of(request)
    [sent] = request.resource_logs[0].scope_logs[0].log_records  # type: ignore[attr-defined]

    assert ("com.anthropic.claude_code", "com.anthropic.claude_code.events") == (point.scope, record.scope)
    assert (0, "") == (sent.severity_number, sent.severity_text)


def test_own_scope_is_the_agents() -> None:
    """In profile opencode both scopes are the agent's."""
    [point] = points_of(messages.decode(Signal.METRICS, ENCODER.metrics([COUNTER])))
    [record] = records_of(messages.decode(Signal.LOGS, ENCODER.logs([RECORD])))

    assert ("opencode-otel-agent", "opencode-otel-agent") == (point.scope, record.scope)


def test_same_values_give_the_same_bytes() -> None:
    """A replay is recognised byte by byte."""
    assert ENCODER.metrics([COUNTER, HISTOGRAM]) == ENCODER.metrics([COUNTER, HISTOGRAM])
    assert ENCODER.logs([RECORD]) == ENCODER.logs([RECORD])
