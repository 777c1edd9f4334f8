"""The OTLP requests that a server takes: their classes, their paths, and their JSON form read back.

A room of its own beside the exporter's table: what one writes, the other reads without knowing it.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1 import (  # pyright: ignore[reportMissingTypeStubs]
    logs_service_pb2,
)
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from otel_agent.errors import InputError
from otel_agent.settings import Signal

# OTLP/JSON has ids in hex, and these are their lengths in characters; "" is the parent of a root span.
_ID_LENGTHS = {"traceId": (32,), "spanId": (16,), "parentSpanId": (0, 16)}
_ENUMS = frozenset({"aggregationTemporality", "severityNumber", "kind", "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where and as what a server takes one signal."""

    service: str
    path: str
    request: type[Message]
    response: type[Message]
    rejected: str


ENDPOINTS = {
    Signal.METRICS: Endpoint(
        service="opentelemetry.proto.collector.metrics.v1.MetricsService",
        path="/v1/metrics",
        request=metrics_service_pb2.ExportMetricsServiceRequest,
        response=metrics_service_pb2.ExportMetricsServiceResponse,
        rejected="rejected_data_points",
    ),
    Signal.LOGS: Endpoint(
        service="opentelemetry.proto.collector.logs.v1.LogsService",
        path="/v1/logs",
        request=logs_service_pb2.ExportLogsServiceRequest,
        response=logs_service_pb2.ExportLogsServiceResponse,
        rejected="rejected_log_records",
    ),
    Signal.TRACES: Endpoint(
        service="opentelemetry.proto.collector.trace.v1.TraceService",
        path="/v1/traces",
        request=trace_service_pb2.ExportTraceServiceRequest,
        response=trace_service_pb2.ExportTraceServiceResponse,
        rejected="rejected_spans",
    ),
}


def decode(signal: Signal, body: bytes) -> Message:
    """Return a serialised request; raises InputError."""
    message = ENDPOINTS[signal].request()
    try:
        message.ParseFromString(body)
    except DecodeError:
        raise InputError(f"expected a protobuf request of {signal}, got something else") from None
    return message


def decode_json(signal: Signal, body: bytes) -> Message:
    """Return a request written as OTLP/JSON; raises InputError, also where a lenient server would guess."""
    try:
        mapping = _with_base64_ids(cast("object", json.loads(body)))
        if not isinstance(mapping, dict):
            raise InputError(f"expected an OTLP/JSON request of {signal}, got no object")
        return json_format.Parse(json.dumps(mapping), ENDPOINTS[signal].request())
    except (ValueError, RecursionError, json_format.ParseError) as error:
        raise InputError(f"expected an OTLP/JSON request of {signal}: {error}") from None


def reply(signal: Signal, rejected: int, message: str) -> Message:
    """Return the reply to an accepted request; with neither a count nor a message it is empty."""
    answer = ENDPOINTS[signal].response()
    if rejected or message:
        partial = cast("Message", getattr(answer, "partial_success"))  # noqa: B009 - one field, three classes
        setattr(partial, ENDPOINTS[signal].rejected, rejected)
        setattr(partial, "error_message", message)  # noqa: B010 - the same
    return answer


def reply_json(answer: Message) -> bytes:
    """Return a reply in JSON."""
    return json_format.MessageToJson(answer, indent=None).encode()


def _with_base64_ids(value: object) -> object:
    """Return JSON with its hex ids as protobuf's own mapping wants them; raises ValueError."""
    if isinstance(value, list):
        return [_with_base64_ids(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    return {name: _field(name, item) for name, item in cast("dict[str, object]", value).items()}


def _field(name: str, value: object) -> object:
    """Return a field's value in protobuf's mapping; raises ValueError where OTLP/JSON is stricter."""
    if name in _ID_LENGTHS:
        if not isinstance(value, str) or len(value) not in _ID_LENGTHS[name]:
            raise ValueError(f"{name}: expected hex of {_ID_LENGTHS[name]} characters")
        return base64.b64encode(bytes.fromhex(value)).decode()
    if name in _ENUMS and isinstance(value, str):
        raise ValueError(f"{name}: expected a number, got a name")
    return _with_base64_ids(value)


def as_json(value: Mapping[str, str]) -> bytes:
    """Return an object of strings in JSON."""
    return json.dumps(value).encode()
