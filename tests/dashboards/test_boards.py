"""The boards before any backend: every question is one that the tables can answer."""

from collections.abc import Iterator

import pytest

from otel_agent.dashboards.board import COLUMNS, Board, Panel, Shape, Target
from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Growth,
    Latest,
    Occurrences,
    PerMonth,
    Query,
    Ratio,
    Told,
    Traced,
)
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from otel_agent.signals.attributes import OPTIONAL_METRIC_ATTRIBUTES
from otel_agent.signals.catalogue import INSTRUMENTS
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.model import Kind

VARIANTS = [variant_of(prefix, None, Temporality.CUMULATIVE) for prefix in ("opencode.", "claude_code.")]
ALL = [board for variant in VARIANTS for board in boards(variant)]
EVERYWHERE = {"session.id", "project.id", *OPTIONAL_METRIC_ATTRIBUTES}
KINDS = {
    Amount: Kind.COUNTER,
    Growth: Kind.COUNTER,
    Distinct: Kind.COUNTER,
    Active: Kind.COUNTER,
    Latest: Kind.GAUGE,
}


def panels(board: Board) -> Iterator[Panel]:
    """Yield a board's panels."""
    return (panel for section in board.sections for panel in section.panels)


def asked(query: Query) -> Iterator[Query]:
    """Yield the questions about one instrument or event that a question is made of."""
    match query:
        case Ratio(part=part, whole=whole):
            yield from asked(part)
            yield from asked(whole)
        case PerMonth(of=amount):
            yield amount
        case _:
            yield query


def questions(board: Board) -> Iterator[Query]:
    """Yield all questions of a board."""
    targets = (target for panel in panels(board) for target in panel.targets)
    return (query for target in targets for query in asked(target.query))


def needed(query: Query) -> tuple[Instrument | None, set[str]]:
    """Return what a question is about, and the attributes that its points must have."""
    match query:
        case Told() | Traced() | Ratio() | PerMonth():
            return None, set()
        case Occurrences():
            return None, set(query.by) - set(query.of.attributes)
        case Distinct() | Active():
            return query.of, {query.attribute, *query.where}
        case _:
            return query.of, {*query.by, *query.where}


@pytest.mark.parametrize("board", ALL, ids=lambda board: board.title)
def test_points_have_what_they_are_asked_for(board: Board) -> None:
    """An attribute of a question is one of the instrument's row, or one that every point may have."""
    absent = [
        (row.suffix if row else "event", attribute)
        for row, attributes in map(needed, questions(board))
        for attribute in attributes
        if row is None or attribute not in {*row.attributes, *(EVERYWHERE if row.is_prefixed else ())}
    ]

    assert [] == absent


@pytest.mark.parametrize("board", ALL, ids=lambda board: board.title)
def test_each_kind_is_asked_what_it_can_answer(board: Board) -> None:
    """Counters grow, gauges have last values, histograms are measured."""
    wrong = [
        query
        for query in questions(board)
        if not isinstance(query, Told | Traced | Occurrences | Ratio | PerMonth)
        and KINDS.get(type(query), Kind.HISTOGRAM) is not query.of.kind
    ]

    assert [] == wrong


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.prefix)
def test_every_metric_has_a_panel(variant: Variant) -> None:
    """A new row of the table needs a place on a board."""
    shown = {row.suffix for board in boards(variant) for row, _ in map(needed, questions(board)) if row}

    assert set() == {row.suffix for row in INSTRUMENTS} - shown


@pytest.mark.parametrize("board", ALL, ids=lambda board: board.title)
def test_each_panel_says_what_it_shows(board: Board) -> None:
    """A panel has a title and a description, and fits on the board."""
    mute = [panel.title for panel in panels(board) if not (panel.title and panel.description)]
    wide = [panel.title for panel in panels(board) if panel.width > COLUMNS]

    assert ([], []) == (mute, wide)


@pytest.mark.parametrize("board", ALL, ids=lambda board: board.title)
def test_several_questions_of_a_panel_have_names(board: Board) -> None:
    """Where a panel has more than one question, or is a table, each has a legend of its own."""

    def names(targets: tuple[Target, ...]) -> set[str]:
        return {target.legend for target in targets if target.legend}

    nameless = [
        panel.title
        for panel in panels(board)
        if (len(panel.targets) > 1 or panel.shape is Shape.TABLE)
        and len(names(panel.targets)) < len(panel.targets)
    ]

    assert [] == nameless


def test_agents_stand_side_by_side_where_they_share_their_names() -> None:
    """The variant for Claude Code's names compares both agents, by an attribute that only one has."""
    own, shared = (boards(variant)[0] for variant in VARIANTS)

    assert ["Side by side"] == [section.title for section in shared.sections if section not in own.sections]
    assert {"OpenCode", "Claude Code"} == {
        target.legend for panel in shared.sections[0].panels for target in panel.targets
    }
