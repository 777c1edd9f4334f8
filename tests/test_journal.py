"""Journals: their header, and reading them to the end."""

import os
import resource
from pathlib import Path

import pytest

from otel_agent.errors import JournalError
from otel_agent.journal import (
    MAX_LINE_BYTES,
    Fault,
    Position,
    Tail,
    delete_read_segments,
    read_header,
    segments,
)
from tests import journals

MIB = 1024 * 1024


def read(tail: Tail, max_bytes: int = 10 * MIB) -> list[bytes | Fault]:
    """Return what a tail reads."""
    return [line.data for line in tail.read(max_bytes)]


def test_complete_lines_are_read_once(tmp_path: Path) -> None:
    """Each line comes once, and what is appended later comes at the next read."""
    journals.write(tmp_path, 0, ["a", "b"])
    tail = Tail(tmp_path, Position())
    first = read(tail)
    journals.append(tmp_path, "c\n")

    assert ([b"a", b"b"], [b"c"], []) == (first, read(tail), read(tail))


def test_partial_line_waits_for_its_end(tmp_path: Path) -> None:
    """A line is read when its newline is written, not before."""
    journals.append(tmp_path, "one\ntw")
    tail = Tail(tmp_path, Position())
    first, is_at_end = read(tail), tail.is_at_end
    journals.append(tmp_path, "o")
    second = read(tail)
    journals.append(tmp_path, "\n")

    assert ([b"one"], True, [], [b"two"]) == (first, is_at_end, second, read(tail))


def test_reading_goes_on_at_a_position(tmp_path: Path) -> None:
    """The position behind a line is where the next reader begins."""
    journals.write(tmp_path, 0, ["a", "b"])
    journals.write(tmp_path, 1, ["c"])
    ends = [line.end for line in Tail(tmp_path, Position()).read(MIB)]

    assert [[b"b", b"c"], [b"c"], []] == [read(Tail(tmp_path, end)) for end in ends]
    assert [Position(0, 2), Position(0, 4), Position(1, 2)] == ends


def test_lines_written_just_before_the_next_segment_are_read(tmp_path: Path) -> None:
    """The reader leaves a segment only when it has read all of it."""
    journals.write(tmp_path, 0, ["a"])
    tail = Tail(tmp_path, Position())
    first = read(tail)
    journals.append(tmp_path, "b\n")
    journals.write(tmp_path, 1, ["c"])

    assert ([b"a"], [b"b", b"c"]) == (first, read(tail))


def test_line_that_was_cut_by_the_end_of_its_segment_is_a_fault(tmp_path: Path) -> None:
    """A writer that could not end a line goes on in the next segment; the line is told of once."""
    journals.append(tmp_path, "a\nbro")
    tail = Tail(tmp_path, Position())
    first = read(tail)
    journals.write(tmp_path, 1, ["c"])

    assert ([b"a"], [Fault.TRUNCATED, b"c"], []) == (first, read(tail), read(tail))


def test_last_line_of_a_dead_writer_is_told_once(tmp_path: Path) -> None:
    """Whoever knows that the writer is gone asks for the line that it never ended."""
    journals.append(tmp_path, "a\nbro")
    tail = Tail(tmp_path, Position())
    read(tail)

    assert ([Fault.TRUNCATED], []) == (
        [line.data for line in tail.cut_line()],
        [line.data for line in tail.cut_line()],
    )


def test_missing_segments_are_passed_over(tmp_path: Path) -> None:
    """Segments that somebody deleted do not stop the reader."""
    journals.write(tmp_path, 3, ["c"])
    journals.write(tmp_path, 7, ["d"])

    assert [b"c", b"d"] == read(Tail(tmp_path, Position()))


def test_read_takes_a_bounded_amount(tmp_path: Path) -> None:
    """One read takes about as many bytes as it is allowed to, and says that there is more."""
    journals.write(tmp_path, 0, ["x" * 1023] * 1024)
    tail = Tail(tmp_path, Position())
    first = read(tail, 300_000)

    assert (512, False) == (len(first), tail.is_at_end)
    assert 512 == len(read(tail))


def test_longest_allowed_line_is_read_whole(tmp_path: Path) -> None:
    """A line of several chunks comes in one piece."""
    journals.write(tmp_path, 0, ["x" * (3 * MIB), "b"])

    assert [3 * MIB, 1] == [len(data) for data in read(Tail(tmp_path, Position()))]


def test_line_over_the_limit_is_a_fault_and_costs_little_memory(tmp_path: Path) -> None:
    """300 MB in one line are skipped piece by piece; the lines around it are read."""
    with journals.write(tmp_path, 0, ["a"]).open("r+b") as file:
        file.truncate(300 * MIB)
        file.seek(0, os.SEEK_END)
        file.write(b"\nb\n")
    tail = Tail(tmp_path, Position())
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read(tail, MIB)
    while not tail.is_at_end:
        found += read(tail, MIB)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024

    assert [b"a", Fault.OVERSIZED, b"b"] == found
    assert grown_mib < 4 * MAX_LINE_BYTES / MIB


def test_unfinished_line_over_the_limit_is_one_fault(tmp_path: Path) -> None:
    """A writer that was killed in the middle of a huge line has cut one line."""
    with journals.write(tmp_path, 0, ["a"]).open("r+b") as file:
        file.truncate(20 * MIB)
    tail = Tail(tmp_path, Position())
    found = read(tail, MIB)
    while not tail.is_at_end:
        found += read(tail, MIB)

    assert [b"a", Fault.TRUNCATED] == [*found, *(line.data for line in tail.cut_line())]


def test_folder_without_a_segment_is_at_its_end(tmp_path: Path) -> None:
    """Nothing to read is no error: the first segment may come."""
    tail = Tail(tmp_path, Position())

    assert ([], True) == (read(tail), tail.is_at_end)


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A journal that was deleted under the reader is not an empty one."""
    with pytest.raises(FileNotFoundError):
        read(Tail(tmp_path / "gone", Position()))


def test_read_segments_are_deleted(tmp_path: Path) -> None:
    """Segments before the position are not needed any more; the one that it is in stays."""
    for number in range(12):
        journals.write(tmp_path, number, ["x"])

    delete_read_segments(tmp_path, Position(10, 2))

    assert [10, 11] == segments(tmp_path)


def test_header_is_that_of_the_first_segment_that_is_there(tmp_path: Path) -> None:
    """Every segment begins with the header, so that the read ones can be deleted."""
    journals.write(tmp_path, 4, [journals.header("4-1-a", pid=7)])

    assert ("4-1-a", 7) == (read_header(tmp_path).id, read_header(tmp_path).pid)


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (None, "expected a segment, got none"),
        ("", "expected a header in its first line, got 1 other bytes"),
        ("{nonsense", "expected a header"),
        ('{"t":1,"event":{"type":"x"}}', "expected a header"),
        ('{"journal":{"id":5}}', "expected a header"),
        ("[" * 100_000, "expected a header"),
        (journals.header("a", format=2), "expected format 1, got 2; update"),
    ],
)
def test_journal_without_a_usable_header_is_an_error(tmp_path: Path, first: str | None, message: str) -> None:
    """The error says what was expected, and nothing that was in the file."""
    if first is not None:
        journals.write(tmp_path, 0, [first])

    with pytest.raises(JournalError, match=message):
        read_header(tmp_path)
