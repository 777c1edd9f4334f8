"""What backends show that count in steps of the time axis, where a question is about the whole range at once.

SigNoz and Datadog cut the range into steps and fold the steps into one number.
Sums of counters come out exactly so; the last values of gauges do not, nor does the length of the range.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from otel_agent.dashboards.board import Board, Panel, Shape, Target
from otel_agent.dashboards.boards.beside import SIDE_BY_SIDE
from otel_agent.dashboards.boards.catalogue import BOARDS
from otel_agent.dashboards.queries import Latest, PerMonth

DAYS_OF_WEEK: Final = 7
DAYS_OF_MONTH: Final = 30
_AT_ONCE: Final = "absent: it adds up the sessions' last values, which are of different times"
_ALONG: Final = "along the time axis in the place of one number"
_WEEK: Final = "of the last 7 days, whatever range is chosen"
_TABLE: Final = "a table: a panel for a number shows only one"
Notes = Callable[[Panel], Iterator[str]]
"""Says what a backend's panel has that is other than on the board, beside what `adapted` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """A panel as it is shown, if it is, and what is other about it; an empty note: nothing is."""

    panel: Panel | None
    note: str = ""


def adapted(panel: Panel) -> Adapted:
    """Return what is shown of a panel."""
    match panel:
        case Panel(shape=Shape.NUMBER, targets=(Target(query=Latest() as query),)):
            return _latest(panel, query)
        case Panel(targets=(Target(query=PerMonth()),)):
            told = replace(panel, description="At the pace of the last 7 days, in 30 days")
            return Adapted(panel=told, note=_WEEK)
        case Panel(shape=Shape.NUMBER, targets=(_, _, *_)):
            return Adapted(panel=replace(panel, shape=Shape.TABLE), note=_TABLE)
        case _:
            return Adapted(panel=panel)


def is_of_last_week(panel: Panel) -> bool:
    """Tell whether an adapted panel is about the last 7 days in the place of the chosen range."""
    return any(isinstance(target.query, PerMonth) for target in panel.targets)


def described(panel: Panel, notes: Notes) -> Panel:
    """Return an adapted panel whose description says what is other about it in a backend."""
    return replace(panel, description="; ".join([panel.description, *notes(panel)]))


def changes_table(notes: Notes) -> str:
    """Return the documentation's table of the panels that are other than on the boards."""
    rows = [f"| {board} | {title} | {'; '.join(found)} |" for board, title, found in _changes(notes)]
    return "\n".join(["| Board | Panel | Here |", "| --- | --- | --- |", *rows, ""])


def _changes(notes: Notes) -> Iterator[tuple[str, str, list[str]]]:
    """Yield board, panel and notes of each panel that is other."""
    for board in _all_boards():
        for section in board.sections:
            for panel in section.panels:
                change = adapted(panel)
                found = [change.note] if change.note else []
                found += notes(change.panel) if change.panel else []
                if found:
                    yield board.title, f"{section.title}: {panel.title}", found


def _all_boards() -> Iterator[Board]:
    """Yield the boards, and what stands on the first of them beside Claude Code."""
    first, *others = BOARDS
    yield replace(first, sections=(SIDE_BY_SIDE, *first.sections))
    yield from others


def _latest(panel: Panel, query: Latest) -> Adapted:
    """Return the last values of gauges: the agents' own at each moment, the sessions' not at all."""
    if query.of.is_prefixed:
        return Adapted(panel=None, note=_AT_ONCE)
    return Adapted(panel=replace(panel, shape=Shape.LINES, width=8), note=_ALONG)
