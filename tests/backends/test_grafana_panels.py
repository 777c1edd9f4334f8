"""Nothing on Grafana's boards is empty without a reason, and everything that they choose by is there."""

import pytest

from tests.backends import truth
from tests.backends.filled import WEEK, Filled
from tests.backends.grafana import boards, by_labels

EMPTY = {
    "code / By whom and in what / Acceptance by language B": "empty where none was",
}
"""Questions without data in the week, and the words of their panel's description that say why."""
ZERO = {
    "health / In this time range / Waiting A",
    "health / In this time range / Waiting bytes A",
    "health / In this time range / Oldest waiting A",
}
"""Questions whose number is 0 in the week: nothing waits."""
CHOSEN_FROM = {
    "model": truth.tokens,
    "user_id": truth.tokens,
    "vcs_repository_name": truth.tokens,
}


def test_every_panel_shows_something(filled: Filled) -> None:
    """Each question gives numbers, lines or records, unless the table above names a reason, and only then."""
    empty = {
        question.name
        for board in boards(filled.variant).values()
        for question in board.questions
        if filled.grafana.is_empty(board, question, WEEK)
    }

    assert EMPTY.keys() == empty


def test_reasons_stand_in_the_descriptions(filled: Filled) -> None:
    """What the table of reasons says, a user reads on the panel."""
    described = {
        question.name: question.description
        for board in boards(filled.variant).values()
        for question in board.questions
    }

    assert [] == [name for name, words in EMPTY.items() if words not in described[name]]


@pytest.mark.parametrize("label", CHOSEN_FROM)
def test_choices_are_the_values_that_there_are(default_week: Filled, label: str) -> None:
    """Each list of choices has the values of the week."""
    board = boards(default_week.variant)["overview"]
    (variable,) = [one for one in board.variables if one["name"] == label]
    metric, _, of = variable["query"]["query"].removeprefix("label_values(").removesuffix(")").partition(", ")

    found = default_week.grafana.prometheus.values(of, metric, WEEK.start_s, WEEK.end_s)

    assert sorted(value for (value,) in truth.added(CHOSEN_FROM[label](default_week.days), label)) == found


def test_every_variable_of_a_question_is_on_its_board(filled: Filled) -> None:
    """Grafana leaves a name that it does not know as it is, and the question then finds nothing."""
    for board in boards(filled.variant).values():
        for text in (*(one.expr for one in board.questions), *(one["expr"] for one in board.annotations)):
            board.asked(text, WEEK, 600)


def test_commits_are_marked_where_they_happened(filled: Filled) -> None:
    """Each board's annotations are at the steps in which OpenCode committed, by repository."""
    expected = truth.added(truth.commits(filled.days))
    for board in boards(filled.variant, project_id=".+").values():
        (marks,) = board.annotations
        query = board.asked(marks["expr"], WEEK, 300)
        found = filled.grafana.prometheus.range(query, WEEK.start_s, WEEK.end_s, 300)

        # Commits of one session within a step are one mark.
        assert 0 < sum(len(line.points) for line in found) <= expected[()]
        assert {""} != {line.labels.get("vcs_repository_name", "") for line in found}


def test_numbers_that_are_zero_are_good_news(filled: Filled) -> None:
    """A week of work leaves no other of the single numbers at 0."""
    zero = {
        question.name
        for board in boards(filled.variant, project_id=".+").values()
        for question in board.questions
        if question.kind == "stat" and not by_labels(filled.grafana.numbers(board, question, WEEK))
    }

    assert ZERO == zero
