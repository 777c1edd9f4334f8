"""Panels of log events."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from .asking import Line
from .canvas import COLOURS, PALE, Box, Canvas, cut

TEXT: Final = 12.0
ROW: Final = 21.0
TIME: Final = 180.0
"""How wide a time is."""


def draw_lines(canvas: Canvas, box: Box, lines: Sequence[Line]) -> None:
    """Draw as many log events as there is room for, newest first."""
    for at, line in enumerate(lines[: int(box.height / ROW)]):
        top = box.top + at * ROW
        when = f"{datetime.fromtimestamp(line.at_s, UTC):%Y-%m-%d %H:%M:%S}"
        canvas.bar(Box(left=box.left, top=top + 1, width=3, height=ROW - 4), COLOURS[0])
        canvas.text(box.left + 10, top + 2, when, TEXT, PALE, family="monospace")
        words = cut(line.text.replace("\n", " "), TEXT, box.width - TIME)
        canvas.text(box.left + TIME, top + 2, words, TEXT, family="monospace")
