"""What a destination still has to be told: a pure comparison of its rows with what is set."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Level
from otel_agent.configuration import fault_of
from otel_agent.installer.targets import GENERAL_LEVEL, Target
from otel_agent.variables import SWITCHED, Setting

ON: Final = "true"
"""The answer that installing knows: whoever installs a destination wants it on."""
LEAVES: Final[Mapping[Level, str]] = {
    Level.METADATA: "numbers, names and times",
    Level.DETAILS: "numbers, names, times and what tools were called with",
    Level.CONTENT: "prompts, answers and tool contents",
}
"""What a backend gets to see at each level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One variable that is asked for."""

    name: str
    row: Setting[object]
    is_needed: bool

    def fault(self, text: str) -> str:
        """Say what is wrong with an answer, without showing a secret one; nothing when it can be used."""
        if not text:
            return f"{self.name}: expected {self.row.expected}, got nothing" if self.is_needed else ""
        return fault_of(self.name, self.row, text)


def is_given(row: Setting[object], environ: Mapping[str, str]) -> bool:
    """Tell whether any variable of a row is set."""
    return any(environ.get(name) for name in row.names)


def switches(target: Target, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the switches that turn a target on and that nobody has set."""
    return {
        name: ON
        for row, name in _wanted(target, environ)
        if row.kind in SWITCHED and not is_given(row, environ)
    }


def questions(
    target: Target, environ: Mapping[str, str], again: Collection[str] = ()
) -> tuple[Question, ...]:
    """Return what is asked for a target: what it needs and has not got, its key, and what is asked again.

    A second key is not asked for where one is needed: it is the first one by another name.
    """
    needed = {row.names: name for row, name in _wanted(target, environ)}
    has_key = any(row.secret for row in target.rows if row.names in needed)
    found: list[Question] = []
    for row in target.rows:
        name = needed.get(row.names, row.names[0])
        is_other_key = row.secret and has_key
        is_asked = row.names in needed or (row.names[0] in target.asked and not is_other_key)
        if row.kind in SWITCHED or not is_asked or (is_given(row, environ) and not again_of(row, again)):
            continue
        found.append(Question(name=name, row=row, is_needed=row.names in needed))
    return tuple(found)


def again_of(row: Setting[object], again: Collection[str]) -> str:
    """Return the variable of a row that is asked again, nothing when none is."""
    return next((name for name in row.names if name in again), "")


def _wanted(target: Target, environ: Mapping[str, str]) -> Iterator[tuple[Setting[object], str]]:
    """Yield the rows without which a target is not on, each with the name that is meant."""
    names = {name for start in target.starts for name in start if environ.get(name)}
    start = max(target.starts, key=lambda start: len(names.intersection(start)))
    for name in dict.fromkeys((*start, *target.needs)):
        yield from ((row, name) for row in target.rows if name in row.names)


def others(target: Target, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that nobody is asked for and that may be set, each with its default."""
    asked = {question.row.names for question in questions(target, environ)}
    return tuple(
        f"{row.names[0]} ({row.default_text})"
        for row in target.rows
        if row.names not in asked and not is_given(row, environ) and not row.secret
    )


def level_of(target: Target, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that says how much leaves for a target, and what it says; nothing: none does."""
    for row in (target.level, GENERAL_LEVEL):
        for given in row.given(environ, None):
            return given.name, given.text
    return "", ""
