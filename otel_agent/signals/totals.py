"""Aggregation: measurements in, series in memory, data points out; pure, and every time comes from an event.

A series is one instrument with one set of attributes. Cumulative series start one second before their
first measurement, so that Prometheus sees the first increase (DESIGN §6); delta series go on where their
last point ended.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Attributes, AttributeSet, Distribution, Kind, Measurement, Merge, Point

LEAD_MS = 1000
"""How long before its first measurement a series starts."""
ZERO_POINTS = 10
"""Zero points in that lead: with 11 samples Prometheus extrapolates an increase by 5 %, with 2 by 50 %."""
NS_PER_MS = 1_000_000

SeriesKey = tuple[str, AttributeSet]

MEMBER = "member of "
"""Before the suffix in the key of what one member says of a merged gauge; it is never exported."""
KEPT_SERIES = 1000
"""How many settled series stay in memory; the others are read back when they are measured again."""


class Series(msgspec.Struct):
    """The state of one series; times in milliseconds. `exported_ms` is its last exported point's time."""

    start_ms: int
    time_ms: int
    value: int | float = 0
    distribution: Distribution | None = None
    exported_ms: int | None = None
    is_changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What changed since the last export; zero points go in a request of their own before the rest."""

    zeros: tuple[Point, ...]
    points: tuple[Point, ...]


def _nothing_stored(_key: SeriesKey) -> Series | None:
    """Load no series: everything is in memory."""
    return None


class Totals:
    """The series of one journal; those that were measured since their last export are always in memory.

    `excluded` attribute keys are stripped: counters and histograms then add up, gauges merge as their row
    says. What each member of a merged gauge said last is a series of its own, so that members leave memory
    as other series do. `load` reads a series back that left memory.
    """

    def __init__(
        self,
        instruments: Iterable[Instrument],
        *,
        prefix: str,
        excluded: frozenset[str] = frozenset(),
        is_delta: bool = False,
        load: Callable[[SeriesKey], Series | None] = _nothing_stored,
    ) -> None:
        """Aggregate for the given instruments, each named by its suffix after the prefix."""
        self._instruments = {row.suffix: row for row in instruments}
        self._prefix = prefix
        self._excluded = excluded
        self._is_delta = is_delta
        self._load = load
        self.series: dict[SeriesKey, Series] = {}
        self.changed: set[SeriesKey] = set()
        self.touched: set[SeriesKey] = set()

    def restore(self, key: SeriesKey, series: Series) -> None:
        """Take a stored series into memory."""
        if key[0] in self._instruments:
            self.series[key] = series
            if series.is_changed:
                self.changed.add(key)

    def measure(self, measurement: Measurement) -> None:
        """Add a measurement to its series; a disabled instrument's is not kept."""
        row = self._instruments.get(measurement.suffix)
        if row is None:
            return
        key = (row.suffix, self._identity(measurement.attributes))
        time_ms = measurement.time_ms
        series = self._series(key, time_ms)
        series.time_ms = max(series.time_ms, time_ms, (series.exported_ms or 0) + 1)
        series.is_changed = True
        if row.kind is Kind.HISTOGRAM:
            series.distribution = _record(series.distribution, measurement.value, row.boundaries)
        elif row.kind is Kind.GAUGE:
            series.value = self._merged(row, key, measurement) if self._excluded else measurement.value
        else:
            series.value += measurement.value
        self.touched.add(key)
        self.changed.add(key)

    def collect(self) -> Export:
        """Return a point for every series that changed, and mark them exported."""
        zeros: list[Point] = []
        points: list[Point] = []
        for key in sorted(self.changed, key=repr):
            row, series = self._instruments[key[0]], self.series[key]
            if series.exported_ms is None and not self._is_delta and row.kind is not Kind.GAUGE:
                zeros.extend(self._zero_points(row, key[1], series))
            points.append(self._point(row, key[1], series))
            self._exported(key, series)
        self.changed.clear()
        return Export(zeros=tuple(zeros), points=tuple(points))

    def forget_settled(self) -> None:
        """Let stored series without a change leave memory when there are many."""
        if len(self.series) > KEPT_SERIES:
            for key in self.series.keys() - self.changed - self.touched:
                del self.series[key]

    def _series(self, key: SeriesKey, time_ms: int) -> Series:
        """Return a series of this key, from memory, from the store, or a new one."""
        series = (
            self.series.get(key)
            or self._load(key)
            or Series(start_ms=max(0, time_ms - LEAD_MS), time_ms=time_ms)
        )
        self.series[key] = series
        return series

    def _identity(self, attributes: Attributes) -> AttributeSet:
        """Return a series' attributes."""
        if not self._excluded:
            return tuple(sorted(attributes.items()))
        return tuple(sorted((key, value) for key, value in attributes.items() if key not in self._excluded))

    def _merged(self, row: Instrument, key: SeriesKey, measurement: Measurement) -> int | float:
        """Return a merged gauge's value after one member spoke.

        A sum changes by as much as the member did; the largest of all falls to that of those in memory.
        """
        member_key = (MEMBER + row.suffix, tuple(sorted(measurement.attributes.items())))
        series, member = self.series[key], self._series(member_key, measurement.time_ms)
        before, member.value, member.is_changed = member.value, measurement.value, False
        self.touched.add(member_key)
        if row.merge is Merge.SUM:
            return series.value + measurement.value - before
        if measurement.value >= series.value or before < series.value:
            return max(series.value, measurement.value)
        return max(other.value for other in self._members(row, key[1]))

    def _members(self, row: Instrument, attributes: AttributeSet) -> Iterator[Series]:
        """Yield the members of a merged gauge that are in memory."""
        for key, series in self.series.items():
            if key[0] == MEMBER + row.suffix and self._identity(dict(key[1])) == attributes:
                yield series

    def _exported(self, key: SeriesKey, series: Series) -> None:
        """Note that a series' point was made; a delta series begins again."""
        series.exported_ms, series.is_changed = series.time_ms, False
        if self._is_delta and self._instruments[key[0]].kind is not Kind.GAUGE:
            series.value, series.distribution = 0, None
        self.touched.add(key)

    def _point(self, row: Instrument, attributes: AttributeSet, series: Series) -> Point:
        """Return a series' point; a delta point starts where the last one ended."""
        is_delta = self._is_delta and row.kind is not Kind.GAUGE
        start_ms = series.start_ms
        if is_delta and series.exported_ms is not None:
            start_ms = series.exported_ms
        return Point(
            name=self._prefix + row.suffix if row.is_prefixed else row.suffix,
            kind=row.kind,
            unit=row.unit,
            description=row.description,
            attributes=attributes,
            start_ns=start_ms * NS_PER_MS,
            time_ns=series.time_ms * NS_PER_MS,
            value=series.distribution or series.value,
            boundaries=row.boundaries,
            is_delta=is_delta,
        )

    def _zero_points(self, row: Instrument, attributes: AttributeSet, series: Series) -> Iterator[Point]:
        """Yield the zero points of a new cumulative series, spaced evenly before its first measurement."""
        empty = Series(start_ms=series.start_ms, time_ms=series.start_ms)
        if row.kind is Kind.HISTOGRAM:
            buckets = [0] * (len(row.boundaries) + 1)
            empty.distribution = Distribution(count=0, sum=0.0, min=0.0, max=0.0, buckets=buckets)
        first = self._point(row, attributes, empty)
        step_ns = LEAD_MS * NS_PER_MS // (ZERO_POINTS + 1)
        for number in range(1, ZERO_POINTS + 1):
            yield msgspec.structs.replace(first, time_ns=first.start_ns + number * step_ns)


def _record(known: Distribution | None, value: float, boundaries: tuple[float, ...]) -> Distribution:
    """Return a distribution with one more value; a value on a boundary belongs to the bucket below it."""
    buckets = list(known.buckets) if known else [0] * (len(boundaries) + 1)
    buckets[bisect_left(boundaries, value)] += 1
    return Distribution(
        count=(known.count if known else 0) + 1,
        sum=(known.sum if known else 0.0) + value,
        min=min(known.min, value) if known else value,
        max=max(known.max, value) if known else value,
        buckets=buckets,
    )
