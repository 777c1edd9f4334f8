"""The conformance table: each text leaves as it says, and a second time nothing more is taken."""

import pytest

from otel_agent.redaction.redactor import Redactor
from tests.redaction.cases import HOMES, KEPT, PLACES, SHAPES, Case

CASES = (*SHAPES, *PLACES, *HOMES)
REDACTOR = Redactor()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.left[:40])
def test_secret_is_replaced(case: Case) -> None:
    """What is secret goes, its kind is said, and all around it stays."""
    assert case.left == REDACTOR.text(case.given)


@pytest.mark.parametrize("text", KEPT, ids=lambda text: ascii(text[:40]))
def test_other_text_stays(text: str) -> None:
    """What only looks like a secret, or speaks of one, stays as it is."""
    assert text == REDACTOR.text(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.left[:40])
def test_text_without_secrets_stays(case: Case) -> None:
    """What was replaced is replaced once."""
    assert case.left == REDACTOR.text(case.left)


def test_table_is_large_enough() -> None:
    """The table has what was promised: 80 cases and 25 that stay."""
    assert (True, True) == (len(CASES) + len(KEPT) >= 80, len(KEPT) >= 25)
