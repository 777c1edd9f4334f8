"""All boards, in the order in which a user meets them."""

from dataclasses import replace
from typing import Final

from otel_agent.dashboards.board import Board
from otel_agent.dashboards.boards.beside import beside
from otel_agent.dashboards.boards.code import CODE
from otel_agent.dashboards.boards.cost import COST
from otel_agent.dashboards.boards.health import HEALTH
from otel_agent.dashboards.boards.overview import OVERVIEW
from otel_agent.dashboards.boards.reliability import RELIABILITY
from otel_agent.dashboards.boards.sessions import SESSIONS
from otel_agent.dashboards.variant import Variant

BOARDS: Final[tuple[Board, ...]] = (OVERVIEW, COST, CODE, RELIABILITY, SESSIONS, HEALTH)


def boards(variant: Variant) -> tuple[Board, ...]:
    """Return the boards of a variant; their titles say whose numbers they show."""
    first = beside(OVERVIEW) if variant.is_beside_claude_code else OVERVIEW
    owner = "OpenCode and Claude Code" if variant.is_beside_claude_code else "OpenCode"
    return tuple(replace(board, title=f"{owner} / {board.title}") for board in (first, *BOARDS[1:]))
