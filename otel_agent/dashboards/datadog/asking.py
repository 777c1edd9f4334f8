"""The boards' questions as Datadog's queries and formulas.

A delta sum is a count in Datadog, a delta histogram a distribution, a gauge a gauge.
Names and attributes keep their dots, and tags are in lower case:
https://docs.datadoghq.com/metrics/open_telemetry/otlp_metric_types/
https://docs.datadoghq.com/getting_started/tagging/
With `as_count` a rollup adds up, so the sum of all intervals is what the counter grew by in the range.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, assert_never

from otel_agent.dashboards.adapted import DAYS_OF_MONTH, DAYS_OF_WEEK
from otel_agent.dashboards.board import Step
from otel_agent.dashboards.choices import variable
from otel_agent.dashboards.datadog.names import name
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Filters,
    Growth,
    Latest,
    Line,
    Measured,
    Number,
    Occurrences,
    PerMonth,
    Presence,
    Quantile,
    Ratio,
    Told,
)
from otel_agent.dashboards.series import has
from otel_agent.signals.instruments import Instrument

Json = dict[str, Any]
Names = Iterator[str]
"""Names for queries, each once."""
EVERYTHING: Final = "*"
_ROLLUPS: Final[Mapping[Step, str]] = {Step.FINE: "", Step.DAY: ".rollup(sum, 86400)"}
"""How wide an interval is, in seconds; without a word of ours Datadog chooses it by the range."""
_GROUPS: Final = 20
"""How many values of an attribute log events are told apart by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one question comes to: queries, and the formula over them."""

    queries: tuple[Json, ...]
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Writes questions for one prefix and service; `chosen` are the attributes that one chooses by."""

    prefix: str
    service: str
    chosen: tuple[str, ...] = ()

    def number(self, query: Number, names: Names) -> Asked:
        """Return a question for one number of the whole range, or for one by attribute."""
        match query:
            case Amount():
                return self._summed(f"sum:{self.series(query)}.as_count()", names)
            case Measured():
                return self._summed(f"count:{self.series(query)}.as_count()", names)
            case Latest():
                return _plain(_metric(self._latest(query), names, {"aggregator": "last"}))
            case Distinct():
                kept_apart = Amount(of=query.of, by=(query.attribute,), where=query.where)
                each = self.number(kept_apart, names)
                return Asked(queries=each.queries, formula=f"count_nonzero({each.formula})")
            case PerMonth():
                week = self.number(query.of, names)
                formula = f"{week.formula} * {DAYS_OF_MONTH} / {DAYS_OF_WEEK}"
                return Asked(queries=week.queries, formula=formula)
            case Ratio():
                part, whole = self.number(query.part, names), self.number(query.whole, names)
                formula = f"default_zero({part.formula}) / ({whole.formula})"
                return Asked(queries=(*part.queries, *whole.queries), formula=formula)
            case _:
                assert_never(query)

    def line(self, query: Line | Latest, names: Names, step: Step = Step.FINE) -> Asked:
        """Return a question for numbers along the time axis; a step is for what a counter grew by."""
        match query:
            case Growth():
                return _plain(_metric(f"sum:{self.series(query)}.as_count(){_ROLLUPS[step]}", names))
            case Active():
                grown = Growth(of=query.of, by=(query.attribute,), where=query.where)
                each = self.line(grown, names, step)
                return Asked(queries=each.queries, formula=f"count_nonzero({each.formula})")
            case Quantile():
                return _plain(_metric(f"p{query.quantile * 100:g}:{self.series(query)}", names))
            case Latest():
                return _plain(_metric(self._latest(query), names))
            case Occurrences():
                return _plain(self._counted(query, names))
            case _:
                assert_never(query)

    def events(self, query: Told) -> str:
        """Return the search for log events.

        As a metric's tag a session's id is in lower case, as an attribute it is not; a full-text search
        takes either: https://docs.datadoghq.com/logs/explorer/search_syntax/
        """
        names = " OR ".join(row.name for row in query.of)
        events = [f"@event.name:({names})"] if names else []
        session = ["*:$session_id.value"] if query.is_of_session else []
        return " ".join([f"service:{self.service}", *events, *session])

    def series(self, query: Amount | Measured | Growth | Latest | Quantile) -> str:
        """Return a metric with the points that count, and what they are kept apart by."""
        by = f" by {{{','.join(query.by)}}}" if query.by else ""
        return f"{name(query.of, self.prefix)}{{{self._points(query.of, query.where)}}}{by}"

    def _points(self, row: Instrument, where: Filters) -> str:
        """Return which points of a metric count."""
        chosen = [f"${variable(key)}" for key in self.chosen if key not in where and has(row, key)]
        own = [_matched(key, values) for key, values in where.items()]
        return " AND ".join([*chosen, *own]) or EVERYTHING

    def _summed(self, query: str, names: Names) -> Asked:
        """Return the sum of all intervals of the range."""
        return _plain(_metric(query, names, {"aggregator": "sum"}))

    def _latest(self, query: Latest) -> str:
        """Return a gauge's values in each interval: the largest, or their averages added up."""
        fold = "max" if query.is_largest else "sum"
        rollup = ".rollup(max)" if query.is_largest else ".rollup(avg)"
        return f"{fold}:{self.series(query)}{rollup}"

    def _counted(self, query: Occurrences, names: Names) -> Json:
        """Return how often a log event was told."""
        grouped = [
            {
                "facet": f"@{key}",
                "limit": _GROUPS,
                "sort": {"aggregation": "count", "order": "desc"},
            }
            for key in query.by
        ]
        return {
            "data_source": "logs",
            "name": next(names),
            "search": {"query": self.events(Told(of=(query.of,)))},
            "indexes": ["*"],
            "compute": {"aggregation": "count"},
            "group_by": grouped,
        }


def _plain(query: Json) -> Asked:
    """Return a question that one query answers."""
    return Asked(queries=(query,), formula=query["name"])


def _metric(query: str, names: Names, reduced: Mapping[str, str] | None = None) -> Json:
    """Return a query for a metric; `reduced` says how its intervals become one number."""
    return {"data_source": "metrics", "name": next(names), "query": query, **(reduced or {})}


def _matched(attribute: str, values: tuple[str, ...] | Presence) -> str:
    """Return the filter that a tag has one of some values, or any, or none.

    https://docs.datadoghq.com/metrics/advanced-filtering/
    """
    match values:
        case Presence.SET:
            return f"{attribute}:*"
        case Presence.UNSET:
            return f"NOT {attribute}:*"
        case (value,):
            return f"{attribute}:{value.lower()}"
        case _:
            return f"{attribute} IN ({','.join(value.lower() for value in values)})"
