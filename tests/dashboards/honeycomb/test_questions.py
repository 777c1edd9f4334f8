"""Questions: whole query specifications, and the panels that have none."""

from otel_agent.dashboards.board import Target, Unit
from otel_agent.dashboards.honeycomb.questions import RANGE_S, Question, absent, question, slug, why_absent
from otel_agent.dashboards.panels import bars, daily, lines, logs, number, ranking, table, traces
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Growth,
    Latest,
    PerMonth,
    Quantile,
    Ratio,
    Told,
)
from otel_agent.signals.metrics import (
    COMMIT_COUNT,
    COST_USAGE,
    MESSAGE_COUNT,
    TOKEN_USAGE,
    TOOL_DURATION,
)
from otel_agent.signals.metrics_agent import OUTBOX_SIZE

READ = Amount(of=TOKEN_USAGE, where={"type": ("cacheRead",)})
SPEND = Amount(of=COST_USAGE)
HOUR_S, DAY_S = 3600, 86_400


def asked(found: Question | None) -> Question:
    """Return a question that is one."""
    assert found is not None
    return found


def test_number_is_one_calculation_of_the_range() -> None:
    """Its filter is the whole query's, and there is no time axis."""
    found = asked(question(number("Read", "From the cache", READ), "a."))

    assert {
        "time_range": RANGE_S,
        "calculations": [{"op": "SUM", "column": "a.token.usage"}],
        "filters": [{"column": "type", "op": "=", "value": "cacheRead"}],
    } == found.specification


def test_bars_have_steps_and_an_order() -> None:
    """The largest values of the attribute come first."""
    found = asked(question(bars("Spend", "By model", Growth(of=COST_USAGE, by=("model",))), "a."))

    assert {
        "time_range": RANGE_S,
        "granularity": HOUR_S,
        "breakdowns": ["model"],
        "calculations": [{"op": "SUM", "column": "a.cost.usage"}],
        "orders": [{"op": "SUM", "column": "a.cost.usage", "order": "descending"}],
        "limit": 100,
    } == found.specification


def test_steps_of_a_day_are_a_day() -> None:
    """A panel that says a day counts by days."""
    found = asked(question(daily("People", "A day", Active(of=TOKEN_USAGE, attribute="user.id")), "a."))

    assert DAY_S == found.specification["granularity"]


def test_ranking_shows_the_largest_only() -> None:
    """A picture with a hundred bars shows nothing."""
    found = asked(question(ranking("Spend", "By person", Amount(of=COST_USAGE, by=("user.id",))), "a."))

    assert (12, 1) == (found.specification["limit"], found.charts)


def test_table_has_a_calculation_for_each_column() -> None:
    """Each is named by its legend, and the first one is the order of the rows."""
    panel = table(
        "Sessions",
        "All",
        Target(query=Amount(of=COST_USAGE, by=("session.id",)), legend="US dollars", unit=Unit.DOLLARS),
        Target(query=Amount(of=MESSAGE_COUNT, by=("session.id",)), legend="answers"),
    )
    found = asked(question(panel, "a."))

    assert [
        {"op": "SUM", "column": "a.cost.usage", "name": "us_dollars"},
        {"op": "SUM", "column": "a.message.count", "name": "answers"},
    ] == found.specification["calculations"]
    assert [{"column": "us_dollars", "order": "descending"}] == found.specification["orders"]


def test_lines_beside_each_other_have_filters_of_their_own() -> None:
    """Two calculations of one query count by different filters."""
    panel = lines(
        "Spend",
        "By kind",
        *(
            Target(query=Growth(of=COST_USAGE, where={"query_source": (kind,)}), legend=kind)
            for kind in ("main", "subagent")
        ),
    )
    found = asked(question(panel, "a."))

    assert ["main", "subagent"] == [
        made["filters"][0]["value"] for made in found.specification["calculations"]
    ]
    assert "filters" not in found.specification
    assert 2 == found.charts


def test_ratio_is_a_formula() -> None:
    """Only the formula's result is shown, so there is one chart."""
    found = asked(question(number("Rate", "Hits", Ratio(part=READ, whole=Amount(of=TOKEN_USAGE))), "a."))

    assert {
        "time_range": RANGE_S,
        "calculations": [
            {
                "op": "SUM",
                "column": "a.token.usage",
                "name": "part",
                "filters": [{"column": "type", "op": "=", "value": "cacheRead"}],
            },
            {"op": "SUM", "column": "a.token.usage", "name": "whole"},
        ],
        "formulas": [{"name": "ratio", "expression": "DIV($part, $whole)"}],
    } == found.specification
    assert 1 == found.charts


def test_ratio_of_two_datasets_is_asked_of_events() -> None:
    """Money by sessions: the log events have both."""
    query = Ratio(part=SPEND, whole=Distinct(of=TOKEN_USAGE, attribute="session.id"))
    found = asked(question(number("Per session", "Spend", query), "a."))

    assert "events" == found.dataset
    assert ["cost_usd", "session.id"] == [made["column"] for made in found.specification["calculations"]]


def test_gauge_is_drawn_along_the_time_axis() -> None:
    """Adding its last values up over several steps would count each of them several times."""
    found = asked(question(number("Waiting", "Requests", Latest(of=OUTBOX_SIZE)), "a."))

    assert ("lines", HOUR_S) == (found.shape, found.specification["granularity"])


def test_what_cannot_be_asked_is_absent_with_its_reason() -> None:
    """No panel is replaced by another number in silence."""
    commits = Distinct(of=COMMIT_COUNT, attribute="session.id")
    odd = lines("Odd", "Quantile", Target(query=Quantile(of=TOOL_DURATION, quantile=0.42), legend="p42"))
    panels = [
        number("Tokens", "All", Amount(of=TOKEN_USAGE)),
        number("Per month", "At this pace", PerMonth(of=SPEND)),
        logs("Errors", "All", Told()),
        traces("Traces", "All"),
        number("Per session", "Tokens", Ratio(part=Amount(of=TOKEN_USAGE), whole=commits)),
        number("Sessions", "With commits", commits),
        odd,
    ]

    assert {
        "Per month": "a query does not know how long the chosen time range is",
        "Errors": "a board shows calculations, not single events; the events dataset's raw data has them",
        "Traces": "a board shows calculations, not traces; the events dataset has them",
        "Per session": "its parts stand in two datasets, and a query asks one",
        "Sessions": "no log event tells of commit.count",
        "Odd": "Honeycomb has no operator for the quantile 0.42",
    } == {panel.title: why for panel, why in absent(panels, "a.")}


def test_questions_of_different_attributes_are_not_one_query() -> None:
    """A query has one list of attributes."""
    panel = table(
        "Odd",
        "Two",
        Target(query=Amount(of=COST_USAGE, by=("model",)), legend="money"),
        Target(query=Amount(of=COST_USAGE, by=("agent",)), legend="same"),
    )

    assert None is question(panel, "a.")
    assert "its questions differ in their datasets or attributes" == why_absent(panel)


def test_name_is_made_of_small_letters() -> None:
    """A formula and Terraform take it as it is."""
    assert "model_p50" == slug("{model} p50")
