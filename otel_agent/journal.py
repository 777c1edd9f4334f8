"""Journal folders: their header, and reading their segments to the end."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from otel_agent.errors import JournalError
from otel_agent.files import opened, size_bytes
from otel_agent.header import Header, HeaderLine

MAX_LINE_BYTES = 16 * 1024 * 1024
"""A longer line is skipped and counted: the plugin cuts every string, so none of its lines comes near."""
CHUNK_BYTES = 256 * 1024
FORMAT = 1
"""The journal format that this code reads; the header names that of the journal."""

_HEADER = msgspec.json.Decoder(HeaderLine)
_SEGMENT = re.compile(r"(\d+)\.ndjson")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a journal was read: the next byte of a segment."""

    segment: int = 0
    offset: int = 0


class Fault(StrEnum):
    """Why there is a line of which nothing can be used."""

    OVERSIZED = "oversized_line"
    TRUNCATED = "truncated_line"


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line without its newline, or what is wrong with it, and the position behind it."""

    data: bytes | Fault
    end: Position


def segments(folder: Path) -> list[int]:
    """Return the numbers of a journal's segments, ascending; a link or a pipe of such a name is none."""
    with os.scandir(folder) as entries:
        found = [_SEGMENT.fullmatch(row.name) for row in entries if row.is_file(follow_symlinks=False)]
    return sorted(int(match[1]) for match in found if match)


def segment_path(folder: Path, number: int) -> Path:
    """Return the path of a segment."""
    return folder / f"{number}.ndjson"


def read_header(folder: Path) -> Header:
    """Return a journal's header; JournalError when there is none that can be read, or of another format.

    Raises OSError too, when its first segment is another user's: a header says which program is run.
    """
    if folder.is_symlink():
        raise JournalError(f"journal {folder.name}: expected a folder, got a link")
    numbers = segments(folder)
    if not numbers:
        raise JournalError(f"journal {folder.name}: expected a segment, got none")
    with opened(segment_path(folder, numbers[0])) as file:
        first = file.readline(MAX_LINE_BYTES)
    try:
        header = _HEADER.decode(first).journal
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"journal {folder.name}: expected a header in its first line, got {len(first)} other bytes"
        raise JournalError(message) from error
    if header.format != FORMAT:
        message = f"journal {folder.name}: expected format {FORMAT}, got {header.format}; update the package"
        raise JournalError(message)
    return header


def header_of(folder: Path) -> Header | None:
    """Return a journal's header, None when it has none that can be read, or is just being made or removed."""
    try:
        return read_header(folder)
    except (JournalError, OSError):
        return None


class Tail:
    """Reads a journal's complete lines from a position on, again and again; for one thread."""

    def __init__(self, folder: Path, position: Position) -> None:
        """Begin at a position; the segment need not exist yet."""
        self.is_at_end = False
        self._folder = folder
        self._position = position
        self._is_skipping = False
        self._stalled_bytes = -1

    def read(self, max_bytes: int) -> Iterator[RawLine]:
        """Yield the lines that are complete by now, at most about `max_bytes` of them.

        Afterwards `is_at_end` tells whether that was all. Raises OSError when the folder cannot be read; what
        was yielded before comes again then.
        """
        begin, self.is_at_end = (self._position, self._is_skipping), False
        try:
            yield from self._read(max_bytes)
        except OSError:
            # Whoever reads drops what came before the error: it is read again.
            (self._position, self._is_skipping), self._stalled_bytes = begin, -1
            raise

    def _read(self, left: int) -> Iterator[RawLine]:
        """Yield complete lines, at most about `left` bytes of them."""
        while left > 0:
            chunk = self._chunk()
            left -= len(chunk)
            yield from self._lines(chunk)
            if not chunk:
                following = self._following()
                if following is None:
                    self.is_at_end = True
                    return
                yield from self.cut_line()
                self._go_to(following)

    def cut_line(self) -> Iterator[RawLine]:
        """Yield the line, if there is one, that its writer never ended: it is gone, or in another segment."""
        size = size_bytes(segment_path(self._folder, self._position.segment))
        if self._is_skipping or size > self._position.offset:
            self._position = Position(self._position.segment, max(size, self._position.offset))
            self._is_skipping = False
            yield RawLine(Fault.TRUNCATED, self._position)

    def _chunk(self) -> bytes:
        """Return bytes that end with a newline, or a piece of a line that is too long; empty at the end."""
        path = segment_path(self._folder, self._position.segment)
        left = size_bytes(path) - self._position.offset
        if left <= 0 or left == self._stalled_bytes:
            return b""
        size = CHUNK_BYTES
        with opened(path) as file:
            while True:
                file.seek(self._position.offset)
                data = file.read(size)
                end = data.rfind(b"\n")
                if end >= 0:
                    return data[: end + 1]
                if self._is_skipping or len(data) >= MAX_LINE_BYTES:
                    return self._skip(data)
                if len(data) < size:
                    self._stalled_bytes = len(data)
                    return b""
                size *= 4

    def _skip(self, data: bytes) -> bytes:
        """Leave a piece of a line that is too long behind."""
        self._is_skipping, self._stalled_bytes = True, -1
        self._position = Position(self._position.segment, self._position.offset + len(data))
        return data

    def _lines(self, chunk: bytes) -> Iterator[RawLine]:
        """Yield the lines of a chunk; the end of a line that was too long counts as one."""
        if not chunk.endswith(b"\n"):
            return
        self._stalled_bytes = -1
        offset = self._position.offset
        for data in chunk[:-1].split(b"\n"):
            offset += len(data) + 1
            self._position = Position(self._position.segment, offset)
            is_whole, self._is_skipping = not self._is_skipping, False
            yield RawLine(data if is_whole else Fault.OVERSIZED, self._position)

    def _following(self) -> int | None:
        """Return the next segment when its writer has left this one and all of this one was read."""
        following = min((n for n in segments(self._folder) if n > self._position.segment), default=None)
        if following is None or not self._has_more():
            return following
        return None

    def _has_more(self) -> bool:
        """Tell whether lines were written since the segment was read, just before its writer left it."""
        path = segment_path(self._folder, self._position.segment)
        return size_bytes(path) - self._position.offset > max(0, self._stalled_bytes)

    def _go_to(self, segment: int) -> None:
        """Go on at the beginning of a segment."""
        self._position, self._is_skipping, self._stalled_bytes = Position(segment, 0), False, -1


def delete_read_segments(folder: Path, position: Position) -> None:
    """Delete the segments that the position has left."""
    for number in segments(folder):
        if number < position.segment:
            with contextlib.suppress(OSError):  # one that cannot go now goes with the next one or the folder
                segment_path(folder, number).unlink(missing_ok=True)
