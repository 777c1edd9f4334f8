"""The state directory as uninstalling sees it: what in it is ours, and what in it was not delivered yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from otel_agent import logfile, observe, receipts, routes
from otel_agent.errors import InstallError
from otel_agent.exporter import outbox
from otel_agent.owners import lock_holder

FILES: Final = (observe.INSTALLATION_FILE, routes.KEY_FILE, logfile.FILE_NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is in a state directory: `ours` may be removed, `others` are what no agent makes."""

    folder: Path
    ours: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    journals: int = 0
    agents: tuple[int, ...] = ()


def look(folder: Path) -> State:
    """Look at a state directory, which need not exist; InstallError when it cannot be read."""
    try:
        return _looked(folder) if folder.is_dir() else State(folder=folder)
    except OSError as error:
        raise InstallError(f"{folder}: expected a folder that you may read, got: {error.strerror}") from error


def _looked(folder: Path) -> State:
    """Return what is in a folder."""
    found = sorted(folder.iterdir())
    ours = [path for path in found if _is_ours(path)]
    journals = [journal for path in ours for journal in _journals(path)]
    holders = (lock_holder(journal) for journal in journals)
    return State(
        folder=folder,
        ours=tuple(ours),
        others=tuple(path for path in found if path not in ours),
        journals=len(journals),
        agents=tuple(holder for holder in holders if holder is not None),
    )


def _is_ours(path: Path) -> bool:
    """Tell whether an agent or the plugin has made this: one of our files, or a host's folder."""
    if path.is_symlink() or not path.is_dir():
        return path.is_file() and any(path.name == name or path.name.startswith(f"{name}.") for name in FILES)
    return all(inner.name == receipts.FOLDER or _is_journal(inner) for inner in path.iterdir())


def _is_journal(folder: Path) -> bool:
    """Tell whether a folder is a journal: it has a segment or the agent's database, or nothing yet."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir()}
    return not names or outbox.FILE_NAME in names or "lock" in names or any(_is_segment(one) for one in names)


def _is_segment(name: str) -> bool:
    """Tell whether a file's name is that of a journal's segment."""
    number, _, ending = name.partition(".")
    return number.isdecimal() and ending == "ndjson"


def _journals(host: Path) -> Iterator[Path]:
    """Yield the journals of a host's folder; a file has none."""
    if host.is_dir():
        yield from (path for path in sorted(host.iterdir()) if path.name != receipts.FOLDER)
