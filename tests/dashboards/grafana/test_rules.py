"""The rule files: what is recorded, what alerts read, and under which names."""

import re

import pytest

from otel_agent.dashboards.grafana.alerts import LIMITS, alerts
from otel_agent.dashboards.grafana.recorded import HOURLY, QUICK, RECORDED, SPEND, recorded
from otel_agent.dashboards.grafana.rules import alerting, product, recording
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import CLAUDE_CODE_PREFIX, DEFAULT_PREFIX

PREFIXES = (DEFAULT_PREFIX, CLAUDE_CODE_PREFIX)
VARIANTS = [variant_of(prefix, None, Temporality.CUMULATIVE) for prefix in (*PREFIXES, "my.team_1.")]
OPENCODE = VARIANTS[0]


def test_spend_is_recorded_exactly() -> None:
    """Since the last value before the window, or since zero: windows that follow each other add up."""
    rules = {rule["record"]: rule["expr"] for _pace, rule in recorded(OPENCODE)}

    assert rules["fleet:opencode_cost_usage_USD:growth10m"] == (
        "sum by (model, user_id, vcs_repository_name) ("
        "max_over_time(opencode_cost_usage_USD_total{}[10m]) - "
        "(last_over_time(opencode_cost_usage_USD_total{}[4d] offset 10m)"
        " or min_over_time(opencode_cost_usage_USD_total{}[10m])))"
    )


def test_nothing_that_is_recorded_has_a_session() -> None:
    """Sessions are what makes the series many."""
    assert [] == [row for row in RECORDED if "session.id" in row.query.by]


def test_rules_know_the_agents_apart_beside_claude_code() -> None:
    """Every point of OpenCode's has a project, none of Claude Code's has one."""
    rules = [rule["expr"] for _pace, rule in recorded(VARIANTS[1])]

    assert all("project_id" in expr for expr in rules)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.prefix)
def test_names_follow_the_prefix(variant: Variant) -> None:
    """What alerts read is what is recorded, and every metric of OpenCode's has the variant's prefix."""
    names = {rule["record"] for _pace, rule in recorded(variant)}
    read = {name for alert in alerts(variant) for name in re.findall(r"fleet:[\w:]+", alert.expr)}
    told = re.findall(r"\w+_total\b", recording(variant) + alerting(variant))

    assert read <= names
    assert set() == {
        name for name in told if not name.startswith((variant.prefix.replace(".", "_"), "otel_agent_"))
    }


def test_each_pace_is_a_group_that_covers_its_interval() -> None:
    """A window as long as the interval leaves no gap and counts nothing twice."""
    text = recording(OPENCODE)

    assert [("spend-and-calls", "10m"), ("work", "1h")] == [
        (pace.name, pace.window) for pace in (QUICK, HOURLY)
    ]
    assert ["10m", "1h"] == re.findall(r'interval: "(\w+)"', text)
    assert all(f"[{pace.window}]" in rule["expr"] for pace, rule in recorded(OPENCODE))


def test_recorded_values_are_added_up() -> None:
    """A day of spend by person, and by none, and one of an hour of yesterday."""
    name = "fleet:opencode_cost_usage_USD:growth10m"

    assert SPEND.over("opencode.", "1d") == f"sum(sum_over_time({name}[1d]))"
    assert SPEND.over("opencode.", "1d", ("user.id",)) == f"sum by (user_id) (sum_over_time({name}[1d]))"
    assert SPEND.over("opencode.", "1h", ago="1d", model="a") == (
        f'sum(sum_over_time({name}{{model="a"}}[1h] offset 1d))'
    )


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    """A name that is told once, a summary with its number, and advice."""
    made = list(alerts(OPENCODE))

    assert len(made) == len({alert.name for alert in made})
    assert all("$value" in alert.summary and len(alert.description) > 60 for alert in made)


def test_documented_age_is_the_limit() -> None:
    """docs/metrics.md says to alert on an hour."""
    assert LIMITS.outbox_age_s == 3600


def test_groups_are_named_by_the_prefix() -> None:
    """Rules of several prefixes stand in one Prometheus."""
    assert ["opencode", "claude-code", "my-team-1"] == [product(variant) for variant in VARIANTS]
