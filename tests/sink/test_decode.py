"""Requests as plain values."""

from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from otel_agent.settings import Signal
from otel_agent.sink.decode import Buckets, Point, Record, points_of, records_of, value_of
from otel_agent.sink.messages import decode
from tests.exporter.samples import PAYLOADS, SPAN_ID, TRACE_ID


def test_each_kind_of_point_is_read() -> None:
    """A sum, a gauge and a histogram have their kind, temporality and value."""
    counter, gauge, histogram = points_of(decode(Signal.METRICS, PAYLOADS[Signal.METRICS]))

    assert counter == Point(
        resource={"service.instance.id": "a"},
        scope="test",
        name="opencode.token.usage",
        unit="tokens",
        description="Tokens.",
        kind="sum",
        is_monotonic=True,
        temporality="cumulative",
        attributes={"type": "input"},
        value=2**53 + 1,
        start_ns=1,
        time_ns=2**60,
    )
    assert (gauge.kind, gauge.temporality, gauge.value) == ("gauge", "", 0.25)
    assert (histogram.kind, histogram.temporality) == ("histogram", "delta")
    assert histogram.value == Buckets(count=2, sum=30.0, bucket_counts=(1, 1, 0), bounds=(10.0, 100.0))


def test_a_record_is_read() -> None:
    """A log record has its name, ids in hex, and attributes in Python's types."""
    (record,) = records_of(decode(Signal.LOGS, PAYLOADS[Signal.LOGS]))

    assert record == Record(
        resource={},
        scope="",
        name="opencode.tool_result",
        body="tool_result",
        attributes={
            "traceId": "no id, but an attribute of that name",
            "bytes": b"\x00\xff",
            "size": 2**60,
            "ok": True,
            "list": [0.5],
            "map": {"spanId": "x"},
        },
        time_ns=5,
        severity=9,
        trace_id=TRACE_ID.hex(),
        span_id=SPAN_ID.hex(),
    )


def test_value_that_is_not_set_is_none() -> None:
    """An empty value is None, not an empty text."""
    assert value_of(AnyValue()) is None
