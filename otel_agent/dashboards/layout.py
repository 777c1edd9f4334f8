"""Where panels stand in a grid: from left to right, a new line where one does not fit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from otel_agent.dashboards.board import COLUMNS, Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A rectangle of a grid, from its upper left corner, in the grid's own columns and rows."""

    x: int
    y: int
    width: int
    height: int


def placed(
    panels: Iterable[Panel], columns: int, rows: Callable[[int], int]
) -> Iterator[tuple[Panel, Place]]:
    """Yield panels with their places in a grid of some columns; `rows` makes its rows of a panel's height."""
    left, top, below = 0, 0, 0
    for panel in panels:
        width, height = panel.width * columns // COLUMNS, rows(panel.height)
        if left + width > columns:
            left, top = 0, below
        yield panel, Place(x=left, y=top, width=width, height=height)
        left, below = left + width, max(below, top + height)
