"""Boards as Honeycomb's API takes them, with each panel's query and its name where the API wants their ids.

https://docs.honeycomb.io/api/boards/
https://docs.honeycomb.io/api/queries/
https://docs.honeycomb.io/api/query-annotations/
"""

import re
from collections.abc import Iterator
from typing import Final

from otel_agent.dashboards.board import Board, Panel, Section
from otel_agent.dashboards.honeycomb.calculations import Json
from otel_agent.dashboards.honeycomb.looks import WIDTH, description, picture, size
from otel_agent.dashboards.honeycomb.questions import Question, absent, question
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.instruments import Instrument

TAG: Final = "otelagent"
"""The key of the tag that tells this project's boards from others; its value says which one it is."""
PRESETS: Final = (("user.id", "Person"), ("vcs.repository.name", "Repository"))
"""What a user filters a board by: attributes that every point and every log event has."""
SESSION: Final = ("session.id", "Session")


def board_json(board: Board, variant: Variant) -> Json:
    """Return one board and its datasets' slugs; a panel's `query` and `annotation` give way to their ids."""
    prefix = variant.prefix
    return {
        "datasets": {"metrics": "metrics", "events": variant.service},
        "name": board.title,
        "description": board.description,
        "type": "flexible",
        "layout_generation": "manual",
        "tags": [{"key": TAG, "value": f"{_owner(prefix)}/{board.name}"}],
        "preset_filters": [{"column": key, "alias": alias} for key, alias in _presets(board)],
        "panels": list(_panels(board, prefix)),
    }


def _owner(prefix: str) -> str:
    """Return a prefix as a tag's value allows it: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", prefix.lower()).strip("-")


def _presets(board: Board) -> Iterator[tuple[str, str]]:
    """Yield the attributes that a board's numbers have; the agent's own metrics have none of them."""
    queries = (
        target.query for section in board.sections for panel in section.panels for target in panel.targets
    )
    rows = (getattr(query, "of", None) for query in queries)
    if any(isinstance(row, Instrument) and row.is_prefixed for row in rows):
        yield from PRESETS
        yield from [SESSION] if board.is_by_session else []


def _panels(board: Board, prefix: str) -> Iterator[Json]:
    """Yield the panels, laid out from left to right; a text is above each section."""
    top = 0
    for section in board.sections:
        text = _heading(section, prefix)
        lines = text.count("\n") + 1
        yield {"type": "text", "text_panel": {"content": text}, "position": _place(0, top, WIDTH, lines)}
        left, top, height = 0, top + lines, 0
        for panel in section.panels:
            asked = question(panel, prefix)
            if asked is None:
                continue
            wide, high = size(panel, asked.shape)
            if left + wide > WIDTH:
                left, top, height = 0, top + height, 0
            yield _panel(panel, asked, _place(left, top, wide, high))
            left, height = left + wide, max(height, high)
        top += height


def _heading(section: Section, prefix: str) -> str:
    """Return a section's title, and which of its panels are not here, and why."""
    lines = (f"- {panel.title}: not on this board; {why}." for panel, why in absent(section.panels, prefix))
    return "\n".join([f"## {section.title}", *lines])


def _panel(panel: Panel, asked: Question, place: Json) -> Json:
    """Return a query panel."""
    return {
        "type": "query",
        "position": place,
        "query_panel": picture(asked),
        "query": {"dataset": asked.dataset.value, "specification": asked.specification},
        "annotation": {"name": panel.title, "description": description(panel, asked)},
    }


def _place(left: int, top: int, width: int, height: int) -> Json:
    """Return a panel's place."""
    return {"x_coordinate": left, "y_coordinate": top, "width": width, "height": height}
