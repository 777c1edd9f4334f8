"""The user's own patterns: how the setting is read, and what they find."""

import re
import warnings
from collections.abc import Iterator
from typing import Final

from otel_agent.parsing import InvalidValueError, Kind, quoted, well_formed
from otel_agent.redaction.found import Found, Written, secret
from otel_agent.redaction.pieces import pieces

Patterns = tuple[re.Pattern[str], ...]

PIECE: Final = 1024
"""Characters that a pattern sees at once: one that is cubic takes seconds for them, not hours."""
OVERLAP: Final = 256
REMEDY: Final = "correct the pattern"
# A group that is repeated without bound and has such a repetition inside: (a+)+, (\w*,)*, (?:x{2,})+
_NESTED: Final = re.compile(r"\((?:[^()\\]|\\.)*(?<!\\)(?:[*+]|\{\d*,\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d*,\})")


def find(patterns: Patterns, given: Written) -> Iterator[Found]:
    """Yield what patterns match, named by their numbers in the setting."""
    if not patterns:
        return
    for start, piece in pieces(given.text, PIECE, OVERLAP):
        for number, pattern in enumerate(patterns, 1):
            for match in pattern.finditer(piece):
                if match.end() > match.start():
                    yield secret(start + match.start(), start + match.end(), f"Pattern {number}")


def _read(text: str) -> Patterns:
    """Read one regular expression per line."""
    lines = [line.strip() for line in well_formed(text).splitlines()]
    return tuple(_compiled(line) for line in lines if line)


def _compiled(line: str) -> re.Pattern[str]:
    """Return a pattern that can be used on any text."""
    if _NESTED.search(line):
        raise _refused(line, "which repeats what repeats without bound and may never end")
    try:
        with warnings.catch_warnings(action="ignore"):  # what a later Python may read otherwise
            pattern = re.compile(line, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise _refused(line, f"which is none ({error})") from None
    if pattern.search("") is not None:
        raise _refused(line, "which matches the empty text")
    return pattern


def _refused(line: str, reason: str) -> InvalidValueError:
    """Return what is wrong with a pattern."""
    return InvalidValueError(shown=f"{quoted(line)}, {reason}", remedy=REMEDY)


PATTERNS: Final = Kind(
    expected="regular expressions of Python, one per line", example=r"ACME-\d{6}", read=_read
)
