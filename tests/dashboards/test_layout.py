"""Panels in a grid."""

from otel_agent.dashboards.board import Panel, Shape
from otel_agent.dashboards.layout import Place, placed


def panel(width: int, height: int) -> Panel:
    """Return a panel of a size."""
    return Panel(title="A", description="B", shape=Shape.NUMBER, targets=(), width=width, height=height)


def test_panels_fill_a_line_from_the_left() -> None:
    """Widths are of 24 columns, and become those of the grid; heights become its rows."""
    places = [place for _, place in placed([panel(12, 8), panel(12, 8)], 12, lambda height: height // 2)]

    assert [Place(x=0, y=0, width=6, height=4), Place(x=6, y=0, width=6, height=4)] == places


def test_a_new_line_begins_below_the_highest_panel() -> None:
    """A panel that does not fit stands below all of the line before."""
    sizes = [panel(16, 4), panel(8, 8), panel(16, 4), panel(24, 4)]
    places = [(place.x, place.y) for _, place in placed(sizes, 24, lambda height: height)]

    assert [(0, 0), (16, 0), (0, 8), (0, 12)] == places
