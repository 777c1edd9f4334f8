"""Recorded growth over a real week: its steps add up to what happened, exactly."""

import math
from collections.abc import Callable, Iterable

import pytest

from otel_agent.dashboards.grafana.recorded import RECORDED, SPEND, Pace, grown, recorded
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.metrics import COMMIT_COUNT, TOKEN_USAGE
from tests.backends import truth
from tests.backends.filled import WEEK, Filled
from tests.backends.promtool import minutes
from tests.backends.truth import Lived, Row

Rows = Callable[[Iterable[Lived]], Iterable[Row]]


def expr_of(variant: Variant, suffix: str) -> tuple[str, Pace]:
    """Return the rule that records a metric, and its pace."""
    row = next(row for row in RECORDED if row.query.of.suffix == suffix)
    return next(
        (rule["expr"], pace) for pace, rule in recorded(variant) if rule["record"] == row.name(variant.prefix)
    )


@pytest.mark.parametrize(
    ("suffix", "rows"),
    [
        (SPEND.query.of.suffix, truth.cost),
        (TOKEN_USAGE.suffix, truth.tokens),
        (COMMIT_COUNT.suffix, truth.commits),
    ],
)
def test_recorded_steps_of_a_week_are_what_happened(default_week: Filled, suffix: str, rows: Rows) -> None:
    """Each step as Prometheus would have recorded it, by person; none is counted twice, none is lost."""
    expr, pace = expr_of(default_week.variant, suffix)
    step_s = minutes(pace.window) * 60

    lines = default_week.grafana.prometheus.range(expr, WEEK.start_s + step_s, WEEK.end_s, step_s)

    found: dict[tuple[str, ...], float] = {}
    for line in lines:
        key = (line.labels["user_id"],)
        found[key] = found.get(key, 0) + math.fsum(value for _at, value in line.points)
    expected = truth.added(rows(default_week.days), "user_id")
    assert pytest.approx(expected, rel=1e-9) == {key: value for key, value in found.items() if value}


def test_a_rule_is_a_question_without_sessions(default_week: Filled) -> None:
    """What is recorded has few series: people and repositories, and no session."""
    expr = grown(SPEND.query, default_week.variant, "1d")

    found = default_week.grafana.prometheus.range(expr, WEEK.start_s, WEEK.end_s, 86_400)

    assert {"model", "user_id", "vcs_repository_name"} == {key for line in found for key in line.labels}
