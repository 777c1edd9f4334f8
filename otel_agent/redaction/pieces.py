"""A text in pieces of a bounded length, for rules that are not ours: they may look at each place for long."""

from collections.abc import Iterator


def pieces(text: str, size: int, overlap: int) -> Iterator[tuple[int, str]]:
    """Yield (where it begins, piece) of at most `size` characters.

    A piece ends with a line where one ends in its last `overlap` characters; else the next one begins that
    much earlier, so that what is no longer than that is whole in one of them.
    """
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        line_end = text.rfind("\n", end - overlap, end) + 1 if end < len(text) else end
        yield start, text[start : line_end or end]
        start = line_end or end - overlap
