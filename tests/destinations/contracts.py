"""What a vendor takes at its OTLP endpoint, as its documentation or source says, and how it refuses."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_agent.sink.spans import Span, spans_of

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
IDS: Final = ("traceId", "spanId", "parentSpanId")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that is not the one of success."""

    status: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Check = Callable[[Sequence[Span]], Refusal | None]


def nothing(_spans: Sequence[Span]) -> Refusal | None:
    """Refuse nothing."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a vendor takes; `headers` must match, in this order, or the request is refused so."""

    source: str
    path: str
    headers: Mapping[str, tuple[str, Refusal]]
    media: frozenset[str] = frozenset({PROTOBUF, JSON})
    encodings: frozenset[str] = frozenset({"", "gzip"})
    other_media: int = 415
    other_encoding: int = 415
    undecodable: int = 400
    most_bytes: int | None = None
    check: Check = nothing


def refusal(contract: Contract, asked: Asked, body: bytes) -> Refusal | None:
    """Return how a vendor refuses a request whose uncompressed body is given, None where it takes it."""
    return next(filter(None, _refusals(contract, asked, body)), None)


def _refusals(contract: Contract, asked: Asked, body: bytes) -> Iterator[Refusal | None]:
    """Yield what each rule of a contract says, the first one that refuses counts."""
    if asked.path != contract.path:
        yield Refusal(status=404, words="not found")
    if asked.method != "POST":
        yield Refusal(status=405, words="method not allowed")
    for name, (pattern, answer) in contract.headers.items():
        yield None if re.fullmatch(pattern, asked.headers.get(name, "")) else answer
    if asked.headers.get("content-type", "").partition(";")[0] not in contract.media:
        yield Refusal(status=contract.other_media, words="unsupported content type")
    if asked.headers.get("content-encoding", "") not in contract.encodings:
        yield Refusal(status=contract.other_encoding, words="unsupported content encoding")
    if contract.most_bytes is not None and len(asked.body) > contract.most_bytes:
        yield Refusal(status=413, words="content too large")
    try:
        yield contract.check(list(spans_of(decoded(asked, body))))
    except (DecodeError, ValueError, json_format.ParseError, binascii.Error):
        yield Refusal(status=contract.undecodable, words="no OTLP")


def decoded(asked: Asked, body: bytes) -> ExportTraceServiceRequest:
    """Return a body as a request; raises DecodeError, ValueError or ParseError."""
    if asked.headers.get("content-type", "").startswith(JSON):
        tree = json.loads(body)
        for span in _json_spans(tree):
            span |= {key: _as_proto_json(span[key]) for key in IDS if span.get(key)}
            for link in span.get("links", []):
                link |= {key: _as_proto_json(link[key]) for key in IDS if link.get(key)}
        return json_format.ParseDict(tree, ExportTraceServiceRequest())
    return ExportTraceServiceRequest.FromString(body)


def _json_spans(tree: Json) -> Iterator[Json]:
    """Yield the spans of OTLP/JSON."""
    for resource in tree.get("resourceSpans", []):
        for scope in resource.get("scopeSpans", []):
            yield from scope.get("spans", [])


def _as_proto_json(identifier: object) -> str:
    """Return an id of OTLP/JSON, which is hexadecimal, as protobuf's own JSON has it."""
    return base64.b64encode(bytes.fromhex(str(identifier))).decode()
