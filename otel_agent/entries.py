"""A settings file's text as names and values: the flat part of TOML, which the plugin reads alike.

The flat part ends at the first table that is no destination's. In it a value is a string on one line, a whole
or a decimal number, true, false, or a list of strings; https://toml.io/en/v1.0.0 says how they are written.
What stands in [destination.NAME] has NAME and a dot before its own name.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from otel_agent.errors import AgentError

Value = str | bool | tuple[str, ...]
"""What a name has in a file; of a number its digits."""

_CONTROL = r"\x00-\x08\x0a-\x1f\x7f"
_COMMENT = rf"#[^{_CONTROL}]*"
# No environment can hold a NUL, and a surrogate is no character.
_NO_CHARACTER = "[dD][89a-fA-F]"
_ESCAPE = (
    rf'\\(?:[btnfr"\\]|u(?!0000|{_NO_CHARACTER})[0-9a-fA-F]{{4}}'
    rf"|U(?!00000000|0000{_NO_CHARACTER})00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{{4}})"
)
_STRING = rf"(?:\"(?:[^\"\\{_CONTROL}]|{_ESCAPE})*\"|'[^'{_CONTROL}]*')"
# 18 digits: a whole number of 64 bits holds them.
_WHOLE = "[+-]?(?:0|[1-9](?:_?[0-9]){0,17})"
_DIGITS = "[0-9](?:_?[0-9])*"
_NUMBER = rf"{_WHOLE}(?:\.{_DIGITS})?(?:[eE][+-]?{_DIGITS})?"
_GAP = rf"(?:[ \t\n]|\r\n|{_COMMENT}\r?\n)*"
_LIST = rf"\[{_GAP}(?:{_STRING}{_GAP},{_GAP})*(?:{_STRING}{_GAP})?\]"
_ENTRY: Final = re.compile(
    rf"[ \t]*(?:[A-Za-z0-9_-]+[ \t]*=[ \t]*(?:{_STRING}|{_NUMBER}|true|false|{_LIST})[ \t]*)?"
    rf"(?:{_COMMENT})?(?:\r?\n|\Z)"
)
TABLES: Final = "destination"
"""The table whose tables are read."""
TABLE_NAME: Final = "[a-z][a-z0-9_-]*"
_TABLE: Final = re.compile(rf"[ \t]*\[{TABLES}\.{TABLE_NAME}\][ \t]*(?:{_COMMENT})?(?:\r?\n|\Z)")
_HEADER: Final = re.compile(r"[ \t]*\[")


class EntriesError(AgentError):
    """A text is none that settings can be read from; the message shows no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What a text sets, and what of it is left to later versions: tables, or why they are not readable."""

    values: Mapping[str, Value]
    tables: tuple[str, ...] = ()
    rest: str = ""


def entries_of(text: str) -> Entries:
    """Return what a text sets; raises EntriesError when its flat part is not as it has to be."""
    end = _flat_end(text)
    found = _loaded(text[:end])
    values = dict(_flattened(found))
    try:
        whole = _loaded(text)
    except EntriesError as error:
        return Entries(values=values, rest=str(error))
    return Entries(values=values, tables=tuple(name for name in whole if whole[name] != found.get(name)))


def _flattened(found: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    """Yield names and values; a destination's names have its own name and a dot before them."""
    for name, value in found.items():
        if not isinstance(value, dict):
            yield name, _value(value)
            continue
        tables = cast("dict[str, dict[str, object]]", value)
        for table, rows in tables.items():
            yield from ((f"{table}.{key}", _value(one)) for key, one in rows.items())


def _flat_end(text: str) -> int:
    """Return where the first other table or the text ends; raises EntriesError at any other line."""
    at = 0
    while at < len(text):
        entry = _TABLE.match(text, at) or _ENTRY.match(text, at)
        if entry is None and _HEADER.match(text, at):
            break
        if entry is None:
            _loaded(text)  # its message is better where this is no TOML at all
            line = text.count("\n", 0, at) + 1
            raise EntriesError(
                f"line {line}: expected NAME = value with a text in quotes, a number, true or false on one"
                " line, got something else; correct that line"
            )
        at = entry.end()
    return at


def _loaded(text: str) -> dict[str, object]:
    """Return a TOML text as Python's own reader has it; raises EntriesError."""
    try:
        return tomllib.loads(text, parse_float=_digits)
    except (ValueError, RecursionError) as error:  # also of numbers and lists that are longer than any
        raise EntriesError(f"expected TOML, got: {error}; correct that line") from None


def _digits(number: str) -> str:
    """Return a decimal number as it was written, without the marks between its digits."""
    return number.replace("_", "")


def _value(value: object) -> Value:
    """Return a value of the flat part."""
    match value:
        case bool() | str():
            return value
        case list():
            return tuple(str(item) for item in cast("list[object]", value))
        case _:
            return str(value)
