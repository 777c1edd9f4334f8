"""The documentation's lists of boards and panels, as Markdown."""

from collections.abc import Iterator

from otel_agent.dashboards.board import Board
from otel_agent.dashboards.boards.catalogue import BOARDS


def boards_list() -> str:
    """Return each board with its panels and what they show."""
    return "\n".join(line for board in BOARDS for line in _board(board))


def _board(board: Board) -> Iterator[str]:
    """Yield the lines of one board."""
    yield f"### {board.title}"
    yield ""
    yield f"{board.description}."
    yield ""
    for section in board.sections:
        yield f"- **{section.title}**"
        yield from (f"    - {panel.title}: {panel.description}" for panel in section.panels)
    yield ""
