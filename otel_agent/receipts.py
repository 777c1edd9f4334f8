"""What became of a journal, kept when its folder is gone: `status` shows it."""

import contextlib
import os
from pathlib import Path

import msgspec

FOLDER = "receipts"
DELIVERED, DROPPED = "delivered.items.", "dropped."
"""How the names of counts begin."""
KEPT = 100
"""How many receipts stay: enough to see the last days, about 50 KB."""


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
        return sum(number for name, number in self.counts.items() if name.startswith(DELIVERED))

    @property
    def dropped(self) -> dict[str, int]:
        """What was given up, by reason."""
        found = {name: number for name, number in self.counts.items() if name.startswith(DROPPED)}
        return {name.removeprefix(DROPPED): number for name, number in found.items()}


def write(host_dir: Path, receipt: Receipt) -> None:
    """Keep a receipt, and only the newest ones; raises OSError when it cannot be written."""
    folder = host_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{Path(receipt.journal).name}.json"
    unfinished = path.with_suffix(f".{os.getpid()}")
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(msgspec.json.encode(receipt))
    unfinished.replace(path)
    for old in sorted(folder.glob("*.json"), reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def read(host_dir: Path) -> list[Receipt]:
    """Return the receipts, newest first; a file that is none is left out."""
    found: list[Receipt] = []
    for path in sorted((host_dir / FOLDER).glob("*.json"), reverse=True):
        with contextlib.suppress(OSError, ValueError):  # pruned meanwhile, or not ours
            found.append(msgspec.json.decode(path.read_bytes(), type=Receipt))
    return found
