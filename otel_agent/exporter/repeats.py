"""Points that differ in nothing but their times, as a new series' zero points: encoded once, then copied."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from otel_agent.signals.model import Point


@dataclass(frozen=True, slots=True)
class Run:
    """A point, and the times of those after it that are the same but for the time."""

    first: Point
    later_ns: list[int] = field(default_factory=list[int])

    def takes(self, point: Point) -> bool:
        """Tell whether a point goes on in this run; what is equal but another object begins a new one."""
        first = self.first
        return (
            first.attributes is point.attributes
            and first.value is point.value
            and first.start_ns == point.start_ns
            and first.name == point.name
        )


def runs(points: Sequence[Point]) -> list[Run]:
    """Return the points as runs, in their order."""
    found: list[Run] = []
    for point in points:
        if found and found[-1].takes(point):
            found[-1].later_ns.append(point.time_ns)
        else:
            found.append(Run(point))
    return found


def repeat(request: ExportMetricsServiceRequest, groups: Sequence[Sequence[Run]]) -> None:
    """Add each run's later points to an encoded request that has one metric a group, one point a run."""
    metrics = request.resource_metrics[0].scope_metrics[0].metrics
    for metric, group in zip(metrics, groups, strict=True):
        points = getattr(metric, str(metric.WhichOneof("data"))).data_points
        for point, run in zip(list(points), group, strict=True):
            size = len(points)
            points.extend([point] * len(run.later_ns))
            for index, time_ns in enumerate(run.later_ns, size):
                points[index].time_unix_nano = time_ns
