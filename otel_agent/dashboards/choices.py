"""What a user chooses on a board, whatever the backend: attributes, and what the choices are called."""

import re
from collections.abc import Mapping
from typing import Final

from otel_agent.dashboards.board import Board
from otel_agent.dashboards.variant import Variant

SESSION: Final = "session.id"
PROJECT: Final = "project.id"
"""OpenCode's points have a project, Claude Code's have none."""
ATTRIBUTES: Final[Mapping[str, str]] = {
    "model": "Model",
    "user.id": "Person",
    "vcs.repository.name": "Repository",
}


def choices(board: Board, variant: Variant) -> dict[str, str]:
    """Return the attributes that one chooses by on a board, and what the choices are called."""
    session = {SESSION: "Session"} if board.is_by_session else {}
    project = {PROJECT: "Project"} if variant.is_beside_claude_code else {}
    return {**ATTRIBUTES, **session, **project}


def variable(attribute: str) -> str:
    """Return the name of a choice in queries: letters, digits and underscores."""
    return re.sub(r"[^a-zA-Z0-9_]", "_", attribute)
