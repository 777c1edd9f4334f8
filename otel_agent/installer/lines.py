"""Sets names in a settings file's text and leaves every other byte of it as it was; pure."""

import json
import re
from collections.abc import Mapping
from typing import Final

from otel_agent.entries import EntriesError, entries_of
from otel_agent.errors import InstallError

_TABLE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)
_DELETE: Final = "\x7f"
"""JSON leaves it as it is and TOML wants it escaped; else JSON's texts are TOML's."""
_VALUE: Final = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[^\s#]+'
BARE: Final = "true"
"""A file's true means the word for every setting; false means it for some, and unset for the others."""
HEAD: Final = """\
# Settings of opencode-otel-agent, in TOML; the environment wins over this file.
# docs/settings.md and `man otel-agent` have every name.

"""


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return a file's text in which names have these values; raises InstallError when it cannot be read.

    A name that stands there gets the new value in its place, one that stands there as a comment comes behind
    that, and any other comes behind the last line that is in no table.
    """
    before = values_of(text)
    after = text or HEAD
    for name, value in values.items():
        if before.get(name) != value:
            after = _with_value(after, name, written(value))
    if values_of(after) != {**before, **values}:
        raise InstallError(
            "expected a file in which a setting can be changed alone, got another one; change it by hand:"
            f" {', '.join(values)}"
        )
    return after


def values_of(text: str) -> dict[str, object]:
    """Return what a text sets, true and false as their words; raises InstallError when it cannot be read."""
    try:
        found = entries_of(text).values
    except EntriesError as error:
        raise InstallError(f"{error}; then run this command again") from None
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in found.items()}


def written(value: str) -> str:
    """Return a value as TOML has it: https://toml.io/en/v1.0.0#string."""
    if value == BARE:
        return value
    return json.dumps(value, ensure_ascii=False).replace(_DELETE, "\\u007F")


def _with_value(text: str, name: str, written: str) -> str:
    """Return a text with one more value."""
    table = _TABLE.search(text)
    flat, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    line = f"{name} = {written}"
    there = re.search(rf"^([ \t]*{name}[ \t]*=[ \t]*)(?:{_VALUE})", flat, re.MULTILINE)
    if there:
        return f"{flat[: there.start()]}{there[1]}{written}{flat[there.end() :]}{rest}"
    comment = re.search(rf"^[ \t]*#[ \t]*{name}[ \t]*=.*(?:\n|\Z)", flat, re.MULTILINE)
    at = comment.end() if comment else len(HEAD) if flat == HEAD else _end(flat, is_followed=bool(table))
    before = flat[:at] if flat[:at].endswith("\n") or not flat[:at] else f"{flat[:at]}\n"
    return f"{before}{line}\n{flat[at:]}{rest}"


def _end(flat: str, *, is_followed: bool) -> int:
    """Return where the last line ends that is not empty; comments right above a table belong to it."""
    lines = flat.splitlines(keepends=True)
    while is_followed and lines and lines[-1].lstrip().startswith("#"):
        lines.pop()
    while lines and not lines[-1].strip():
        lines.pop()
    return len("".join(lines))
