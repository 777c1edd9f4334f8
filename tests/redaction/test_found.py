"""What was found is replaced, at its place in the text, whatever overlaps."""

from hypothesis import given
from hypothesis import strategies as st

from otel_agent.redaction.found import Found, is_start, replaced, written
from otel_agent.redaction.redactor import Redactor

TEXT = "0123456789"


def found(start: int, end: int, replacement: str) -> Found:
    """Return a part of a text that is replaced."""
    return Found(start=start, end=end, replacement=replacement)


def test_parts_that_overlap_go_as_one() -> None:
    """All of them go; the first one says what it was, of two that begin together the longer one."""
    assert "0a6b9" == replaced(TEXT, [found(7, 9, "b"), found(1, 4, "a"), found(3, 6, "c")])
    assert "0a6789" == replaced(TEXT, [found(1, 3, "b"), found(1, 6, "a")])


def test_parts_that_touch_are_two() -> None:
    """What begins where another one ends keeps its own name."""
    assert "ab456789" == replaced(TEXT, [found(2, 4, "b"), found(0, 2, "a")])


@given(st.text())
def test_lower_case_has_the_length_of_its_text(text: str) -> None:
    """Places in one are places in the other, also where a letter's lower case is two letters."""
    assert len(text) == len(written(text + "\u0130").lowered) - 1


def test_value_behind_a_letter_with_a_longer_lower_case_is_found_at_its_place() -> None:
    """The Turkish capital I with a dot moves nothing."""
    assert "\u0130\u0130 PASSWORD=[redacted: Password]!" == Redactor().text(
        "\u0130\u0130 PASSWORD='geheim'!"
    ).replace("'", "")


def test_word_begins_behind_what_is_no_letter_of_it() -> None:
    """Behind a sign, an escape of JSON or of a URL, and at the beginning; not within a word."""
    texts = ("sk", " sk", "=sk", "\\nsk", "%3Dsk", "ask", "9sk", "\\qsk")

    assert [True, True, True, True, True, False, False, False] == [
        is_start(text, text.index("sk")) for text in texts
    ]
