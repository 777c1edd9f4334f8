"""What a backend would show for the points that arrived."""

from dataclasses import replace

import pytest

from otel_agent.sink.decode import Buckets, Point
from otel_agent.sink.report import series, total

POINT = Point(
    resource={"service.instance.id": "a"},
    scope="s",
    name="m",
    unit="1",
    description="",
    kind="sum",
    is_monotonic=True,
    temporality="cumulative",
    attributes={"type": "input"},
    value=1,
    start_ns=1,
    time_ns=10,
)


def values(*points: Point) -> list[object]:
    """Return the values of the series that the points make."""
    return [one.value for one in series(points)]


def test_latest_cumulative_point_counts() -> None:
    """A cumulative point replaces the earlier ones in whatever order they come; repeats change nothing."""
    later = replace(POINT, value=5, time_ns=20)

    assert values(later, POINT, later) == [5]


def test_series_that_began_again_are_added_up() -> None:
    """A new start time begins at zero: the values of both runs add up."""
    assert values(POINT, replace(POINT, value=5, start_ns=15, time_ns=20)) == [6]


def test_delta_points_are_added_up() -> None:
    """Each delta point counts."""
    delta = replace(POINT, temporality="delta", value=2)

    assert values(delta, replace(delta, time_ns=20), delta) == [6]


def test_latest_gauge_point_counts() -> None:
    """A gauge has the value of its latest point."""
    gauge = replace(POINT, kind="gauge", temporality="", value=0.5)

    assert values(gauge, replace(gauge, value=0.25, time_ns=20, start_ns=3)) == [0.25]


def test_series_differ_by_name_attributes_and_instance() -> None:
    """Points of different series are kept apart, and come in order."""
    points = [
        POINT,
        replace(POINT, name="a"),
        replace(POINT, attributes={}),
        replace(POINT, resource={"service.instance.id": "b"}),
    ]

    found = [(one.name, one.attributes, one.instance) for one in series(reversed(points))]

    assert found == [
        ("a", {"type": "input"}, "a"),
        ("m", {"type": "input"}, "a"),
        ("m", {"type": "input"}, "b"),
        ("m", {}, "a"),
    ]


def test_histograms_are_added_up_by_bucket() -> None:
    """The counts of two delta histograms add up bucket by bucket."""
    value = Buckets(count=2, sum=3.0, bucket_counts=(1, 1), bounds=(1.0,))
    point = replace(POINT, kind="histogram", temporality="delta", value=value)

    assert values(point, point) == [Buckets(count=4, sum=6.0, bucket_counts=(2, 2), bounds=(1.0,))]
    assert total([point], "m") == 2


def test_series_of_two_kinds_is_an_error() -> None:
    """A number and a histogram of one name and set of attributes cannot be one series."""
    value = Buckets(count=2, sum=3.0, bucket_counts=(1, 1), bounds=(1.0,))
    points = [replace(POINT, temporality="delta"), replace(POINT, temporality="delta", value=value)]

    with pytest.raises(TypeError):
        series(points)


def test_total_is_over_all_series_with_the_attributes() -> None:
    """Instances and other attributes are summed; series without the attribute are left out."""
    points = [
        POINT,
        replace(POINT, resource={"service.instance.id": "b"}, value=2),
        replace(POINT, attributes={"type": "output"}, value=4),
        replace(POINT, attributes={"type": "input", "model": "x"}, value=8),
    ]

    assert total(points, "m", type="input") == 11
    assert total(points, "m") == 15
    assert total(points, "other") == 0
