"""Calculations: the operator, the column and the filters of each neutral question."""

import pytest

from otel_agent.dashboards.honeycomb.calculations import (
    SOURCES,
    Calculation,
    Dataset,
    Json,
    calculation,
    from_events,
)
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
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
from otel_agent.signals import metrics_agent
from otel_agent.signals.catalogue import INSTRUMENTS
from otel_agent.signals.logs import API_ERROR
from otel_agent.signals.metrics import COMMIT_COUNT, COST_USAGE, TOKEN_USAGE, TOOL_DURATION
from otel_agent.signals.metrics_turns import CONTEXT_USAGE

ANSWERED: Json = {"column": "event.name", "op": "=", "value": "api_request"}


def metric(op: str, column: str, *filters: Json) -> Calculation:
    """Return a calculation on a metric."""
    return Calculation(dataset=Dataset.METRICS, op=op, column=column, filters=filters)


def events(op: str, column: str | None, *filters: Json) -> Calculation:
    """Return a calculation on log events."""
    return Calculation(dataset=Dataset.EVENTS, op=op, column=column, filters=filters)


MADE: list[tuple[Query, Calculation]] = [
    (Amount(of=TOKEN_USAGE), metric("SUM", "a.token.usage")),
    (Growth(of=TOKEN_USAGE, by=("type",)), metric("SUM", "a.token.usage")),
    (Amount(of=metrics_agent.DROPPED), metric("SUM", "otel_agent.dropped")),
    (Measured(of=TOOL_DURATION), metric("HISTOGRAM_COUNT", "a.tool.duration")),
    (Quantile(of=TOOL_DURATION, quantile=0.95), metric("P95", "a.tool.duration")),
    (Quantile(of=TOOL_DURATION, quantile=0.5), metric("P50", "a.tool.duration")),
    (Latest(of=CONTEXT_USAGE, is_largest=True), metric("MAX", "a.context.usage")),
    (Latest(of=metrics_agent.OUTBOX_SIZE), metric("SUM", "otel_agent.outbox.size")),
    (Distinct(of=TOKEN_USAGE, attribute="user.id"), events("COUNT_DISTINCT", "user.id", ANSWERED)),
    (Active(of=TOKEN_USAGE, attribute="session.id"), events("COUNT_DISTINCT", "session.id", ANSWERED)),
    (Occurrences(of=API_ERROR), events("COUNT", None, {**ANSWERED, "value": "api_error"})),
]


@pytest.mark.parametrize(("query", "made"), MADE, ids=[type(query).__name__ for query, _ in MADE])
def test_question_has_its_operator(query: Query, made: Calculation) -> None:
    """Delta counters are summed, histograms counted or asked for a percentile, values counted."""
    assert made == calculation(query, "a.")


NONE: list[Query] = [
    PerMonth(of=Amount(of=COST_USAGE)),
    Ratio(part=Amount(of=COST_USAGE), whole=Amount(of=COMMIT_COUNT)),
    Told(),
    Traced(),
    Quantile(of=TOOL_DURATION, quantile=0.42),
    Distinct(of=COMMIT_COUNT, attribute="session.id"),
    Distinct(of=TOKEN_USAGE, attribute="session.id", where={"type": ("input",)}),
]


@pytest.mark.parametrize("query", NONE, ids=repr)
def test_what_one_operator_does_not_say_is_none(query: Query) -> None:
    """Nothing is asked that would be answered by something else."""
    assert None is calculation(query, "a.")


FILTERS: list[tuple[dict[str, tuple[str, ...] | Presence], Json]] = [
    ({"type": ("input",)}, {"column": "type", "op": "=", "value": "input"}),
    ({"type": ("input", "output")}, {"column": "type", "op": "in", "value": ["input", "output"]}),
    ({"success": ("false",)}, {"column": "success", "op": "=", "value": False}),
    ({"success": ("true",)}, {"column": "success", "op": "=", "value": True}),
    ({"project.id": Presence.SET}, {"column": "project.id", "op": "exists"}),
    ({"project.id": Presence.UNSET}, {"column": "project.id", "op": "does-not-exist"}),
]


@pytest.mark.parametrize(("where", "told"), FILTERS)
def test_filter_has_the_type_of_its_attribute(
    where: dict[str, tuple[str, ...] | Presence], told: Json
) -> None:
    """Honeycomb compares booleans with booleans, and texts with texts."""
    assert metric("SUM", "a.token.usage", told) == calculation(Amount(of=TOKEN_USAGE, where=where), "a.")


def test_money_is_told_by_events_too() -> None:
    """So that it can be divided by the number of sessions, which only events know."""
    assert events("SUM", "cost_usd", ANSWERED) == from_events(Amount(of=COST_USAGE), "a.")
    assert None is from_events(Amount(of=TOKEN_USAGE), "a.")
    assert None is from_events(Growth(of=COST_USAGE), "a.")


def test_events_that_stand_for_counters_tell_of_the_same_fact() -> None:
    """And they have the attribute that has the amount."""
    rows = {row.suffix: row for row in INSTRUMENTS}

    assert all(source.event.fact is rows[suffix].fact for suffix, source in SOURCES.items())
    assert all(
        source.amount is None or source.amount in source.event.attributes for source in SOURCES.values()
    )
