"""The documentation's list of what Honeycomb's boards show otherwise, or not at all, as Markdown."""

from collections.abc import Iterator

from otel_agent.dashboards.board import Board, Panel
from otel_agent.dashboards.boards.catalogue import BOARDS
from otel_agent.dashboards.honeycomb.questions import is_from_events_instead, question, why_absent
from otel_agent.profiles import DEFAULT_PREFIX


def differences_table() -> str:
    """Return each panel that is not as the neutral board has it, and how."""
    rows = (row for board in BOARDS for row in _rows(board))
    return "\n".join(["| Board | Panel | In Honeycomb |", "| --- | --- | --- |", *rows, ""])


def _rows(board: Board) -> Iterator[str]:
    """Yield one board's rows."""
    for section in board.sections:
        for panel in section.panels:
            yield from (f"| {board.title} | {panel.title} | {how} |" for how in _differences(panel))


def _differences(panel: Panel) -> Iterator[str]:
    """Yield how a panel differs."""
    asked = question(panel, DEFAULT_PREFIX)
    if asked is None:
        yield f"absent: {why_absent(panel)}"
        return
    if asked.shape is not panel.shape:
        yield "a line along the time axis: over a whole range there is no sum of each series' last value"
    if is_from_events_instead(panel, asked):
        yield "from the log events of answered model calls: metrics do not count the values of an attribute"
