"""What SigNoz's query builder is asked: queries of one signal each, and formulas over them.

https://signoz.io/docs/userguide/query-builder-v5/
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Signal(StrEnum):
    """What a query reads."""

    METRICS = "metrics"
    LOGS = "logs"
    TRACES = "traces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query; without an aggregation it lists what it finds, with `fields` as columns, newest first.

    `limit` is how many series or rows are shown, largest first: 0 shows all.
    `step_s` is how many seconds a step of the time axis has: with 0 SigNoz chooses by the range.
    """

    name: str
    signal: Signal
    aggregation: Mapping[str, str]
    filter: str = ""
    by: tuple[str, ...] = ()
    legend: str = ""
    limit: int = 0
    fields: tuple[str, ...] = ()
    is_hidden: bool = False
    step_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """Arithmetic over the results of queries, by their names."""

    name: str
    expression: str
    legend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one question comes to: queries, and what is done with their results."""

    queries: tuple[Query, ...]
    expression: str

    @property
    def is_plain(self) -> bool:
        """Whether one query is the whole answer."""
        return self.expression == self.queries[0].name

    def shown(self, formula: str, legend: str, limit: int) -> tuple[tuple[Query, ...], tuple[Formula, ...]]:
        """Return what is sent: one query that is shown, or hidden ones and the formula over them."""
        if self.is_plain:
            return (replace(self.queries[0], legend=legend, limit=limit),), ()
        hidden = tuple(replace(query, is_hidden=True) for query in self.queries)
        return hidden, (Formula(name=formula, expression=self.expression, legend=legend),)
