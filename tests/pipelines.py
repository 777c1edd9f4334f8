"""Pipelines over journal folders, and what their stored requests say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import read_header
from otel_agent.pipeline import Pipeline
from otel_agent.routes import standing_of, ways
from otel_agent.settings import Settings, Signal, parse
from otel_agent.sink import messages
from otel_agent.sink.decode import Point, Record, Value, points_of, records_of
from otel_agent.sink.spans import Span, spans_of
from otel_agent.ways import Way

DESTINATIONS = dict.fromkeys(Signal, "there")


def settings_of(**environ: str) -> Settings:
    """Return the settings of an environment in which telemetry is on."""
    return parse({"HOME": "/home/dev", "OPENCODE_ENABLE_TELEMETRY": "1", **environ})


def opened(
    folder: Path, clock: FakeClock, settings: Settings | None = None, beside: Sequence[Way] = ()
) -> Pipeline:
    """Return a pipeline that goes on from what the folder has, with further ways beside the generic one."""
    return Pipeline(
        folder,
        read_header(folder),
        [Way(settings=settings or settings_of(), destinations=DESTINATIONS), *beside],
        observer=None,
        now_ms=lambda: int(clock() * 1000),
    )


def folded(folder: Path, **environ: str) -> None:
    """Fold a whole journal of a state directory for every destination that its own header names."""
    header = read_header(folder)
    standing = standing_of(header, environ, folder.parent.parent)
    pipeline = Pipeline(folder, header, ways(standing, header), observer=None, now_ms=lambda: 1)
    while pipeline.step():
        continue
    assert pipeline.finish()
    pipeline.close()


def finished(folder: Path, settings: Settings | None = None) -> "Sent":
    """Return what a whole journal gives in one go."""
    pipeline = opened(folder, FakeClock(), settings)
    while pipeline.step():
        continue
    assert pipeline.finish()
    sent = sent_of(pipeline.outbox)
    pipeline.close()
    return sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What an outbox has: each request's points, records or spans, in their order, and the counts."""

    metrics: list[list[Point]] = field(default_factory=list)
    logs: list[list[Record]] = field(default_factory=list)
    traces: list[list[Span]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def points(self) -> list[Point]:
        """All points."""
        return [point for request in self.metrics for point in request]

    @property
    def records(self) -> list[Record]:
        """All records."""
        return [record for request in self.logs for record in request]

    @property
    def spans(self) -> list[Span]:
        """All spans."""
        return [span for request in self.traces for span in request]

    def totals(self) -> dict[tuple[object, ...], object]:
        """Return the last value of every series, with its start."""
        return {(*identity(point), point.start_ns): point.value for point in self.points}

    def sums(self) -> dict[tuple[object, ...], float]:
        """Return the sum of the points of each counter."""
        found: dict[tuple[object, ...], float] = {}
        for point in self.points:
            if isinstance(point.value, int | float) and point.kind == "sum":
                found[identity(point)] = round(found.get(identity(point), 0) + point.value, 9)
        return found

    def told(self) -> Counter[tuple[tuple[str, Value], ...]]:
        """Return how often each record is there."""
        return Counter(tuple(sorted(record.attributes.items())) for record in self.records)


def identity(point: Point) -> tuple[str, tuple[tuple[str, Value], ...]]:
    """Return what makes a point's series."""
    return point.name, tuple(sorted(point.attributes.items()))


def sent_of(outbox: Outbox, destination: str = "%") -> Sent:
    """Return what an outbox has, for every destination or for one."""
    query = "SELECT signal, payload FROM requests WHERE destination LIKE ? ORDER BY id"
    rows = outbox.connection.execute(query, (destination,)).fetchall()
    decoded = [(signal, messages.decode(Signal(signal), payload)) for signal, payload in rows]
    return Sent(
        metrics=[list(points_of(message)) for signal, message in decoded if signal == "metrics"],
        logs=[list(records_of(message)) for signal, message in decoded if signal == "logs"],
        traces=[list(spans_of(message)) for signal, message in decoded if signal == "traces"],
        sizes=[len(payload) for _, payload in rows],
        counts=outbox.counts(),
    )
