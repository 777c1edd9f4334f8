"""The log panels show as many records as OpenCode's own events say."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from otel_agent import receipts
from tests.backends import truth
from tests.backends.filled import WEEK, Filled
from tests.backends.grafana import Board, Question, boards, summed
from tests.backends.truth import Lived

TOLD: dict[str, Callable[[Lived], int]] = {
    "api_request": lambda one: len(one.what.answered()),
    "api_error": lambda one: len(one.what.named("session.error")),
    "session_error": lambda one: len(one.what.named("session.error")),
    "user_prompt": lambda one: one.what.prompts(),
    "commit": lambda one: one.what.printed(truth.SHA),
    "pull_request": lambda one: one.what.printed(truth.PULL),
}


def the_question(made: dict[str, Board], board: str, title: str, source: str) -> tuple[Board, Question]:
    """Find the one question of a title to a data source."""
    (found,) = [one for one in made[board].questions if (one.title, one.source) == (title, source)]
    return made[board], found


def names(filled: Filled, board: Board, asked: Question) -> Counter[str]:
    """Count the records that a panel shows by the names of their events."""
    records = filled.grafana.records(board, asked, WEEK)
    return Counter(record.labels["event_name"].replace(".", "_") for record in records)


def happened(days: Iterable[Lived], event: str) -> int:
    """Give how often an event is to be told."""
    return sum(TOLD[event](one) for one in days)


def test_events_of_all_sessions_are_those_that_were_delivered(filled: Filled) -> None:
    """No record is lost in Loki, and those that raw events tell of are as many as these."""
    board, asked = the_question(boards(filled.variant), "sessions", "Events", "loki")

    found = names(filled, board, asked)

    delivered = sum(done.counts.get(f"{receipts.DELIVERED}logs", 0) for done in filled.done)
    assert delivered == found.total()
    assert {event: happened(filled.days, event) for event in TOLD} == {event: found[event] for event in TOLD}


def test_events_of_a_chosen_session_are_its_own(filled: Filled) -> None:
    """A session's board shows that session alone."""
    session = max(truth.added(truth.cost(filled.days), "session_id").items(), key=lambda item: item[1])[0][0]
    board, asked = the_question(
        boards(filled.variant, session_id=session, session=session), "sessions", "Events", "loki"
    )

    found = filled.grafana.records(board, asked, WEEK)

    assert {session} == {record.labels["session_id"] for record in found}


def test_errors_are_all_there(filled: Filled) -> None:
    """Failed calls and sessions, and what was given up after retries."""
    board, asked = the_question(boards(filled.variant), "reliability", "Errors", "loki")

    found = names(filled, board, asked)

    assert {event: happened(filled.days, event) for event in ("api_error", "session_error")} == {
        event: found[event] for event in ("api_error", "session_error")
    }
    assert {"api_error", "session_error", "api_retries_exhausted"} == set(found)


def test_errors_by_model_add_up(filled: Filled) -> None:
    """The steps of the time axis together are all failed calls."""
    board, asked = the_question(boards(filled.variant), "reliability", "Errors by model", "loki")

    found = summed(filled.grafana.lines(board, asked, WEEK))

    assert happened(filled.days, "api_error") == sum(found.values())


@pytest.mark.parametrize("event", ["api_error"])
def test_loki_knows_every_record_by_its_event(filled: Filled, event: str) -> None:
    """A count by LogQL is that of the raw events."""
    query = f'sum(count_over_time({{service_name="{filled.variant.service}"}} | event_name="{event}" [7d]))'
    assert filled.grafana.loki is not None

    (found,) = filled.grafana.loki.instant(query, WEEK.end_s)

    assert happened(filled.days, event) == found.value
