"""SigNoz's older form asks the same as its native one."""

from typing import Any

import pytest

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.signoz import v5, v6
from otel_agent.dashboards.signoz.drawn import Drawn, drawn
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality

Json = dict[str, Any]

ALL = [
    pytest.param(drawn(board, variant), id=f"{variant.prefix}{board.name}")
    for variant in (variant_of(prefix, None, Temporality.DELTA) for prefix in ("opencode.", "claude_code."))
    for board in boards(variant)
]


def asked_in_v6(panel: Json) -> tuple[list[Json], list[Json]]:
    """Return the specs of a native panel's queries and formulas."""
    plugin = panel["spec"]["queries"][0]["spec"]["plugin"]
    if plugin["kind"] == "signoz/BuilderQuery":
        return [plugin["spec"]], []
    parts = plugin["spec"]["queries"]
    kinds = ("builder_query", "builder_formula")
    queries, formulas = ([part["spec"] for part in parts if part["type"] == kind] for kind in kinds)
    return queries, formulas


def converted(query: Json) -> Json:
    """Return a query of a widget in the words of the native form, as SigNoz converts it."""
    order = [{"key": {"name": key["columnName"]}, "direction": key["order"]} for key in query["orderBy"]]
    given = {
        "stepInterval": query["stepInterval"],
        "aggregations": query["aggregations"],
        "limit": query["limit"],
        "order": order,
        "groupBy": [key["key"] for key in query["groupBy"]],
        "selectFields": [key["key"] for key in query.get("selectColumns", [])],
    }
    return {
        "name": query["queryName"],
        "signal": query["dataSource"],
        "disabled": query["disabled"],
        "filter": query["filter"],
        "legend": query["legend"],
        **{key: value for key, value in given.items() if value},
    }


def named(query: Json) -> Json:
    """Return a native query with the names of its fields alone."""
    fields = {
        key: [field["name"] for field in query[key]] for key in ("groupBy", "selectFields") if key in query
    }
    return {**query, **fields}


@pytest.mark.parametrize("board", ALL)
def test_both_forms_ask_the_same(board: Drawn) -> None:
    """Every panel of the native form is a widget with the same words, queries and formulas."""
    widgets = {
        widget["id"]: widget for widget in v5.dashboard(board)["widgets"] if widget["panelTypes"] != "row"
    }
    panels = v6.dashboard(board)["spec"]["panels"]

    assert panels.keys() == widgets.keys()
    for key, panel in panels.items():
        queries, formulas = asked_in_v6(panel)
        builder = widgets[key]["query"]["builder"]
        assert panel["spec"]["display"] == {
            "name": widgets[key]["title"],
            "description": widgets[key]["description"],
        }
        assert [named(query) for query in queries] == [converted(query) for query in builder["queryData"]]
        assert [(one["name"], one["expression"]) for one in formulas] == [
            (one["queryName"], one["expression"]) for one in builder["queryFormulas"]
        ]


@pytest.mark.parametrize("board", ALL)
def test_every_widget_has_a_place_below_its_row(board: Drawn) -> None:
    """Rows' titles and panels stand below each other, each once, within 12 columns."""
    written = v5.dashboard(board)
    places = {place["i"]: place for place in written["layout"]}
    tops = [places[widget["id"]]["y"] for widget in written["widgets"] if widget["panelTypes"] == "row"]

    assert [widget["id"] for widget in written["widgets"]] == [place["i"] for place in written["layout"]]
    assert len(places) == len(written["layout"])
    assert tops == sorted(set(tops))
    assert all(place["x"] + place["w"] <= 12 for place in places.values())


def test_choices_are_dynamic_and_begin_with_all() -> None:
    """A choice offers what SigNoz finds of an attribute, and leaves nothing out at first."""
    (overview, *_) = boards(variant_of("opencode.", None, Temporality.DELTA))
    choices = v5.dashboard(drawn(overview, variant_of("opencode.", None, Temporality.DELTA)))["variables"]

    assert {"model", "user.id", "vcs.repository.name"} == {
        choice["dynamicVariablesAttribute"] for choice in choices.values()
    }
    assert all(choice["type"] == "DYNAMIC" and choice["allSelected"] for choice in choices.values())
