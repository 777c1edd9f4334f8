"""The boards' questions in the terms of SigNoz's query builder.

SigNoz keeps the names of metrics and attributes as they are sent, dots and all.
A histogram is several metrics, with `.bucket`, `.count`, `.sum`, `.min` and `.max` at the end:
https://github.com/SigNoz/signoz-otel-collector/blob/main/exporter/signozclickhousemetrics/exporter.go
`increase` of delta points is their sum in each step, and `reduceTo: sum` adds the steps up: exact.
Without a temporality SigNoz takes the one that it finds with the metric.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from otel_agent.dashboards.adapted import DAYS_OF_MONTH, DAYS_OF_WEEK
from otel_agent.dashboards.board import TOLD
from otel_agent.dashboards.choices import SESSION, variable
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
    Traced,
)
from otel_agent.dashboards.series import has, name
from otel_agent.dashboards.signoz.query import Asked, Query, Signal
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import API_REQUEST

LISTED: Final = 100
"""How many log events or spans a list shows on a page."""
EVENT_COLUMNS: Final = ("timestamp", "event.name", *TOLD)
SPAN_COLUMNS: Final = ("timestamp", "service.name", "name", "duration_nano", "has_error")
_PRESENT: Final[Mapping[Presence, str]] = {Presence.SET: "EXISTS", Presence.UNSET: "NOT EXISTS"}
Letters = Iterator[str]
"""Names for queries, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Writes questions for one prefix and service; `chosen` are the attributes that one chooses by."""

    prefix: str
    service: str
    chosen: tuple[str, ...] = ()

    def number(self, query: Number, letters: Letters) -> Asked:
        """Return a question for one number of the whole range, or for one by attribute."""
        match query:
            case Amount():
                return _plain(self._grown(query, next(letters)))
            case Measured():
                return _plain(self._grown(query, next(letters), ".count"))
            case Latest():
                return _plain(self._latest(query, next(letters)))
            case Distinct():
                return _plain(self._distinct(query, next(letters)))
            case PerMonth():
                week = self.number(query.of, letters)
                expression = f"{week.expression} * {DAYS_OF_MONTH} / {DAYS_OF_WEEK}"
                return Asked(queries=week.queries, expression=expression)
            case Ratio():
                part, whole = self.number(query.part, letters), self.number(query.whole, letters)
                expression = f"({part.expression}) / ({whole.expression})"
                return Asked(queries=(*part.queries, *whole.queries), expression=expression)
            case _:
                assert_never(query)

    def line(self, query: Line, letters: Letters) -> Asked:
        """Return a question for numbers along the time axis."""
        match query:
            case Growth():
                return _plain(self._grown(query, next(letters)))
            case Active():
                return _plain(self._distinct(query, next(letters)))
            case Quantile():
                space = f"p{query.quantile * 100:g}"
                return _plain(self._metric(query, next(letters), ".bucket", _aggregation("", space, "avg")))
            case Occurrences():
                return _plain(
                    Query(
                        name=next(letters),
                        signal=Signal.LOGS,
                        aggregation={"expression": "count()"},
                        filter=_all(self._service(), _matched("event.name", (query.of.name,))),
                        by=query.by,
                    )
                )
            case _:
                assert_never(query)

    def told(self, query: Told, letters: Letters) -> Query:
        """Return a question for log events, newest first."""
        names = tuple(row.name for row in query.of)
        events = _matched("event.name", names) if names else ""
        session = _choice(SESSION) if query.is_of_session else ""
        return Query(
            name=next(letters),
            signal=Signal.LOGS,
            aggregation={},
            filter=_all(self._service(), events, session),
            limit=LISTED,
            fields=EVENT_COLUMNS,
        )

    def traced(self, _query: Traced, letters: Letters) -> Query:
        """Return a question for the chosen session's traces: their first spans, newest first."""
        return Query(
            name=next(letters),
            signal=Signal.TRACES,
            aggregation={},
            filter=_all(self._service(), _choice(SESSION), "isRoot = true"),
            limit=LISTED,
            fields=SPAN_COLUMNS,
        )

    def _grown(self, query: Amount | Measured | Growth, letter: str, part: str = "") -> Query:
        """Return what a counter grew by, in each step and in all of them."""
        return self._metric(query, letter, part, _aggregation("increase", "sum", "sum"))

    def _latest(self, query: Latest, letter: str) -> Query:
        """Return the last values of a gauge in each step, together."""
        fold = "max" if query.is_largest else "sum"
        return self._metric(query, letter, "", _aggregation("latest", fold, "last"))

    def _distinct(self, query: Distinct | Active, letter: str) -> Query:
        """Return how many values an attribute had, in the log events of model calls."""
        return Query(
            name=letter,
            signal=Signal.LOGS,
            aggregation={"expression": f"count_distinct({query.attribute})"},
            filter=_all(
                self._service(),
                _matched("event.name", (API_REQUEST.name,)),
                *(_matched(key, values) for key, values in query.where.items()),
                *(_choice(key) for key in self.chosen if key not in query.where),
            ),
        )

    def _metric(
        self,
        query: Amount | Measured | Growth | Latest | Quantile,
        letter: str,
        part: str,
        aggregation: Mapping[str, str],
    ) -> Query:
        """Return a query for a metric."""
        return Query(
            name=letter,
            signal=Signal.METRICS,
            aggregation={"metricName": f"{name(query.of, self.prefix)}{part}", **aggregation},
            filter=self._points(query.of, query.where),
            by=query.by,
        )

    def _points(self, row: Instrument, where: Filters) -> str:
        """Return which points of a metric count."""
        own = [_matched(key, values) for key, values in where.items()]
        chosen = [_choice(key) for key in self.chosen if key not in where and has(row, key)]
        return _all(*own, *chosen)

    def _service(self) -> str:
        """Return which log events and spans are ours."""
        return _matched("service.name", (self.service,))


def _plain(query: Query) -> Asked:
    """Return a question that one query answers."""
    return Asked(queries=(query,), expression=query.name)


def _aggregation(time: str, space: str, reduced: str) -> dict[str, str]:
    """Return how points are folded: in a step, over series, and over steps."""
    return {"temporality": "", "timeAggregation": time, "spaceAggregation": space, "reduceTo": reduced}


def _matched(attribute: str, values: tuple[str, ...] | Presence) -> str:
    """Return the condition that an attribute has one of some values, or any, or none.

    https://signoz.io/docs/userguide/search-syntax/
    """
    match values:
        case Presence():
            return f"{attribute} {_PRESENT[values]}"
        case (value,):
            return f"{attribute} = {_quoted(value)}"
        case _:
            return f"{attribute} IN ({', '.join(map(_quoted, values))})"


def _choice(attribute: str) -> str:
    """Return the condition that an attribute has one of the chosen values; SigNoz drops it where all are."""
    return f"{attribute} IN ${variable(attribute)}"


def _all(*conditions: str) -> str:
    """Return the condition that all conditions hold; empty ones hold."""
    return " AND ".join(condition for condition in conditions if condition)


def _quoted(value: str) -> str:
    """Return a value as it stands in a condition."""
    return f"'{value}'"
