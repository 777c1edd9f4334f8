"""A text in pieces: all of it is seen, no piece is long, and the sum of them grows with the text alone."""

from hypothesis import given
from hypothesis import strategies as st

from otel_agent.redaction.library import OVERLAP, PIECE
from otel_agent.redaction.pieces import pieces


@given(st.text(alphabet="ab\n", max_size=300), st.integers(0, 280))
def test_what_is_no_longer_than_the_overlap_is_whole_in_a_piece(text: str, at: int) -> None:
    """A part of a line that fits into the overlap is in one piece, at its place."""
    part = text[at : at + 8].partition("\n")[0]
    found = [(start, piece) for start, piece in pieces(text, 32, 8)]

    assert not part or any(start <= at and piece[at - start :].startswith(part) for start, piece in found)
    assert all(text[start : start + len(piece)] == piece for start, piece in found)


def test_pieces_are_counted() -> None:
    """Of a text without lines each place is seen at most 4/3 times, of one with lines once."""
    seen = {
        text[0]: sum(len(piece) for _, piece in pieces(text, PIECE, OVERLAP)) / len(text)
        for text in ("x" * 1_000_000, "y" * 79 + ("\n" + "z" * 79) * 10_000)
    }

    assert seen["x"] <= PIECE / (PIECE - OVERLAP)
    assert 1 == seen["y"]


def test_text_that_fits_is_one_piece() -> None:
    """Nothing is cut that need not be."""
    assert [(0, "a\nb")] == list(pieces("a\nb", 3, 1))
    assert [] == list(pieces("", 3, 1))
