"""What a neutral question calculates in Honeycomb: an operator, a column, and the filters that it counts by.

Metrics arrive in a dataset of type metrics, log events in one of events. In the former Honeycomb first folds
each series in each step: it adds up delta counters and histograms, and takes a gauge's last value.
https://docs.honeycomb.io/investigate/query/apply-temporal-aggregation/
https://docs.honeycomb.io/reference/query-specification/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, assert_never

from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Filters,
    Growth,
    Latest,
    Measured,
    Occurrences,
    PerMonth,
    Presence,
    Quantile,
    Query,
    Ratio,
    Told,
    Traced,
)
from otel_agent.signals.attributes import CATALOGUE
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import API_REQUEST, LogEvent
from otel_agent.signals.metrics import COST_USAGE, TOKEN_USAGE

Json = dict[str, Any]

PERCENTILES: Final[Mapping[float, str]] = {
    0.001: "P001",
    0.01: "P01",
    0.05: "P05",
    0.1: "P10",
    0.2: "P20",
    0.25: "P25",
    0.5: "P50",
    0.75: "P75",
    0.8: "P80",
    0.9: "P90",
    0.95: "P95",
    0.99: "P99",
    0.999: "P999",
}
BOOLEANS: Final = frozenset(row.key for row in CATALOGUE if row.type == "boolean")
EVERYWHERE: Final = frozenset({"project.id", "session.id", "user.id", "vcs.repository.name"})
"""Attributes that every log event has."""


class Dataset(StrEnum):
    """Which of the two datasets a question is asked of."""

    METRICS = "metrics"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The log event that tells of what an instrument counts, and the attribute that has the amount."""

    event: LogEvent
    amount: str | None = None


SOURCES: Final[Mapping[str, Source]] = {
    TOKEN_USAGE.suffix: Source(event=API_REQUEST),
    COST_USAGE.suffix: Source(event=API_REQUEST, amount="cost_usd"),
}
"""A metrics dataset does not count the values of an attribute, so that is asked of the log events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """One operator on one column of one dataset, of what its filters let through."""

    dataset: Dataset
    op: str
    column: str | None = None
    filters: tuple[Json, ...] = ()


def calculation(query: Query, prefix: str) -> Calculation | None:
    """Return what a question calculates; None where no one operator of Honeycomb's does."""
    match query:
        case Amount() | Growth() | Measured() | Latest() | Quantile():
            op = _operator(query)
            return _of_metric(op, query.of, query.where, prefix) if op else None
        case Distinct() | Active():
            return _of_events("COUNT_DISTINCT", query.of, query.attribute, query.where)
        case Occurrences():
            return Calculation(dataset=Dataset.EVENTS, op="COUNT", filters=(_is_event(query.of),))
        case PerMonth() | Ratio() | Told() | Traced():
            return None
        case _:
            assert_never(query)


def from_events(query: Query, prefix: str) -> Calculation | None:
    """Return what a question calculates from the log events; None where they do not tell."""
    if isinstance(query, Amount):
        source = SOURCES.get(query.of.suffix)
        return _of_events("SUM", query.of, source.amount, query.where) if source and source.amount else None
    found = calculation(query, prefix)
    return found if found and found.dataset is Dataset.EVENTS else None


def _operator(query: Amount | Growth | Measured | Latest | Quantile) -> str | None:
    """Return the operator of a question about a metric; None for a quantile that Honeycomb does not have."""
    match query:
        case Amount() | Growth():
            return "SUM"
        case Measured():
            return "HISTOGRAM_COUNT"
        case Latest():
            return "MAX" if query.is_largest else "SUM"
        case Quantile():
            return PERCENTILES.get(query.quantile)
        case _:
            assert_never(query)


def _of_metric(op: str, row: Instrument, where: Filters, prefix: str) -> Calculation:
    """Return a calculation on a metric, whose column has its name."""
    column = f"{prefix}{row.suffix}" if row.is_prefixed else row.suffix
    return Calculation(dataset=Dataset.METRICS, op=op, column=column, filters=_filters(where))


def _of_events(op: str, row: Instrument, column: str, where: Filters) -> Calculation | None:
    """Return a calculation on the log events that tell of what an instrument counts."""
    source = SOURCES.get(row.suffix)
    if source is None or not where.keys() <= EVERYWHERE.union(source.event.attributes):
        return None
    filters = (_is_event(source.event), *_filters(where))
    return Calculation(dataset=Dataset.EVENTS, op=op, column=column, filters=filters)


def _is_event(row: LogEvent) -> Json:
    """Return the filter for one log event: the record's attribute, which has the bare name.

    https://github.com/honeycombio/husky/blob/main/otlp/logs.go
    """
    return {"column": "event.name", "op": "=", "value": row.name}


def _filters(where: Filters) -> tuple[Json, ...]:
    """Return filters in Honeycomb's words."""
    return tuple(_filter(key, values) for key, values in where.items())


def _filter(key: str, values: tuple[str, ...] | Presence) -> Json:
    """Return one filter; a value has the attribute's type."""
    match values:
        case Presence.SET:
            return {"column": key, "op": "exists"}
        case Presence.UNSET:
            return {"column": key, "op": "does-not-exist"}
        case (value,):
            return {"column": key, "op": "=", "value": _typed(key, value)}
        case tuple():
            return {"column": key, "op": "in", "value": [_typed(key, value) for value in values]}
        case _:
            assert_never(values)


def _typed(key: str, value: str) -> str | bool:
    """Return a filter's value as the attribute is sent."""
    return value == "true" if key in BOOLEANS else value
