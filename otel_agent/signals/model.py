"""The values that signals are made of; times are nanoseconds since the Unix epoch, as OTLP counts them."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

AttributeValue = str | bool | int | float
Attributes = dict[str, AttributeValue]
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
    """One log record, ready to be encoded."""

    name: str
    body: str
    severity: Severity
    time_ns: int
    attributes: Attributes
