"""OpenCode beside Claude Code: the boards add both up, and tell them apart, exactly."""

from collections.abc import Iterable

import pytest

from tests.backends import claude, truth
from tests.backends.filled import WEEK, Filled
from tests.backends.grafana import Board, Question, Range, boards, by_labels, summed
from tests.backends.shown import RANGES
from tests.backends.truth import Lived, Row

ALONE = {"OpenCode": ".+", "Claude Code": "^$", "both": ".*"}
METRICS = {
    "Spend": "cost.usage",
    "Tokens": "token.usage",
    "Lines": "lines_of_code.count",
    "Commits": "commit.count",
}
ROWS = {"Spend": truth.cost, "Tokens": truth.tokens, "Lines": truth.lines, "Commits": truth.commits}
LETTERS = {"A": "OpenCode", "B": "Claude Code"}


def numbers(days: Iterable[Lived], title: str, span: Range) -> dict[str, float]:
    """Give what each agent, and both together, did in a range."""
    ours = truth.summed(ROWS[title](truth.within(days, span.start_s, span.end_s)))
    theirs = truth.summed(
        row for session in claude.SESSIONS for row in session.rows(METRICS[title], span.start_s, span.end_s)
    )
    return {"OpenCode": ours, "Claude Code": theirs, "both": ours + theirs}


def beside(board: Board, title: str, kind: str) -> list[Question]:
    """Find the questions of a panel that compares the agents."""
    wanted = ("Side by side", title, kind)
    return [one for one in board.questions if (one.section, one.title, one.kind) == wanted]


@pytest.mark.parametrize("title", METRICS)
@pytest.mark.parametrize("span", RANGES)
def test_side_by_side_shows_each_agent(claude_code_week: Filled, title: str, span: str) -> None:
    """A session of Claude Code that a range cuts counts with what it did in it."""
    board = boards(claude_code_week.variant)["overview"]
    asked = beside(board, title, "stat")
    found = {
        LETTERS[one.letter]: by_labels(claude_code_week.grafana.numbers(board, one, RANGES[span])).get(
            (), 0.0
        )
        for one in asked
    }

    expected = numbers(claude_code_week.days, title, RANGES[span])
    assert pytest.approx({name: expected[name] for name in LETTERS.values()}, rel=1e-9) == found


@pytest.mark.parametrize("title", ["Spend", "Tokens"])
def test_time_axis_shows_each_agent(claude_code_week: Filled, title: str) -> None:
    """The steps of each agent's line add up to what it did."""
    board = boards(claude_code_week.variant)["overview"]
    asked = beside(board, title, "timeseries")
    found = {
        LETTERS[one.letter]: summed(claude_code_week.grafana.lines(board, one, WEEK))[()] for one in asked
    }

    expected = numbers(claude_code_week.days, title, WEEK)
    assert pytest.approx({name: expected[name] for name in LETTERS.values()}, rel=1e-9) == found


@pytest.mark.parametrize("agent", ALONE)
@pytest.mark.parametrize("span", RANGES)
def test_chosen_agent_narrows_the_numbers(claude_code_week: Filled, agent: str, span: str) -> None:
    """The choice of an agent leaves what it did, without one it is what both did."""
    board = boards(claude_code_week.variant, project_id=ALONE[agent])["cost"]
    (asked,) = [one for one in board.questions if (one.title, one.kind) == ("Spend", "stat")]

    (found,) = claude_code_week.grafana.numbers(board, asked, RANGES[span])

    expected = numbers(claude_code_week.days, "Spend", RANGES[span])[agent]
    assert pytest.approx(expected, rel=1e-9) == found.value


def test_sessions_of_both_are_counted(claude_code_week: Filled) -> None:
    """Those that used tokens."""
    board = boards(claude_code_week.variant)["overview"]
    asked = beside(board, "Sessions", "stat")
    found = [by_labels(claude_code_week.grafana.numbers(board, one, WEEK))[()] for one in asked]

    ours: Iterable[Row] = truth.tokens(claude_code_week.days)
    assert [len(truth.added(ours, "session_id")), len(claude.SESSIONS)] == found
