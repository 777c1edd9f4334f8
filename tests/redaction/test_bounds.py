"""The time that redaction takes grows with the text and no faster: by the rules' form, and by counting."""

import re
from collections.abc import Iterator
from types import ModuleType

from otel_agent.redaction import (
    assignments,
    forms,
    headers,
    homes,
    known,
    library,
    names,
    private_keys,
    urls,
    values,
)
from otel_agent.redaction.found import written
from otel_agent.redaction.library import Detector

MODULES = (assignments, forms, headers, homes, known, names, private_keys, urls, values)
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})(?!\+)")
POSSESSIVE = re.compile(r"(?:[*+]|\{\d*,\d*\})\+")
ESCAPED = re.compile(r"\\.")


def patterns(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """Yield the regular expressions of a module."""
    for value in vars(module).values():
        found = value.values() if isinstance(value, dict) else [value]
        yield from (each for each in found if isinstance(each, re.Pattern))


def repeats(pattern: str) -> list[str]:
    """Return the repetitions that have no bound and give back what they took."""
    bare = CLASS.sub("C", ESCAPED.sub("E", pattern))
    return UNBOUNDED.findall(POSSESSIVE.sub("", bare))


def test_search_sees_what_has_no_bound() -> None:
    """The search of the test below means something."""
    assert [["*"], ["+"], ["{2,}"], []] == [
        repeats(text) for text in ("a*b", "[a*]+", "x{2,}", r"a*+b++[*+]{1,3}\+")
    ]


def test_every_repeat_of_our_rules_has_a_bound_or_gives_nothing_back() -> None:
    """So at each place a rule does at most so much work, or takes each letter once."""
    found = [pattern.pattern for module in MODULES for pattern in patterns(module)]

    assert len(found) > 30
    assert [] == [text for text in found if repeats(text)]


class Counting:
    """A rule that counts the letters that it is given."""

    secret_type = "Nothing"

    def __init__(self) -> None:
        """Begin with none."""
        self.lengths: list[int] = []

    @property
    def denylist(self) -> list["Counting"]:
        """By what it finds: itself."""
        return [self]

    def finditer(self, piece: str) -> Iterator[re.Match[str]]:
        """Find nothing, and count."""
        self.lengths.append(len(piece))
        return iter(())


def test_rules_of_the_library_see_bounded_pieces() -> None:
    """A rule that is quadratic is so in a piece; the pieces' sum grows with the text."""
    rule = Counting()
    detector = Detector(rule=rule, hints=("x",))  # type: ignore[arg-type]

    assert [] == list(library.find(written("x" * 1_000_000), (detector,)))
    assert max(rule.lengths) <= library.PIECE
    assert sum(rule.lengths) <= 1_400_000


def test_rules_of_the_library_without_their_words_see_nothing() -> None:
    """A text that has none of a rule's words is not given to it."""
    rule = Counting()
    detector = Detector(rule=rule, hints=("x", "y"))  # type: ignore[arg-type]

    assert [] == list(library.find(written("z" * 1000), (detector,)))
    assert [] == rule.lengths
