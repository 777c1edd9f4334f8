"""The command line, made out of the table of commands, and what happens to an error that is no bug."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final

import typer

from otel_agent import settings
from otel_agent.cli.command import PROGRAM, Command
from otel_agent.cli.commands import COMMANDS, EXAMPLES, GROUPS, MORE, SUMMARY
from otel_agent.cli.version import show_version
from otel_agent.cli.words import PlainConsole
from otel_agent.errors import AgentError

FAILED: Final = 2
"""The exit code for a problem that the user can solve."""
TYPED: Final = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Variables in which a shell that completes says what has been typed so far."""


def otel_agent(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=show_version, is_eager=True),
    ] = False,
) -> None:
    """Do nothing before a command."""


def build(words: Collection[str] | None = None) -> typer.Typer:
    """Make the application out of the table.

    A command that is not among the words that were typed has its purpose only: its imports take up to a
    second, and neither --help nor a shell that completes needs them. None: every command is whole.
    """
    # Without the pretty tracebacks: they show variables, and variables hold prompts and credentials.
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback(help=_help())(otel_agent)
    for command in COMMANDS:
        _add(app, command, words)
    for group in GROUPS:
        inner = typer.Typer(name=group.name, help=group.purpose, no_args_is_help=True)
        # With a callback a group of one command stays a group.
        inner.callback()(_group)
        for command in group.commands:
            _add(inner, command, words)
        app.add_typer(inner)
    return app


def _add(app: typer.Typer, command: Command, words: Collection[str] | None) -> None:
    """Add a command, whole if its name is among the words."""
    is_whole = words is None or command.name in words
    app.command(command.name, help=command.help)(command.load() if is_whole else _group)


def _help() -> str:
    """Return the text of --help above the commands."""
    whole = Command(name=PROGRAM, place="", purpose=SUMMARY, more=MORE, examples=EXAMPLES)
    return whole.help


def _group() -> None:
    """Do nothing before a group's command."""


def _typed(arguments: Sequence[str], environ: Mapping[str, str]) -> frozenset[str]:
    """Return the words of a command line, also of one that a shell completes."""
    lines = (environ.get(name, "") for name in TYPED)
    return frozenset((*arguments, *(word for line in lines for word in line.split())))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; typer itself exits for usage errors and --help."""
    try:
        app = build(_typed(arguments, settings.environ()))
        app(args=list(arguments), prog_name=PROGRAM, standalone_mode=True)
    except AgentError as error:
        PlainConsole(stderr=True, soft_wrap=True).print(
            str(error), style="red", markup=False, highlight=False
        )
        return FAILED
    return 0
