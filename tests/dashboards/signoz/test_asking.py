"""The boards' questions in the terms of SigNoz's query builder, one for each kind of question."""

from string import ascii_uppercase

import pytest

from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
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
from otel_agent.dashboards.signoz.asking import Asking
from otel_agent.dashboards.signoz.query import Asked
from otel_agent.signals.logs import API_ERROR, SESSION_ERROR
from otel_agent.signals.metrics import COMMIT_COUNT, COST_USAGE, TOKEN_USAGE, TOOL_DURATION
from otel_agent.signals.metrics_agent import DROPPED
from otel_agent.signals.metrics_turns import CONTEXT_USAGE

ASKING = Asking(prefix="acme.", service="opencode")
CHOSEN = Asking(prefix="acme.", service="opencode", chosen=("model", "user.id", "session.id"))
SPEND = Amount(of=COST_USAGE)


def metric(name: str, time: str, space: str, reduced: str) -> dict[str, str]:
    """Return a metric's aggregation."""
    folds = {"timeAggregation": time, "spaceAggregation": space, "reduceTo": reduced}
    return {"metricName": name, "temporality": "", **folds}


def number(query: Number) -> Asked:
    """Ask for a number with no choices."""
    return ASKING.number(query, iter(ascii_uppercase))


def line(query: Line) -> Asked:
    """Ask for a line with no choices."""
    return ASKING.line(query, iter(ascii_uppercase))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (SPEND, metric("acme.cost.usage", "increase", "sum", "sum")),
        (Amount(of=DROPPED), metric("otel_agent.dropped", "increase", "sum", "sum")),
        (Measured(of=TOOL_DURATION), metric("acme.tool.duration.count", "increase", "sum", "sum")),
        (Latest(of=CONTEXT_USAGE), metric("acme.context.usage", "latest", "sum", "last")),
        (Latest(of=CONTEXT_USAGE, is_largest=True), metric("acme.context.usage", "latest", "max", "last")),
        (Distinct(of=TOKEN_USAGE, attribute="user.id"), {"expression": "count_distinct(user.id)"}),
    ],
)
def test_number_is_one_aggregation(query: Number, expected: dict[str, str]) -> None:
    """Each simple question is one query of one aggregation."""
    asked = number(query)

    assert [expected] == [dict(one.aggregation) for one in asked.queries]
    assert asked.is_plain


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Growth(of=COST_USAGE), metric("acme.cost.usage", "increase", "sum", "sum")),
        (Quantile(of=TOOL_DURATION, quantile=0.95), metric("acme.tool.duration.bucket", "", "p95", "avg")),
        (Occurrences(of=API_ERROR), {"expression": "count()"}),
        (Active(of=TOKEN_USAGE, attribute="user.id"), {"expression": "count_distinct(user.id)"}),
    ],
)
def test_line_is_one_aggregation(query: Line, expected: dict[str, str]) -> None:
    """Each question along the time axis is one query of one aggregation."""
    asked = line(query)

    assert [expected] == [dict(one.aggregation) for one in asked.queries]


def test_ratio_is_a_formula_over_two_queries() -> None:
    """A part by a whole: two hidden queries, and the formula that divides them."""
    asked = number(Ratio(part=SPEND, whole=Amount(of=COMMIT_COUNT)))
    hidden, formulas = asked.shown("F1", "per commit", 0)

    assert [("A", True), ("B", True)] == [(query.name, query.is_hidden) for query in hidden]
    assert [("F1", "(A) / (B)", "per commit")] == [(one.name, one.expression, one.legend) for one in formulas]


def test_month_is_the_week_scaled() -> None:
    """Thirty days come to thirty sevenths of a week."""
    assert "A * 30 / 7" == number(PerMonth(of=SPEND)).expression


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("added",), "type = 'added'"),
        (("input", "cacheRead"), "type IN ('input', 'cacheRead')"),
        (Presence.SET, "type EXISTS"),
        (Presence.UNSET, "type NOT EXISTS"),
    ],
)
def test_values_become_conditions(values: tuple[str, ...] | Presence, expected: str) -> None:
    """One value, several, any or none."""
    asked = number(Amount(of=TOKEN_USAGE, where={"type": values}))

    assert expected == asked.queries[0].filter


def test_points_are_filtered_by_the_choices_that_they_have() -> None:
    """A commit's points have no model; the agent's own points have no choice at all."""
    filters = [
        CHOSEN.number(Amount(of=of), iter("A")).queries[0].filter
        for of in (COST_USAGE, COMMIT_COUNT, DROPPED)
    ]

    assert [
        "model IN $model AND user.id IN $user_id AND session.id IN $session_id",
        "user.id IN $user_id AND session.id IN $session_id",
        "",
    ] == filters


def test_values_are_counted_in_the_log_events_of_model_calls() -> None:
    """SigNoz cannot count an attribute's values on metrics; the events have every choice."""
    asked = Asking(prefix="acme.", service="opencode", chosen=("model",)).number(
        Distinct(of=TOKEN_USAGE, attribute="session.id", where={"project.id": Presence.SET}), iter("A")
    )

    expected = (
        "service.name = 'opencode' AND event.name = 'api_request' AND project.id EXISTS AND model IN $model"
    )
    assert expected == asked.queries[0].filter


def test_log_events_are_found_by_name_and_session() -> None:
    """Some events of all sessions, and all events of the chosen one."""
    some = ASKING.told(Told(of=(API_ERROR, SESSION_ERROR)), iter("A"))
    chosen = ASKING.told(Told(is_of_session=True), iter("A"))

    assert "service.name = 'opencode' AND event.name IN ('api_error', 'session.error')" == some.filter
    assert "service.name = 'opencode' AND session.id IN $session_id" == chosen.filter


def test_traces_are_first_spans_of_the_chosen_session() -> None:
    """A list of spans shows each trace once, by its root."""
    found = ASKING.traced(Traced(), iter("A"))

    assert "service.name = 'opencode' AND session.id IN $session_id AND isRoot = true" == found.filter
