"""PromQL: names as Prometheus writes them, and growth that is exact."""

import pytest

from otel_agent.dashboards.grafana.promql import PromQL, metric
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Growth,
    Latest,
    Measured,
    Number,
    PerMonth,
    Presence,
    Quantile,
    Ratio,
)
from otel_agent.signals import metrics_agent
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.metrics import (
    COMMIT_COUNT,
    COST_USAGE,
    LINES_OF_CODE_COUNT,
    LINES_OF_CODE_TOTAL,
    SESSION_COUNT,
    TOKEN_USAGE,
    TOOL_DURATION,
)
from otel_agent.signals.metrics_turns import ACTIVE_TIME_TOTAL, CONTEXT_USAGE, TIME_TO_FIRST_TOKEN

NAMES = [
    (SESSION_COUNT, "claude_code_session_count_total"),
    (TOKEN_USAGE, "claude_code_token_usage_tokens_total"),
    (COST_USAGE, "claude_code_cost_usage_USD_total"),
    (LINES_OF_CODE_COUNT, "claude_code_lines_of_code_count_total"),
    (LINES_OF_CODE_TOTAL, "claude_code_lines_of_code_total"),
    (COMMIT_COUNT, "claude_code_commit_count_total"),
    (ACTIVE_TIME_TOTAL, "claude_code_active_time_seconds_total"),
    (TOOL_DURATION, "claude_code_tool_duration_milliseconds"),
    (TIME_TO_FIRST_TOKEN, "claude_code_time_to_first_token_seconds"),
    (CONTEXT_USAGE, "claude_code_context_usage_ratio"),
    (metrics_agent.OUTBOX_BYTES, "otel_agent_outbox_bytes"),
    (metrics_agent.DROPPED, "otel_agent_dropped_total"),
]
TOKENS = "a_token_usage_tokens_total"
COMMITS = "a_commit_count_total"


@pytest.mark.parametrize(("row", "name"), NAMES, ids=[name for _, name in NAMES])
def test_metric_has_prometheus_name(row: Instrument, name: str) -> None:
    """Dots become underscores, the unit and `_total` stand once, at the end."""
    assert name == metric(row, "claude_code.")


def test_unit_that_is_a_word_of_the_prefix_stays_there() -> None:
    """As Prometheus' translator leaves it: only a unit that is not in the name yet is put at the end."""
    assert "llm_tokens_token_usage_total" == metric(TOKEN_USAGE, "llm.tokens.")
    assert "of_seconds_active_time_total" == metric(ACTIVE_TIME_TOTAL, "total.of.seconds.")


def grown(series: str, window: str = "$__range") -> str:
    """Return what series that begin at zero grew by in a window, each for itself."""
    before = f"last_over_time({series}[4d] offset {window}) or min_over_time({series}[{window}])"
    return f"(max_over_time({series}[{window}]) - ({before}))"


GROWN_COMMITS = grown(f"{COMMITS}{{}}")
NUMBERS: list[tuple[Number, str]] = [
    (Amount(of=TOKEN_USAGE), "sum" + grown(f"{TOKENS}{{}}")),
    (
        Amount(of=TOKEN_USAGE, by=("model", "user.id"), where={"type": ("input", "output")}),
        "sum by (model, user_id) " + grown(f'{TOKENS}{{type=~"input|output"}}'),
    ),
    (
        Amount(of=COMMIT_COUNT, where={"project.id": Presence.UNSET}),
        "sum" + grown(f'{COMMITS}{{project_id=""}}'),
    ),
    (Measured(of=TOOL_DURATION), "sum" + grown("a_tool_duration_milliseconds_count{}")),
    (
        Distinct(of=COMMIT_COUNT, attribute="user.id"),
        "count(sum by (user_id) " + grown(f'{COMMITS}{{user_id!=""}}') + " > 0)",
    ),
    (Latest(of=CONTEXT_USAGE, is_largest=True), "max(last_over_time(a_context_usage_ratio{}[$__range]))"),
    (PerMonth(of=Amount(of=COMMIT_COUNT)), f"sum{GROWN_COMMITS} / $__range_s * 2592000"),
]


@pytest.mark.parametrize(("query", "written"), NUMBERS, ids=lambda value: type(value).__name__)
def test_number_of_series_that_begin_at_zero(query: Number, written: str) -> None:
    """What a series grew by is its largest value less the last one before the window, or less its zero."""
    assert written == PromQL(prefix="a.").number(query)


def test_number_of_series_without_a_zero_counts_from_before_the_window() -> None:
    """What a series grew by is its largest value less the last one before the window, or less nothing."""
    last = f"max_over_time({COMMITS}{{}}[$__range])"
    before = f"last_over_time({COMMITS}{{}}[4d] offset $__range)"

    assert f"sum({last} - ({before} <= {last} or {last} * 0))" == PromQL(
        prefix="a.", is_from_zero=False
    ).number(Amount(of=COMMIT_COUNT))


def test_step_that_is_ahead_begins_at_its_mark() -> None:
    """Its end is a step later, and the value before it is the last one before the mark."""
    series = f"{COMMITS}{{}}"
    inside = "[$__interval] offset -$__interval"
    begun = f"last_over_time({series}[4d]) or min_over_time({series}{inside})"

    assert f"sum(max_over_time({series}{inside}) - ({begun}))" == PromQL(prefix="a.", is_ahead=True).line(
        Growth(of=COMMIT_COUNT)
    )


def test_ratio_is_absent_where_there_is_no_whole() -> None:
    """Nothing is divided by nothing; no part is a share of 0."""
    promql = PromQL(prefix="a.")
    part, whole = Amount(of=COMMIT_COUNT), Amount(of=TOKEN_USAGE)

    assert f"({promql.number(part)} or vector(0)) / ({promql.number(whole)} > 0)" == promql.number(
        Ratio(part=part, whole=whole)
    )


def test_lines_use_the_step() -> None:
    """A time axis shows what counters grew by in each step, and quantiles of each step's measurements."""
    promql = PromQL(prefix="a.")

    assert "sum by (model) " + grown(f"{TOKENS}{{}}", "$__interval") == promql.line(
        Growth(of=TOKEN_USAGE, by=("model",))
    )
    buckets = grown("a_tool_duration_milliseconds_bucket{}", "$__interval")
    assert f"histogram_quantile(0.95, sum by (tool_name, le) {buckets})" == promql.line(
        Quantile(of=TOOL_DURATION, quantile=0.95, by=("tool_name",))
    )


def test_choices_filter_what_has_their_attributes() -> None:
    """A row without an attribute is not filtered by it; a question's own filter replaces it."""
    promql = PromQL(prefix="a.", filters={"model": "$model", "user.id": "$user_id"})

    assert 'a_commit_count_total{user_id=~"$user_id"}' in promql.number(Amount(of=COMMIT_COUNT))
    assert f'{TOKENS}{{model=~"x", user_id=~"$user_id"}}' in promql.number(
        Amount(of=TOKEN_USAGE, where={"model": ("x",)})
    )
    assert "otel_agent_events_total{}" in promql.number(Amount(of=metrics_agent.EVENTS))


def test_active_values_are_counted_in_each_step() -> None:
    """A day's people are those whose counters grew on it."""
    query = Active(of=TOKEN_USAGE, attribute="user.id")

    growth = "sum by (user_id) " + grown(f'{TOKENS}{{user_id!=""}}', "$__interval")
    assert f"count({growth} > 0)" == PromQL(prefix="a.").line(query)
