"""What an instrument is: one row of the metrics table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from otel_agent.facts import Fact
from otel_agent.signals.model import AttributeValue, Kind, Merge

Observation = tuple[int | float, Mapping[str, AttributeValue | None]]
"""A value and the row's own attributes."""

MILLISECONDS = (5, 10, 25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 1e4, 3e4, 6e4, 3e5, 9e5, 3.6e6)
TOKENS = tuple(float(4**power) for power in range(14))
SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
DOLLARS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One metric: what it is called after the prefix, if it has one, and which fact says what of it."""

    suffix: str
    kind: Kind
    unit: str
    description: str
    fact: type[Fact]
    observe: Callable[[Any], Iterable[Observation]]
    attributes: tuple[str, ...] = ()
    boundaries: tuple[float, ...] = ()
    merge: Merge = Merge.SUM
    is_prefixed: bool = True
