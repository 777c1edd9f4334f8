"""How far apart requests go, as a function of what became of the last one."""

import pytest

from otel_agent.exporter.pacing import GAP_S, LONGEST_GAP_S, gap_after
from otel_agent.exporter.transport import Delivered, Denied, Outcome, Rejected, Retry, TooLarge

THROTTLED = Retry(reason="slow down", is_throttled=True)


@pytest.mark.parametrize("outcome", [Delivered(), TooLarge(reason=""), Rejected(reason="")])
def test_without_a_failure_there_is_no_gap(outcome: Outcome) -> None:
    """As long as the server answers, requests follow each other at once."""
    assert 0.0 == gap_after(0.0, outcome, attempts=0)


@pytest.mark.parametrize("outcome", [Retry(reason="down"), Denied(reason="401")])
def test_failure_keeps_requests_apart(outcome: Outcome) -> None:
    """However often it fails; and the deliveries that follow do not end it."""
    gap_s = gap_after(gap_after(0.0, outcome, attempts=0), outcome, attempts=1)

    assert (GAP_S, GAP_S) == (gap_s, gap_after(gap_s, Delivered(), attempts=0))


def test_request_that_was_tried_before_keeps_requests_apart() -> None:
    """It tells of the outage that another agent has met."""
    assert GAP_S == gap_after(0.0, Delivered(), attempts=1)


def test_gap_grows_while_the_server_says_that_it_is_asked_too_often() -> None:
    """It doubles each time, up to a bound."""
    gaps = [0.0]
    for _ in range(20):
        gaps.append(gap_after(gaps[-1], THROTTLED, attempts=1))

    assert [2 * GAP_S, 4 * GAP_S, 8 * GAP_S] == gaps[1:4]
    assert LONGEST_GAP_S == gaps[-1]


def test_server_that_takes_three_a_second_refuses_few() -> None:
    """The gap finds its length: of a thousand requests to a server with a limit, one in twenty is refused."""
    gap_s, now_s, quota_s, refused = GAP_S, 0.0, 0.0, 0
    for _ in range(1000):
        now_s += gap_s
        is_taken = now_s >= quota_s
        quota_s = max(now_s, quota_s) + 1 / 3 if is_taken else quota_s
        now_s += 0.0 if is_taken else 1.0
        refused += not is_taken
        gap_s = gap_after(gap_s, Delivered() if is_taken else THROTTLED, attempts=0)

    assert 0 < refused <= 50
