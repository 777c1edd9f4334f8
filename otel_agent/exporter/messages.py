"""The OTLP messages of each signal, and what a server's reply to one says.

The only module of the exporter, beside the encoder, that knows the generated protobuf classes.
Everything here is pure and takes any bytes: a reply that is not what it should be says nothing.
"""

import json
import re
from dataclasses import dataclass
from typing import cast

from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1 import (  # pyright: ignore[reportMissingTypeStubs]
    logs_service_pb2,
)
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from otel_agent.settings import Signal

_COUNT = re.compile(r"[0-9]{1,19}")  # a 64-bit number


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the OTLP specification fixes for one signal."""

    path: str  # of the gRPC method
    request: type[Message]
    response: type[Message]
    rejected: str  # the field of `partial_success` that counts refused items; in JSON its camelCase


SERVICES = {
    Signal.METRICS: Service(
        path="/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        request=metrics_service_pb2.ExportMetricsServiceRequest,
        response=metrics_service_pb2.ExportMetricsServiceResponse,
        rejected="rejected_data_points",
    ),
    Signal.LOGS: Service(
        path="/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        request=logs_service_pb2.ExportLogsServiceRequest,
        response=logs_service_pb2.ExportLogsServiceResponse,
        rejected="rejected_log_records",
    ),
    Signal.TRACES: Service(
        path="/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        request=trace_service_pb2.ExportTraceServiceRequest,
        response=trace_service_pb2.ExportTraceServiceResponse,
        rejected="rejected_spans",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialSuccess:
    """How many items of an accepted request a server refused, and its words about it."""

    rejected: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The parts of a `google.rpc.Status` that matter here: the server's words and when to come back."""

    message: str = ""
    retry_after_s: float | None = None


def partial_success(signal: Signal, body: bytes) -> PartialSuccess:
    """Return what a protobuf reply to an accepted request says about refused items."""
    service = SERVICES[signal]
    reply = service.response()
    try:
        reply.ParseFromString(body)
    except DecodeError:
        return PartialSuccess()
    partial = cast("Message", getattr(reply, "partial_success"))  # noqa: B009 - one field, three classes
    return PartialSuccess(
        rejected=max(0, int(getattr(partial, service.rejected))),
        message=str(getattr(partial, "error_message")),  # noqa: B009 - the same
    )


def partial_success_json(signal: Signal, body: bytes) -> PartialSuccess:
    """Return what a JSON reply to an accepted request says about refused items."""
    partial = _member(_decoded(body), "partialSuccess")
    first, *rest = SERVICES[signal].rejected.split("_")
    return PartialSuccess(
        rejected=_count(_member(partial, first + "".join(word.capitalize() for word in rest))),
        message=_text(_member(partial, "errorMessage")),
    )


def status(body: bytes) -> Status:
    """Return the words and the RetryInfo of a serialised `google.rpc.Status`, empty for any other bytes."""
    message = status_pb2.Status()
    info = error_details_pb2.RetryInfo()
    found = False
    try:
        message.ParseFromString(body)
        for detail in message.details:
            if detail.type_url.endswith("/google.rpc.RetryInfo"):
                info.ParseFromString(detail.value)
                found = True
    except DecodeError:
        return Status()
    delay_s = info.retry_delay.seconds + info.retry_delay.nanos / 1e9
    return Status(message=str(message.message), retry_after_s=max(0.0, float(delay_s)) if found else None)


def status_json(body: bytes) -> Status:
    """Return the words of a JSON error reply: `message`, also inside `error`, or `error` itself."""
    reply = _decoded(body)
    error = _member(reply, "error")
    words = _text(_member(reply, "message")) or _text(_member(error, "message")) or _text(error)
    return Status(message=words)


def _decoded(body: bytes) -> object:
    """Return the decoded JSON, None when it is not JSON or is nested deeper than Python can follow."""
    try:
        return cast("object", json.loads(body))
    except (ValueError, RecursionError):
        return None


def _member(value: object, name: str) -> object:
    """Return a member of a JSON object, None when there is no such member or no object."""
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None


def _text(value: object) -> str:
    """Return a JSON string as it is, and "" for anything else."""
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    """Return a JSON count, which is a string of digits (64 bit) or a number, 0 for anything else."""
    if isinstance(value, str) and _COUNT.fullmatch(value):
        return int(value)
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0
