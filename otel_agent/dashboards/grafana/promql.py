"""Questions in PromQL, for cumulative series.

Counters only rise, so what one grew by in a window is its largest value there less the last one before the
window: exact for any number of short processes, where increase() extrapolates, and for one that lives through
many windows and exports seldom, of which increase() loses what was added between them (docs/queries.md).
The agent's own series begin at zero, so one without a value before the window grew from its smallest there,
series without a zero (delta points that a Collector adds up, Claude Code's own) grew from nothing. The latter
also begin anew when Claude Code goes on with a session in another process: a value before that is larger than
all that came since was another process's, and is not taken off.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from otel_agent.dashboards.choices import variable
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Filters,
    Growth,
    Latest,
    Measured,
    Number,
    PerMonth,
    Presence,
    Quantile,
    Ratio,
    attributes_of,
)
from otel_agent.dashboards.series import has, name
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Kind

MONTH_S: Final = 30 * 24 * 3600
PAUSE: Final = "4d"
"""How far before a window its last value is looked for: a process may rest over a long weekend and go on."""
_UNITS: Final[Mapping[str, str]] = {"ms": "milliseconds", "s": "seconds", "By": "bytes", "1": ""}
"""The units that Prometheus spells out:
https://github.com/prometheus/otlptranslator/blob/main/unit_namer.go"""
_PRESENT: Final[Mapping[Presence, str]] = {Presence.SET: '!=""', Presence.UNSET: '=""'}


def label(attribute: str) -> str:
    """Return an attribute's name as a label, which has the characters of a choice's name."""
    return variable(attribute)


def metric(row: Instrument, prefix: str) -> str:
    """Return a metric's name as Prometheus' OTLP receiver writes it: unit and `_total` at the end.

    A unit that is a word of the name already, as in a prefix, stays where it is; `_total` and `_ratio` move.
    https://github.com/prometheus/otlptranslator/blob/main/metric_namer.go, UnderscoreEscapingWithSuffixes.
    """
    words = [word for word in re.split(r"[^a-zA-Z0-9:]+", name(row, prefix)) if word]
    unit = "" if row.unit.startswith("{") else _UNITS.get(row.unit, row.unit)
    if unit and unit not in words:
        words.append(unit)
    end = _end(row)
    return "_".join([*(word for word in words if word != end), *([end] if end else [])])


def _end(row: Instrument) -> str:
    """Return the last word of a metric's name, which says what kind it is; nothing for most."""
    if row.kind is Kind.COUNTER:
        return "total"
    return "ratio" if row.kind is Kind.GAUGE and row.unit == "1" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromQL:
    """Writes questions for one prefix; `range_` and `step` are the durations of the dashboard.

    `filters` has the matchers that every question about OpenCode gets: attribute → regular expression.
    `is_from_zero` says that every series has a zero in front of its first value.
    `is_ahead` says that a window begins at its mark on the time axis, in the place of ending there.
    """

    prefix: str
    filters: Mapping[str, str] = field(default_factory=dict[str, str])
    is_from_zero: bool = True
    is_ahead: bool = False
    range_: str = "$__range"
    range_s: str = "$__range_s"
    step: str = "$__interval"

    def number(self, query: Number) -> str:
        """Return an instant query for a number, or for one by attribute."""
        match query:
            case Amount():
                return self._amount(query.of, query.by, query.where)
            case Measured():
                return self._amount(query.of, query.by, query.where, "_count")
            case Latest():
                return self.latest(query, self.range_)
            case Distinct():
                return self._values(query, self.range_)
            case PerMonth():
                return f"{self.number(query.of)} / {self.range_s} * {MONTH_S}"
            case Ratio():
                return f"({self.whole(query.part)}) / ({self.number(query.whole)} > 0)"
            case _:
                assert_never(query)

    def whole(self, query: Number) -> str:
        """Return a number that is 0 where nothing was told; a ratio, and one by attribute, as it is."""
        is_alone = isinstance(query, Ratio) or attributes_of(query)
        return self.number(query) if is_alone else f"{self.number(query)} or vector(0)"

    def line(self, query: Growth | Active | Quantile | Latest) -> str:
        """Return a range query."""
        match query:
            case Growth():
                return self._grown(query.of, query.by, query.where)
            case Active():
                return self._values(query, self.step)
            case Quantile():
                series = self._series(query.of, query.where, "_bucket")
                buckets = self._growth(series, self.step, (*query.by, "le"))
                return f"histogram_quantile({query.quantile:g}, {buckets})"
            case Latest():
                return self.latest(query, self.step)
            case _:
                assert_never(query)

    def latest(self, query: Latest, window: str) -> str:
        """Return the last values of a gauge in a window, together."""
        fold = "max" if query.is_largest else "sum"
        return f"{fold}{_by(query.by)}(last_over_time({self._series(query.of, query.where, '')}[{window}]))"

    def _values(self, query: Distinct | Active, window: str) -> str:
        """Return how many values an attribute had where a counter grew; points without it are no value."""
        series = self._series(query.of, query.where, "", (f'{label(query.attribute)}!=""',))
        return f"count({self._growth(series, window, (query.attribute,))} > 0)"

    def _amount(self, row: Instrument, by: tuple[str, ...], where: Filters, part: str = "") -> str:
        """Return what counters grew by in the range, exactly."""
        return self._growth(self._series(row, where, part), self.range_, by)

    def _grown(self, row: Instrument, by: tuple[str, ...], where: Filters) -> str:
        """Return what counters grew by in each step, exactly: the steps add up to the whole."""
        return self._growth(self._series(row, where, ""), self.step, by)

    def _growth(self, series: str, window: str, by: tuple[str, ...]) -> str:
        """Return what series grew by since the last value before a window, or since they began."""
        inside, earlier = (f" offset -{window}", "") if self.is_ahead else ("", f" offset {window}")
        last = f"max_over_time({series}[{window}]{inside})"
        before = f"last_over_time({series}[{PAUSE}]{earlier})"
        if self.is_from_zero:
            begun = f"{before} or min_over_time({series}[{window}]{inside})"
        else:
            begun = f"{before} <= {last} or {last} * 0"
        return f"sum{_by(by)}({last} - ({begun}))"

    def _series(self, row: Instrument, where: Filters, part: str, more: tuple[str, ...] = ()) -> str:
        """Return the selector of a metric's series; `more` are matchers beside those of its filters."""
        matchers = [f"{label(key)}{_matched(values)}" for key, values in where.items()]
        matchers += [
            f'{label(key)}=~"{value}"'
            for key, value in self.filters.items()
            if key not in where and has(row, key)
        ]
        return f"{metric(row, self.prefix)}{part}{{{', '.join([*matchers, *more])}}}"


def _matched(values: tuple[str, ...] | Presence) -> str:
    """Return the end of a matcher."""
    return _PRESENT[values] if isinstance(values, Presence) else f'=~"{"|".join(values)}"'


def _by(attributes: tuple[str, ...]) -> str:
    """Return the clause that keeps attributes apart."""
    return f" by ({', '.join(label(key) for key in attributes)}) " if attributes else ""
