"""Where the settings files are, and how they are read: none that somebody else may have written."""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from otel_agent import files
from otel_agent.configuration import Place, Source
from otel_agent.surroundings import home_of

MANAGED: Final = Path(
    "/Library/Application Support/otel-agent/config.toml"
    if sys.platform == "darwin"
    else "/etc/otel-agent/config.toml"
)
"""The machine's file, which is for its administrators."""
PROJECT: Final = Path(".opencode") / "otel-agent.toml"
"""The place of a project's file in its folder."""
LIMIT_BYTES: Final = 64 * 1024
"""Every setting in use with its meaning takes a fifth of it, and OpenCode's start waits for the reading."""
NOT_WRITABLE: Final = stat.S_IWGRP | stat.S_IWOTH
READABLE: Final = stat.S_IRGRP | stat.S_IROTH


def user_file(environ: Mapping[str, str]) -> Path | None:
    """Return the user's file, None where there is no home for it.

    https://specifications.freedesktop.org/basedir-spec/latest/: a relative folder is ignored.
    """
    base = Path(environ.get("XDG_CONFIG_HOME") or "")
    if base.is_absolute():
        return base / "otel-agent" / "config.toml"
    home = home_of(environ, os.getuid())
    return home / ".config" / "otel-agent" / "config.toml" if home else None


def here() -> Path | None:
    """Return the folder that a command runs in; None where it has been deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def worktree_of(folder: Path) -> Path | None:
    """Return the work tree that a folder is in: the nearest one above it, or itself, that git knows."""
    return next((one for one in (folder, *folder.parents) if _is_there(one / ".git")), None)


def sources_of(
    environ: Mapping[str, str], project: Path | None = None, *, managed: Path = MANAGED
) -> tuple[Source, ...]:
    """Return the files that are there, the lowest first; a project's only where its folder is given."""
    own = user_file(environ)
    places = [(Place.MANAGED, managed), *([(Place.USER, own)] if own else [])]
    places += [(Place.PROJECT, folder / PROJECT) for folder in _folders(project)]
    return tuple(_read(place, path) for place, path in places if _is_there(path))


def _folders(project: Path | None) -> Iterator[Path]:
    """Yield the folders of a project, the work tree first: the nearest file wins."""
    if project is None:
        return
    worktree = worktree_of(project)
    if worktree is not None and worktree != project:
        yield worktree
    yield project


def _is_there(path: Path) -> bool:
    """Tell whether there is a file; what this user cannot look at is not there for this user."""
    try:
        return path.exists()
    except OSError:
        return False


def _read(place: Place, path: Path) -> Source:
    """Read one file; links lead to files of one's own, but a repository's lead nowhere."""
    is_project = place is Place.PROJECT
    try:
        text, mode = files.trusted(
            path,
            limit_bytes=LIMIT_BYTES,
            not_writable=stat.S_IWOTH if is_project else NOT_WRITABLE,
            flags=os.O_NOFOLLOW if is_project else 0,
        )
        return Source(place=place, path=path, text=text.decode("utf-8"), mode=mode)
    except OSError as error:
        return Source(place=place, path=path, fault=error.strerror or "cannot be read")
    except UnicodeDecodeError:
        return Source(place=place, path=path, fault="expected UTF-8, got other bytes; write it anew")
