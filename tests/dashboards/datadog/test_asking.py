"""The boards' questions as Datadog's queries and formulas, one for each kind of question."""

from collections.abc import Iterator

import pytest

from otel_agent.dashboards.board import Step
from otel_agent.dashboards.datadog.asking import Asking
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
)
from otel_agent.signals.logs import API_ERROR, SESSION_ERROR
from otel_agent.signals.metrics import COMMIT_COUNT, COST_USAGE, TOKEN_USAGE, TOOL_DURATION
from otel_agent.signals.metrics_agent import DROPPED
from otel_agent.signals.metrics_turns import CONTEXT_USAGE

ASKING = Asking(prefix="acme.", service="opencode")
CHOSEN = Asking(prefix="acme.", service="opencode", chosen=("model", "user.id", "session.id"))
SPEND = Amount(of=COST_USAGE)
BY_PERSON = "sum:acme.token.usage{*} by {user.id}.as_count()"


def names() -> Iterator[str]:
    """Return names for queries."""
    return (f"q{number}" for number in range(1, 10))


@pytest.mark.parametrize(
    ("query", "queries", "formula"),
    [
        (SPEND, ["sum:acme.cost.usage{*}.as_count()"], "q1"),
        (Amount(of=DROPPED), ["sum:otel_agent.dropped{*}.as_count()"], "q1"),
        (Measured(of=TOOL_DURATION), ["count:acme.tool.duration{*}.as_count()"], "q1"),
        (Latest(of=CONTEXT_USAGE), ["sum:acme.context.usage{*}.rollup(avg)"], "q1"),
        (Distinct(of=TOKEN_USAGE, attribute="user.id"), [BY_PERSON], "count_nonzero(q1)"),
        (PerMonth(of=SPEND), ["sum:acme.cost.usage{*}.as_count()"], "q1 * 30 / 7"),
        (
            Ratio(part=SPEND, whole=Distinct(of=TOKEN_USAGE, attribute="user.id")),
            ["sum:acme.cost.usage{*}.as_count()", BY_PERSON],
            "default_zero(q1) / (count_nonzero(q2))",
        ),
    ],
)
def test_number_is_queries_and_a_formula(query: Number, queries: list[str], formula: str) -> None:
    """Counts add up over the range; values of a tag are counted by the groups that are not zero."""
    asked = ASKING.number(query, names())

    assert queries == [one["query"] for one in asked.queries]
    assert formula == asked.formula


@pytest.mark.parametrize(
    ("query", "step", "expected"),
    [
        (Growth(of=COST_USAGE), Step.FINE, "sum:acme.cost.usage{*}.as_count()"),
        (Growth(of=COST_USAGE), Step.DAY, "sum:acme.cost.usage{*}.as_count().rollup(sum, 86400)"),
        (Active(of=TOKEN_USAGE, attribute="user.id"), Step.DAY, f"{BY_PERSON}.rollup(sum, 86400)"),
        (Quantile(of=TOOL_DURATION, quantile=0.95), Step.FINE, "p95:acme.tool.duration{*}"),
        (Latest(of=CONTEXT_USAGE, is_largest=True), Step.FINE, "max:acme.context.usage{*}.rollup(max)"),
    ],
)
def test_line_is_one_query(query: Line | Latest, step: Step, expected: str) -> None:
    """Along the time axis each interval has its own number."""
    assert [expected] == [one["query"] for one in ASKING.line(query, names(), step).queries]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("added",), "type:added"),
        (("cacheRead",), "type:cacheread"),
        (("input", "cacheRead"), "type IN (input,cacheread)"),
        (Presence.SET, "type:*"),
        (Presence.UNSET, "NOT type:*"),
    ],
)
def test_values_become_filters(values: tuple[str, ...] | Presence, expected: str) -> None:
    """Tags are in lower case; words, not signs, so that they may stand beside AND."""
    assert f"acme.token.usage{{{expected}}}" == ASKING.series(Amount(of=TOKEN_USAGE, where={"type": values}))


def test_points_are_filtered_by_the_choices_that_they_have() -> None:
    """A commit's points have no model; the agent's own points have no choice at all."""
    series = [CHOSEN.series(Amount(of=of)) for of in (COST_USAGE, COMMIT_COUNT, DROPPED)]

    assert [
        "acme.cost.usage{$model AND $user_id AND $session_id}",
        "acme.commit.count{$user_id AND $session_id}",
        "otel_agent.dropped{*}",
    ] == series


def test_log_events_are_found_by_name_and_session() -> None:
    """Some events of all sessions, and all events of the chosen one, however its id is written."""
    some = ASKING.events(Told(of=(API_ERROR, SESSION_ERROR)))
    chosen = ASKING.events(Told(is_of_session=True))

    assert "service:opencode @event.name:(api_error OR session.error)" == some
    assert "service:opencode *:$session_id.value" == chosen


def test_log_events_are_counted_by_attributes() -> None:
    """An event's attribute is a facet."""
    (asked,) = ASKING.line(Occurrences(of=API_ERROR, by=("model",)), names()).queries

    assert ("logs", {"aggregation": "count"}) == (asked["data_source"], asked["compute"])
    assert ["@model"] == [group["facet"] for group in asked["group_by"]]
