"""What arrived, in the forms in which it is compared: amounts of metrics, ids of records and spans."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf.message import Message

from otel_agent.settings import Signal
from otel_agent.signals.totals import LEAD_MS, NS_PER_MS
from otel_agent.sink.decode import Buckets, Point, Record, points_of, records_of
from otel_agent.sink.report import Series, series
from otel_agent.sink.spans import Span, spans_of
from tests.e2e.kill_matrix.table import Amounts

OBSERVED = frozenset({"user.id", "vcs.repository.name", "vcs.ref.head.name", "session.id"})
"""Attributes that no event has: the agent looks for them; and the session, which is compared by itself."""
COUNTED = {
    "session.count": (),
    "token.usage": ("model", "type"),
    "cost.usage": ("model",),
    "message.count": ("model",),
    "model.usage": ("model",),
    "tool.duration": ("tool_name",),
    "commit.count": (),
    "lines_of_code.count": ("type",),
}
"""The metrics that OpenCode's table tells of, and their attributes there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Amounts of all series, and how often each record and each span came, all by session."""

    series: Amounts
    records: Mapping[tuple[str, str], int]
    spans: Mapping[tuple[str, str], int]


def arrived(points: Iterable[Point], records: Iterable[Record], spans: Iterable[Span]) -> Arrived:
    """Sort what came."""
    return Arrived(
        series=amounts_of(points),
        records=Counter(
            (str(one.attributes["session.id"]), f"{one.name} {one.attributes['log.record.uid']!s}")
            for one in records
        ),
        spans=Counter((str(one.attributes["session.id"]), f"{one.name} {one.span_id}") for one in spans),
    )


def decoded(requests: Iterable[tuple[Signal, Message]]) -> Arrived:
    """Sort what a server has taken."""
    found: dict[Signal, list[Message]] = defaultdict(list)
    for kind, message in requests:
        found[kind].append(message)
    return arrived(
        [point for message in found[Signal.METRICS] for point in points_of(message)],
        [record for message in found[Signal.LOGS] for record in records_of(message)],
        [span for message in found[Signal.TRACES] for span in spans_of(message)],
    )


def amounts_of(points: Iterable[Point]) -> Amounts:
    """Add up the series of all instances; a histogram is as many amounts as it has numbers."""
    known = list(points)
    found: dict[tuple[object, ...], float] = defaultdict(float)
    for one in series(known):
        for detail, value in numbers(one.value):
            found[*identity(one), *detail] += value
    zeros = {(*identity(point), point.start_ns, point.time_ns): point for point in known if is_zero(point)}
    for point in zeros.values():
        found[*identity(point), "zero points"] += 1
    return dict(found)


def identity(one: Series | Point) -> tuple[object, ...]:
    """Give what a series is compared by: its name, its session and what events say of it."""
    attributes = sorted((key, value) for key, value in one.attributes.items() if key not in OBSERVED)
    return one.name.removeprefix("opencode."), str(one.attributes.get("session.id")), *attributes


def is_zero(point: Point) -> bool:
    """Tell whether a point is one of those in the second before a cumulative series' first measurement."""
    lead_ns = point.time_ns - point.start_ns
    return point.temporality == "cumulative" and 0 < lead_ns < LEAD_MS * NS_PER_MS


def numbers(value: float | Buckets) -> Iterable[tuple[tuple[str, ...], float]]:
    """Give the numbers of one value with what each of them is."""
    if isinstance(value, Buckets):
        yield ("count",), value.count
        yield ("sum",), value.sum
        yield from (((f"bucket {n}",), count) for n, count in enumerate(value.bucket_counts))
    else:
        yield (), value


def counted(found: Arrived) -> Amounts:
    """Add up the series as OpenCode's table tells of them."""
    amounts: dict[tuple[object, ...], float] = defaultdict(float)
    for (name, session, *rest), value in found.series.items():
        pairs: dict[object, object] = dict(pair for pair in rest if isinstance(pair, tuple))
        detail = [word for word in rest if isinstance(word, str)]
        if name in COUNTED and detail in ([], ["count"]):
            amounts[name, session, *(pairs.get(key) for key in COUNTED[str(name)])] += value
    return {key: value for key, value in amounts.items() if value}
