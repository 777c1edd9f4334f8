"""Repeated points: what was encoded once arrives as every point that was given."""

from collections import Counter

import pytest
from msgspec.structs import replace

from otel_agent.exporter.encode import Encoder
from otel_agent.exporter.repeats import Run, runs
from otel_agent.settings import Signal
from otel_agent.signals.model import AttributeSet, Distribution, Kind, Point
from otel_agent.sink import messages
from otel_agent.sink.decode import points_of

ENCODER = Encoder.of({})


def point(
    name: str = "a", kind: Kind = Kind.COUNTER, attributes: AttributeSet = (("type", "input"),)
) -> Point:
    """Return a point that has no value yet."""
    value = Distribution(count=0, sum=0.0, min=0.0, max=0.0, buckets=[0, 0]) if kind is Kind.HISTOGRAM else 0
    return Point(
        name=name,
        kind=kind,
        unit="1",
        description="",
        attributes=attributes,
        start_ns=1,
        time_ns=2,
        value=value,
        boundaries=(5.0,) if kind is Kind.HISTOGRAM else (),
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_every_point_arrives_in_the_order_of_its_series(kind: Kind) -> None:
    """Of each series all times arrive, ascending, with everything else as it was."""
    first, other = point(kind=kind), point(kind=kind, attributes=(("type", "output"),))
    last = point(name="b", kind=kind)
    given = [*(replace(row, time_ns=time_ns) for row in (first, other, last) for time_ns in (2, 3, 4)), other]
    arrived = list(points_of(messages.decode(Signal.METRICS, ENCODER.metrics(given))))
    alone = [
        found for row in given for found in points_of(messages.decode(Signal.METRICS, ENCODER.metrics([row])))
    ]
    times = [found.time_ns for found in arrived if (found.name, found.attributes) == ("b", {"type": "input"})]

    assert Counter(map(repr, alone)) == Counter(map(repr, arrived))
    assert [2, 3, 4] == times


def test_points_that_differ_in_more_than_their_time_are_no_run() -> None:
    """Name, start, attributes and value begin a new run."""
    first = point()
    others = [
        replace(first, name="b"),
        replace(first, start_ns=0),
        replace(first, attributes=(("type", "output"),)),
        replace(first, value=1),
    ]

    assert [Run(first), *map(Run, others)] == runs([first, *others])
    assert [Run(first, [7])] == runs([first, replace(first, time_ns=7)])
