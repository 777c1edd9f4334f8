"""A command as a row: what it is for, where its function is, examples, and how it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final

PROGRAM: Final = "otel-agent"
ENDS: Final[Mapping[int, str]] = {
    0: "It is done.",
    2: "A wrong usage, or a problem that you can solve; the message says how.",
}
"""How every command ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A command line, without the program's name, and what it does."""

    line: str
    meaning: str

    @property
    def command(self) -> str:
        """The whole line as a user types it."""
        return f"{PROGRAM} {self.line}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: `place` is `module:function` below otel_agent.cli, whose parameters are its options.

    `purpose` is one line, `more` are the paragraphs after it; `ends` are exit codes that it has beside ENDS.
    """

    name: str
    purpose: str
    place: str
    more: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    ends: Mapping[int, str] = field(default_factory=dict[int, str])

    @property
    def exits(self) -> Mapping[int, str]:
        """Every exit code with its meaning, the lowest first."""
        return dict(sorted({**ENDS, **self.ends}.items()))

    @property
    def help(self) -> str:
        """The text of --help above the options."""
        return "\n\n".join((self.purpose, *self.more, _examples(self.examples), _exits(self.exits))).strip()

    def load(self) -> Callable[..., None]:
        """Import and return its function."""
        module, _, name = self.place.partition(":")
        found: Callable[..., None] = getattr(import_module(f"otel_agent.cli.{module}"), name)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Commands that have a first word in common."""

    name: str
    purpose: str
    commands: tuple[Command, ...]


def _examples(examples: tuple[Example, ...]) -> str:
    """Return examples as lines that --help does not join, as a backspace above them says."""
    lines = [line for one in examples for line in (f"  # {one.meaning}", f"  {one.command}")]
    return "\n".join(("\b", "Examples:", *lines)) if lines else ""


def _exits(exits: Mapping[int, str]) -> str:
    """Return exit codes as lines that --help does not join."""
    return "\n".join(("\b", "Exit codes:", *(f"  {code}  {meaning}" for code, meaning in exits.items())))
