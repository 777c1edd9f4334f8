"""The words in which things are told: values that do not change."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

from otel_agent.facts import Failure, Tokens
from tests.signals.samples import FACTS, STARTED


def test_tokens_add_up_kind_by_kind() -> None:
    """The five kinds are disjoint: their total is their sum."""
    one = Tokens(input=1, output=20, reasoning=300, cache_read=4000, cache_creation=50000)

    total = one + Tokens(input=1, cache_creation=1)

    assert Tokens(input=2, output=20, reasoning=300, cache_read=4000, cache_creation=50001) == total
    assert (54321, 0) == (one.total, Tokens().total)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure(name="APIError"), "APIError"),
        (Failure(name="APIError", message=""), "APIError"),
        (Failure(name="APIError", message="No key", status_code=401), "APIError: No key"),
    ],
)
def test_failure_is_one_line(failure: Failure, words: str) -> None:
    """A failure reads as its name, and the provider's words where there are any."""
    assert words == str(failure)


def test_facts_do_not_change() -> None:
    """A fact is a value: it cannot be changed, and a copy of it is equal."""
    with pytest.raises(FrozenInstanceError):
        STARTED.origin = FACTS[0].origin  # type: ignore[misc]

    assert list(FACTS) == [pickle.loads(pickle.dumps(fact)) for fact in FACTS]  # noqa: S301 - our own values
