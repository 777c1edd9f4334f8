"""The rule files in promtool: they are valid, and alerts fire when they should and not otherwise."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from otel_agent.dashboards.grafana.alerts import alerts
from otel_agent.dashboards.grafana.promql import metric
from otel_agent.dashboards.grafana.rules import product
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import CLAUDE_CODE_PREFIX, DEFAULT_PREFIX
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.metrics import COST_USAGE, MODEL_USAGE, RETRY_COUNT, TOOL_DURATION
from otel_agent.signals.metrics_agent import DROPPED, OUTBOX_AGE
from tests.backends.promtool import Json, Promtool, case, fires, series

PREFIXES = (DEFAULT_PREFIX, CLAUDE_CODE_PREFIX)
ANN = {"user_id": "ann", "vcs_repository_name": "shop"}
BOB = {"user_id": "bob", "vcs_repository_name": "shop"}


@pytest.fixture(params=PREFIXES)
def promtool(request: pytest.FixtureRequest, promtool_binary: Path, tmp_path: Path) -> Promtool:
    """The program, with the rules of each bundled prefix."""
    made = Promtool(
        binary=promtool_binary,
        folder=tmp_path,
        variant=variant_of(request.param, None, Temporality.CUMULATIVE),
    )
    made.write()
    return made


def grown(
    promtool: Promtool, row: Instrument, journal: str, points: Mapping[str, float], **labels: str
) -> Json:
    """Return the series of one process of OpenCode."""
    name = metric(row, promtool.variant.prefix) + ("_count" if row is TOOL_DURATION else "")
    own = {"instance": journal, "session_id": f"ses_{journal}", "project_id": "p"}
    return series(name, {**own, **labels}, points)


def alert(promtool: Promtool, name: str, value: str, **labels: str) -> Json:
    """Return an alert as it should fire; `value` is how its summary shows the number."""
    made = next(one for one in alerts(promtool.variant) if one.name == name)
    own = {"severity": made.severity, "product": product(promtool.variant)}
    summary = made.summary
    for place in ('{{ printf "%.2f" $value }}', "{{ $value | humanizePercentage }}", "{{ $value }}"):
        summary = summary.replace(place, value)
    summary = summary.replace("{{ $value | humanizeDuration }}", value)
    for key, text in labels.items():
        summary = summary.replace(f"{{{{ $labels.{key} }}}}", text)
    annotations = {"summary": summary, "description": made.description}
    return {"exp_labels": {**own, **labels}, "exp_annotations": annotations}


def test_rules_are_valid(promtool: Promtool) -> None:
    """It finds all rules and nothing to say against them."""
    code, words = promtool.run("check", "rules", "--lint=all", "--lint-fatal", "recording.yml", "alerts.yml")

    assert (0, 0) == (code, words.count("error")), words
    assert "11 rules found" in words
    assert "8 rules found" in words


def test_documented_configuration_is_valid(promtool: Promtool) -> None:
    """The configuration of docs/grafana.md, with these rule files in it."""
    page = Path(__file__).parents[2].joinpath("docs", "grafana.md").read_text(encoding="utf-8")
    told = page.split("```yaml\n# prometheus.yml\n")[1].split("```")[0]
    promtool.folder.joinpath("prometheus.yml").write_text(told, encoding="utf-8")

    code, words = promtool.run("check", "config", "prometheus.yml")

    assert code == 0, words
    assert "2 rule files found" in words


def test_recorded_growth_adds_up_to_the_whole(promtool: Promtool) -> None:
    """A process that tells seldom, and one that begins and ends between two evaluations, are counted once."""
    inputs = [
        grown(promtool, COST_USAGE, "a", {"5m": 1, "95m": 3, "300m": 10}, model="large", **ANN),
        grown(promtool, COST_USAGE, "b", {"62m": 4}, model="large", **BOB),
    ]
    name = f"fleet:{metric(COST_USAGE, promtool.variant.prefix).removesuffix('_total')}:growth10m"
    expected = [
        {"expr": f"sum(sum_over_time({name}[1d]))", "eval_time": "6h", "exp_samples": [{"value": 14}]}
    ]
    steps = {
        "expr": f"sum by (user_id) (sum_over_time({name}[1h]))",
        "eval_time": "2h",
        "exp_samples": [{"labels": '{user_id="ann"}', "value": 2}, {"labels": '{user_id="bob"}', "value": 4}],
    }

    code, words = promtool.test(case("growth", inputs, promql_expr_test=[*expected, steps]))

    assert code == 0, words


def test_spend_alerts_fire_above_their_limits_only(promtool: Promtool) -> None:
    """150 dollars by one and 280 by others in a day: one person and the day; a day later none."""
    inputs = [
        grown(promtool, COST_USAGE, "a", {"60m": 70, "300m": 150}, model="large", **ANN),
        grown(promtool, COST_USAGE, "b", {"120m": 90}, model="large", **BOB),
        *(
            grown(promtool, COST_USAGE, f"c{at}", {"200m": 95}, model="large", user_id=f"c{at}")
            for at in range(2)
        ),
    ]
    person = alert(promtool, "OpenCodeSpendPerPerson", "150.00", user_id="ann")
    expected = [
        fires("OpenCodeSpendPerDay", "2h"),
        fires("OpenCodeSpendPerDay", "6h", alert(promtool, "OpenCodeSpendPerDay", "430.00")),
        fires("OpenCodeSpendPerPerson", "2h"),
        fires("OpenCodeSpendPerPerson", "6h", person),
        fires("OpenCodeSpendPerDay", "32h"),
        fires("OpenCodeSpendPerPerson", "32h"),
    ]

    code, words = promtool.test(case("spend", inputs, alert_rule_test=expected))

    assert code == 0, words


def test_jump_is_against_the_busiest_hour_of_the_week_before(promtool: Promtool) -> None:
    """An hour of 50 dollars after days of at most 20 fires; the same on the first day does not, nor 30."""
    days = [
        grown(promtool, COST_USAGE, f"d{day}", {f"{day * 24 + 9}h": 20}, model="large", **ANN)
        for day in range(3)
    ]
    quiet = grown(promtool, COST_USAGE, "q", {"81h": 30}, model="large", **ANN)
    loud = grown(promtool, COST_USAGE, "l", {"85h": 50 * 1.5}, model="large", **ANN)
    expected = [
        fires("OpenCodeSpendJump", "570m"),
        fires("OpenCodeSpendJump", "4890m"),
        fires("OpenCodeSpendJump", "5130m", alert(promtool, "OpenCodeSpendJump", "75.00")),
        fires("OpenCodeSpendJump", "88h"),
    ]

    code, words = promtool.test(case("jump", [*days, quiet, loud], alert_rule_test=expected))

    assert code == 0, words


def test_model_errors_fire_for_the_model_that_fails(promtool: Promtool) -> None:
    """Also where no call is completed at all; a few retries among many calls are silent."""
    inputs = [
        grown(promtool, MODEL_USAGE, "a", {"60m": 100}, model="fine", provider="p"),
        grown(promtool, RETRY_COUNT, "a", {"60m": 12}, model="fine"),
        grown(promtool, MODEL_USAGE, "b", {"60m": 20}, model="poor", provider="p"),
        grown(promtool, RETRY_COUNT, "b", {"60m": 15}, model="poor"),
        grown(promtool, RETRY_COUNT, "c", {"60m": 30}, model="down"),
        grown(promtool, RETRY_COUNT, "d", {"60m": 3}, model="rare"),
    ]
    fired = [
        alert(promtool, "OpenCodeModelErrors", "15", model="poor"),
        alert(promtool, "OpenCodeModelErrors", "30", model="down"),
    ]
    expected = [fires("OpenCodeModelErrors", "80m", *fired), fires("OpenCodeModelErrors", "110m")]

    code, words = promtool.test(case("models", inputs, alert_rule_test=expected))

    assert code == 0, words


def test_tool_failures_fire_for_the_tool_that_mostly_fails(promtool: Promtool) -> None:
    """Three of four of 40 calls; not a third of many, and not all of a few."""
    counts = {"linear_search": (30, 10), "bash": (30, 60), "webfetch": (5, 0)}
    inputs = [
        grown(promtool, TOOL_DURATION, tool, {"60m": number}, tool_name=tool, success=success)
        for tool, numbers in counts.items()
        for success, number in zip(("false", "true"), numbers, strict=True)
        if number
    ]
    fired = alert(promtool, "OpenCodeToolFailures", "75%", tool_name="linear_search")
    expected = [fires("OpenCodeToolFailures", "80m", fired), fires("OpenCodeToolFailures", "3h")]

    code, words = promtool.test(case("tools", inputs, alert_rule_test=expected))

    assert code == 0, words


def test_silence_is_told_in_hours_that_were_busy_a_week_ago(promtool: Promtool) -> None:
    """A quiet night is silent; an afternoon without a call, where there were 60 a week ago, is not."""
    inputs = [
        grown(promtool, MODEL_USAGE, "a", {"10h": 60}, model="large", provider="p"),
        grown(promtool, MODEL_USAGE, "b", {"160h": 5}, model="large", provider="p"),
    ]
    fired = alert(promtool, "OpenCodeSilence", "60")
    expected = [
        fires("OpenCodeSilence", "12h"),
        fires("OpenCodeSilence", "167h"),
        fires("OpenCodeSilence", "180h", fired),
        fires("OpenCodeSilence", "190h"),
    ]
    awake = [*inputs, grown(promtool, MODEL_USAGE, "c", {"178h": 1}, model="large", provider="p")]

    code, words = promtool.test(
        case("silent", inputs, alert_rule_test=expected),
        case("awake", awake, alert_rule_test=[fires("OpenCodeSilence", "180h")]),
    )

    assert code == 0, words


def test_losses_and_waiting_of_the_agent_are_told(promtool: Promtool) -> None:
    """Any increase by its reason, also of a process that lost before; and requests older than an hour."""
    lost = {"instance": "a", "reason": "rejected"}
    old = {"instance": "b", "reason": "outbox_age"}
    inputs = [
        series(metric(DROPPED, ""), lost, {"60m": 3}),
        series(metric(DROPPED, ""), old, {"5m": 7, "200m": 8}),
        series(metric(OUTBOX_AGE, ""), {"instance": "a"}, {"60m": 3599, "300m": 4000}),
    ]
    name = "OpenCodeTelemetryLost"
    expected = [
        fires(name, "100m", alert(promtool, name, "3", reason="rejected")),
        fires(name, "180m"),
        fires(name, "220m", alert(promtool, name, "1", reason="outbox_age")),
        fires("OpenCodeTelemetryWaits", "70m"),
        fires("OpenCodeTelemetryWaits", "310m", alert(promtool, "OpenCodeTelemetryWaits", "1h 6m 40s")),
        fires("OpenCodeTelemetryWaits", "370m"),
    ]

    code, words = promtool.test(case("agent", inputs, alert_rule_test=expected))

    assert code == 0, words
