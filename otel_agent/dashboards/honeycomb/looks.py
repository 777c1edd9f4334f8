"""How panels look on Honeycomb's boards: charts, sizes and words.

A board has 12 columns. https://docs.honeycomb.io/api/boards/
"""

from collections.abc import Iterator, Mapping
from typing import Final

from otel_agent.dashboards.board import Panel, Shape, Unit
from otel_agent.dashboards.honeycomb.calculations import Json
from otel_agent.dashboards.honeycomb.questions import SHOWN, Question, is_from_events_instead

WIDTH: Final = 12
NARROWEST: Final = 3
CHARTS: Final[Mapping[Shape, str]] = {
    Shape.NUMBER: "stat",
    Shape.LINES: "line",
    Shape.BARS: "tsbar",
    Shape.RANKING: "cbar",
    Shape.SHARES: "cpie",
}
HEIGHTS: Final[Mapping[Shape, int]] = {Shape.NUMBER: 3, Shape.TABLE: 6}
UNITS: Final[Mapping[Unit, str]] = {
    Unit.COUNT: "",
    Unit.TOKENS: "tokens",
    Unit.DOLLARS: "US dollars",
    Unit.SHARE: "a share, where 1 is all",
    Unit.SECONDS: "seconds",
    Unit.MILLISECONDS: "milliseconds",
    Unit.BYTES: "bytes",
}


def size(panel: Panel, shape: Shape) -> tuple[int, int]:
    """Return a panel's width in columns and its height in rows."""
    return max(NARROWEST, panel.width // 2), HEIGHTS.get(shape, 4)


def picture(asked: Question) -> Json:
    """Return how a query panel draws its answer."""
    if asked.shape is Shape.TABLE:
        return {"query_style": "table"}
    charts = [{"chart_index": at, "chart_type": CHARTS[asked.shape]} for at in range(asked.charts)]
    is_overlaid = asked.shape is Shape.LINES and asked.charts > 1
    settings = {**({"overlaid_charts": True} if is_overlaid else {}), "charts": charts}
    return {"query_style": "graph", "visualization_settings": settings}


def description(panel: Panel, asked: Question) -> str:
    """Return what a panel shows, and what its picture does not say: the unit, where its numbers are from."""
    return " ".join(f"{sentence}." for sentence in (panel.description, *_notes(panel, asked)))


def _notes(panel: Panel, asked: Question) -> Iterator[str]:
    """Yield what the picture does not say."""
    if UNITS[panel.unit].casefold() not in panel.description.casefold():
        yield f"In {UNITS[panel.unit]}"
    if asked.shape is not panel.shape:
        yield "Along the time axis: each series' last value in each step"
    if asked.shape in SHOWN:
        yield f"The {SHOWN[asked.shape]} largest"
    if is_from_events_instead(panel, asked):
        yield "From the log events of answered model calls"
