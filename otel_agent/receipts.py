"""What became of a journal, kept when its folder is gone: `status` shows it."""

import contextlib
import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from otel_agent import files

FOLDER = "receipts"
EVENTS = "events"
DELIVERED, DROPPED, REQUESTS = "delivered.items.", "dropped.", "requests."
"""What counts are called: the lines folded, and how the names of the others begin."""
NAME_LENGTH = 100
"""How much of a journal's id a file's name has: whole, as the plugin makes them."""
KEPT = 100
"""How many receipts stay: enough to see the last days, about 50 KB."""
MAX_BYTES = 1024 * 1024
"""How much of a file is read: a receipt with its problems has a few KB."""
_STRANGE = re.compile(r"[^A-Za-z0-9._-]")
_NAME = re.compile(r"\d+-\d+-[0-9a-f]+\.json")


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of one journal; `counts` are those of the outbox."""

    journal: str
    opened_ms: int
    closed_ms: int
    subcommand: str | None = None
    counts: dict[str, int] = {}
    last_delivery_ms: int | None = None
    last_error: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def delivered_items(self) -> int:
        """How many items of all signals the backend has."""
        return delivered_items(self.counts)

    @property
    def dropped(self) -> dict[str, int]:
        """What was given up, by reason."""
        return dropped(self.counts)


def delivered_items(counts: Mapping[str, int]) -> int:
    """Return how many items of all signals the backend has, by an outbox's counts."""
    return sum(number for name, number in counts.items() if name.startswith(DELIVERED))


def dropped(counts: Mapping[str, int]) -> dict[str, int]:
    """Return what was given up by reason, by an outbox's counts."""
    return named(counts, DROPPED)


def named(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    """Return the counts of one kind that are not 0, in order, by the rest of their names."""
    return {
        name.removeprefix(prefix): number
        for name, number in sorted(counts.items())
        if name.startswith(prefix) and number
    }


def millis(value: bytes | None) -> int | None:
    """Return a stored time, None when there is none or when a damaged database has something else there."""
    return int(value) if value and value.isdigit() else None


def write(host_dir: Path, receipt: Receipt) -> None:
    """Keep a receipt, and only the newest ones; raises OSError when it cannot be written.

    Only what has the name of a receipt is ever removed, and nothing behind a link.
    """
    folder = host_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "expected a folder for receipts, got a link")
    name = _STRANGE.sub("_", Path(receipt.journal).name)[:NAME_LENGTH]
    unfinished = folder / f"{name}.{os.getpid()}"
    with files.made(unfinished) as stream:
        stream.write(msgspec.json.encode(receipt))
    unfinished.replace(folder / f"{name}.json")
    ours = sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
    for old in ours[KEPT:]:
        old.unlink(missing_ok=True)


def read(host_dir: Path) -> list[Receipt]:
    """Return the receipts, newest first; a file that is none is left out."""
    found: list[Receipt] = []
    for path in sorted((host_dir / FOLDER).glob("*.json"), reverse=True):
        # Pruned meanwhile, or not ours.
        with contextlib.suppress(OSError, ValueError), files.opened(path) as stream:
            found.append(msgspec.json.decode(stream.read(MAX_BYTES), type=Receipt))
    return found
