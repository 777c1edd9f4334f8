"""Claude Code's own metrics as its documentation has them: cumulative, no project, no zero in front.

https://code.claude.com/docs/en/monitoring-usage
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric

from tests.backends.moved import DAY_MS
from tests.backends.truth import Row
from tests.backends.week import HOUR_MS, MONDAY_MS

MINUTE_MS: Final = 60_000
NS_PER_MS: Final = 1_000_000
IDLE_MINUTES: Final = 3
"""For how long a process that does nothing more still tells its totals."""
RESOURCE: Final = {
    "service.name": "claude-code",
    "service.version": "2.1.0",
    "os.type": "linux",
    "host.arch": "amd64",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One series: what it grows by in each minute of work."""

    name: str
    unit: str
    each_minute: float
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


_MODEL = {"model": "opus"}
COUNTERS: Final = (
    Counter(name="token.usage", unit="tokens", each_minute=300, attributes={"type": "input", **_MODEL}),
    Counter(name="token.usage", unit="tokens", each_minute=70, attributes={"type": "output", **_MODEL}),
    Counter(name="token.usage", unit="tokens", each_minute=9000, attributes={"type": "cacheRead", **_MODEL}),
    Counter(name="cost.usage", unit="USD", each_minute=0.03125, attributes=_MODEL),
    Counter(name="lines_of_code.count", unit="", each_minute=4, attributes={"type": "added"}),
    Counter(name="lines_of_code.count", unit="", each_minute=1, attributes={"type": "removed"}),
    Counter(name="commit.count", unit="", each_minute=1),
    Counter(name="active_time.total", unit="s", each_minute=55, attributes={"type": "cli"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process of Claude Code that works for some minutes, and tells its totals at the end of each."""

    id: str
    user: str
    begin_ms: int
    minutes: int

    def rows(self, name: str, start_s: float, end_s: float) -> Iterator[Row]:
        """Yield what a metric grew by in a range: what was told after its start and until its end."""
        told = [self.begin_ms + minute * MINUTE_MS for minute in range(1, self.minutes + 1)]
        inside = sum(start_s * 1000 < at_ms <= end_s * 1000 for at_ms in told)
        for counter in COUNTERS:
            if counter.name == name:
                labels = {**counter.attributes, "session_id": self.id, "user_id": self.user}
                yield Row(labels=labels, number=inside * counter.each_minute)

    def requests(self) -> Iterator[ExportMetricsServiceRequest]:
        """Yield the exports, one a minute."""
        for minute in range(1, self.minutes + IDLE_MINUTES + 1):
            yield self._request(minute)

    def _request(self, minute: int) -> ExportMetricsServiceRequest:
        """Write the totals of a minute."""
        request = ExportMetricsServiceRequest()
        resource = request.resource_metrics.add()
        resource.resource.attributes.extend(_attributes(RESOURCE))
        scope = resource.scope_metrics.add()
        scope.scope.name = "com.anthropic.claude_code"
        for counter in COUNTERS:
            self._write(scope.metrics.add(), counter, minute)
        return request

    def _write(self, metric: Metric, counter: Counter, minute: int) -> None:
        """Write a counter's point."""
        metric.name, metric.unit = f"claude_code.{counter.name}", counter.unit
        metric.sum.is_monotonic = True
        metric.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
        own = {
            "session.id": self.id,
            "user.id": self.user,
            "organization.id": "o-1",
            "terminal.type": "vscode",
        }
        metric.sum.data_points.add(
            attributes=_attributes({**own, **counter.attributes}),
            start_time_unix_nano=self.begin_ms * NS_PER_MS,
            time_unix_nano=(self.begin_ms + minute * MINUTE_MS) * NS_PER_MS,
            as_double=counter.each_minute * min(minute, self.minutes),
        )


SESSIONS: Final = (
    Session(id="claude-1", user="ann", begin_ms=MONDAY_MS + 10 * HOUR_MS, minutes=25),
    # Over midnight, so that days cut it.
    Session(id="claude-2", user="bob", begin_ms=MONDAY_MS + 2 * DAY_MS - 10 * MINUTE_MS, minutes=40),
    Session(id="claude-3", user="ann", begin_ms=MONDAY_MS + 4 * DAY_MS + 15 * HOUR_MS, minutes=7),
)


def _attributes(values: Mapping[str, str]) -> list[KeyValue]:
    """Write attributes."""
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]
