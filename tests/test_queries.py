"""The queries of the documentation, on our own points, as Prometheus computes them."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Kind
from otel_agent.signals.projector import instruments
from otel_agent.signals.totals import NS_PER_MS, ZERO_POINTS
from otel_agent.sink.decode import Point
from tests import journals
from tests.pipelines import finished, identity, settings_of

Samples = list[tuple[int, float]]
SHORT_RUNS = ("run_simple", "run_edit", "run_e429", "demo")
WINDOW_MS = 3_600_000


def samples_of(points: Iterable[Point], name: str) -> list[Samples]:
    """Return the samples of each series of a counter: milliseconds and values, in their order."""
    found: dict[object, Samples] = {}
    for point in points:
        if point.name == name:
            assert isinstance(point.value, int | float)
            found.setdefault(identity(point), []).append((point.time_ns // NS_PER_MS, point.value))
    return [sorted(samples) for samples in found.values()]


def increase(samples: Samples, end_ms: int) -> float:
    """Return the growth of a counter in the window before a time, as Prometheus extrapolates it.

    https://github.com/prometheus/prometheus/blob/main/promql/functions.go, extrapolatedRate.
    """
    inside = [(at, value) for at, value in samples if end_ms - WINDOW_MS < at <= end_ms]
    (first_ms, first), (last_ms, last) = inside[0], inside[-1]
    grown, sampled_ms = last - first, last_ms - first_ms
    average_ms = sampled_ms / (len(inside) - 1)
    before_ms, after_ms = first_ms - (end_ms - WINDOW_MS), end_ms - last_ms
    before_ms = before_ms if before_ms < 1.1 * average_ms else average_ms / 2
    after_ms = after_ms if after_ms < 1.1 * average_ms else average_ms / 2
    to_zero_ms = sampled_ms * first / grown if grown else before_ms
    return grown * (sampled_ms + min(before_ms, to_zero_ms) + after_ms) / sampled_ms


@pytest.mark.parametrize("recording", SHORT_RUNS)
def test_short_run_is_extrapolated_by_five_percent_at_most(tmp_path: Path, recording: str) -> None:
    """One export gives 11 samples: increase() over a window with the run is at most 1.05 of its tokens."""
    series = samples_of(finished(journals.make(tmp_path / "1-1-a", recording)).points, "opencode.token.usage")
    tokens = sum(samples[-1][1] for samples in series)
    end_ms = max(samples[-1][0] for samples in series) + WINDOW_MS // 2
    found = sum(increase(samples, end_ms) for samples in series)

    assert {ZERO_POINTS + 1} == {len(samples) for samples in series}
    assert tokens > 0
    assert tokens <= found <= 1.05 * tokens * (1 + 1e-12)


@pytest.mark.parametrize("recording", SHORT_RUNS)
def test_documented_query_is_exact(tmp_path: Path, recording: str) -> None:
    """`sum(max_over_time(m[R]) - min_over_time(m[R]))` over a window with the run gives its tokens."""
    series = samples_of(finished(journals.make(tmp_path / "1-1-a", recording)).points, "opencode.token.usage")
    values = [[value for _, value in samples] for samples in series]

    assert sum(samples[-1][1] for samples in series) == sum(max(some) - min(some) for some in values)


def test_two_samples_would_be_extrapolated_by_half() -> None:
    """Why a series begins with ten zero points and not with one."""
    two = [(1_000, 0.0), (2_000, 100.0)]

    assert 150 == increase(two, 2_000 + WINDOW_MS // 2)


WORDS = {"ms": "milliseconds", "s": "seconds", "1": "ratio"}
DOCUMENT = Path(__file__).parents[1] / "docs" / "queries.md"


def prometheus_name(prefix: str, row: Instrument) -> str:
    """Return what Prometheus calls a metric.

    https://github.com/prometheus/otlptranslator/blob/main/metric_namer.go.
    """
    words = re.split(r"[._]", prefix + row.suffix)
    unit = re.sub(r"{.*}", "", row.unit).split("/")
    words += [word for word in (WORDS.get(unit[0], unit[0]), *(f"per_{per}" for per in unit[1:])) if word]
    if row.kind is Kind.COUNTER:
        words = [*(word for word in words if word != "total"), "total"]
    return "_".join(words)


def names(prefix: str, **environ: str) -> dict[str, str]:
    """Return Prometheus' names of all metrics by their suffixes."""
    settings = settings_of(OPENCODE_METRIC_PREFIX=prefix, **environ)
    return {row.suffix: prometheus_name(prefix, row) for row in instruments(settings)}


def test_documented_queries_name_our_metrics() -> None:
    """Each name in the page is what Prometheus makes of one of our instruments."""
    named = set(re.findall(r"\bopencode_[A-Za-z_]+", DOCUMENT.read_text(encoding="utf-8")))

    assert named
    assert set() == {name.removesuffix("_bucket") for name in named} - set(names("opencode.").values())


def test_dashboards_of_claude_code_find_their_metrics() -> None:
    """All eight have the names that Claude Code's dashboards query, whose units must be the same."""
    assert {
        "claude_code_session_count_total",
        "claude_code_token_usage_tokens_total",
        "claude_code_cost_usage_USD_total",
        "claude_code_lines_of_code_count_total",
        "claude_code_commit_count_total",
        "claude_code_pull_request_count_total",
        "claude_code_code_edit_tool_decision_total",
        "claude_code_active_time_seconds_total",
    } <= set(names("claude_code.").values())


def test_scale_is_in_prometheus_name() -> None:
    """The name that the documentation gives for a scale of a million."""
    assert (
        "opencode_cost_usage_USD_per_1000000_total"
        == (names("opencode.", OPENCODE_COST_USAGE_SCALE="1000000")["cost.usage"])
    )
