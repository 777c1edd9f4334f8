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


@given(st.text(st.characters(codec="utf-8", exclude_characters=":/=")), st.integers(0, 20))
def test_what_leaves_is_a_beginning_that_fits(text: str, length: int) -> None:
    """Any text comes out as a beginning of itself that is short enough and well-formed."""
    left = ContentPolicy(is_prompt_on=True, max_length=length).prompt(text) or ""

    assert text.startswith(left)
    assert length >= len(left.encode("utf-16-le")) // 2


def test_nothing_stays_nothing() -> None:
    """Where there is no text there is none to cut."""
    assert None is ContentPolicy(is_prompt_on=True, are_tool_details_on=True).prompt(None)


def test_secret_goes_before_the_text_is_cut() -> None:
    """A secret over the limit's edge leaves no half of it: what stands in its place is cut."""
    policy = ContentPolicy(is_prompt_on=True, max_length=24)

    assert "DB_PASSWORD=[redacted: P" == policy.prompt("DB_PASSWORD=geheim-0123456789 and more")


def test_parameters_without_secrets_are_json() -> None:
    """What a tool was called with stays JSON; one string of it is cleaned as a text."""
    policy = ContentPolicy(are_tool_details_on=True)

    assert '{"password":"[redacted: Password]"}' == policy.tool_parameters('{"password": "geheim"}')
    assert "TOKEN=[redacted: Token] make" == policy.tool_parameters("TOKEN=geheim make")


def test_words_of_errors_leave_without_secrets() -> None:
    """They leave at every level, so they are cleaned at every level."""
    assert "GET https://a:[redacted: Basic Auth Credentials]@x" == ContentPolicy().words("GET https://a:b@x")
    assert None is ContentPolicy().words(None)
