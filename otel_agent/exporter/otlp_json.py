"""The OTLP/JSON form of a request: protobuf's JSON mapping with hex ids and enums as numbers.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

import base64
import json
from typing import cast

from google.protobuf import json_format

from otel_agent.exporter.messages import SERVICES
from otel_agent.settings import Signal

# OTLP has no protobuf map: every key of the mapping is the name of a field, so that no attribute can be
# taken for an id. Links, exemplars and log records have the same two names as spans.
_ID_FIELDS = frozenset({"traceId", "spanId", "parentSpanId"})


def to_json(signal: Signal, payload: bytes) -> bytes:
    """Return a serialised request of `signal` as OTLP/JSON in UTF-8.

    Raises `google.protobuf.message.DecodeError` when the payload is no such request.
    """
    request = SERVICES[signal].request()
    request.ParseFromString(payload)
    mapping = cast("object", json_format.MessageToDict(request, use_integers_for_enums=True))
    return json.dumps(_with_hex_ids(mapping), ensure_ascii=False, separators=(",", ":")).encode()


def _with_hex_ids(value: object) -> object:
    """Return the mapping with the base64 of ids replaced by hex; other bytes stay base64."""
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(cast("str", item)).hex() if name in _ID_FIELDS else _with_hex_ids(item)
        for name, item in cast("dict[str, object]", value).items()
    }
