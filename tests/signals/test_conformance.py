"""The same measurements give the same points as the OpenTelemetry SDK's own instruments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics import (
    Counter,
    Histogram,
    MeterProvider,
)
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    HistogramDataPoint,
    InMemoryMetricReader,
    NumberDataPoint,
)
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View

from otel_agent.signals.catalogue import INSTRUMENTS
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Distribution, Kind, Measurement, Point
from otel_agent.signals.totals import Totals

TEMPORALITIES = {False: AggregationTemporality.CUMULATIVE, True: AggregationTemporality.DELTA}
Found = dict[tuple[str, tuple[tuple[str, object], ...]], object]


@dataclass(frozen=True, slots=True)
class Sdk:
    """The SDK with instruments of the same names, kinds and boundaries as ours."""

    reader: InMemoryMetricReader
    provider: MeterProvider
    record: Mapping[str, Callable[..., None]] = field(default_factory=dict[str, Callable[..., None]])


def sdk(*, is_delta: bool) -> Sdk:
    """Make the SDK's instruments."""
    temporality = TEMPORALITIES[is_delta]
    reader = InMemoryMetricReader(preferred_temporality={Counter: temporality, Histogram: temporality})
    views = [
        View(instrument_name=row.suffix, aggregation=ExplicitBucketHistogramAggregation(row.boundaries))
        for row in INSTRUMENTS
        if row.kind is Kind.HISTOGRAM
    ]
    provider = MeterProvider(metric_readers=[reader], views=views, shutdown_on_exit=False)
    meter = provider.get_meter("conformance")
    record: dict[str, Callable[..., None]] = {}
    for row in INSTRUMENTS:
        if row.kind is Kind.COUNTER:
            record[row.suffix] = meter.create_counter(row.suffix, row.unit).add
        elif row.kind is Kind.HISTOGRAM:
            record[row.suffix] = meter.create_histogram(row.suffix, row.unit).record
        else:
            record[row.suffix] = meter.create_gauge(row.suffix, row.unit).set
    return Sdk(reader, provider, record)


def theirs(reader: InMemoryMetricReader) -> Found:
    """Return the SDK's points."""
    data = reader.get_metrics_data()
    return {
        (metric.name, tuple(sorted((point.attributes or {}).items()))): value_of(point)
        for resource in (data.resource_metrics if data else ())
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    }


def value_of(point: object) -> object:
    """Return what a point of the SDK says."""
    if isinstance(point, NumberDataPoint):
        return point.value
    assert isinstance(point, HistogramDataPoint)
    return (
        point.count,
        point.sum,
        point.min,
        point.max,
        tuple(point.bucket_counts),
        tuple(point.explicit_bounds),
    )


def ours(points: tuple[Point, ...]) -> Found:
    """Return our points in the same words."""
    return {(point.name, point.attributes): said(point) for point in points}


def said(point: Point) -> object:
    """Return what a point of ours says."""
    value = point.value
    if not isinstance(value, Distribution):
        return value
    return value.count, value.sum, value.min, value.max, tuple(value.buckets), point.boundaries


# Powers of two, whose sums are exact in any order: the SDK adds up in another one.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(INSTRUMENTS),
        st.one_of(st.integers(0, 10**9), st.sampled_from([2**-10, 0.5, 1.0, 5, 10, 4**13, 3.6e6, 2**-16])),
        st.sampled_from(["a", "b"]),
        st.booleans(),
    ),
    max_size=40,
)


@pytest.mark.parametrize("is_delta", [False, True])
@given(steps=STEPS)
def test_points_equal_the_sdks(steps: list[tuple[Instrument, float, str, bool]], *, is_delta: bool) -> None:
    """Values, buckets, counts, least and largest are the SDK's, export by export, in either temporality.

    The SDK repeats what did not change where it is cumulative; a gauge it may repeat in any temporality.
    """
    reference = sdk(is_delta=is_delta)
    totals = Totals(INSTRUMENTS, prefix="", is_delta=is_delta)
    known: Found = {}
    for number, (row, value, session, is_export) in enumerate(steps):
        attributes = {"session.id": session}
        reference.record[row.suffix](value, attributes)
        totals.measure(
            Measurement(suffix=row.suffix, value=value, attributes={**attributes}, time_ms=10_000 + number)
        )
        if is_export or number == len(steps) - 1:
            expected, fresh = theirs(reference.reader), ours(totals.collect().points)
            known = fresh if is_delta else {**known, **fresh}
            assert counted(expected) == counted(known)
            assert {key: expected[key] for key in fresh} == fresh
    reference.provider.shutdown()


def counted(found: Found) -> Found:
    """Leave out the gauges."""
    gauges = {row.suffix for row in INSTRUMENTS if row.kind is Kind.GAUGE}
    return {key: value for key, value in found.items() if key[0] not in gauges}
