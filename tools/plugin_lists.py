"""The lists of the plugin that follow from the rows in Python: written anew, or with --check compared."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from otel_agent import effective, parsing, plugin
from otel_agent.configuration import Names, names_of
from otel_agent.destinations import catalogue
from otel_agent.destinations.destination import Destination
from otel_agent.variables import Scope

FILE: Final = Path(plugin.__file__).with_name(plugin.FILE_NAME)
WIDTH: Final = 110
SCOPES: Final = (Scope.ENVIRONMENT, Scope.OFF, Scope.PROJECT, Scope.PROCESS)


def lists(names: Names) -> Mapping[str, Sequence[str]]:
    """Return the lists of names by the names of their constants."""
    return {
        "RECORDED": catalogue.recorded_names(),
        "SECRET": catalogue.secret_names(),
        "SWITCHES": sorted(name for name, row in names.rows.items() if row.kind is parsing.SWITCH),
        **{
            scope.upper(): sorted(name for name, row in names.rows.items() if row.scope is scope)
            for scope in SCOPES
        },
    }


def written(text: str) -> str:
    """Return the plugin's text with every list as the rows give it."""
    names = names_of(effective.rows())
    for constant, found in lists(names).items():
        text = _replaced(text, constant, r"\[.*?\]", partial(_list, found))
    text = _replaced(text, "DESTINATIONS", r"\{.*?^\}", _destinations)
    return _replaced(text, "ALIASES", r"\{.*?^  \}", partial(_aliases, names))


def _replaced(text: str, constant: str, old: str, new: Callable[[int], str]) -> str:
    """Return a text with another value of one constant; `new` makes it for lines of a width."""

    def indented(found: re.Match[str]) -> str:
        indent, head = found.groups()
        return indent + head + new(WIDTH - len(indent)).replace("\n", f"\n{indent}")

    pattern = re.compile(rf"^( *)(const {constant} = ){old}", re.DOTALL | re.MULTILINE)
    after, count = pattern.subn(indented, text)
    if count != 1:
        sys.exit(f"{FILE.name}: expected {constant} once, got it {count} times")
    return after


def _list(names: Sequence[str], width: int) -> str:
    """Return names as a list; a single one needs no line of its own."""
    return json.dumps(names) if len(names) == 1 else f"[\n{_filled(names, width)}\n]"


def _filled(names: Iterable[str], width: int) -> str:
    """Return names in lines of a width."""
    lines = [" "]
    for name in names:
        piece = f" {json.dumps(name)},"
        if len(lines[-1]) + len(piece) > width:
            lines.append(" ")
        lines[-1] += piece
    return "\n".join(lines)


def _destinations(width: int) -> str:
    """Return what switches each destination on, and what off."""
    rows = (_destination(row, width) for row in catalogue.DESTINATIONS)
    return "\n".join(["{", "  __proto__: null,", *rows, "}"])


def _destination(row: Destination, width: int) -> str:
    """Return one row of that."""
    sides = (f"starts: {json.dumps(row.starts)}", f"stops: {json.dumps(row.stops)}")
    line = f"  {row.name}: {{ {', '.join(sides)} }},"
    if len(line) <= width:
        return line
    return "\n".join([f"  {row.name}: {{", *(f"    {side}," for side in sides), "  },"])


def _aliases(names: Names, width: int) -> str:
    """Return what is locked together; what no file sets needs no lock."""
    found = {
        first: others
        for first, others in sorted(names.aliases.items())
        if others and names.scope(first) is not Scope.ENVIRONMENT
    }
    return "\n".join(["{", *(_alias(first, others, width) for first, others in found.items()), "}"])


def _alias(first: str, others: Sequence[str], width: int) -> str:
    """Return one row of that."""
    line = f"  {json.dumps(first)}: {json.dumps(others)},"
    if len(line) <= width:
        return line
    inner = _filled(others, width - 2).replace("\n", "\n  ")
    return f"  {json.dumps(first)}: [\n  {inner}\n  ],"


def main() -> int:
    """Write the plugin, or with --check say that it is stale and end with 1."""
    text = FILE.read_text("utf-8")
    new = written(text)
    if "--check" in sys.argv[1:]:
        if new != text:
            print(f"{FILE.name}: expected the lists that `make generate` writes")
        return int(new != text)
    FILE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
