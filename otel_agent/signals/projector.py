"""From facts to signals: the tables applied to one fact, written as the profile says."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Protocol, TypeVar

from otel_agent.facts import Fact, Origin
from otel_agent.redaction.redactor import Redactor
from otel_agent.settings import Settings, Signal, Temporality
from otel_agent.signals import genai
from otel_agent.signals.attributes import event_attributes, known, metric_attributes
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.ids import record_uid
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import LogEvent
from otel_agent.signals.metrics import COST_USAGE
from otel_agent.signals.model import Attributes, Measurement, Record, Span
from otel_agent.signals.profile import profile_of
from otel_agent.signals.rules import EventRules, MetricRules, Profile, Rules
from otel_agent.signals.spans.build import SpanBuilder
from otel_agent.signals.spans.profiles import PROFILES as SPAN_PROFILES
from otel_agent.signals.spans.shape import SpanProfile
from otel_agent.signals.spans.tree import Tree
from otel_agent.signals.totals import NS_PER_MS, Series, SeriesKey, Totals
from otel_agent.tables import rows

NO_METRIC_RULES = MetricRules()
NO_EVENT_RULES = EventRules()


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
    """Return the instruments that are on, with the units that profile and cost scale give them."""
    profile = profile_of(settings)
    optional = rows(genai, Instrument) if settings.genai_metrics else ()
    enabled = [row for row in (*INSTRUMENTS, *optional) if row.suffix not in settings.disabled_metrics]
    return tuple(_scaled(_in_unit(row, profile), settings.cost_scale) for row in enabled)


def _in_unit(row: Instrument, profile: Profile) -> Instrument:
    """Return an instrument in the unit that its profile says."""
    unit = profile.metrics.get(row.suffix, NO_METRIC_RULES).unit
    return row if unit is None else replace(row, unit=unit)


def _scaled(row: Instrument, scale: float) -> Instrument:
    """Return cost.usage in the unit that its scale gives it, and every other instrument as it is."""
    if row.suffix != COST_USAGE.suffix or scale == 1:
        return row
    shown = f"{scale:.15g}"
    return replace(row, unit=f"{row.unit}/{shown}", description=f"{row.description}, multiplied by {shown}")


def content_of(settings: Settings) -> ContentPolicy:
    """Return which content may leave."""
    return ContentPolicy(
        is_prompt_on=settings.log_prompts,
        is_response_on=settings.log_responses,
        are_tool_details_on=settings.log_tool_details,
        is_tool_content_on=settings.log_tool_content,
        max_length=settings.content_max_length,
        redactor=Redactor(patterns=settings.redact_patterns),
    )


@dataclass(frozen=True)
class Projector:
    """What the facts of one journal become under its settings; `tree` knows who their spans' parents are."""

    settings: Settings
    sequences: Sequences
    content: ContentPolicy = field(default_factory=ContentPolicy)
    tree: Tree = field(default_factory=Tree)

    def totals(self, load: Callable[[SeriesKey], Series | None]) -> Totals:
        """Return totals for the instruments that are on; `load` reads a stored series back.

        Low memory is as delta here: counters and histograms are synchronous, gauges have no temporality
        (https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration).
        """
        return Totals(
            self._instruments,
            prefix=self.settings.metric_prefix,
            excluded=self.settings.excluded_metric_attributes,
            is_delta=self.settings.temporality is not Temporality.CUMULATIVE,
            load=load,
        )

    def measurements(self, fact: Fact, app_version: str | None) -> Iterator[Measurement]:
        """Yield what a fact adds to the series; ours win over the user's own attributes."""
        rows_of_fact = self._instruments_by_fact.get(type(fact), ())
        if not rows_of_fact:
            return
        shared = metric_attributes(fact.origin, self.settings.metrics_include, app_version)
        users = {**self._copied, **self.settings.metric_attributes}
        for row in rows_of_fact:
            rules = self.profile.metrics.get(row.suffix, NO_METRIC_RULES)
            scale = self.settings.cost_scale if row.suffix == COST_USAGE.suffix else 1
            for value, attributes in row.observe(fact):
                ours = known({**attributes, **rules.told(fact)})
                if rules.is_counted(ours):
                    yield Measurement(
                        suffix=row.suffix,
                        value=value * scale,
                        attributes={**users, **self._written(rules, {**shared, **ours})},
                        time_ms=fact.origin.time_ms,
                    )

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the log records that tell of a fact."""
        if Signal.LOGS not in self.settings.deliveries:
            return
        for row in self._events_by_fact.get(type(fact), ()):
            rules = self.profile.events.get(row.name, NO_EVENT_RULES)
            is_told = rules.is_told or row.is_told
            if is_told(fact):
                yield self._record(row, rules, fact)

    def spans(self, fact: Fact) -> Iterator[Span]:
        """Yield the spans that are over with a fact."""
        if Signal.TRACES in self.settings.deliveries:
            yield from self._builder.spans(fact)

    def _record(self, row: LogEvent, rules: EventRules, fact: Fact) -> Record:
        """Return a fact's log record."""
        origin = fact.origin
        ours = {**event_attributes(origin), **known({**row.read(fact, self.content), **rules.told(fact)})}
        written = self._written(rules, ours)
        if not self.content.are_tool_details_on:
            written = rules.without_details(written)
        identity: Attributes = {
            "event.name": row.name,
            "event.timestamp": _iso(origin.time_ms),
            "event.sequence": self.sequences.next(origin.session_id),
            "log.record.uid": record_uid(origin.session_id, row.name, origin.uid),
        }
        trace_id, span_id = self._ids(origin)
        return Record(
            trace_id=trace_id,
            span_id=span_id,
            name=f"{self.settings.metric_prefix}{row.name}",
            body=f"{self.profile.body_prefix}{row.name}",
            severity=row.severity(fact),
            time_ns=origin.time_ms * NS_PER_MS,
            attributes={**self._copied, **written, **identity},
        )

    def _ids(self, origin: Origin) -> tuple[str | None, str | None]:
        """Return the ids of trace and span that an event belongs to, None where that span is not sent."""
        is_on = Signal.TRACES in self.settings.deliveries
        return (is_on and self._builder.nearest(origin)) or (None, None)

    def _written(self, rules: Rules, attributes: Attributes) -> Attributes:
        """Return attributes as the profile writes them."""
        return rules.written(self.profile.shared.written(attributes))

    @cached_property
    def profile(self) -> Profile:
        """How the facts are written."""
        return profile_of(self.settings)

    @cached_property
    def span_profile(self) -> SpanProfile:
        """How spans are written."""
        return SPAN_PROFILES[self.settings.tracing.profile]

    @cached_property
    def _builder(self) -> SpanBuilder:
        return SpanBuilder(
            profile=self.span_profile,
            tree=self.tree,
            prefix=self.settings.metric_prefix,
            content=self.content,
            attributes=self.settings.tracing.attributes,
            fixed=self.settings.tracing.fixed_attributes,
        )

    @cached_property
    def _copied(self) -> Mapping[str, str]:
        """The Resource's attributes that the profile also writes on points and events."""
        return self.settings.standard_attributes if self.profile.copies_standard_attributes else {}

    @cached_property
    def _instruments(self) -> tuple[Instrument, ...]:
        return instruments(self.settings) if Signal.METRICS in self.settings.deliveries else ()

    @cached_property
    def _instruments_by_fact(self) -> Mapping[type[Fact], Sequence[Instrument]]:
        return _by_fact(self._instruments)

    @cached_property
    def _events_by_fact(self) -> Mapping[type[Fact], Sequence[LogEvent]]:
        return _by_fact(EVENTS)


def _iso(time_ms: int) -> str:
    """Return a time in ISO 8601 with milliseconds, UTC."""
    moment = datetime.fromtimestamp(time_ms / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
