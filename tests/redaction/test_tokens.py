"""The table of tokens: each row finds its tokens whole, where they begin a word."""

import pytest

from otel_agent.redaction.found import written
from otel_agent.redaction.known import find
from otel_agent.redaction.tokens import KNOWN, Known
from tests.redaction.cases import HEX, MIXED, UPPER

every_prefix = pytest.mark.parametrize(
    ("row", "prefix"),
    [(row, prefix) for row in KNOWN for prefix in row.prefixes],
    ids=lambda part: str(part)[:20],
)


def token(row: Known, prefix: str, length: int) -> str:
    """Return a made-up token of so many letters behind the prefix."""
    letters = HEX if "a-z" not in row.letters and "A-Z" not in row.letters else MIXED
    letters = UPPER if "a-" not in row.letters else letters
    if row.kind == "JSON Web Token":
        return prefix + MIXED[:20] + "." + MIXED[:length]
    return prefix + letters[:length]


@every_prefix
def test_token_is_found_whole(row: Known, prefix: str) -> None:
    """From its prefix to the end of its letters, however long it is."""
    made = token(row, prefix, row.least + 40)
    found = [(each.start, each.end) for each in find(written(f'"{made}" {made}\n'))]

    assert {(1, 1 + len(made)), (4 + len(made) - 1, 3 + 2 * len(made))} == set(found)


@every_prefix
def test_word_that_has_the_prefix_inside_is_none(row: Known, prefix: str) -> None:
    """What stands behind a letter or a digit begins no token."""
    assert [] == list(find(written(f"x{token(row, prefix, row.least + 40)} ")))


@every_prefix
def test_token_that_the_end_cut_is_found(row: Known, prefix: str) -> None:
    """A text that was cut may end in the middle of a token; what is left of it goes too."""
    made = token(row, prefix, 12)

    assert (2, 2 + len(made)) in [(each.start, each.end) for each in find(written(f"a {made}"))]


@pytest.mark.parametrize("prefix", [prefix for row in KNOWN for prefix in row.prefixes])
def test_prefix_alone_is_no_token(prefix: str) -> None:
    """A prefix that is spoken of stays."""
    assert [] == list(find(written(f"they begin with {prefix}, mostly")))


def test_every_row_says_where_its_shape_is_told() -> None:
    """A source is the name of a public rule, or an address."""
    assert [] == [row.kind for row in KNOWN if not row.source.startswith(("gitleaks: ", "https://"))]
