"""What a rule finds in a text, and the text without it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

BEGIN: Final = "[redacted: "
_ESCAPED: Final = "nrtbf"
"""The letters of escapes in JSON and in most languages: they belong to no word behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A part of a text, and what stands in its place."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text, and the same in lower case; both have the same length."""

    text: str
    lowered: str


def written(text: str) -> Written:
    """Return a text with its lower case: that of ASCII alone where another would be longer."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    return Written(text=text, lowered=lowered)


def marker(kind: str) -> str:
    """Return what stands in the place of a secret; nothing in it needs an escape in JSON or in quotes."""
    return f"{BEGIN}{kind}]"


def secret(start: int, end: int, kind: str) -> Found:
    """Return a secret that was found."""
    return Found(start=start, end=end, replacement=marker(kind))


def places(text: str, words: str) -> Iterator[int]:
    """Yield where some words begin in a text, one after the other."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + len(words))


def is_start(text: str, at: int) -> bool:
    """Tell whether a word can begin at a place: behind no letter or digit, or behind an escape."""
    before = text[at - 1 : at]
    if not before.isalnum():
        return True
    return (text[at - 2 : at - 1] == "\\" and before in _ESCAPED) or text[max(at - 3, 0) : at - 2] == "%"


def replaced(text: str, found: Iterable[Found]) -> str:
    """Return a text with all that was found replaced; what overlaps goes as one, named by the first."""
    pieces: list[str] = []
    end = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= end:
            pieces += (text[end : each.start], each.replacement)
        end = max(end, each.end)
    return "".join((*pieces, text[end:])) if pieces else text
