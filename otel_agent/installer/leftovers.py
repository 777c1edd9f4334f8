"""What stays after uninstalling unless the user wants it gone: settings, what was not sent, npm's package."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from otel_agent.installer.state import State
from otel_agent.installer.steps import RemoveEmptyFolder, RemoveFile, RemoveTrees, Step
from otel_agent.opencode import PACKAGE, Packages

NPM_FILES: Final = ("node_modules", "package.json", "package-lock.json")
USERS: Final = ("agent", "agents", "command", "commands", "plugin", "plugins", "tool", "tools")
"""Folders of OpenCode's configuration in which files may import the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One thing that may stay: what it is, why it stays, and what takes it away; nothing: only the user."""

    what: str
    why: str
    steps: tuple[Step, ...] = ()


def leftovers(
    *, settings_file: Path | None, state: State, packages: Iterable[Packages], ours: Path
) -> Iterator[Leftover]:
    """Yield what is there; `ours` is the plugin, which is removed before."""
    if settings_file is not None and settings_file.exists():
        yield Leftover(
            what=f"your settings, {settings_file}",
            why="they may have been written by hand",
            steps=(RemoveFile(path=settings_file), RemoveEmptyFolder(path=settings_file.parent)),
        )
    if state.ours:
        yield _state(state)
    for one in packages:
        if one.has_package:
            yield _package(one, ours)


def _state(state: State) -> Leftover:
    """Return the state directory, which is in use while an agent is."""
    what = f"the agent's state, {state.folder}{_undelivered(state.journals)}"
    if state.agents:
        return Leftover(what=what, why="an agent is at work in it; end OpenCode and run this command again")
    return Leftover(
        what=what,
        why="otel-agent flush delivers what is in it"
        if state.journals
        else "another installation may use it",
        steps=(RemoveTrees(paths=state.ours, what=what), RemoveEmptyFolder(path=state.folder)),
    )


def _undelivered(journals: int) -> str:
    """Say how many journals were not delivered."""
    if journals == 0:
        return ""
    is_one = journals == 1
    return f", with {journals} journal{'' if is_one else 's'} that {'is' if is_one else 'are'} not delivered"


def _package(packages: Packages, ours: Path) -> Leftover:
    """Return npm's package; it is only taken away where nothing else of OpenCode's can need it."""
    folder = packages.folder
    what = f"{PACKAGE}, {folder / 'node_modules'}"
    only = frozenset({PACKAGE})
    if packages.manager or packages.manifest != only or packages.locked != only or _has_users(folder, ours):
        return Leftover(what=what, why="other plugins and tools there may need it")
    return Leftover(
        what=what,
        why="plugins and tools that you add may need it",
        steps=(
            RemoveTrees(paths=tuple(folder / name for name in NPM_FILES), what=what),
            RemoveEmptyFolder(path=folder),
        ),
    )


def _has_users(folder: Path, ours: Path) -> bool:
    """Tell whether files are there that may import the package."""
    places = (folder / name for name in USERS)
    return any(path.is_file() and path != ours for place in places for path in place.rglob("*"))
