"""Second names for the segments of all journals, which stay when the agent removes a journal."""

import contextlib
import json
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LOOK_S = 0.02


class Keeper:
    """Links new segments below a state directory into a folder of their own while its context is open."""

    def __init__(self, state: Path, kept: Path) -> None:
        """Keep where to look; a journal becomes a folder of the same name in `kept`."""
        self._state = state
        self._kept = kept
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._kept.mkdir()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._ended.set()
        self._thread.join()

    def journals(self) -> list[Path]:
        """Give the folders of all journals that there ever were, oldest first; asked while it still looks."""
        if not self._thread.is_alive():
            raise RuntimeError("keeper: expected to have looked until now, got an end of its thread before")
        return sorted(segment.parent for segment in self._kept.glob("*/0.ndjson"))

    def _follow(self) -> None:
        """Look again and again: a journal lives for half a second at least."""
        while not self._ended.wait(LOOK_S):
            with contextlib.suppress(FileNotFoundError):  # a journal was removed while its folder was read
                for segment in self._state.glob("*/*/*.ndjson"):
                    self._keep(segment)

    def _keep(self, segment: Path) -> None:
        """Link one segment unless that was done."""
        link = self._kept / segment.parent.name / segment.name
        with contextlib.suppress(FileExistsError, FileNotFoundError):  # it was done; or it was just removed
            link.parent.mkdir(exist_ok=True)
            os.link(segment, link)


def lines_of(segment: Path) -> list[dict[str, Any]]:
    """Give a segment's whole lines; the last one may be torn."""
    return [json.loads(line) for line in segment.read_bytes().split(b"\n")[:-1] if line]
