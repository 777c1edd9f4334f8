"""What arrived, in one value per series: the reading that a backend would show."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from otel_agent.sink.decode import Buckets, Point, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric with one set of attributes from one instance, and its total or a gauge's last value."""

    name: str
    unit: str
    kind: str
    attributes: dict[str, Value]
    instance: str
    value: int | float | Buckets


def series(points: Iterable[Point]) -> list[Series]:
    """Return the series in the order of name, attributes and instance.

    Delta points are added up. Of cumulative points the latest of each start time counts, and start times are
    added up: a series that was forgotten and came back began again at zero. Of a gauge the latest counts.
    """
    chosen = {_identity(number, point): point for number, point in enumerate(sorted(points, key=_time))}
    found: dict[str, Series] = {}
    for point in chosen.values():
        made = _series_of(point)
        key = repr((made.name, sorted(made.attributes.items(), key=repr), made.instance))
        found[key] = replace(made, value=_sum(found[key].value, made.value)) if key in found else made
    return [found[key] for key in sorted(found)]


def total(points: Iterable[Point], name: str, **attributes: Value) -> float:
    """Return the sum over all series of a metric that have these attributes; of a histogram its count."""
    return sum(
        one.value.count if isinstance(one.value, Buckets) else one.value
        for one in series(points)
        if one.name == name and attributes.items() <= one.attributes.items()
    )


def _time(point: Point) -> int:
    """Return what points are ordered by."""
    return point.time_ns


def _identity(number: int, point: Point) -> str:
    """Return what is equal for points of which the latest counts; a delta point is equal to no other."""
    run = {"delta": number, "cumulative": point.start_ns}.get(point.temporality, 0)
    attributes = sorted(point.attributes.items(), key=repr)
    return repr((point.name, attributes, _instance(point), point.temporality, run))


def _series_of(point: Point) -> Series:
    """Return the series of a point with the point's value."""
    return Series(
        name=point.name,
        unit=point.unit,
        kind=point.kind,
        attributes=point.attributes,
        instance=_instance(point),
        value=point.value,
    )


def _instance(point: Point) -> str:
    """Return the writer of a series."""
    return str(point.resource.get("service.instance.id", ""))


def _sum(left: float | Buckets, right: float | Buckets) -> int | float | Buckets:
    """Return two values of one series added up; buckets must have the same bounds."""
    if isinstance(left, Buckets) and isinstance(right, Buckets):
        counts = zip(left.bucket_counts, right.bucket_counts, strict=True)
        return Buckets(
            count=left.count + right.count,
            sum=left.sum + right.sum,
            bucket_counts=tuple(a + b for a, b in counts),
            bounds=left.bounds,
        )
    if isinstance(left, Buckets) or isinstance(right, Buckets):
        raise TypeError("expected one kind of value in a series, got a number and a histogram")
    return left + right
