"""`otel-agent install` and `otel-agent uninstall`: print what is done, and what to do next."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from otel_agent import opencode, plugin, settings
from otel_agent.installer.agent_command import agent_command, remarks
from otel_agent.installer.carry_out import carry_out
from otel_agent.installer.plan import Found, plan_install, plan_uninstall
from otel_agent.installer.steps import InstallPackage, Say, Step, describe
from otel_agent.installer.survey import opencode_version, survey_global, survey_project
from otel_agent.opencode import Programs, Runner

Project = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="The plugin goes into DIR/.opencode and serves this project only, instead of every one.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done and change nothing.")]

NEXT = """
Next, in the shell that starts OpenCode:
  export OPENCODE_ENABLE_TELEMETRY=1
  export OPENCODE_OTLP_ENDPOINT=http://localhost:4317   # where your OTLP backend listens
Then work with OpenCode as always; otel-agent status shows what was delivered."""
NEXT_GLOBAL = (
    "In a project with an .opencode folder of its own, otel-agent install --project DIR"
    " does npm's part there too."
)
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def install(*, project: Project = None, dry_run: DryRun = False) -> None:
    """Put the plugin where OpenCode finds it, and do OpenCode's npm step once."""
    environ, home = settings.environ(), Path.home()
    with TemporaryDirectory() as scratch:
        # OpenCode makes its own folders even when it is only asked for its version.
        runner = Programs({**environ, **dict.fromkeys(_XDG, scratch)} if dry_run else environ)
        command = agent_command(sys.executable, runner, Path(scratch))
        version = opencode_version(environ, home, runner)
    found = replace(_survey(environ, home, project), npm=opencode.find_npm(environ), version=version)
    steps = (*remarks(sys.executable), *plan_install(found, plugin.render(command)))
    if dry_run:
        _Report(home).show(steps)
        return
    _Report(home).carry_out(steps, Programs(environ))
    typer.echo(NEXT if project else f"{NEXT}\n{NEXT_GLOBAL}")


def uninstall(*, project: Project = None, dry_run: DryRun = False) -> None:
    """Remove the plugin; what npm installed stays."""
    environ, home = settings.environ(), Path.home()
    steps = plan_uninstall(_survey(environ, home, project))
    if dry_run:
        _Report(home).show(steps)
    else:
        _Report(home).carry_out(steps, Programs(environ))


def _survey(environ: Mapping[str, str], home: Path, project: Path | None) -> Found:
    if project is None:
        return survey_global(environ, home)
    return survey_project(environ, home, project.absolute())


class _Report:
    """Prints what happens, a line a step, with `~` for the home folder."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._console = Console(soft_wrap=True, markup=False, highlight=False)

    def show(self, steps: Sequence[Step]) -> None:
        """Print what the steps would do."""
        self._print("Nothing is changed. This would be done:")
        for step in steps:
            self._print(f"- {describe(step)}")
        self._advise([step for step in steps if isinstance(step, Say)])

    def carry_out(self, steps: Sequence[Step], runner: Runner) -> None:
        """Do the steps and print what each has done."""
        said: list[Say] = []
        for step in steps:
            if isinstance(step, InstallPackage):
                self._print(f"npm installs {opencode.PACKAGE}, which takes some seconds: {step.folder}")
            done = carry_out(step, runner)
            if done is not None:
                self._print(done.text, style="yellow" if done.advice else None)
                said.append(done)
        self._advise(said)

    def _advise(self, said: Iterable[Say]) -> None:
        for advice in dict.fromkeys(one.advice for one in said if one.advice):
            self._print(advice, style="yellow")

    def _print(self, text: str, style: str | None = None) -> None:
        self._console.print(text.replace(f"{self._home}/", "~/"), style=style)
