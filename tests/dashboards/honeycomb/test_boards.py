"""Boards as the API takes them: laid out without overlaps, each query once, nothing left out in silence."""

import json
from itertools import combinations

import pytest

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.honeycomb.boards import board_json
from otel_agent.dashboards.honeycomb.calculations import Json
from otel_agent.dashboards.honeycomb.questions import absent, question
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from tests.dashboards.honeycomb.columns import columns
from tests.dashboards.honeycomb.rules import query_problems

OPENCODE = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.DELTA)
ALL = [
    pytest.param(variant, board_json(board, variant), id=f"{variant.prefix}{board.name}")
    for variant in (OPENCODE, BESIDE)
    for board in boards(variant)
]


def queries(board: Json) -> list[Json]:
    """Return a board's panels that ask something."""
    return [panel for panel in board["panels"] if "query" in panel]


@pytest.mark.parametrize(("variant", "board"), ALL)
def test_every_question_is_one_that_honeycomb_takes(variant: Variant, board: Json) -> None:
    """Operators, columns, filters, names, orders and steps are those of its dataset."""
    known = columns(variant.prefix)
    problems = [
        (panel["annotation"]["name"], problem)
        for panel in queries(board)
        for dataset in [panel["query"]["dataset"]]
        for problem in query_problems(
            panel["query"]["specification"], known[dataset], is_metrics=dataset == "metrics"
        )
    ]

    assert [] == problems


@pytest.mark.parametrize(("variant", "board"), ALL)
def test_each_query_is_on_a_board_once(variant: Variant, board: Json) -> None:
    """Honeycomb refuses a board that has the same query twice."""
    texts = [json.dumps(panel["query"], sort_keys=True) for panel in queries(board)]

    assert variant.service == board["datasets"]["events"]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("variant", "board"), ALL)
def test_panels_fill_rows_of_twelve_columns(variant: Variant, board: Json) -> None:
    """Each section begins below the one before, and the first panel of a row stands at the left."""
    places = [panel["position"] for panel in board["panels"]]
    tops = [place["y_coordinate"] for place in places]

    assert sorted(tops) == tops
    assert {0} == {place["x_coordinate"] for place in places if place["width"] == 12}
    assert all(place["x_coordinate"] + place["width"] <= 12 for place in places)
    assert all(
        one["x_coordinate"] != other["x_coordinate"] or one["y_coordinate"] != other["y_coordinate"]
        for one, other in combinations(places, 2)
    )
    assert variant.prefix


@pytest.mark.parametrize("variant", [OPENCODE, BESIDE], ids=["opencode", "claude_code"])
def test_every_panel_is_there_or_said_to_be_absent(variant: Variant) -> None:
    """The text above a section names what is not below it, and why."""
    for board in boards(variant):
        made = board_json(board, variant)
        texts = [panel["text_panel"]["content"] for panel in made["panels"] if panel["type"] == "text"]
        shown = [panel["annotation"]["name"] for panel in queries(made)]
        panels = [panel for section in board.sections for panel in section.panels]

        assert [f"## {section.title}" for section in board.sections] == [
            text.splitlines()[0] for text in texts
        ]
        assert [panel.title for panel in panels if question(panel, variant.prefix)] == shown
        assert all(
            f"- {panel.title}: not on this board; {why}." in "\n".join(texts)
            for panel, why in absent(panels, variant.prefix)
        )


def test_board_is_known_by_its_tag() -> None:
    """Two prefixes have boards of their own."""
    tags = [
        board["tags"][0]["value"] for board in (board_json(boards(one)[0], one) for one in (OPENCODE, BESIDE))
    ]

    assert ["opencode/overview", "claude-code/overview"] == tags


def test_boards_are_filtered_by_what_their_numbers_have() -> None:
    """The agent's own metrics have no person, and sessions are chosen where they are listed."""
    presets = {
        board.name: [preset["alias"] for preset in board_json(board, OPENCODE)["preset_filters"]]
        for board in boards(OPENCODE)
    }

    assert {
        "overview": ["Person", "Repository"],
        "cost": ["Person", "Repository"],
        "code": ["Person", "Repository"],
        "reliability": ["Person", "Repository"],
        "sessions": ["Person", "Repository", "Session"],
        "health": [],
    } == presets


def described(board: str) -> dict[str, str]:
    """Return what the panels of a board say of themselves, by title."""
    made = next(board_json(one, OPENCODE) for one in boards(OPENCODE) if one.name == board)
    return {panel["annotation"]["name"]: panel["annotation"]["description"] for panel in queries(made)}


def test_descriptions_say_what_the_picture_does_not() -> None:
    """The unit, that numbers come from log events, and that a number is drawn as a line."""
    cost, health = described("cost"), described("health")

    assert (
        "Spend by installation that used tokens. In US dollars. From the log events of answered model calls."
        == cost["Per person"]
    )
    assert "US dollars. The 12 largest." == cost["By provider"]
    assert (
        "Before compression. In bytes. Along the time axis: each series' last value in each step."
        == health["Waiting bytes"]
    )


def test_pictures_are_those_of_the_shapes() -> None:
    """A number is a stat, amounts are bars, rankings and parts are charts of values, tables have no chart."""
    made = {board.name: board_json(board, OPENCODE) for board in boards(OPENCODE)}
    looks = {
        (name, panel["annotation"]["name"]): panel["query_panel"]
        for name, board in made.items()
        for panel in queries(board)
    }
    charts = {
        place: [chart["chart_type"] for chart in look["visualization_settings"]["charts"]]
        for place, look in looks.items()
        if look["query_style"] == "graph"
    }

    assert ["stat"] == charts["overview", "Tokens"]
    assert ["cpie"] == charts["cost", "Tokens by type"]
    assert ["cbar"] == charts["code", "Lines by model"]
    assert ["line", "line"] == charts["reliability", "Time to first token"]
    assert looks["reliability", "Time to first token"]["visualization_settings"]["overlaid_charts"]
    assert {"query_style": "table"} == looks["sessions", "Sessions"]
