"""OTLP/JSON: hex ids, numbers for enums, strings for 64 bit, and the way back."""

import json
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_agent.exporter.otlp_json import to_json
from otel_agent.settings import Signal
from otel_agent.sink.messages import decode_json
from tests.exporter.samples import PAYLOADS, SPAN_ID, TRACE_ID

IDS = st.tuples(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8))
INT64 = st.integers(min_value=-(2**63), max_value=2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


def decoded(signal: Signal) -> dict[str, Any]:
    """Return the JSON of the sample request of a signal."""
    made: dict[str, Any] = json.loads(to_json(signal, PAYLOADS[signal]))
    return made


def test_spans_links_and_parents_have_hex_ids() -> None:
    """Every id of a span is hex, and enums are numbers."""
    span = decoded(Signal.TRACES)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]

    assert span == {
        "traceId": TRACE_ID.hex(),
        "spanId": SPAN_ID.hex(),
        "parentSpanId": SPAN_ID[::-1].hex(),
        "name": "s",
        "kind": 3,
        "status": {"code": 2},
        "links": [{"traceId": TRACE_ID.hex(), "spanId": SPAN_ID.hex()}],
        "events": [{"name": "e", "timeUnixNano": "7"}],
    }


def test_log_records_have_hex_ids_and_attributes_as_they_are() -> None:
    """An attribute named as an id is not taken for one; bytes stay base64; 64 bit are strings."""
    record = decoded(Signal.LOGS)["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]

    assert (record["traceId"], record["spanId"]) == (TRACE_ID.hex(), SPAN_ID.hex())
    assert record["severityNumber"] == 9
    assert record["attributes"] == [
        {"key": "traceId", "value": {"stringValue": "no id, but an attribute of that name"}},
        {"key": "bytes", "value": {"bytesValue": "AP8="}},
        {"key": "size", "value": {"intValue": str(2**60)}},
        {"key": "ok", "value": {"boolValue": True}},
        {"key": "list", "value": {"arrayValue": {"values": [{"doubleValue": 0.5}]}}},
        {
            "key": "map",
            "value": {"kvlistValue": {"values": [{"key": "spanId", "value": {"stringValue": "x"}}]}},
        },
    ]


def test_exemplars_have_hex_ids() -> None:
    """So have the exemplars of a point, and a point's numbers of 64 bit are strings."""
    scope = decoded(Signal.METRICS)["resourceMetrics"][0]["scopeMetrics"][0]
    point = scope["metrics"][0]["sum"]["dataPoints"][0]

    assert point["exemplars"] == [{"traceId": TRACE_ID.hex(), "spanId": SPAN_ID.hex(), "asDouble": 1.5}]
    assert point["asInt"] == str(2**53 + 1)
    assert scope["metrics"][0]["sum"]["aggregationTemporality"] == 2


@pytest.mark.parametrize("signal", list(Signal))
def test_json_reads_back_as_the_same_request(signal: Signal) -> None:
    """The sink, which has its own reader, gets the very request."""
    read = decode_json(signal, to_json(signal, PAYLOADS[signal]))

    assert read.SerializeToString() == PAYLOADS[signal]


@given(IDS, st.lists(st.tuples(TEXT, TEXT)))
def test_any_log_record_reads_back(ids: tuple[bytes, bytes], attributes: list[tuple[str, str]]) -> None:
    """Any ids and texts survive the way there and back."""
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add(trace_id=ids[0], span_id=ids[1])
    for key, value in attributes:
        record.attributes.add(key=key).value.string_value = value
    payload = request.SerializeToString()

    assert decode_json(Signal.LOGS, to_json(Signal.LOGS, payload)).SerializeToString() == payload


@given(IDS, IDS, st.integers(min_value=0, max_value=5))
def test_any_span_reads_back(ids: tuple[bytes, bytes], link: tuple[bytes, bytes], kind: int) -> None:
    """Any ids of a span, its parent and its link survive."""
    request = ExportTraceServiceRequest()
    span = (
        request.resource_spans.add()
        .scope_spans.add()
        .spans.add(trace_id=ids[0], span_id=ids[1], parent_span_id=link[1], kind=kind)
    )
    span.links.add(trace_id=link[0], span_id=link[1])
    payload = request.SerializeToString()

    assert decode_json(Signal.TRACES, to_json(Signal.TRACES, payload)).SerializeToString() == payload


@given(IDS, INT64, st.floats())
def test_any_point_reads_back(ids: tuple[bytes, bytes], number: int, double: float) -> None:
    """Any numbers survive, also those that JSON has no number for."""
    request = ExportMetricsServiceRequest()
    points = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m").sum.data_points
    points.add(as_int=number).exemplars.add(trace_id=ids[0], span_id=ids[1], as_int=number)
    points.add(as_double=double)
    payload = request.SerializeToString()

    read = decode_json(Signal.METRICS, to_json(Signal.METRICS, payload))
    # Two NaNs may differ in their bits.
    assert repr(read) == repr(request)


def test_bytes_that_are_no_request_are_refused() -> None:
    """A payload that was damaged raises what its caller handles."""
    with pytest.raises(DecodeError):
        to_json(Signal.LOGS, b"\xff\xff")


@given(st.sampled_from(list(Signal)), st.binary())
def test_any_bytes_become_json_or_are_refused(signal: Signal, payload: bytes) -> None:
    """No bytes raise anything else."""
    try:
        made = to_json(signal, payload)
    except DecodeError:
        return

    assert isinstance(json.loads(made), dict)
