"""From facts to signals: the two tables applied to one fact."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Protocol, TypeVar

from otel_agent.facts import Fact
from otel_agent.settings import Settings, Signal, Temporality
from otel_agent.signals import logs, metrics
from otel_agent.signals.attributes import event_attributes, known, metric_attributes
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.ids import record_uid
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import LogEvent
from otel_agent.signals.model import Attributes, Measurement, Record
from otel_agent.signals.totals import NS_PER_MS, Series, SeriesKey, Totals
from otel_agent.tables import rows


class Sequences(Protocol):
    """Numbers the events of each session in this process."""

    def next(self, session_id: str) -> int:
        """Return the next number, from 1."""
        ...


class _Row(Protocol):
    @property
    def fact(self) -> type[Fact]: ...


R = TypeVar("R", bound=_Row)


def _by_fact(table: Iterable[R]) -> Mapping[type[Fact], Sequence[R]]:
    """Return the rows for each class of fact, in the order of the table."""
    found: dict[type[Fact], list[R]] = {}
    for row in table:
        found.setdefault(row.fact, []).append(row)
    return found


def instruments(settings: Settings) -> tuple[Instrument, ...]:
    """Return the instruments that are on; the cost scale changes unit and description of cost.usage only."""
    enabled = [row for row in rows(metrics, Instrument) if row.suffix not in settings.disabled_metrics]
    return tuple(_scaled(row, settings.cost_scale) for row in enabled)


def _scaled(row: Instrument, scale: float) -> Instrument:
    """Return cost.usage in the unit that its scale gives it."""
    if row is not metrics.COST_USAGE or scale == 1:
        return row
    # 15 digits: as it was written, 1000000 and not 1e+06.
    shown = f"{scale:.15g}"
    return replace(row, unit=f"USD/{shown}", description=f"{row.description}, multiplied by {shown}")


@dataclass(frozen=True)
class Projector:
    """What the facts of one journal become under its settings."""

    settings: Settings
    sequences: Sequences
    content: ContentPolicy = field(default_factory=ContentPolicy)

    def totals(self, load: Callable[[SeriesKey], Series | None]) -> Totals:
        """Return totals for the instruments that are on; `load` reads a stored series back."""
        return Totals(
            self._instruments,
            prefix=self.settings.metric_prefix,
            excluded=self.settings.excluded_metric_attributes,
            is_delta=self.settings.temporality is not Temporality.CUMULATIVE,
            load=load,
        )

    def measurements(self, fact: Fact, app_version: str | None) -> Iterator[Measurement]:
        """Yield what a fact adds to the series."""
        rows_of_fact = self._instruments_by_fact.get(type(fact), ())
        if not rows_of_fact:
            return
        shared = metric_attributes(fact.origin, self.settings.metrics_include, app_version)
        for row in rows_of_fact:
            scale = self.settings.cost_scale if row.suffix == metrics.COST_USAGE.suffix else 1
            for value, attributes in row.observe(fact):
                yield Measurement(
                    suffix=row.suffix,
                    value=value * scale,
                    attributes={**self.settings.metric_attributes, **shared, **known(attributes)},
                    time_ms=fact.origin.time_ms,
                )

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the log records that tell of a fact."""
        if Signal.LOGS not in self.settings.deliveries:
            return
        for row in self._events_by_fact.get(type(fact), ()):
            if row.is_told(fact):
                yield self._record(row, fact)

    def _record(self, row: LogEvent, fact: Fact) -> Record:
        """Return a fact's log record."""
        origin = fact.origin
        identity: Attributes = {
            "event.name": row.name,
            "event.timestamp": _iso(origin.time_ms),
            "event.sequence": self.sequences.next(origin.session_id),
            "log.record.uid": record_uid(origin.session_id, row.name, origin.uid),
        }
        return Record(
            name=f"{self.settings.metric_prefix}{row.name}",
            body=row.name,
            severity=row.severity(fact),
            time_ns=origin.time_ms * NS_PER_MS,
            attributes={**event_attributes(origin), **known(row.read(fact, self.content)), **identity},
        )

    @cached_property
    def _instruments(self) -> tuple[Instrument, ...]:
        return instruments(self.settings) if Signal.METRICS in self.settings.deliveries else ()

    @cached_property
    def _instruments_by_fact(self) -> Mapping[type[Fact], Sequence[Instrument]]:
        return _by_fact(self._instruments)

    @cached_property
    def _events_by_fact(self) -> Mapping[type[Fact], Sequence[LogEvent]]:
        return _by_fact(rows(logs, LogEvent))


def _iso(time_ms: int) -> str:
    """Return a time in ISO 8601 with milliseconds, UTC."""
    moment = datetime.fromtimestamp(time_ms / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
