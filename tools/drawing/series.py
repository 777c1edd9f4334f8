"""Panels with a time axis: lines, stacked bars, their legends, and the marks of annotations."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import FuncFormatter, Locator, MaxNLocator, MultipleLocator

from .asking import NICE_S, Json, Series, Window
from .canvas import COLOURS, EDGE, PALE, PURPLE, PX_PER_PT, Box, Canvas, cut
from .panels import formatted

TEXT: Final = 12.0
LEGEND_ROW: Final = 19.0
LEGEND_ROWS: Final = 2
NAME: Final = 240.0
"""How wide a name in a legend may be."""
DAY_S: Final = 86_400
TICKS: Final = 5
SHORT_S: Final = 120
"""Below it seconds are counted in tens."""
MS_PER_S: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """What a board's time axes show: the window, the step of its values, and when its annotations are."""

    window: Window
    step_s: int
    marks_s: Sequence[float]


def draw_series(canvas: Canvas, box: Box, panel: Json, found: Sequence[Series], axis: TimeAxis) -> None:
    """Draw lines or stacked bars, with a legend below unless the panel has none."""
    field, legend = panel["fieldConfig"]["defaults"], panel["options"]["legend"]
    rows = _legend(canvas, box, found) if legend.get("showLegend", True) else 0
    axes = canvas.axes(box.inside(58, 6, 8, rows * LEGEND_ROW + 26))
    if field["custom"]["drawStyle"] == "bars":
        _bars(axes, found, axis.step_s, field["custom"].get("barAlignment", 0))
    else:
        span = field["custom"].get("spanNulls", False)
        _lines(axes, found, math.inf if span is True else max(span / MS_PER_S, axis.step_s))
    axes.set_xlim(_day(axis.window.start_s), _day(axis.window.end_s))
    axes.set_ylim(bottom=0)
    for at_s in axis.marks_s:
        axes.axvline(_day(at_s), color=PURPLE, linewidth=0.8, linestyle=(0, (2, 3)), alpha=0.8)
    _dress(axes, field)


def _bars(axes: Axes, found: Sequence[Series], step_s: int, side: int) -> None:
    """Draw amounts of each step on each other, before their marks (-1), over them (0) or after them (1)."""
    heights: dict[float, float] = {}
    for at, one in enumerate(found):
        times = [time for time, value in one.points if value > 0]
        values = [value for _time, value in one.points if value > 0]
        bottoms = [heights.get(time, 0.0) for time in times]
        heights.update(zip(times, map(sum, zip(bottoms, values, strict=True)), strict=True))
        axes.bar(
            [_day(time + side * step_s / 2) for time in times],
            values,
            width=0.82 * step_s / DAY_S,
            bottom=bottoms,
            color=COLOURS[at % len(COLOURS)],
            linewidth=0,
        )


def _lines(axes: Axes, found: Sequence[Series], gap_s: float) -> None:
    """Draw values; a line goes on over a gap of so many seconds."""
    for at, one in enumerate(found):
        colour = COLOURS[at % len(COLOURS)]
        for part in _parts(one, gap_s):
            times, values = [_day(time) for time, _value in part], [value for _time, value in part]
            axes.plot(times, values, color=colour, linewidth=1.4, marker="o", markersize=2.8)
            axes.fill_between(times, values, color=colour, alpha=0.08, linewidth=0)


def _parts(one: Series, gap_s: float) -> Iterator[list[tuple[float, float]]]:
    """Yield the pieces of a line between gaps that are longer."""
    part = [one.points[0]]
    for point in one.points[1:]:
        if point[0] - part[-1][0] > gap_s:
            yield part
            part = []
        part.append(point)
    yield part


def _dress(axes: Axes, field: Json) -> None:
    """Give axes their grid and labels."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.grid(color=EDGE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=PALE, labelsize=TEXT / PX_PER_PT * 0.92, length=0, pad=5)
    axes.yaxis.set_major_locator(_locator(axes.get_ylim()[1], field))
    ticks = axes.get_yticks()
    field = {**field, "decimals": needed([formatted(tick, {**field, "decimals": None}) for tick in ticks])}
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _at: formatted(value, field).replace("$", r"\$"))
    )
    locator = AutoDateLocator(maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _locator(top: float, field: Json) -> Locator:
    """Return where the ticks of an axis are: times at whole minutes and hours."""
    unit_s = {"s": 1.0, "ms": 1e-3}.get(field["unit"])
    if unit_s is None or top * unit_s < SHORT_S:
        return MaxNLocator(5, integer=field.get("decimals") == 0)
    return MultipleLocator(next(nice for nice in NICE_S if top * unit_s / nice <= TICKS) / unit_s)


def needed(texts: Sequence[str]) -> int:
    """Return how many decimals the numbers of an axis need, without the zeros behind them."""
    found = [re.search(r"\.(\d*?)0*(?!\d)", text) for text in texts]
    return max((len(one[1]) for one in found if one), default=0)


def _legend(canvas: Canvas, box: Box, found: Sequence[Series]) -> int:
    """Write the names below, as many as fit; return in how many rows."""
    named = [(at, one.name) for at, one in enumerate(found) if one.name]
    places = _placed([name for _at, name in named], box.width)
    rows = max((row for row, _left in places), default=-1) + 1
    top = box.top + box.height - rows * LEGEND_ROW
    for (at, name), (row, left) in zip(named, places, strict=False):
        middle = top + row * LEGEND_ROW + LEGEND_ROW / 2
        colour = COLOURS[at % len(COLOURS)]
        canvas.bar(Box(left=box.left + left, top=middle - 2, width=14, height=4), colour)
        words = cut(name, TEXT, NAME)
        canvas.text(box.left + left + 19, middle, words, TEXT, PALE, va="center")
    if len(places) < len(named):
        more = f"… {len(named) - len(places)} more"
        canvas.text(box.left + box.width, top + rows * LEGEND_ROW, more, TEXT, PALE, ha="right", va="bottom")
    return rows


def _placed(names: Sequence[str], width: float) -> list[tuple[int, float]]:
    """Return row and left end of each name, until the rows are full."""
    places: list[tuple[int, float]] = []
    row, left = 0, 0.0
    for at, name in enumerate(names):
        needed = 19 + len(cut(name, TEXT, NAME)) * TEXT * 0.6 + 16
        room = width - (70 if row == LEGEND_ROWS - 1 and at < len(names) - 1 else 0)
        if left and left + needed > room:
            row, left = row + 1, 0.0
        if row == LEGEND_ROWS:
            break
        places.append((row, left))
        left += needed
    return places


def _day(at_s: float) -> float:
    """Return a time as matplotlib's dates count, in UTC."""
    return float(date2num(datetime.fromtimestamp(at_s, UTC)))
