"""How facts become spans, whatever the profile: errors, outcomes, moments."""

from dataclasses import replace

import pytest

from otel_agent.facts import Fact, Failure, Tokens, TurnOutcome
from otel_agent.signals.spans.shape import (
    FACTS,
    error_of,
    is_total_known,
    is_use_known,
    outcome,
    outcome_of_call,
    outcome_of_tool,
)
from tests.signals.samples import CALLED, COMPACTED, CUT, DECIDED, DONE, ENDED, READ
from tests.signals.samples import FACTS as SAMPLES

ABORTED = Failure(name="MessageAbortedError", message="Aborted")
REFUSED = Failure(name="APIError", message="No key", status_code=401)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (replace(CALLED, failure=REFUSED), ("401", "APIError: No key")),
        (replace(CALLED, failure=Failure(name="UnknownError")), ("UnknownError", "UnknownError")),
        (replace(CALLED, failure=ABORTED), None),
        (CALLED, None),
        (replace(ENDED, failure=REFUSED), ("401", "APIError: No key")),
        (replace(ENDED, failure=ABORTED), None),
        (DONE, ("exit_status", "exit status")),
        (replace(DONE, error_type="permission_rejected"), ("permission_rejected", "permission rejected")),
        (replace(DONE, error_type="aborted"), None),
        (READ, None),
        (CUT, None),
        (replace(COMPACTED, is_success=False), ("compaction_failed", "compaction failed")),
        (COMPACTED, None),
        (DECIDED, None),
    ],
)
def test_status_is_an_error_only_where_something_failed(fact: Fact, expected: tuple[str, str] | None) -> None:
    """With a type and words; what a person gave up, and what was cut, has not failed."""
    assert expected == error_of(fact)


def test_turn_says_how_it_ended() -> None:
    """Completed, failed, given up by a person, or cut with its process."""
    ends = [
        outcome(ENDED),
        outcome(replace(ENDED, failure=REFUSED)),
        outcome(replace(ENDED, failure=ABORTED)),
        outcome(replace(ENDED, outcome=TurnOutcome.CUT, failure=REFUSED)),
    ]

    assert ["completed", "error", "aborted", "cut"] == ends


def test_model_call_says_how_it_ended_where_that_was_no_good_end() -> None:
    """Nothing is said of a call that ended well."""
    ends = [
        outcome_of_call(CALLED),
        outcome_of_call(replace(CALLED, failure=REFUSED)),
        outcome_of_call(replace(CALLED, failure=ABORTED)),
        outcome_of_call(replace(CALLED, is_completed=False)),
    ]

    assert [None, "error", "aborted", "cut"] == ends


def test_tool_call_says_how_it_ended_where_that_was_no_good_end() -> None:
    """Nothing is said of a call that ended well."""
    ends = [outcome_of_tool(fact) for fact in (READ, DONE, replace(DONE, error_type="aborted"), CUT)]

    assert [None, "error", "aborted", "cut"] == ends


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"tokens": Tokens()}, True),
        ({"tokens": Tokens(), "failure": REFUSED}, False),
        ({"tokens": Tokens(), "is_completed": False}, False),
        ({"failure": REFUSED}, True),
        ({"is_completed": False}, True),
    ],
)
def test_zeros_of_a_call_that_failed_are_not_known(changes: dict[str, object], expected: bool) -> None:  # noqa: FBT001 - a table's column
    """OpenCode records zeros for a call that failed or was given up, whatever the provider charged."""
    assert expected == is_use_known(replace(CALLED, **changes))  # type: ignore[arg-type]


def test_zeros_of_a_turn_that_failed_are_not_known() -> None:
    """A turn without a model call (a user's own command) has used nothing, and that is known."""
    assert is_total_known(ENDED)
    assert not is_total_known(replace(ENDED, failure=REFUSED))
    assert is_total_known(replace(ENDED, failure=REFUSED, tree_tokens=Tokens(input=1)))


def test_every_span_has_its_moments() -> None:
    """Each fact that is a span tells when it began and ended."""
    found = {type(fact): FACTS[type(fact)].interval(fact) for fact in SAMPLES if type(fact) in FACTS}

    assert set(FACTS) == set(found)
    assert all(start <= end for start, end in found.values())
