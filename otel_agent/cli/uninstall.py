"""`otel-agent uninstall`: takes out what is ours, and asks what else is to go."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from otel_agent import effective, settings
from otel_agent.cli.asking import is_wanted, nothing_changed
from otel_agent.cli.install import DryRun, Project, survey, terminal
from otel_agent.cli.report import Report
from otel_agent.cli.words import with_tilde
from otel_agent.installer.completions import plan_removal
from otel_agent.installer.leftovers import Leftover, leftovers
from otel_agent.installer.plan import Found, plan_uninstall
from otel_agent.installer.state import look
from otel_agent.installer.steps import Say, Step
from otel_agent.opencode import Programs
from otel_agent.settings_files import user_file
from otel_agent.surroundings import state_dir_of
from otel_agent.variables import Reader

All = Annotated[
    bool,
    typer.Option("--all", help="Also your settings file, the agent's state and npm's package; asks nothing."),
]
ALL_GOES: Final = "otel-agent uninstall --all removes that too"


def uninstall(*, project: Project = None, remove_all: All = False, dry_run: DryRun = False) -> None:
    """Remove the plugin and shell completions; the rest on demand."""
    environ, home = settings.environ(), Path.home()
    found = survey(environ, home, project)
    steps = [*plan_uninstall(found), *(() if project else plan_removal(home))]
    console = None if remove_all or dry_run else terminal(environ)
    rest = [] if project else list(_leftovers(environ, found))
    with nothing_changed():
        for one in rest:
            steps += _steps(one, console, remove_all=remove_all)
    if dry_run:
        Report().show_alone(steps)
    else:
        Report().carry_out(steps, Programs(environ))


def _leftovers(environ: Mapping[str, str], found: Found) -> Iterator[Leftover]:
    """Yield what may stay; the state directory only where the settings say which one it is."""
    state = look(state_dir_of(Reader(effective.environ()), os.getuid()))
    return leftovers(
        settings_file=user_file(environ),
        state=state,
        packages=found.packages,
        ours=found.plugin.path,
    )


def _steps(one: Leftover, console: Console | None, *, remove_all: bool) -> tuple[Step, ...]:
    """Return what is done about one leftover: it goes when it can and when the user wants it gone."""
    left = Say(text=f"left: {one.what}; {one.why}")
    if not one.steps:
        return (left,)
    if remove_all or (
        console and is_wanted(console, with_tilde(f"Remove {one.what}? ({one.why})"), default=False)
    ):
        return one.steps
    return (left,) if console else (Say(text=f"{left.text}; {ALL_GOES}"),)
