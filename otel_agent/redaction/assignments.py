"""Credentials by the name before them: `PASSWORD=…`, `"client_secret": "…"`, `password: …`, `--token …`.

The name stays, the value goes. What only mentions a name stays: `password = get_password()`.
"""

import re
from collections.abc import Iterator
from typing import Final

from otel_agent.redaction.forms import BARE, LEAST, LETTERS, REST, SEEN, bare, in_form, is_text, quoted
from otel_agent.redaction.found import Found, Written, marker
from otel_agent.redaction.names import Named, Word, found_in, word_of
from otel_agent.redaction.values import is_chain, is_machine_made, is_reference

LEAST_MIXED: Final = 6
"""A value of fewer letters, digits and signs is a variable, where one can stand."""
_SEPARATOR: Final = re.compile(
    r"""(?P<close>\\{0,3}["'`])?(?:(?<=["'`])\])?[ \t]{0,4}"""
    r"""(?P<sign>:=|=>|(?:[!?+]|\|\|)?={1,3}|:)(?P<space>[ \t]{0,8})(?P<open>[rbuf@]?\\{0,3}["'`])?"""
)
_PARAMETER: Final = re.compile(rf"{LETTERS}#]{{1,{SEEN}}}")
_PARAMETER_REST: Final = re.compile(rf"{LETTERS}#]*+")
_NUMBER: Final = re.compile(r"-?\d{1,64}(?=\s{0,64}(?:[,}\]]|\Z))")
_END: Final = re.compile(r"""[ \t]{0,8}(?:\Z|[\r\n]|\\[nr"']|["'`]|[ \t]#|//)""")


def find(given: Written) -> Iterator[Found]:
    """Yield the values of names that are those of secrets; a name within a value is a part of it."""
    end = 0
    for named in found_in(given):
        found = None
        if named.start >= end:
            found = _assigned(given.text, named) or in_form(given.text, named)
        if found is not None:
            yield found
            end = found.end


def _assigned(text: str, named: Named) -> Found | None:
    """Return the value that a name is given with a sign between them."""
    match = _SEPARATOR.match(text, named.end)
    if match is None:
        return None
    if match["open"]:
        return quoted(text, match.end(), match["open"], named.word)
    if match["close"]:
        return _number(text, match.end(), match["close"], named.word) if match["sign"] == ":" else None
    letters, rest = (_PARAMETER, _PARAMETER_REST) if named.is_parameter else (BARE, REST)
    value = letters.match(text, match.end())
    if value is None or is_reference(value[0]):
        return None
    is_found = _is_secret(value, named, match["sign"], is_spaced=match["space"] != "")
    return bare(value, rest, named.word) if is_found else None


def _number(text: str, at: int, quote: str, word: Word) -> Found | None:
    """Return the number behind a name in quotes, as JSON has it; what replaces it is a string."""
    value = _NUMBER.match(text, at)
    if value is None or word.is_strict or len(value[0]) < LEAST:
        return None
    return Found(start=at, end=value.end(), replacement=f"{quote}{marker(word.kind)}{quote}")


def _is_secret(found: re.Match[str], named: Named, sign: str, *, is_spaced: bool) -> bool:
    """Tell whether a value without quotes is a secret: by its looks, and by what stands around it."""
    value, text, behind = found[0], found.string, found.string[found.end() : found.end() + 1]
    if behind in {"(", "[", "{"} or len(value) < LEAST:
        return False
    if is_machine_made(value):
        return True
    if named.word.is_strict or is_chain(value) or "==" in sign or "!" in sign:
        return False
    is_last = _END.match(text, found.end()) is not None
    if sign == "=" and not is_spaced:
        is_shell = named.is_variable or named.is_option or behind not in {",", ")"}
        return is_shell or _is_no_name(value, named)
    return is_last and (sign == ":" or named.is_variable or _is_no_name(value, named))


def _is_no_name(value: str, named: Named) -> bool:
    """Tell whether a value is none of the names that code has for secrets."""
    is_mixed = value.isalpha() or named.word.word in value.lower()
    return not is_mixed and len(value) >= LEAST_MIXED


def by_name(name: str, value: str | float) -> str | None:
    """Return what stands in the place of a value that has a name of its own, None where it stays."""
    word = word_of(name)
    text = str(value)
    if word is None or is_reference(text) or not (is_text(text, word) and text.strip()):
        return None
    return None if word.is_strict and not is_machine_made(text) else marker(word.kind)
