"""A dark sheet in pixels, with cards, texts and axes on it: what panels are drawn with."""

from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

SHEET: Final = "#111217"
CARD: Final = "#181b1f"
EDGE: Final = "#2c3036"
TRACK: Final = "#22252b"
INK: Final = "#d8d9da"
PALE: Final = "#9a9ba6"
PURPLE: Final = "#b877d9"
COLOURS: Final = (
    *("#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#fade2a"),
    *("#37872d", "#e0b400", "#1f60c4", "#fa6400", "#c4162a", "#8f3bb8", "#56a64b", "#3274d9"),
)
NAMED: Final = {"text": INK, "green": "#73bf69", "orange": "#ff9830", "red": "#f2495c", "purple": PURPLE}
DPI: Final = 100
PX_PER_PT: Final = DPI / 72
ABOVE: Final = 5
"""Axes stand on cards."""
GLYPH: Final = 0.58
"""How wide a letter of the font is on average, as a part of its size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels, from the sheet's top left corner."""

    left: float
    top: float
    width: float
    height: float

    def inside(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """Return what is left of it when each side is moved inwards."""
        return Box(
            left=self.left + left,
            top=self.top + top,
            width=self.width - left - right,
            height=self.height - top - bottom,
        )


class Canvas:
    """A figure of a size in pixels, with everything placed in pixels from its top left corner."""

    def __init__(self, width: float, height: float) -> None:
        """Make an empty sheet."""
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=SHEET)

    def card(self, box: Box) -> None:
        """Draw an empty card."""
        patch = FancyBboxPatch(
            (box.left, self.height - box.top - box.height),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=3",
            facecolor=CARD,
            edgecolor=EDGE,
            linewidth=1,
            transform=None,
        )
        self.figure.add_artist(patch)

    def bar(self, box: Box, colour: str) -> None:
        """Draw a filled rectangle."""
        place = (box.left, self.height - box.top - box.height)
        self.figure.add_artist(
            Rectangle(place, box.width, box.height, facecolor=colour, linewidth=0, transform=None)
        )

    def text(self, left: float, top: float, words: str, size: float, colour: str = INK, **more: str) -> None:
        """Write words, their upper left corner at a place; `size` in pixels."""
        placed = {"ha": "left", "va": "top", **more}
        self.figure.text(
            left / self.width,
            1 - top / self.height,
            words.replace("$", r"\$"),
            fontsize=size / PX_PER_PT,
            color=colour,
            **placed,
        )

    def axes(self, box: Box) -> Axes:
        """Return axes in a box."""
        place = (
            box.left / self.width,
            1 - (box.top + box.height) / self.height,
            box.width / self.width,
            box.height / self.height,
        )
        made = self.figure.add_axes(place, zorder=ABOVE)
        made.set_facecolor("none")
        return made


def cut(words: str, size: float, width: float) -> str:
    """Return as much of a text as fits into a width in pixels."""
    letters = max(1, int(width / (size * GLYPH)))
    return words if len(words) <= letters else f"{words[: letters - 1]}…"
