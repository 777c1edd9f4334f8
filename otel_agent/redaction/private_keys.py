"""Private keys: the whole block goes, also one whose beginning or end was cut off."""

import re
from collections.abc import Iterator
from typing import Final

from otel_agent.redaction.found import Found, Written, secret

KIND: Final = "Private Key"
_EDGE: Final = re.compile(
    r"-{4,5} ?(?P<begin>BEGIN) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}"
    r"|-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}"
    r"|(?P<putty>PuTTY-User-Key-File-\d): |Private-MAC: [0-9a-fA-F]{0,128}"
)
_BODY: Final = re.compile(
    r"(?:(?:\s|\\[nrt]|[\"'`+,|>]"
    r"|(?:Proc-Type|DEK-Info|Comment|Version|Encryption|Public-Lines|Private-Lines): [^\n\\]{0,200})*+"
    r"[A-Za-z0-9+/=]{16,}+)*+(?:(?:\s|\\[nrt])*+[A-Za-z0-9+/=]{1,64}+(?=\s*+\Z))?"
)
_LINE: Final = re.compile(r"[A-Za-z0-9+/=]{16,}+")
_LAST_LINE: Final = re.compile(r"[A-Za-z0-9+/=]{1,64}")
LONGEST: Final = 32_768
"""Characters between the two edges of one key; a mention of both edges further apart is no key."""


def find(given: Written) -> Iterator[Found]:
    """Yield private keys; each edge is met once."""
    text = given.text
    if "PRIVATE KEY" not in text and "PuTTY" not in text:
        return
    opened: int | None = None
    body_end = 0
    for edge in _EDGE.finditer(text):
        is_begin = edge["begin"] is not None or edge["putty"] is not None
        is_closed = opened is not None and not is_begin and edge.end() - opened <= LONGEST
        if opened is not None:
            yield secret(opened, edge.end() if is_closed else body_end, KIND)
        if is_begin:
            body = _BODY.match(text, edge.end())
            opened, body_end = edge.start(), body.end() if body else edge.end()
        else:
            if not is_closed:
                yield secret(_tail_start(text, body_end, edge.start()), edge.end(), KIND)
            opened, body_end = None, edge.end()
    if opened is not None:
        yield secret(opened, body_end, KIND)


def _tail_start(text: str, begin: int, end: int) -> int:
    """Return where the lines of a key begin of which only the end is there."""
    start = end
    begin = max(begin, end - LONGEST)
    while start > begin:
        line_start = max(text.rfind("\n", begin, start - 1) + 1, begin)
        line = text[line_start:start].strip().rpartition("|")[2].strip()
        letters = _LAST_LINE if start == end else _LINE
        if letters.fullmatch(line) is None and _LINE.fullmatch(line) is None:
            break
        start = line_start
    return start
