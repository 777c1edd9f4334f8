"""Aggregation: what a backend gets of the measurements, and when."""

from collections.abc import Iterable
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.facts import SessionStarted
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Attributes, Distribution, Kind, Measurement, Merge, Point
from otel_agent.signals.totals import KEPT_SERIES, ZERO_POINTS, Series, SeriesKey, Totals

T0 = 1_795_000_000_000
NS = 1_000_000


def instrument(suffix: str, kind: Kind, merge: Merge = Merge.SUM) -> Instrument:
    """Return a row of the table that observes nothing."""
    return Instrument(
        suffix=suffix,
        kind=kind,
        unit="1",
        description="For a test",
        fact=SessionStarted,
        observe=lambda _fact: (),
        boundaries=(10, 100) if kind is Kind.HISTOGRAM else (),
        merge=merge,
    )


COUNTER = instrument("calls", Kind.COUNTER)
HISTOGRAM = instrument("waits", Kind.HISTOGRAM)
LINES = instrument("lines", Kind.GAUGE)
SHARE = instrument("share", Kind.GAUGE, Merge.MAX)
TABLE = (COUNTER, HISTOGRAM, LINES, SHARE)


class Stored:
    """Totals with a store for the series that leave memory, as the agent's database is."""

    def __init__(self, *, is_delta: bool = False, excluded: Iterable[str] = ()) -> None:
        """Begin with no series."""
        self.store: dict[SeriesKey, bytes] = {}
        self.is_delta, self.excluded = is_delta, frozenset(excluded)
        self.totals = self.begin()

    def begin(self) -> Totals:
        """Return totals that read from the store."""
        return Totals(TABLE, prefix="x.", excluded=self.excluded, is_delta=self.is_delta, load=self.load)

    def load(self, key: SeriesKey) -> Series | None:
        """Read a series back."""
        found = self.store.get(key)
        return msgspec.msgpack.decode(found, type=Series) if found else None

    def save(self) -> None:
        """Store what was touched and let the rest leave memory."""
        for key in self.totals.touched:
            self.store[key] = msgspec.msgpack.encode(self.totals.series[key])
        self.totals.touched.clear()
        self.totals.forget_settled()

    def restart(self) -> None:
        """Go on in another process, with what was not exported."""
        self.save()
        self.totals = self.begin()
        for key in self.store:
            series = self.load(key)
            if series is not None and series.is_changed:
                self.totals.restore(key, series)

    def measure(self, suffix: str, value: float, at_ms: int = 0, **attributes: str) -> None:
        """Measure at some milliseconds after T0."""
        of: Attributes = {"session": "a", **attributes}
        self.totals.measure(Measurement(suffix=suffix, value=value, attributes=of, time_ms=T0 + at_ms))

    def points(self) -> list[Point]:
        """Collect the points without the zeros."""
        return list(self.totals.collect().points)


def offsets(points: Iterable[Point]) -> list[tuple[int, int]]:
    """Return start and time of points in milliseconds after T0."""
    return [((point.start_ns - T0 * NS) // NS, (point.time_ns - T0 * NS) // NS) for point in points]


def values(points: Iterable[Point]) -> list[object]:
    """Return the values of points; of a histogram the sum."""
    return [point.value.sum if isinstance(point.value, Distribution) else point.value for point in points]


def test_counter_adds_up_from_its_start() -> None:
    """A cumulative counter goes on from export to export, always from the same start."""
    stored = Stored()
    stored.measure("calls", 2, 0)
    first = stored.points()
    stored.measure("calls", 3, 5000)
    stored.measure("calls", 4, 6000)
    second = stored.points()

    assert [2, 9] == values([*first, *second])
    assert [(-1000, 0), (-1000, 6000)] == offsets([*first, *second])
    assert [("x.calls", Kind.COUNTER, False)] == [(point.name, point.kind, point.is_delta) for point in first]


def test_counted_things_stay_whole_numbers() -> None:
    """A count is a whole number, also after it was stored and read back."""
    stored = Stored()
    stored.measure("calls", 2, 0)
    stored.restart()
    stored.measure("calls", 3, 10)

    [value] = values(stored.points())

    assert (5, int) == (value, type(value))


def test_unchanged_series_is_not_exported() -> None:
    """An export has only what was measured since the one before."""
    stored = Stored()
    stored.measure("calls", 2, 0, model="one")
    stored.measure("calls", 2, 0, model="two")
    stored.points()
    stored.measure("calls", 1, 10, model="two")

    assert [3] == values(stored.points())
    assert [] == stored.points()


def test_delta_counter_begins_again_where_it_ended() -> None:
    """A delta point has what came since the last one, and starts where that ended."""
    stored = Stored(is_delta=True)
    stored.measure("calls", 2, 0)
    first = stored.points()
    stored.measure("calls", 3, 5000)
    second = stored.points()

    assert [2, 3] == values([*first, *second])
    assert [(-1000, 0), (0, 5000)] == offsets([*first, *second])
    assert [True, True] == [point.is_delta for point in (*first, *second)]


@pytest.mark.parametrize("suffix", ["calls", "waits"])
def test_new_cumulative_series_has_zero_points(suffix: str) -> None:
    """Ten zeros lie evenly in the second before the first measurement, and come once."""
    stored = Stored()
    stored.measure(suffix, 2, 0)
    export = stored.totals.collect()
    stored.measure(suffix, 3, 10)
    later = stored.totals.collect()

    times = [point.time_ns for point in export.zeros]
    steps = {after - before for before, after in pairwise(times)}
    assert [0] * ZERO_POINTS == values(export.zeros)
    assert 1 == len(steps)
    assert (T0 - 1000) * NS < times[0]
    assert times[-1] < export.points[0].time_ns
    assert {export.points[0].start_ns} == {point.start_ns for point in export.zeros}
    assert {export.points[0].attributes} == {point.attributes for point in export.zeros}
    assert () == later.zeros


def test_zero_points_of_a_histogram_are_empty() -> None:
    """A histogram's zero has all of its buckets, with nothing in them."""
    stored = Stored()
    stored.measure("waits", 2, 0)

    zero = stored.totals.collect().zeros[0].value

    assert Distribution(count=0, sum=0, min=0, max=0, buckets=[0, 0, 0]) == zero


def test_delta_series_and_gauges_have_no_zero_points() -> None:
    """Where a point stands for itself there is nothing to extrapolate from."""
    delta, cumulative = Stored(is_delta=True), Stored()
    delta.measure("calls", 1)
    delta.measure("waits", 1)
    cumulative.measure("lines", 1)

    assert () == delta.totals.collect().zeros + cumulative.totals.collect().zeros


def test_zero_points_come_once_in_a_journals_life() -> None:
    """A series that left memory, or another agent took over, goes on: no second start, no second zeros."""
    stored = Stored()
    stored.measure("calls", 2, 0)
    stored.points()
    stored.restart()
    stored.measure("calls", 3, 9000)

    export = stored.totals.collect()

    assert ((), [5], [(-1000, 9000)]) == (export.zeros, values(export.points), offsets(export.points))


def test_start_is_never_before_the_epoch() -> None:
    """An event without a time makes no negative start."""
    stored = Stored()
    stored.measure("calls", 1, -T0)

    assert 0 == stored.points()[0].start_ns


def test_histogram_has_its_buckets() -> None:
    """A value on a boundary belongs below it; sum, count, least and largest are kept."""
    stored = Stored()
    for value in (1, 10, 11, 100, 1000):
        stored.measure("waits", value)

    [point] = stored.points()

    assert Distribution(count=5, sum=1122, min=1, max=1000, buckets=[2, 2, 1]) == point.value
    assert (10, 100) == point.boundaries


def test_delta_histogram_begins_again() -> None:
    """Least and largest of a delta point are those of its own values."""
    stored = Stored(is_delta=True)
    stored.measure("waits", 1000)
    stored.points()
    stored.measure("waits", 5, 10)

    [point] = stored.points()

    assert Distribution(count=1, sum=5, min=5, max=5, buckets=[1, 0, 0]) == point.value


def test_gauge_has_its_last_value() -> None:
    """A gauge says what is true now, in every temporality."""
    for stored in (Stored(), Stored(is_delta=True)):
        stored.measure("lines", 7, 0)
        stored.measure("lines", 3, 10)

        points = stored.points()

        assert ([3], [False]) == (values(points), [point.is_delta for point in points])


def test_excluded_attributes_add_counters_and_histograms_up() -> None:
    """Points that coincide without an attribute are one."""
    stored = Stored(excluded=["session"])
    for session in ("a", "b"):
        stored.measure("calls", 2, 0, session=session, model="m")
        stored.measure("waits", 20, 0, session=session, model="m")

    points = stored.points()

    assert [4, 40] == values(points)
    assert [(("model", "m"),)] * 2 == [point.attributes for point in points]


@pytest.mark.parametrize(("suffix", "merged"), [("lines", [5, 9]), ("share", [3, 7])])
def test_excluded_attributes_merge_gauges_as_their_row_says(suffix: str, merged: list[int]) -> None:
    """Net lines of sessions add up, of shares the largest counts; what did not change counts on."""
    stored = Stored(excluded=["session"])
    stored.measure(suffix, 3, 10, session="a")
    stored.measure(suffix, 2, 0, session="b")
    first = stored.points()
    stored.measure(suffix, 7, 5, session="a")
    stored.measure(suffix, 2, 1, session="b")

    assert merged == values([*first, *stored.points()])


def test_largest_member_that_falls_makes_room_for_the_next() -> None:
    """A merged gauge of shares falls to the largest that is left, not to what its largest member became."""
    stored = Stored(excluded=["session"])
    for session, value in (("a", 9), ("b", 4), ("c", 6), ("a", 5)):
        stored.measure("share", value, 0, session=session)

    assert [6] == values(stored.points())


def test_points_of_a_merged_gauge_never_have_the_same_time() -> None:
    """A change of an older member comes after the point of the newer one."""
    stored = Stored(excluded=["session"])
    stored.measure("lines", 3, 100, session="a")
    stored.measure("lines", 2, 50, session="b")
    first = stored.points()
    stored.measure("lines", 4, 60, session="b")
    second = stored.points()

    assert [7] == values(second)
    assert first[0].time_ns < second[0].time_ns


@pytest.mark.parametrize("is_delta", [False, True])
def test_late_measurement_comes_after_the_last_point(*, is_delta: bool) -> None:
    """An event that is older than the last export does not make a second point at its time."""
    stored = Stored(is_delta=is_delta)
    stored.measure("calls", 1, 5000)
    first = stored.points()
    stored.measure("calls", 1, 5000)
    second = stored.points()
    stored.measure("calls", 1, 100)
    third = stored.points()

    times = [point.time_ns for point in (*first, *second, *third)]
    assert sorted(set(times)) == times
    assert all(point.start_ns < point.time_ns for point in (*first, *second, *third))


def test_disabled_instrument_keeps_nothing() -> None:
    """What no row measures is not remembered, nor read back."""
    stored = Stored()
    stored.measure("other", 1)
    stored.totals.restore(("other", ()), Series(start_ms=0, time_ms=1))

    assert ({}, []) == (stored.totals.series, stored.points())


def test_settled_series_leave_memory_and_come_back() -> None:
    """With many series only those that wait for an export stay in memory; a session that returns goes on."""
    stored = Stored()
    for number in range(KEPT_SERIES + 1):
        stored.measure("calls", 1, number, session=str(number))
        stored.measure("lines", 1, number, session=str(number))
    stored.points()
    stored.measure("calls", 1, 9000, session="1")
    stored.save()
    left = len(stored.totals.series)
    stored.measure("calls", 1, 9500, session="0")

    assert 1 == left
    assert [(-1000, 9500), (-999, 9000)] == offsets(stored.points())


def test_merged_gauges_count_the_members_that_left_memory() -> None:
    """A member's change is told from what it said last, wherever that is; few members are in memory."""
    stored = Stored(excluded=["session"])
    for number in range(KEPT_SERIES + 1):
        stored.measure("lines", 1, number, session=str(number))
    stored.points()
    stored.save()
    kept = len(stored.totals.series)
    stored.restart()
    stored.measure("lines", 2, 9000, session="0")

    assert [KEPT_SERIES + 2] == values(stored.points())
    assert kept <= KEPT_SERIES


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["calls", "waits"]),
        st.integers(0, 2000),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 20_000),
        st.sampled_from(["", "collect", "save", "restart"]),
    ),
    max_size=30,
)


def played(stored: Stored, steps: list[tuple[str, int, str, int, str]]) -> list[Point]:
    """Measure, collect, store and restart, and return all points that were made."""
    points = list[Point]()
    for suffix, value, session, at_ms, action in steps:
        stored.measure(suffix, value, at_ms, session=session)
        if action == "collect":
            export = stored.totals.collect()
            points += (*export.zeros, *export.points)
        elif action == "save":
            stored.save()
        elif action == "restart":
            stored.restart()
    export = stored.totals.collect()
    return [*points, *export.zeros, *export.points]


@given(STEPS)
def test_delta_sums_equal_cumulative_ends(steps: list[tuple[str, int, str, int, str]]) -> None:
    """Over any run with any restarts the deltas of a series add up to its cumulative end."""
    ends = {(point.name, point.attributes): point.value for point in played(Stored(), steps)}
    deltas: dict[object, list[int | float | Distribution]] = {}
    for point in played(Stored(is_delta=True), steps):
        deltas.setdefault((point.name, point.attributes), []).append(point.value)

    assert ends.keys() == deltas.keys()
    for key, parts in deltas.items():
        assert ends[key] == added(parts)


def added(parts: list[int | float | Distribution]) -> int | float | Distribution:
    """Add delta points up."""
    spread = [part for part in parts if isinstance(part, Distribution)]
    if not spread:
        return sum(part for part in parts if not isinstance(part, Distribution))
    return Distribution(
        count=sum(part.count for part in spread),
        sum=sum(part.sum for part in spread),
        min=min(part.min for part in spread),
        max=max(part.max for part in spread),
        buckets=[sum(column) for column in zip(*(part.buckets for part in spread), strict=True)],
    )


@pytest.mark.parametrize("is_delta", [False, True])
@pytest.mark.parametrize("excluded", [(), ("session",)])
@given(steps=STEPS)
def test_times_of_a_series_rise(
    steps: list[tuple[str, int, str, int, str]], excluded: tuple[str, ...], *, is_delta: bool
) -> None:
    """No two points of a series have the same time; deltas follow each other without a gap."""
    series: dict[object, list[Point]] = {}
    for point in played(Stored(is_delta=is_delta, excluded=excluded), steps):
        series.setdefault((point.name, point.attributes), []).append(point)

    for points in series.values():
        ends = [point.time_ns for point in points]
        assert sorted(set(ends)) == ends
        assert all(point.start_ns < point.time_ns for point in points)
        if is_delta:
            assert ends[:-1] == [point.start_ns for point in points[1:]]
        else:
            assert 1 == len({point.start_ns for point in points})
