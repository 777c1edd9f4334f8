"""What Prometheus works out once for all: how much counters grew, without the sessions that make them costly.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from otel_agent.dashboards.choices import PROJECT, SESSION
from otel_agent.dashboards.grafana.promql import PromQL, label, metric
from otel_agent.dashboards.queries import Amount, Measured
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.metrics import (
    COMMIT_COUNT,
    COST_USAGE,
    LINES_OF_CODE_COUNT,
    MODEL_USAGE,
    RETRY_COUNT,
    SESSION_COUNT,
    TOKEN_USAGE,
    TOOL_DURATION,
)
from otel_agent.signals.metrics_tools import PULL_REQUEST_COUNT
from otel_agent.signals.metrics_turns import ACTIVE_TIME_TOTAL

PEOPLE: Final = ("user.id", "vcs.repository.name")
"""Whose work it is, and on what."""
OFFSET: Final = "5m"
"""How late a point may arrive and still count: an agent exports once a minute, a Collector waits seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a group of rules is worked out; each covers the time since the one before, so they add up."""

    name: str
    window: str


QUICK: Final = Pace(name="spend-and-calls", window="10m")
"""What alerts read."""
HOURLY: Final = Pace(name="work", window="1h")
"""What reports read; each look goes back over all series of four days, which a large fleet feels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recording rule: an amount by attributes, in each window of its pace."""

    query: Amount | Measured
    pace: Pace

    def name(self, prefix: str) -> str:
        """Return the rule's name: level, metric, operation.

        https://prometheus.io/docs/practices/rules/#naming
        """
        part = "_count" if isinstance(self.query, Measured) else ""
        counted = metric(self.query.of, prefix).removesuffix("_total")
        return f"fleet:{counted}{part}:growth{self.pace.window}"

    def over(self, prefix: str, window: str, by: tuple[str, ...] = (), *, ago: str = "", **where: str) -> str:
        """Return what was recorded in a longer window, added up; of one value of a label where told."""
        matchers = ", ".join(f'{key}="{value}"' for key, value in where.items())
        chosen = f"{{{matchers}}}" if matchers else ""
        kept = f" by ({', '.join(label(key) for key in by)}) " if by else ""
        offset = f" offset {ago}" if ago else ""
        return f"sum{kept}(sum_over_time({self.name(prefix)}{chosen}[{window}]{offset}))"


SPEND: Final = Recorded(query=Amount(of=COST_USAGE, by=("model", *PEOPLE)), pace=QUICK)
CALLS: Final = Recorded(query=Amount(of=MODEL_USAGE, by=("model", "provider")), pace=QUICK)
RETRIES: Final = Recorded(query=Amount(of=RETRY_COUNT, by=("model",)), pace=QUICK)
TOOLS: Final = Recorded(query=Measured(of=TOOL_DURATION, by=("tool_name", "success")), pace=QUICK)

RECORDED: Final = (
    SPEND,
    CALLS,
    RETRIES,
    TOOLS,
    Recorded(query=Amount(of=TOKEN_USAGE, by=("model", "type", *PEOPLE)), pace=HOURLY),
    Recorded(query=Amount(of=LINES_OF_CODE_COUNT, by=("model", "type", *PEOPLE)), pace=HOURLY),
    Recorded(query=Amount(of=SESSION_COUNT, by=("start_type", "is_subagent", *PEOPLE)), pace=HOURLY),
    Recorded(query=Amount(of=COMMIT_COUNT, by=PEOPLE), pace=HOURLY),
    Recorded(query=Amount(of=PULL_REQUEST_COUNT, by=PEOPLE), pace=HOURLY),
    Recorded(query=Amount(of=ACTIVE_TIME_TOTAL, by=PEOPLE), pace=HOURLY),
)


def grown(query: Amount | Measured, variant: Variant, window: str) -> str:
    """Return a query for the exact growth in a window: windows that follow each other add up to the whole."""
    return PromQL(prefix=variant.prefix, is_from_zero=variant.is_from_zero, range_=window).number(query)


def recorded(variant: Variant) -> Iterator[tuple[Pace, dict[str, str]]]:
    """Yield the recording rules and their paces."""
    agent = (PROJECT,) if variant.is_beside_claude_code else ()
    for row in RECORDED:
        expr = grown(_by(row.query, (*row.query.by, *agent)), variant, row.pace.window)
        yield row.pace, {"record": row.name(variant.prefix), "expr": expr}
    sessions = grown(Amount(of=TOKEN_USAGE, by=(SESSION, *PEOPLE, *agent)), variant, HOURLY.window)
    kept = ", ".join(label(key) for key in (*PEOPLE, *agent))
    yield (
        HOURLY,
        {
            "record": f"fleet:{label(variant.prefix)}sessions:active{HOURLY.window}",
            "expr": f"count by ({kept}) ({sessions} > 0)",
        },
    )


def _by(query: Amount | Measured, by: tuple[str, ...]) -> Amount | Measured:
    """Return a question that keeps other attributes apart."""
    return type(query)(of=query.of, by=by, where=query.where)
