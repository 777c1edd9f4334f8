"""Grafana's classic JSON: laid out without overlaps, with every variable that it uses."""

import json
import re
from itertools import combinations
from typing import Any

import pytest

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.grafana.dashboard import renderer
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality

Json = dict[str, Any]

OPENCODE = variant_of("opencode.", None, Temporality.CUMULATIVE)
DELTA = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.CUMULATIVE)
BUILT_IN = {"__range", "__range_s", "__interval", "__value.raw", "__url_time_range"}


def dashboards(variant: Variant) -> dict[str, Json]:
    """Return the dashboards of a variant by the names of their boards."""
    made = renderer(variant)
    return {board.name: made.dashboard(board) for board in boards(variant)}


ALL = [
    pytest.param(dashboard, id=dashboard["uid"])
    for variant in (OPENCODE, BESIDE)
    for dashboard in dashboards(variant).values()
]


def overlap(one: Json, other: Json) -> bool:
    """Tell whether two panels' places have a point in common."""
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


@pytest.mark.parametrize("dashboard", ALL)
def test_panels_stand_apart(dashboard: Json) -> None:
    """No two panels overlap, none leaves the board, and ids are used once."""
    places = [panel["gridPos"] for panel in dashboard["panels"]]

    assert [] == [pair for pair in combinations(places, 2) if overlap(*pair)]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert len(places) == len({panel["id"] for panel in dashboard["panels"]})


@pytest.mark.parametrize("dashboard", ALL)
def test_every_variable_that_is_used_is_there(dashboard: Json) -> None:
    """A question names only variables of the board, and the board has none that nothing uses."""
    text = json.dumps([dashboard["panels"], dashboard["annotations"]])
    used = set(re.findall(r"\$\{?([A-Za-z_]+(?:\.raw)?)(?::queryparam)?\}?", text)) - BUILT_IN
    there = {variable["name"] for variable in dashboard["templating"]["list"]}

    assert there - {"model", "user_id"} <= used <= there | {"logs", "traces"}


@pytest.mark.parametrize("dashboard", ALL)
def test_sources_are_chosen_by_the_user(dashboard: Json) -> None:
    """No question names a data source of somebody's Grafana."""
    sources = [
        target["datasource"]["uid"] for panel in dashboard["panels"] for target in panel.get("targets", ())
    ]

    assert {"${metrics}", "${logs}", "${traces}"} >= set(sources)
    assert sources


def test_session_of_the_table_leads_to_its_board() -> None:
    """The link chooses the session and keeps the time range and the sources."""
    board = dashboards(OPENCODE)["sessions"]
    table = next(panel for panel in board["panels"] if panel["type"] == "table")
    links = [
        rule["value"]
        for override in table["fieldConfig"]["overrides"]
        for rule in override["properties"]
        if rule["id"] == "links"
    ]

    assert [board["uid"]] == [re.findall(r"^/d/([^?]+)\?", link["url"])[0] for (link,) in links]
    assert "var-session_id=${__value.raw}" in links[0][0]["url"]
    assert "session_id" in {variable["name"] for variable in board["templating"]["list"]}


def test_columns_are_named_by_their_questions() -> None:
    """A table's first question orders its rows."""
    table = next(panel for panel in dashboards(OPENCODE)["sessions"]["panels"] if panel["type"] == "table")
    changes = {change["id"]: change["options"] for change in table["transformations"]}

    assert {"Value #A": "US dollars", "Value #B": "tokens"}.items() <= changes["organize"][
        "renameByName"
    ].items()
    assert [{"field": "US dollars", "desc": True}] == changes["sortBy"]["sort"]


def test_delta_points_are_counted_without_zeros_in_front() -> None:
    """A Collector that adds delta points up puts no zero before a series, so no question relies on one."""
    assert "min_over_time" in json.dumps(dashboards(OPENCODE))
    assert "min_over_time" not in json.dumps(dashboards(DELTA))


def test_agents_are_told_apart_by_the_project() -> None:
    """Where Claude Code has the same names, each question about OpenCode's metrics can be of one agent."""
    overview = dashboards(BESIDE)["overview"]
    exprs = [target["expr"] for panel in overview["panels"] for target in panel.get("targets", ())]

    assert all("project_id" in expr for expr in exprs)
    assert "project_id" not in json.dumps(dashboards(OPENCODE))


def test_ids_of_two_prefixes_differ() -> None:
    """Both variants can be imported into one Grafana."""
    assert not {board["uid"] for board in dashboards(OPENCODE).values()} & {
        board["uid"] for board in dashboards(BESIDE).values()
    }


@pytest.mark.parametrize("variant", [OPENCODE, DELTA, BESIDE], ids=["cumulative", "delta", "claude_code"])
def test_day_is_there_before_it_has_ended(variant: Variant) -> None:
    """Grafana asks for the midnights that are over: a day begins at its own, and its bar stands behind it."""
    bars = [
        (panel["interval"], panel["fieldConfig"]["defaults"]["custom"]["barAlignment"], target["expr"])
        for made in dashboards(variant).values()
        for panel in made["panels"]
        if panel.get("fieldConfig", {}).get("defaults", {}).get("custom", {}).get("drawStyle") == "bars"
        for target in panel["targets"]
    ]

    assert {("1d", 1, True), ("5m", -1, False)} == {
        (step, side, "offset -$__interval" in expr) for step, side, expr in bars
    }


def test_ids_are_short_enough_for_grafana() -> None:
    """A long prefix is cut, and two long ones stay apart."""
    long = [variant_of(f"company.of.some.name.and.team.{one}.", None, Temporality.DELTA) for one in "ab"]
    ids = [made["uid"] for variant in (OPENCODE, *long) for made in dashboards(variant).values()]

    assert len(ids) == len(set(ids))
    assert [] == [one for one in ids if len(one) > 40]
