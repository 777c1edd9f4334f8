"""A process that is open all day and exports seldom: no window loses what was added between two exports."""

from pathlib import Path

import pytest

from otel_agent.dashboards.grafana.promql import PromQL, metric
from otel_agent.dashboards.queries import Amount, Growth, Quantile
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import DEFAULT_PREFIX
from otel_agent.signals.metrics import TOKEN_USAGE, TOOL_DURATION
from tests.backends.promtool import Json, Promtool, case, series

ANSWERS = 41
EVERY_MIN = 12
TOKENS = 10
# One answer each twelve minutes, from the first minute on, each exported once.
POINTS = {f"{1 + EVERY_MIN * at}m": TOKENS * (at + 1.0) for at in range(ANSWERS)}
LABELS = {"instance": "a", "session_id": "ses_a", "model": "large"}


@pytest.fixture
def promtool(promtool_binary: Path, tmp_path: Path) -> Promtool:
    """The program."""
    variant = variant_of(DEFAULT_PREFIX, None, Temporality.CUMULATIVE)
    made = Promtool(binary=promtool_binary, folder=tmp_path, variant=variant)
    made.write()
    return made


def says(expr: str, at: str, value: float) -> Json:
    """Return the expectation that a query has one value without labels."""
    return {"expr": expr, "eval_time": at, "exp_samples": [{"value": value}]}


@pytest.mark.parametrize("is_from_zero", [True, False], ids=["from zero", "from nothing"])
@pytest.mark.parametrize("step", ["5m", "15m", "1h"])
def test_steps_of_a_long_process_add_up_to_the_whole(
    promtool: Promtool, step: str, *, is_from_zero: bool
) -> None:
    """Of steps of 5 minutes increase() sees nothing, of 15 minutes a quarter: most have one sample."""
    asks = PromQL(prefix=DEFAULT_PREFIX, step=step, is_from_zero=is_from_zero)
    steps = asks.line(Growth(of=TOKEN_USAGE))
    inputs = [series(metric(TOKEN_USAGE, DEFAULT_PREFIX), LABELS, POINTS)]

    code, words = promtool.test(
        case(
            "long",
            inputs,
            promql_expr_test=[says(f"sum_over_time(({steps})[10h:{step}])", "540m", TOKENS * ANSWERS)],
        ),
        every="1m",
    )

    assert code == 0, words


def test_range_within_a_long_process_has_all_that_was_added_in_it(promtool: Promtool) -> None:
    """Two hours of it are ten answers; less the smallest value in the window they would be nine."""
    asks = PromQL(prefix=DEFAULT_PREFIX, range_="2h")
    inputs = [series(metric(TOKEN_USAGE, DEFAULT_PREFIX), LABELS, POINTS)]
    expected = [says(asks.number(Amount(of=TOKEN_USAGE)), "481m", 10 * TOKENS)]

    code, words = promtool.test(case("range", inputs, promql_expr_test=expected), every="1m")

    assert code == 0, words


def test_day_stands_where_it_begins_and_goes_on_until_now(promtool: Promtool) -> None:
    """The second day of a process has what was added since its first midnight, at noon what came so far."""
    hours = {f"{60 * at + 1}m": TOKENS * (at + 1.0) for at in range(36)}
    asks = PromQL(prefix=DEFAULT_PREFIX, step="1d", is_ahead=True)
    steps = asks.line(Growth(of=TOKEN_USAGE))
    inputs = [series(metric(TOKEN_USAGE, DEFAULT_PREFIX), LABELS, hours)]
    # promtool knows points until the last time that it is asked about.
    now = says("vector(1)", "36h", 1)
    expected = [says(steps, "0m", 24 * TOKENS), says(steps, "24h", 12 * TOKENS), now]

    code, words = promtool.test(case("days", inputs, promql_expr_test=expected), every="1m")

    assert code == 0, words


def test_session_that_begins_anew_in_another_process_takes_nothing_off(promtool: Promtool) -> None:
    """Claude Code goes on with a session under the same labels, from zero: 100 before, 30 and 5 since."""
    points = {"1m": 100.0, "120m": 30.0, "130m": 35.0}
    asks = PromQL(prefix=DEFAULT_PREFIX, range_="1h", step="15m", is_from_zero=False)
    inputs = [series(metric(TOKEN_USAGE, DEFAULT_PREFIX), LABELS, points)]
    steps = f"sum_over_time(({asks.line(Growth(of=TOKEN_USAGE))})[1h:15m])"
    expected = [says(asks.number(Amount(of=TOKEN_USAGE)), "150m", 35), says(steps, "150m", 35)]

    code, words = promtool.test(case("anew", inputs, promql_expr_test=expected), every="1m")

    assert code == 0, words


def test_quantile_of_a_step_with_one_sample_is_there(promtool: Promtool) -> None:
    """A tool that runs once an hour has a duration in its hour."""
    name = f"{metric(TOOL_DURATION, DEFAULT_PREFIX)}_bucket"
    hours = {f"{60 * at}m": float(at) for at in range(1, 5)}
    inputs = [
        series(name, {**LABELS, "le": bound}, dict.fromkeys(hours, 0.0) if bound == "100" else hours)
        for bound in ("100", "200", "+Inf")
    ]
    asks = PromQL(prefix=DEFAULT_PREFIX, step="15m")
    expected = [says(asks.line(Quantile(of=TOOL_DURATION, quantile=0.5)), "190m", 150)]

    code, words = promtool.test(case("quantile", inputs, promql_expr_test=expected), every="1m")

    assert code == 0, words
