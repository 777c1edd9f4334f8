"""Boards as Datadog's dashboards: https://docs.datadoghq.com/api/latest/dashboards/."""

from collections.abc import Iterator
from typing import Final

from otel_agent.dashboards.adapted import adapted, described
from otel_agent.dashboards.board import Board, Section
from otel_agent.dashboards.choices import SESSION, choices, variable
from otel_agent.dashboards.datadog.asking import Asking, Json
from otel_agent.dashboards.datadog.widgets import definition, notes
from otel_agent.dashboards.layout import Place, placed
from otel_agent.dashboards.variant import Variant

COLUMNS: Final = 12
_TITLE: Final = 1
"""How many rows a group's title takes."""
_SPAN_SESSION: Final = {
    "name": "span_session",
    "prefix": "@session.id",
    "defaults": ["*"],
    "available_values": [],
}
"""The choice of a session for spans, whose attributes are told apart by case, as metrics' tags are not."""


def dashboard(board: Board, variant: Variant) -> Json:
    """Return one dashboard, as `POST /api/v1/dashboard` and Import dashboard JSON take it."""
    offered = choices(board, variant)
    asking = Asking(prefix=variant.prefix, service=variant.service, chosen=tuple(offered))
    widgets = list(_groups(board, asking))
    used = [key for key in offered if f"${variable(key)}" in str(widgets)]
    return {
        "title": board.title,
        "description": board.description,
        "layout_type": "ordered",
        "reflow_type": "fixed",
        "template_variables": [_variable(key) for key in used] + ([_SPAN_SESSION] if SESSION in used else []),
        "widgets": widgets,
    }


def _variable(attribute: str) -> Json:
    """Return the choice of a tag's value."""
    return {"name": variable(attribute), "prefix": attribute, "defaults": ["*"], "available_values": []}


def _groups(board: Board, asking: Asking) -> Iterator[Json]:
    """Yield a group for each section, one below the other."""
    top = 0
    for section in board.sections:
        widgets = list(_widgets(section, asking))
        height = _TITLE + max(widget["layout"]["y"] + widget["layout"]["height"] for widget in widgets)
        yield {
            "definition": {
                "type": "group",
                "layout_type": "ordered",
                "title": section.title,
                "background_color": "white",
                "show_title": True,
                "widgets": widgets,
            },
            "layout": _layout(Place(x=0, y=top, width=COLUMNS, height=height)),
        }
        top += height


def _widgets(section: Section, asking: Asking) -> Iterator[Json]:
    """Yield the widgets of a section."""
    panels = (panel for panel in (adapted(panel).panel for panel in section.panels) if panel)
    for panel, place in placed(panels, COLUMNS, _rows):
        yield {"definition": definition(described(panel, notes), asking), "layout": _layout(place)}


def _rows(height: int) -> int:
    """Return how many rows of Datadog's grid a panel takes."""
    return height // 3 + 1


def _layout(place: Place) -> Json:
    """Return a place as Datadog writes it."""
    return {"x": place.x, "y": place.y, "width": place.width, "height": place.height}
