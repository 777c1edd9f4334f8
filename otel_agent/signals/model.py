"""The values that signals are made of; times are nanoseconds since the Unix epoch, as OTLP counts them."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

AttributeValue = str | bool | int | float
Attributes = dict[str, AttributeValue]
SpanValue = AttributeValue | tuple[str, ...]
"""A span's attribute; only spans have lists."""
SpanAttributes = dict[str, SpanValue]
AttributeSet = tuple[tuple[str, AttributeValue], ...]
"""Attributes sorted by key: the identity of a series."""


class Kind(StrEnum):
    """How an instrument aggregates."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Merge(StrEnum):
    """What becomes of gauge points that coincide when an attribute is excluded."""

    SUM = "sum"
    MAX = "max"


class Severity(StrEnum):
    """How bad the event of a log record is."""

    INFO = "INFO"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One value for one series."""

    suffix: str
    value: int | float
    attributes: Attributes
    time_ms: int


class Distribution(msgspec.Struct, frozen=True):
    """The state of a histogram: counts per bucket, one more than there are boundaries."""

    count: int
    sum: float
    min: float
    max: float
    buckets: list[int]


class Point(msgspec.Struct, frozen=True):
    """One data point of one metric, ready to be encoded."""

    name: str
    kind: Kind
    unit: str
    description: str
    attributes: AttributeSet
    start_ns: int
    time_ns: int
    value: int | float | Distribution
    boundaries: tuple[float, ...] = ()
    is_delta: bool = False


class Record(msgspec.Struct, frozen=True):
    """One log record, ready to be encoded; the ids (hexadecimal) are those of the span that it belongs to."""

    name: str
    body: str
    severity: Severity
    time_ns: int
    attributes: Attributes
    trace_id: str | None = None
    span_id: str | None = None


class SpanRole(StrEnum):
    """Which side of a request a span is: OTLP's kind."""

    INTERNAL = "internal"
    CLIENT = "client"


class SpanEvent(msgspec.Struct, frozen=True):
    """Something that happened at one moment of a span."""

    name: str
    time_ns: int
    attributes: Attributes


class Span(msgspec.Struct, frozen=True):
    """One span that is over, ready to be encoded; ids are hexadecimal.

    `error` is the description of a failed status, None where the status is unset. A link names a trace and a
    span.
    """

    name: str
    role: SpanRole
    trace_id: str
    span_id: str
    parent_id: str | None
    is_parent_remote: bool
    trace_state: str
    start_ns: int
    end_ns: int
    attributes: SpanAttributes
    error: str | None = None
    events: tuple[SpanEvent, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
