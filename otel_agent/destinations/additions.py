"""Metadata that users add to their traces: a JSON object in a variable."""

import json
from collections.abc import Mapping
from typing import Final

import msgspec

from otel_agent.parsing import InvalidValueError, Kind

Metadata = Mapping[str, object]


def _object(text: str) -> Metadata:
    """Read a JSON object."""
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeError):
        raise InvalidValueError from None


OBJECT: Final = Kind(expected="a JSON object", example='{"team":"platform"}', read=_object)


def flat(prefix: str, metadata: Metadata) -> Mapping[str, str]:
    """Return metadata as attributes, one for each key; what is no text is JSON."""
    return {
        f"{prefix}{key}": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in metadata.items()
    }
