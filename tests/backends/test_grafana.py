"""The numbers of Grafana's boards are those of OpenCode's own events, exactly."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from otel_agent.delivery import Temporality
from tests.backends import truth
from tests.backends.filled import WEEK, Filled
from tests.backends.grafana import Range, boards, by_labels, summed
from tests.backends.shown import GROWTH, NUMBERS, OPENCODE, RANGES, Shown, exactly, happened, question
from tests.backends.truth import Lived

EXPORTED_MS = 60_000
"""How often metrics are exported."""
every_number = pytest.mark.parametrize("shown", NUMBERS, ids=lambda one: f"{one.panel} {one.letter}")
every_range = pytest.mark.parametrize("span", RANGES)


@every_range
@every_number
def test_number_is_what_happened(filled: Filled, shown: Shown, span: str) -> None:
    """Over the whole week and over ranges that cut it, with the default prefix and with Claude Code's."""
    board, asked = question(boards(filled.variant, **OPENCODE), shown)

    found = by_labels(filled.grafana.numbers(board, asked, RANGES[span]), *shown.by)

    assert exactly(happened(filled, shown, RANGES[span])) == found


@every_range
@every_number
def test_number_since_the_value_before_is_the_same(default_week: Filled, shown: Shown, span: str) -> None:
    """The form for series without a zero in front (a Collector's, Claude Code's) is exact for ours, too."""
    variant = replace(default_week.variant, temporality=Temporality.DELTA)
    board, asked = question(boards(variant), shown)

    found = by_labels(default_week.grafana.numbers(board, asked, RANGES[span]), *shown.by)

    assert exactly(happened(default_week, shown, RANGES[span])) == found


@pytest.mark.parametrize("shown", GROWTH, ids=lambda one: one.panel)
def test_steps_since_the_value_before_add_up_to_what_happened(default_week: Filled, shown: Shown) -> None:
    """What a time axis shows in that form is exact too: its steps together are the whole."""
    variant = replace(default_week.variant, temporality=Temporality.DELTA)
    board, asked = question(boards(variant), shown)

    found = summed(default_week.grafana.lines(board, asked, WEEK), *shown.by)

    assert pytest.approx(happened(default_week, shown, WEEK), rel=1e-9) == found


def test_cache_hit_rate_is_what_happened(filled: Filled) -> None:
    """The share of the tokens that went in and were read from the cache."""
    shown = Shown(panel="overview/In this time range/Cache hit rate", rows=truth.tokens)
    board, asked = question(boards(filled.variant, **OPENCODE), shown)
    tokens = truth.added(truth.tokens(filled.days), "type")
    went_in = sum(tokens.get((kind,), 0) for kind in ("input", "cacheRead", "cacheCreation"))

    found = by_labels(filled.grafana.numbers(board, asked, WEEK))

    assert pytest.approx({(): tokens["cacheRead",] / went_in}, rel=1e-9) == found


def test_filter_narrows_the_numbers(filled: Filled) -> None:
    """A chosen person, repository and model leave what they did."""
    rows = list(truth.cost(filled.days))
    wanted = max(rows, key=lambda row: row.number).labels
    chosen = {key: wanted[key] for key in ("user_id", "vcs_repository_name", "model")}
    shown = Shown(panel="overview/In this time range/Spend", rows=truth.cost)
    board, asked = question(boards(filled.variant, **OPENCODE, **chosen), shown)

    found = by_labels(filled.grafana.numbers(board, asked, WEEK))

    assert pytest.approx({(): truth.summed(truth.only(rows, **chosen))}, rel=1e-9) == found


@pytest.mark.parametrize("temporality", [Temporality.CUMULATIVE, Temporality.DELTA])
def test_session_that_a_range_cuts_counts_with_what_it_did_in_it(
    default_week: Filled, temporality: Temporality
) -> None:
    """In both forms; the process had been quiet for more than an export's interval."""
    cut, at_s = quiet_moment(default_week.days)
    variant = replace(default_week.variant, temporality=temporality)
    shown = Shown(panel="overview/In this time range/Tokens", rows=truth.tokens)
    board, asked = question(boards(variant, user_id=cut.journal.person.id), shown)
    span = Range(start_s=at_s, end_s=cut.end_ms // 1000 + 1)

    found = by_labels(default_week.grafana.numbers(board, asked, span))

    done = [row for row in truth.tokens([cut]) if row.at_ms > at_s * 1000]
    assert {(): truth.summed(done)} == found


def quiet_moment(days: Iterable[Lived]) -> tuple[Lived, int]:
    """Find the longest time in which a process wrote nothing, and give its middle in seconds since 1970."""
    cut = max(days, key=lambda one: one.quiet[1] - one.quiet[0])
    assert cut.quiet[1] - cut.quiet[0] > 2 * EXPORTED_MS
    return cut, sum(cut.quiet) // 2 // 1000
