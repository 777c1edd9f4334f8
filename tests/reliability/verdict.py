"""Whether all that a recording gives has arrived: what is lost, what is doubled, what came out of order."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from otel_agent.settings import Signal
from otel_agent.sink.decode import Buckets, Point, points_of
from otel_agent.sink.server import Sink
from tests.agents import OBSERVED
from tests.pipelines import Sent, identity

OWN = "otel_agent."
"""How the agent's metrics about itself begin, which depend on what happened to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How much of what was to arrive is missing, came twice, or came after what is newer.

    `repeats` are requests that came again byte by byte; what is doubled comes from them alone.
    """

    lost: int
    doubled: int
    backwards: int
    repeats: int


def judge(expected: Sent, *sinks: Sink) -> Verdict:
    """Compare what a journal gives with what backends accepted, in the order of arrival."""
    points = [point for sink in sinks for point in sink.metric_points() if OWN not in point.name]
    wanted = Counter({**sums(expected.points), **dict.fromkeys(ids(expected.records, expected.spans), 1)})
    records = [record for sink in sinks for record in sink.log_records()]
    spans = [span for sink in sinks for span in sink.spans()]
    found: Counter[Hashable] = Counter(sums(points))
    found.update(ids(records, spans))
    return Verdict(
        lost=sum(key not in found or found[key] < wanted[key] for key in wanted),
        doubled=sum(key not in wanted or found[key] > wanted[key] for key in found),
        backwards=sum(backwards(sink) for sink in sinks),
        repeats=sum(repeats(sink) for sink in sinks),
    )


def sums(points: Iterable[Point]) -> dict[Hashable, float]:
    """Return the largest value of every counter and histogram, which is its last one."""
    found: dict[Hashable, float] = {}
    for point in points:
        if point.kind != "gauge" and OWN not in point.name:
            key = _series(point)
            found[key] = max(found.get(key, 0), _value(point))
    return found


def ids(records: Iterable[object], spans: Iterable[object]) -> list[Hashable]:
    """Return the id of each log record and of each span."""
    uids = [("record", record.attributes["log.record.uid"]) for record in records]  # type: ignore[attr-defined]
    return [*uids, *(("span", span.trace_id, span.span_id) for span in spans)]  # type: ignore[attr-defined]


def backwards(sink: Sink) -> int:
    """Return how many points of a series came after one with a later time or a larger value.

    A request whose answer got lost may come once more, before any other one: that is no step back.
    """
    last: dict[Hashable, tuple[int, float]] = {}
    count, before = 0, None
    for request in sink.requests(Signal.METRICS):
        if request != before:
            count += sum(_is_step_back(point, last) for point in points_of(request))
        before = request
    return count


def _is_step_back(point: Point, last: dict[Hashable, tuple[int, float]]) -> bool:
    """Tell whether a series' newest time or value is later or larger than this point's; note the point."""
    key = (point.resource.get("service.instance.id"), *_series(point))
    time_ns, value = last.get(key, (0, 0))
    last[key] = max(time_ns, point.time_ns), max(value, _value(point))
    is_cumulative = point.is_monotonic or isinstance(point.value, Buckets)
    return point.time_ns < time_ns or (is_cumulative and _value(point) < value)


def repeats(sink: Sink) -> int:
    """Return how many accepted requests are copies of an earlier one."""
    bodies = [one.SerializeToString(deterministic=True) for signal in Signal for one in sink.requests(signal)]
    return len(bodies) - len(set(bodies))


def _series(point: Point) -> tuple[Hashable, ...]:
    """Return what makes a point's series, without what an agent observes: the recording is from elsewhere."""
    name, attributes = identity(point)
    return name, tuple(pair for pair in attributes if pair[0] not in OBSERVED), point.start_ns


def _value(point: Point) -> float:
    """Return a point's number, a histogram's count."""
    return point.value.count if isinstance(point.value, Buckets) else point.value
