"""What the boards show where OpenCode's series stand beside Claude Code's, under the same names."""

from dataclasses import replace
from typing import Final

from otel_agent.dashboards.board import Board, Panel, Section, Target, Unit
from otel_agent.dashboards.panels import lines, numbers
from otel_agent.dashboards.queries import Amount, Distinct, Filters, Growth, Presence
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.metrics import COMMIT_COUNT, COST_USAGE, LINES_OF_CODE_COUNT, TOKEN_USAGE

AGENTS: Final[tuple[tuple[str, Filters], ...]] = (
    ("OpenCode", {"project.id": Presence.SET}),
    ("Claude Code", {"project.id": Presence.UNSET}),
)
"""Every point of OpenCode's has a project, none of Claude Code's has one."""


def _amounts(title: str, of: Instrument, unit: Unit = Unit.COUNT) -> Panel:
    """Return what each agent's counter grew by."""
    targets = [Target(query=Amount(of=of, where=where), legend=name) for name, where in AGENTS]
    return numbers(title, "In this time range", *targets, unit=unit)


def _growth(title: str, of: Instrument, unit: Unit) -> Panel:
    """Return how each agent's counter grew."""
    targets = [Target(query=Growth(of=of, where=where), legend=name) for name, where in AGENTS]
    return lines(title, "In each step of the time axis", *targets, unit=unit)


def _active(title: str, description: str, attribute: str) -> Panel:
    """Return how many values of an attribute used tokens with each agent."""
    targets = [
        Target(query=Distinct(of=TOKEN_USAGE, attribute=attribute, where=where), legend=name)
        for name, where in AGENTS
    ]
    return numbers(title, description, *targets)


SIDE_BY_SIDE: Final = Section(
    title="Side by side",
    panels=(
        _amounts("Spend", COST_USAGE, Unit.DOLLARS),
        _amounts("Tokens", TOKEN_USAGE, Unit.TOKENS),
        _active("People", "Installations that used tokens", "user.id"),
        _active(
            "Sessions",
            "That used tokens; a sub-agent of OpenCode works in a session of its own",
            "session.id",
        ),
        _amounts("Lines", LINES_OF_CODE_COUNT),
        _amounts("Commits", COMMIT_COUNT),
        _growth("Spend", COST_USAGE, Unit.DOLLARS),
        _growth("Tokens", TOKEN_USAGE, Unit.TOKENS),
    ),
)


def beside(board: Board) -> Board:
    """Return a board with what compares the agents in front."""
    return replace(board, sections=(SIDE_BY_SIDE, *board.sections))
