"""Content leaves only when its setting is on, and no more of it than allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.signals.content import ContentPolicy


def test_each_kind_of_content_has_its_own_switch() -> None:
    """Prompts open neither answers nor tool parameters, and so with each of the others."""
    policies = (
        ContentPolicy(is_prompt_on=True),
        ContentPolicy(is_response_on=True),
        ContentPolicy(are_tool_details_on=True),
    )

    left = [(each.prompt("a"), each.response("a"), each.tool_parameters("a")) for each in policies]

    assert [("a", None, None), (None, "a", None), (None, None, "a")] == left


@pytest.mark.parametrize(
    ("length", "expected"), [(0, ""), (2, "ab"), (3, "ab"), (4, "ab\U0001f600"), (9, "ab\U0001f600c")]
)
def test_text_is_cut_at_utf16_code_units(length: int, expected: str) -> None:
    """The length counts UTF-16 code units; a pair is never cut in two."""
    policy = ContentPolicy(is_prompt_on=True, max_length=length)

    assert expected == policy.prompt("ab\U0001f600c")


@given(st.text(), st.integers(0, 20))
def test_what_leaves_is_a_beginning_that_fits(text: str, length: int) -> None:
    """Any text comes out as a beginning of itself that is short enough and well-formed."""
    left = ContentPolicy(is_prompt_on=True, max_length=length).prompt(text) or ""

    assert text.startswith(left)
    assert length >= len(left.encode("utf-16-le")) // 2


def test_nothing_stays_nothing() -> None:
    """Where there is no text there is none to cut."""
    assert None is ContentPolicy(is_prompt_on=True, are_tool_details_on=True).prompt(None)
