"""`otel-agent install`: the plugin, and with --destination the settings that a backend needs."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.console import Console

from otel_agent import opencode, plugin, settings
from otel_agent.capture import Level
from otel_agent.cli.asking import STOPPED, is_wanted, nothing_changed
from otel_agent.cli.report import Report
from otel_agent.cli.setup import Order, drafted
from otel_agent.cli.words import wide_console
from otel_agent.errors import InstallError
from otel_agent.installer.agent_command import agent_command, remarks
from otel_agent.installer.draft import Draft
from otel_agent.installer.plan import Found, plan_install
from otel_agent.installer.steps import Step
from otel_agent.installer.survey import opencode_version, survey_global, survey_project
from otel_agent.installer.targets import TARGETS
from otel_agent.opencode import Programs
from otel_agent.parsing import OFF


def _targets(given: list[str] | None) -> list[str]:
    """Return the names of destinations, or raise typer.BadParameter, which ends the command with 2."""
    names = given or []
    if unknown := [name for name in names if name not in TARGETS]:
        raise typer.BadParameter(f"expected one of {', '.join(TARGETS)}, got {unknown[0]}")
    return names


def _matching(incomplete: str) -> Iterable[tuple[str, str]]:
    """Yield the destinations whose names begin as typed, for a shell that completes."""
    return ((name, row.title) for name, row in TARGETS.items() if name.startswith(incomplete))


Project = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="The plugin in DIR/.opencode, which serves this project only, instead of every one's.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done and change nothing.")]
Destinations = Annotated[
    list[str] | None,
    typer.Option(
        "--destination",
        metavar="NAME",
        callback=_targets,
        autocompletion=_matching,
        help=f"Also set up a backend, and ask for what it lacks: {', '.join(TARGETS)}. Can be repeated.",
    ),
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A setting for your settings file, none that is secret. Can be repeated.",
    ),
]
Capture = Annotated[
    Level | None, typer.Option("--capture", help="How much of what is said and done the backends get.")
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Let --set and --capture replace what the file has.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing; what is lacking is an error, as in CI.")]

NEXT: Final = """
Next, in the shell that starts OpenCode:
  export OPENCODE_ENABLE_TELEMETRY=1
  export OPENCODE_OTLP_ENDPOINT=http://localhost:4317   # where your OTLP backend listens
Then work with OpenCode as always; otel-agent status shows what was delivered."""
NEXT_SET_UP: Final = """
Start OpenCode anew and work as always.
otel-agent doctor tries the way to the backend, otel-agent status shows what was delivered."""
NEXT_GLOBAL: Final = (
    "In a project with an .opencode folder of its own, otel-agent install --project DIR"
    " does npm's part there too."
)
TO_BE_DONE: Final = "\nThis will be done:"
_XDG: Final = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def install(  # noqa: PLR0913 - each parameter is an option
    *,
    destination: Destinations = None,
    given: Given = None,
    capture: Capture = None,
    replace_values: Replace = False,
    yes: Yes = False,
    project: Project = None,
    dry_run: DryRun = False,
) -> None:
    """Put the plugin where OpenCode finds it, and set up the backends that are named."""
    order = Order(
        names=tuple(destination or ()),
        given=tuple(given or ()),
        level=capture,
        may_replace=replace_values,
        console=None if yes else terminal(settings.environ()),
    )
    _install(order, project, dry_run=dry_run)


def terminal(environ: Mapping[str, str]) -> Console | None:
    """Return the terminal if somebody sits there who can be asked; in CI nobody does."""
    is_ci = environ.get("CI", "").strip().lower() not in {"", *OFF}
    return wide_console() if sys.stdin.isatty() and sys.stdout.isatty() and not is_ci else None


def _install(order: Order, project: Path | None, *, dry_run: bool) -> None:
    """Decide, show and do what was ordered."""
    if not order.names and (order.given or order.level or order.may_replace):
        raise InstallError("expected --destination beside --set, --capture and --replace, got none; name one")
    environ, report = settings.environ(), Report()
    with nothing_changed():
        draft = drafted(order) if order.names else None
    steps = (*(draft.steps() if draft else ()), *_plugin_steps(environ, project))
    if dry_run:
        report.show_alone(steps)
    elif draft is None:
        report.carry_out(steps, Programs(environ))
        report.say(NEXT if project else f"{NEXT}\n{NEXT_GLOBAL}")
    else:
        _set_up(order, draft, steps, report)


def _set_up(order: Order, draft: Draft, steps: Sequence[Step], report: Report) -> None:
    """Show what is to be done and how much leaves, ask where somebody is, and do it."""
    report.show(steps, TO_BE_DONE)
    for target in order.targets:
        for text in (draft.leaves(target), *draft.inherited(target)):
            report.say(text)
    with nothing_changed():
        if order.console and not is_wanted(order.console, "Go on?", default=True):
            raise InstallError(STOPPED)
    report.say("")
    report.carry_out(steps, Programs(settings.environ()))
    report.say(NEXT_SET_UP)


def _plugin_steps(environ: Mapping[str, str], project: Path | None) -> tuple[Step, ...]:
    """Return what puts the plugin in its place."""
    home = Path.home()
    with TemporaryDirectory() as scratch:
        # OpenCode makes its own folders even when it is only asked for its version.
        runner = Programs({**environ, **dict.fromkeys(_XDG, scratch)})
        command = agent_command(sys.executable, runner, Path(scratch))
        version = opencode_version(environ, home, runner)
    found = replace(survey(environ, home, project), npm=opencode.find_npm(environ), version=version)
    return (*remarks(sys.executable), *plan_install(found, plugin.render(command)))


def survey(environ: Mapping[str, str], home: Path, project: Path | None) -> Found:
    """Look at what is there, for one project or for all."""
    if project is None:
        return survey_global(environ, home)
    return survey_project(environ, home, project.absolute())
