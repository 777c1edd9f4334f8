"""Keys and tokens by their shape, as the table says."""

import re
from collections.abc import Iterator
from typing import Final

from otel_agent.redaction.found import Found, Written, is_start, places, secret
from otel_agent.redaction.tokens import KNOWN, Known

CUT_LENGTH: Final = 8
"""Characters behind the prefix from which a token at the very end of a text is taken for one that was cut."""
_RUNS: Final = {row.letters: re.compile(f"{row.letters}*+") for row in KNOWN}
_DIGIT: Final = re.compile(r"\d")
_MUSTS: Final = {row.must: re.compile(row.must) for row in KNOWN}


def find(given: Written) -> Iterator[Found]:
    """Yield the tokens of the table, whole."""
    for row in KNOWN:
        for prefix in row.prefixes:
            yield from _of(row, prefix, given.text)


def _of(row: Known, prefix: str, text: str) -> Iterator[Found]:
    """Yield the tokens of a row that begin with one of its prefixes; no letter is looked at twice."""
    seen = 0
    for at in places(text, prefix):
        if at < seen or not is_start(text, at):
            continue
        begin = at + len(prefix)
        run = _RUNS[row.letters].match(text, begin)
        seen = run.end() if run else begin
        end = begin + len(text[begin:seen].rstrip("."))
        if _is_token(row, text, begin, end):
            yield secret(at, end, row.kind)


def _is_token(row: Known, text: str, begin: int, end: int) -> bool:
    """Tell whether what stands behind a prefix is a token: whole, or cut by the end of the text."""
    is_long = end - begin >= row.least and _MUSTS[row.must].match(text, begin, end) is not None
    return is_long or (end == len(text) and end - begin >= CUT_LENGTH and _has_digit(text[begin:end]))


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None
