"""Home folders: `~` stands in the place of the part that names a person."""

import re
from collections.abc import Iterator
from typing import Final

from otel_agent.redaction.found import Found, Written, places

HOME: Final = "~"
ROOT: Final = "/" + "root"
SHARED: Final = frozenset({"shared", "public", "default", "all users", "default user"})
"""Folders beside those of persons, on macOS and Windows."""
BEFORE: Final = 40
"""Characters in front of a path at which it is decided whether one begins there."""
UNIX: Final = ("/home/", "/Users/")
ENCODED: Final = ("%2fhome%2f", "%2fusers%2f", "\\/home\\/", "\\/users\\/")
WINDOWS: Final = ("users", "documents and settings")
_EDGE: Final = (
    r"(?:(?<![\w.~/\\@+-])|(?<=\\[nrt])|(?<=file://)|(?<=://file)|(?<=file://localhost)|(?<=[^\w][-+]))"
)
_IN_FRONT: Final = re.compile(rf"{_EDGE}(?:/(?:var|usr|export|System/Volumes/Data|mnt/[a-z]|[a-z]))?\Z")
_NAME: Final = re.compile(r"[\w.@+-]{1,64}")
_BEHIND_ROOT: Final = re.compile(r"\\?/")
_DRIVE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:\\\\[?.]\\)?[A-Za-z](?::|%3[Aa])(?P<slash>\\{1,4}|/|%5[Cc]|%2[Ff])\Z"
)
_SPACED: Final = re.compile(r"""[^\\/:*?"<>|\r\n%]{1,64}(?=\\|/|%5C|%2F)""", re.IGNORECASE)


def find(given: Written) -> Iterator[Found]:
    """Yield the beginnings of paths that name a person."""
    for folder in UNIX:
        yield from _unix(given.text, folder)
    for folder in ENCODED:
        for at in places(given.lowered, folder):
            yield from _named(at, _NAME.match(given.text, at + len(folder)))
    for folder in WINDOWS:
        for at in places(given.lowered, folder):
            yield from _windows(given.text, at, at + len(folder))
    for at in places(given.text, ROOT):
        is_folder = _BEHIND_ROOT.match(given.text, at + len(ROOT)) is not None
        if is_folder and (start := _start(given.text, at)) is not None:
            yield Found(start=start, end=at + len(ROOT), replacement=HOME)


def _start(text: str, at: int) -> int | None:
    """Return where a path begins that goes on at a place, None where none does."""
    front = _IN_FRONT.search(text, max(at - BEFORE, 0), at)
    return None if front is None else front.start()


def _unix(text: str, folder: str) -> Iterator[Found]:
    """Yield the homes in a folder of homes."""
    for at in places(text, folder):
        start = _start(text, at)
        if start is not None:
            yield from _named(start, _NAME.match(text, at + len(folder)))


def _windows(text: str, at: int, end: int) -> Iterator[Found]:
    """Yield the home in a folder of homes that stands on a drive; with spaces in it if a path goes on."""
    drive = _DRIVE.search(text, max(at - BEFORE, 0), at)
    if drive is None or not text.startswith(drive["slash"], end):
        return
    begin = end + len(drive["slash"])
    yield from _named(drive.start(), _SPACED.match(text, begin) or _NAME.match(text, begin))


def _named(start: int, name: re.Match[str] | None) -> Iterator[Found]:
    """Yield the home folder of a person from where it begins to the end of the name."""
    if name is not None and name[0].lower() not in SHARED and name[0].strip("."):
        yield Found(start=start, end=name.end(), replacement=HOME)
