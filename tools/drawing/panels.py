"""Panels of numbers: single ones, rankings, shares and tables."""

from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.patches import Wedge

from .asking import Json, Series
from .canvas import CARD, COLOURS, EDGE, INK, NAMED, PALE, TRACK, Box, Canvas, cut
from .units import shown

TEXT: Final = 12.5
ROW: Final = 22.0
"""The height of a line of text."""
HOLE: Final = 0.58


def formatted(value: float, field: Json) -> str:
    """Return a number as a field of Grafana shows it."""
    return shown(value, field.get("unit", "short"), field.get("decimals"))


def colour_of(value: float, field: Json) -> str:
    """Return the colour that a number has by its thresholds."""
    steps = field["thresholds"]["steps"]
    reached = [step["color"] for step in steps if step["value"] is None or value >= step["value"]]
    return NAMED[reached[-1]]


def draw_numbers(canvas: Canvas, box: Box, field: Json, found: Sequence[Series]) -> None:
    """Draw each value large, beside each other, with its name where there are several."""
    width = box.width / len(found)
    for at, one in enumerate(found):
        words = formatted(one.last, field)
        size = min(40.0, box.height * 0.5, (width - 16) / (len(words) * 0.66))
        middle = box.left + width * (at + 0.5)
        centre = {"ha": "center", "va": "center"}
        lift = 10 if len(found) > 1 else 0
        canvas.text(
            middle,
            box.top + box.height / 2 + lift,
            words,
            size,
            colour_of(one.last, field),
            **centre,
        )
        if len(found) > 1:
            name = cut(one.name, TEXT, width)
            canvas.text(middle, box.top + box.height / 2 - size / 2 - 4, name, TEXT, PALE, **centre)


def draw_ranking(canvas: Canvas, box: Box, field: Json, found: Sequence[Series]) -> None:
    """Draw a bar for each value, the name before it and the number behind it."""
    height = min(ROW + 8, box.height / len(found))
    names = min(0.42 * box.width, max(len(one.name) for one in found) * TEXT * 0.62 + 8)
    numbers = max(len(formatted(one.last, field)) for one in found) * TEXT * 0.62 + 8
    track = box.width - names - numbers
    largest = max(one.last for one in found) or 1
    for at, one in enumerate(found):
        top = box.top + at * height
        middle = {"va": "center"}
        canvas.text(box.left, top + height / 2, cut(one.name, TEXT, names), TEXT, INK, **middle)
        line = Box(left=box.left + names, top=top + 3, width=track, height=height - 6)
        canvas.bar(line, TRACK)
        part = Box(left=line.left, top=line.top, width=max(1, track * one.last / largest), height=line.height)
        canvas.bar(part, COLOURS[0])
        words = formatted(one.last, field)
        right = {"va": "center", "ha": "right"}
        canvas.text(box.left + box.width, top + height / 2, words, TEXT, COLOURS[0], **right)


def draw_shares(canvas: Canvas, box: Box, field: Json, found: Sequence[Series]) -> None:
    """Draw a ring of the values, and their names and numbers beside it."""
    side = min(box.height, box.width * 0.45)
    axes = canvas.axes(Box(left=box.left, top=box.top, width=side, height=box.height))
    axes.set_xlim(-1, 1)
    axes.set_ylim(-1, 1)
    axes.set_aspect("equal")
    axes.axis("off")
    whole, start = sum(one.last for one in found) or 1, 90.0
    left, width = box.left + side + 14, box.width - side - 14
    for at, one in enumerate(found):
        end = start - 360 * one.last / whole
        colour = COLOURS[at % len(COLOURS)]
        axes.add_patch(Wedge((0, 0), 1, end, start, width=1 - HOLE, facecolor=colour, edgecolor=CARD))
        start = end
        top = box.top + 6 + at * ROW
        if top + ROW > box.top + box.height:
            continue
        words = formatted(one.last, field)
        canvas.bar(Box(left=left, top=top + 5, width=12, height=4), colour)
        room = width - 18 - len(words) * TEXT * 0.64 - 8
        canvas.text(left + 18, top, cut(one.name, TEXT, room), TEXT)
        canvas.text(left + width, top, words, TEXT, INK, ha="right")


def draw_table(canvas: Canvas, box: Box, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Draw as many rows as there is room for; the first column is wide, numbers stand to the right."""
    first = box.width * min(0.4, 1.6 / len(columns))
    other = (box.width - first) / max(1, len(columns) - 1)
    lefts = [box.left + (first + (at - 1) * other if at else 0) for at in range(len(columns))]
    room = int(box.height / (ROW + 4)) - 1
    for number, row in enumerate([dict(zip(columns, columns, strict=True)), *rows[:room]]):
        top = box.top + number * (ROW + 4)
        for at, (left, column) in enumerate(zip(lefts, columns, strict=True)):
            width = other if at else first
            cell = Box(left=left, top=top, width=width, height=ROW)
            _cell(canvas, cell, row.get(column, ""), is_text=not at, is_head=not number)
        canvas.bar(Box(left=box.left, top=top + ROW, width=box.width, height=1), EDGE)


def _cell(canvas: Canvas, cell: Box, words: str, *, is_text: bool, is_head: bool) -> None:
    """Write one cell of a table."""
    look = {"weight": "bold" if is_head else "normal", "ha": "left" if is_text else "right"}
    left = cell.left if is_text else cell.left + cell.width - 6
    canvas.text(left, cell.top + 3, cut(words, TEXT, cell.width), TEXT, PALE if is_head else INK, **look)
