"""Ids that are hashes of OpenCode's own ids: the same event always has the same id, in every process.

The plugin computes span and trace ids by the same rules (docs/traces.md, Ids).
"""

import hashlib

from otel_agent.facts import SpanRef

_SEPARATOR = "\x1f"
_TRACE_DIGITS = 32
_SPAN_DIGITS = 16


def record_uid(session_id: str, name: str, uid: str) -> str:
    """Return the `log.record.uid` of an event: 32 hexadecimal digits."""
    return _hashed((session_id, name, uid), _TRACE_DIGITS)


def trace_id(turn: SpanRef) -> str:
    """Return the id of the trace that an outermost turn begins: 32 hexadecimal digits."""
    return _valid(_hashed(("trace", turn.session_id, turn.uid), _TRACE_DIGITS))


def span_id(span: SpanRef) -> str:
    """Return the id of a span: 16 hexadecimal digits."""
    return _valid(_hashed(("span", span.kind.value, span.session_id, span.uid), _SPAN_DIGITS))


def _hashed(words: tuple[str, ...], digits: int) -> str:
    """Return the first digits of the SHA-256 of words."""
    text = _SEPARATOR.join(words)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:digits]


def _valid(digits: str) -> str:
    """Return an id that is not all zeros, as W3C wants it."""
    return digits if digits.strip("0") else f"{digits[:-1]}1"
