"""The commands as a page of the documentation and as docs/man/otel-agent.1, from their rows and options.

Without arguments it writes the manual page anew; with --check it compares it with what the rows give.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, get_args, get_type_hints

import typer
from typer.core import TyperCommand

from otel_agent import effective
from otel_agent.cli import app
from otel_agent.cli.command import ENDS, PROGRAM, Command, Example
from otel_agent.cli.commands import COMMANDS, EXAMPLES, GROUPS, MORE, SUMMARY

if TYPE_CHECKING:
    from otel_agent.settings import Setting

PAGE = Path(__file__).parents[1] / "docs" / "man" / f"{PROGRAM}.1"
DATE = "2026-11-21"
"""The day on which this generator was last changed: what it writes must not depend on the day."""
WIDTH = 76
"""Characters of a line of the page's source."""
FILES = (
    ("~/.config/otel-agent/config.toml", "Your settings."),
    (".opencode/otel-agent.toml", "A project's settings."),
    ("/etc/otel-agent/config.toml", "The machine's settings, which can lock names."),
    ("~/.local/state/otel-agent", "Journals, what waits for its delivery, and the installation's ids."),
    ("~/.local/state/otel-agent/agent.log", "The agent's own log, without secrets and prompts."),
    ("~/.config/opencode/plugin/opencode-otel.js", "The plugin."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option or argument: how it is written, what it is for, and its default if one is shown."""

    names: tuple[str, ...]
    value: str
    help: str
    default: str
    is_required: bool

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"{', '.join(self.names)} {self.value}".strip()

    @property
    def said(self) -> str:
        """What is said of it."""
        words = " Required." if self.is_required else f" Default: {self.default}." if self.default else ""
        return self.help.rstrip(".") + "." + words


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command with its whole name and its options."""

    name: str
    command: Command
    options: tuple[Option, ...]

    @property
    def usage(self) -> str:
        """How it is called."""
        arguments = [option.names[0] for option in self.options if not option.names[0].startswith("-")]
        return " ".join((PROGRAM, self.name, "[OPTIONS]", *arguments))


def entries() -> Iterator[Entry]:
    """Yield every command, those of groups last."""
    found = typer.main.get_command(app.build())
    for command in COMMANDS:
        yield _entry(command.name, command, found.commands[command.name])
    for group in GROUPS:
        for command in group.commands:
            inner = found.commands[group.name].commands[command.name]
            yield _entry(f"{group.name} {command.name}", command, inner)


def root_options() -> tuple[Option, ...]:
    """Return the options before any command."""
    return tuple(_options(typer.main.get_command(app.build())))


def _entry(name: str, command: Command, found: TyperCommand) -> Entry:
    return Entry(name=name, command=command, options=tuple(_options(found)))


def _options(found: TyperCommand) -> Iterator[Option]:
    kinds = get_type_hints(found.callback)
    for row in found.params:
        if getattr(row, "hidden", False):
            continue
        is_argument = row.param_type_name == "argument"
        names = (row.metavar or row.name.upper(),) if is_argument else (*row.opts, *row.secondary_opts)
        is_plain = is_argument or row.is_flag
        yield Option(
            names=tuple(names),
            value="" if is_plain else row.metavar or _kind(kinds.get(row.name), row.name),
            help=row.help or "",
            default="" if row.default in (None, False, (), []) or is_argument else f"{row.default}",
            is_required=row.required,
        )


def _kind(kind: object, name: str) -> str:
    """Return what stands for an option's value: its choices, else its name."""
    choices = [one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, Enum)]
    return "|".join(str(one.value) for one in choices[0]) if choices else name.upper()


def markdown() -> str:
    """Return the commands as the documentation has them."""
    exits = _table(("exit code of each", "meaning"), ((str(code), said) for code, said in ENDS.items()))
    return f"{exits}\n\n" + "\n".join(_section(entry) for entry in entries())


def _section(entry: Entry) -> str:
    command = entry.command
    parts = [
        f"## {entry.name}",
        "\n".join((command.purpose, *command.more)),
        _fenced([entry.usage]),
        _table(("option", "meaning"), ((f"`{one.usage}`", one.said) for one in entry.options)),
        _fenced([line for one in command.examples for line in (f"# {one.meaning}", one.command)]),
        _table(("exit code", "meaning"), ((str(code), said) for code, said in command.ends.items())),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _fenced(lines: list[str]) -> str:
    return "\n".join(("```sh", *lines, "```")) if lines else ""


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {_cell(left)} | {_cell(right)} |" for left, right in rows]
    return "\n".join((f"| {head[0]} | {head[1]} |", "| --- | --- |", *lines)) if lines else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def roff() -> str:
    """Return the manual page, in the macros of man(7)."""
    head = f'.TH {PROGRAM.upper()} 1 "{DATE}" "opencode\\-otel\\-agent" "User Commands"'
    blocks = (
        (
            head,
            ".SH NAME",
            f"{escaped(PROGRAM)} \\- {escaped('telemetry for OpenCode, delivered over OTLP')}",
        ),
        (".SH SYNOPSIS", f".B {escaped(PROGRAM)}", "[OPTIONS]", ".I COMMAND", "[ARGUMENTS]"),
        (".SH DESCRIPTION", *_paragraphs((SUMMARY, *MORE))),
        (".SH OPTIONS", *_tagged((one.usage, one.said) for one in root_options())),
        (".SH COMMANDS", *(line for entry in entries() for line in _command(entry))),
        (".SH EXIT STATUS", *_tagged((str(code), said) for code, said in ENDS.items())),
        (".SH ENVIRONMENT", *_environment()),
        (".SH FILES", *_tagged(FILES)),
        (".SH EXAMPLES", *_examples(EXAMPLES)),
        (
            ".SH SEE ALSO",
            *_lines("The documentation in the repository's docs/, docs/install.md first."),
        ),
    )
    lines = [line for block in blocks for line in block]
    kept = (line for before, line in pairwise(lines) if not _begins_itself(before, line))
    return "".join(f"{line}\n" for line in (lines[0], *kept))


def _begins_itself(before: str, line: str) -> bool:
    """Tell whether a paragraph's macro is not needed, as behind a heading."""
    return line == ".PP" and before.startswith(".S")


def _command(entry: Entry) -> Iterator[str]:
    yield f'.SS "{escaped(entry.usage.removeprefix(PROGRAM).strip())}"'
    yield from _paragraphs((entry.command.purpose, *entry.command.more))
    yield from _tagged((one.usage, one.said) for one in entry.options)
    yield from _tagged((f"exit {code}", said) for code, said in entry.command.ends.items())
    yield from _examples(entry.command.examples)


def _environment() -> Iterator[str]:
    yield from _paragraphs(
        (
            "Almost all of them can be set in a file too; the environment wins over files.",
            "Of several names the first one that is set wins; an empty value counts as unset.",
        )
    )
    shown: dict[tuple[str, ...], Setting[object]] = {row.templates: row for row in effective.rows()}
    for row in shown.values():
        names = ", ".join(name.replace("{SIGNAL}", "<SIGNAL>") for name in row.templates)
        yield from _tagged([(names, f"{row.help.rstrip('.')}. Default: {row.default_text}.")])


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (".PP", *_lines(text))


def _tagged(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for tag, text in rows:
        yield from (".TP", f'.B "{escaped(tag)}"', *_lines(text))


def _examples(examples: Iterable[Example]) -> Iterator[str]:
    lines = [escaped(line) for one in examples for line in (f"# {one.meaning}", one.command)]
    if lines:
        yield from (".PP", ".RS 4", ".EX", *lines, ".EE", ".RE")


def _lines(text: str) -> list[str]:
    """Return a text as lines of which none is taken for a macro."""
    found = wrap(escaped(text.replace("`", "")), WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"\\&{line}" if line.startswith((".", "'")) else line for line in found]


def escaped(text: str) -> str:
    """Return a text in which roff changes nothing: https://man7.org/linux/man-pages/man7/groff_char.7.html."""
    found = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("'", "\\(aq")
    return found.replace("~", "\\(ti").replace("^", "\\(ha").replace("…", "\\&...").replace("`", "\\(ga")


def main() -> int:
    """Write the manual page, or with --check say that it is not as the rows give it, and end with 1."""
    wanted = roff()
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"docs/man/{PAGE.name}: expected what `make generate` writes")
    return 1


if __name__ == "__main__":
    sys.exit(main())
