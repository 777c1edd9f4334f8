"""What `increase()`, which other people use, says of the same week; docs/queries.md has the numbers."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.backends import truth
from tests.backends.filled import WEEK, Filled
from tests.backends.grafana import boards, summed
from tests.backends.shown import GROWTH, OPENCODE, Shown, happened, question
from tests.backends.truth import Lived, Row

METRICS: dict[str, Callable[[Iterable[Lived]], Iterable[Row]]] = {
    "token_usage_tokens_total": truth.tokens,
    "cost_usage_USD_total": truth.cost,
    "commit_count_total": truth.commits,
}
DOCUMENT = Path(__file__).parents[2] / "docs" / "queries.md"
SAMPLES = 11
"""Ten zero points and a value are the fewest samples that a series has."""
BOUND = 1 + 1 / (2 * (SAMPLES - 1))
SLACK = 1e-9


@pytest.mark.parametrize("suffix", METRICS)
def test_increase_of_a_range_says_at_most_five_percent_more(filled: Filled, suffix: str) -> None:
    """Over a range of whole sessions it never says less, and more by at most half of a sample's distance."""
    name = f"{filled.variant.prefix.replace('.', '_')}{suffix}"
    query = f'sum(increase({name}{{project_id!=""}}[{WEEK.end_s - WEEK.start_s}s]))'
    (found,) = filled.grafana.prometheus.instant(query, WEEK.end_s)

    ratio = found.value / truth.summed(METRICS[suffix](filled.days))

    assert 1 - SLACK <= ratio <= BOUND + SLACK
    assert row(name, ratio) in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("shown", GROWTH, ids=lambda one: one.panel)
def test_steps_of_the_boards_add_up_to_what_happened(default_week: Filled, shown: Shown) -> None:
    """Their bars do not ask for increase(): together they are the whole, exactly."""
    board, asked = question(boards(default_week.variant, **OPENCODE), shown)
    found = sum(summed(default_week.grafana.lines(board, asked, WEEK), *shown.by).values())

    assert pytest.approx(sum(happened(default_week, shown, WEEK).values()), rel=1e-9) == found


def row(name: str, ratio: float) -> str:
    """Give the row of the document's table that tells a ratio."""
    return f"| `{name}` | {ratio:.3f} |\n"
