"""`otel-agent config`: what holds here and who says so, and a settings file to begin with."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from otel_agent import effective, files, settings
from otel_agent.cli.words import in_one_line, wide_console
from otel_agent.configuration import PROJECTS, Configuration, key_of, names_of
from otel_agent.destinations.views import base_of, views
from otel_agent.errors import InputError, SettingsError
from otel_agent.settings_files import PROJECT, here, user_file, worktree_of
from otel_agent.surroundings import shown_value
from otel_agent.variables import Scope, toml_of

UNUSABLE: Final = 2
DEFAULT: Final = "default"
WIDEST: Final = 50
"""Characters of a column; what is longer moves the rest of its line."""
HEAD: Final = """\
# Settings of opencode-otel-agent, in TOML. Take the # before a name away to set it.
# The environment wins over this file; true and false need no quotes.
# `otel-agent config show` tells what holds and who says so; docs/settings.md has the rest.

"""
PROJECT_HEAD: Final = """\
# Settings of opencode-otel-agent for this project, in TOML. Take the # before a name away to set it.
# Whoever clones it gets them; so a project's file sets only what is listed here.
# What only turns something off counts where the user has not set it.

"""

All = Annotated[bool, typer.Option("--all", help="Also what is not set, with its default.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
OfProject = Annotated[
    bool, typer.Option("--project/--user", help="The project's file here, instead of your own.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One setting as it is shown: no secret is in it."""

    name: str
    value: str
    place: str
    file: str | None = None
    locked: bool = False

    @property
    def source(self) -> str:
        """Where it came from, in words."""
        return f"{self.file or self.place}{', locked' if self.locked else ''}"


def show(*, show_all: All = False, as_json: Json = False) -> None:
    """Show the settings that hold in this folder, and where each came from; exit 2 where one is wrong."""
    found = effective.configured(here())
    problems = [*found.problems, *_invalid(found)]
    defaults = _defaults(found) if show_all else iter(())
    rows = [*shown_settings(found), *defaults]
    if as_json:
        told = {"settings": [asdict(row) for row in rows], "problems": problems, "ignored": found.ignored}
        typer.echo(json.dumps(told, indent=1))
    else:
        _print(rows, problems, found.ignored)
    if problems:
        raise typer.Exit(UNUSABLE)


def init(*, project: OfProject = False, force: Force = False) -> None:
    """Write a settings file in which every setting stands as a comment."""
    path = _project_file() if project else _user_file()
    rows = [row for row in effective.rows() if row.scope in PROJECTS or not project]
    rows = [row for row in rows if row.scope is not Scope.ENVIRONMENT]
    _write(path, (PROJECT_HEAD if project else HEAD) + toml_of(rows), force=force)
    typer.echo(in_one_line(f"{path}: written; it sets nothing yet"))


def shown_settings(found: Configuration) -> Iterator[Shown]:
    """Yield what is set, and what is locked, in the order of the documentation; destinations' tables last."""
    names = names_of(effective.rows())
    for name in (*names.rows, *sorted(name for name in found.origins if key_of(name) != name)):
        row = names.row(name)
        origin = found.origins.get(name)
        value = found.environ.get(name, "")
        if row is None or origin is None or not (value or origin.is_locked):
            continue
        yield Shown(
            name=name,
            value=shown_value(row, name, value) if value else "unset",
            place=origin.place.value,
            file=str(origin.path) if origin.path else None,
            locked=origin.is_locked,
        )


def _invalid(found: Configuration) -> tuple[str, ...]:
    """Return what is wrong with the values that hold, also those of destinations."""
    try:
        base = base_of(found.environ)
    except SettingsError as error:
        return error.problems
    return views(found.environ, base).problems


def _defaults(found: Configuration) -> Iterator[Shown]:
    """Yield the settings of which no variable is set."""
    for row in effective.rows():
        if not any(found.environ.get(name) for name in row.names):
            yield Shown(name=row.names[0], value=row.default_text, place=DEFAULT)


def _print(rows: list[Shown], problems: list[str], ignored: tuple[str, ...]) -> None:
    """Print settings as a table, and below it what is wrong and what does not count."""
    console = wide_console()
    for line in _lines(rows) if rows else ["Nothing is set."]:
        console.print(line, markup=False, highlight=False)
    for mark, style, lines in (("problem", "red", problems), ("ignored", "yellow", ignored)):
        for line in lines:
            console.print(f"{mark}: {in_one_line(line)}", style=style, markup=False, highlight=False)


def _lines(rows: list[Shown]) -> Iterator[str]:
    """Yield the lines of a table; a path is never broken, so that it can be copied."""
    cells = [("setting", "value", "from"), *((row.name, in_one_line(row.value), row.source) for row in rows)]
    widths = [min(max(len(line[at]) for line in cells), WIDEST) for at in range(2)]
    for name, value, source in cells:
        yield f"{name:{widths[0]}}  {value:{widths[1]}}  {in_one_line(source)}"


def _user_file() -> Path:
    """Return the user's file; raises InputError where there is no home for it."""
    path = user_file(settings.environ())
    if path is None:
        raise InputError("HOME: expected a folder, got nothing; set HOME or XDG_CONFIG_HOME")
    return path


def _project_file() -> Path:
    """Return the file of the work tree that this folder is in, else of the folder; raises InputError."""
    folder = here()
    if folder is None:
        raise InputError("--project: expected a folder, got one that has been deleted; go to another one")
    return (worktree_of(folder) or folder) / PROJECT


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write the file; raises InputError when there is one, or with the system's words."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.made(path) if force else files.created(path) as stream:
            stream.write(text.encode("utf-8"))
    except FileExistsError:
        raise InputError(
            f"{path}: expected no file, got one; look at it, or --force to write over it"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: expected a file that can be written, got: {error.strerror}") from error
