"""Secrets that can be recognised wherever they turn up, and a watch over files and processes."""

import base64
import contextlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tests.e2e.processes import processes_in

PAUSE_S = 0.02


def mark(name: str) -> str:
    """Return a secret that says where it belongs, with characters that encodings change."""
    return f"q7/{name}+Zv9=="


@cache
def forms(secret: str) -> frozenset[bytes]:
    """Return a secret as it is, percent-encoded, in JSON, and in base64 wherever it begins."""
    plain = secret.encode()
    written = {secret, json.dumps(secret)[1:-1], secret.replace("/", "\\/"), quote(secret, safe="")}
    written |= {quote(secret), "".join(f"%{byte:02X}" for byte in plain)}
    encoded = {_in_base64(plain, shift) for shift in range(3)}
    encoded |= {text.translate(bytes.maketrans(b"+/", b"-_")) for text in encoded}
    return frozenset({text.encode() for text in written} | encoded)


def _in_base64(plain: bytes, shift: int) -> bytes:
    """Return what base64 always has of some bytes that stand behind `shift` others."""
    text = base64.b64encode(bytes(shift) + plain)
    return text[(0, 2, 3)[shift] : (shift + len(plain)) * 8 // 6]


def leaked(data: bytes, secrets: Iterable[str]) -> set[str]:
    """Return the secrets that are in some bytes in any form."""
    return {secret for secret in secrets if any(form in data for form in forms(secret))}


def in_files(folder: Path, secrets: Iterable[str]) -> dict[str, set[str]]:
    """Return which files below a folder, or their names, have which secrets."""
    found: dict[str, set[str]] = {}
    for path in files_in(folder):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if seen := leaked(path.read_bytes() + path.name.encode(), secrets):
                found[path.name] = seen
    return found


def files_in(folder: Path) -> list[Path]:
    """Return the files below a folder, which may change meanwhile."""
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]


def open_in(folder: Path) -> set[str]:
    """Return the names of the files and folders, the folder itself included, that others may look at."""
    found = set()
    for place, _, names in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in names)):
            with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                if path.lstat().st_mode & 0o077:
                    found.add(path.name)
    return found


def in_processes(folder: Path, secrets: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield the processes of a folder whose arguments have secrets."""
    for process in processes_in(folder):
        if seen := leaked("\0".join(process.command).encode(), secrets):
            yield process.command[0], seen


class Watch:
    """Looks at files and process arguments again and again while a test does something else."""

    def __init__(self, root: Path, state: Path, secrets: Iterable[str]) -> None:
        """Watch the files below `state`, and the processes that run in `root` or name it."""
        self._root, self._state, self._secrets = root, state, tuple(secrets)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.found: dict[str, set[str]] = {}
        self.files: set[str] = set()
        self.open: set[str] = set()

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look a last time."""
        self._is_over.set()
        self._thread.join()
        self._look()

    def _run(self) -> None:
        """Look until the end."""
        while not self._is_over.wait(PAUSE_S):
            self._look()

    def _look(self) -> None:
        """Note what is seen now."""
        self.files |= {path.name for path in files_in(self._state)}
        self.open |= open_in(self._state)
        self._note(in_files(self._state, self._secrets))
        self._note(dict(in_processes(self._root, self._secrets)))

    def _note(self, found: Mapping[str, set[str]]) -> None:
        """Add what was seen."""
        for where, secrets in found.items():
            self.found.setdefault(where, set()).update(secrets)
