"""The command line: a table of commands and what happens to an error that is no bug."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final

import typer

from otel_agent.cli.config import init, show
from otel_agent.cli.dashboards import export
from otel_agent.cli.demo import demo
from otel_agent.cli.doctor import doctor
from otel_agent.cli.flush import flush
from otel_agent.cli.install import install, uninstall
from otel_agent.cli.replay import replay
from otel_agent.cli.status import status
from otel_agent.cli.version import show_version, version
from otel_agent.cli.words import PlainConsole
from otel_agent.errors import AgentError

COMMANDS: Final[tuple[tuple[str, Callable[..., None]], ...]] = (
    ("install", install),
    ("uninstall", uninstall),
    ("status", status),
    ("doctor", doctor),
    ("flush", flush),
    ("demo", demo),
    ("replay", replay),
    ("version", version),
)
"""Every command: its name and the function whose parameters are its options."""
GROUPS: Final[tuple[tuple[str, str, tuple[tuple[str, Callable[..., None]], ...]], ...]] = (
    ("config", "Settings files, and what holds.", (("show", show), ("init", init))),
    ("dashboards", "Dashboards for the metrics backends.", (("export", export),)),
)
"""Every group of commands: its name, its help and its commands."""

FAILED = 2
"""The exit code for a problem that the user can solve."""


def otel_agent(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=show_version, is_eager=True),
    ] = False,
) -> None:
    """Telemetry for OpenCode: every session's tokens, costs, tool calls and prompts, delivered over OTLP."""


def build() -> typer.Typer:
    """Make the application out of the table."""
    # Without the pretty tracebacks: they show variables, and variables hold prompts and credentials.
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback()(otel_agent)
    for name, command in COMMANDS:
        app.command(name)(command)
    for name, words, commands in GROUPS:
        group = typer.Typer(name=name, help=words, no_args_is_help=True)
        # With a callback a group of one command stays a group.
        group.callback()(_group)
        for command_name, command in commands:
            group.command(command_name)(command)
        app.add_typer(group)
    return app


def _group() -> None:
    """Do nothing before a group's command."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; typer itself exits for usage errors and --help."""
    try:
        build()(args=list(arguments), prog_name="otel-agent", standalone_mode=True)
    except AgentError as error:
        PlainConsole(stderr=True, soft_wrap=True).print(
            str(error), style="red", markup=False, highlight=False
        )
        return FAILED
    return 0
