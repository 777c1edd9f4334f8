"""SigNoz's native form: what its types take, laid out and asked as its validation wants it.

SigNoz itself does not run here; schema.py and the rules below are written after its source.
"""

import json
import re
from itertools import combinations
from typing import Any

import msgspec
import pytest

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.signoz import v6
from otel_agent.dashboards.signoz.drawn import drawn
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from tests.dashboards.signoz.schema import Dashboard, Item
from tests.dashboards.signoz.schema_panels import (
    BuilderQuery,
    Composite,
    Formula,
    FormulaPart,
    ListPanel,
    Panel,
    QueryPart,
)

Json = dict[str, Any]

OPENCODE = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.DELTA)
FORMS = {
    "signoz/NumberPanel": "scalar",
    "signoz/TablePanel": "scalar",
    "signoz/PieChartPanel": "scalar",
    "signoz/TimeSeriesPanel": "time_series",
    "signoz/BarChartPanel": "time_series",
    "signoz/ListPanel": "raw",
}


def written(variant: Variant) -> dict[str, Json]:
    """Return the dashboards of a variant by the names of their boards."""
    return {board.name: v6.dashboard(drawn(board, variant)) for board in boards(variant)}


def read(value: Json) -> Dashboard:
    """Return a dashboard as the schema reads it."""
    return msgspec.json.decode(json.dumps(value), type=Dashboard)


ALL = [
    pytest.param(dashboard, id=dashboard["name"])
    for variant in (OPENCODE, BESIDE)
    for dashboard in written(variant).values()
]


def queries(panel: Panel) -> tuple[list[BuilderQuery], list[Formula]]:
    """Return the queries and formulas of a panel."""
    match panel.spec.queries[0].spec.plugin:
        case Composite(spec=spec):
            parts = spec.queries
        case single:
            return [single.spec], []
    asked = [part.spec for part in parts if isinstance(part, QueryPart)]
    return asked, [part.spec for part in parts if isinstance(part, FormulaPart)]


def overlap(one: Item, other: Item) -> bool:
    """Tell whether two places have a point in common."""
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("dashboard", ALL)
def test_schema_takes_every_field(dashboard: Json) -> None:
    """Nothing is written that SigNoz's types have no place for, and nothing that they need is missing."""
    found = read(dashboard)

    assert dashboard["name"] == found.name
    assert all(
        FORMS[panel["spec"]["plugin"]["kind"]] == panel["spec"]["queries"][0]["kind"]
        for panel in dashboard["spec"]["panels"].values()
    )


def test_unknown_field_is_refused() -> None:
    """The schema is strict: a misspelt field would be found."""
    dashboard = written(OPENCODE)["overview"]
    dashboard["spec"]["panels"]["over-time-spend-by-model-bars"]["spec"]["plugin"]["spec"]["legends"] = {}

    with pytest.raises(msgspec.ValidationError, match="legends"):
        read(dashboard)


@pytest.mark.parametrize("dashboard", ALL)
def test_each_panel_stands_once_and_apart(dashboard: Json) -> None:
    """Every panel has one place, inside the grid, that no other panel of its section touches."""
    spec = read(dashboard).spec
    places = [
        item.content.ref.removeprefix("#/spec/panels/") for grid in spec.layouts for item in grid.spec.items
    ]
    touching = [pair for grid in spec.layouts for pair in combinations(grid.spec.items, 2) if overlap(*pair)]

    assert sorted(places) == sorted(spec.panels)
    assert [] == touching
    assert all(item.x + item.width <= 12 for grid in spec.layouts for item in grid.spec.items)


@pytest.mark.parametrize("dashboard", ALL)
def test_every_choice_that_is_used_is_there(dashboard: Json) -> None:
    """A filter names only choices of the dashboard, and there is none that no filter names."""
    spec = read(dashboard).spec
    filters = " ".join(
        query.filter.expression for panel in spec.panels.values() for query in queries(panel)[0]
    )

    assert {variable.spec.name for variable in spec.variables} == set(re.findall(r"\$(\w+)", filters))


@pytest.mark.parametrize("dashboard", ALL)
def test_queries_and_formulas_name_each_other(dashboard: Json) -> None:
    """Names are used once in a panel, a formula uses hidden queries of its panel, and something is shown."""
    for panel in read(dashboard).spec.panels.values():
        asked, formulas = queries(panel)
        names = [query.name for query in asked]
        used = {name for formula in formulas for name in re.findall(r"[A-Z]+\b", formula.expression)}
        assert len(names) == len(set(names))
        assert used == {query.name for query in asked if query.disabled}
        assert formulas or not all(query.disabled for query in asked)


@pytest.mark.parametrize("dashboard", ALL)
def test_aggregations_are_of_their_signal(dashboard: Json) -> None:
    """A metric is folded in time and space, log events by an expression; a list is not folded."""
    for panel in read(dashboard).spec.panels.values():
        for query in queries(panel)[0]:
            folds = [(bool(fold.metric_name), bool(fold.expression)) for fold in query.aggregations]
            expected = (
                []
                if isinstance(panel.spec.plugin, ListPanel)
                else [(query.signal == "metrics", query.signal == "logs")]
            )
            assert expected == folds
            assert all(fold.space_aggregation for fold in query.aggregations if fold.metric_name)


@pytest.mark.parametrize("dashboard", ALL)
def test_rows_are_ordered_by_what_they_show(dashboard: Json) -> None:
    """A metric's rows are ordered by its aggregation, as SigNoz's validation names it, a list's by time."""
    for panel in read(dashboard).spec.panels.values():
        for query in queries(panel)[0]:
            folds = [f"{fold.space_aggregation}({fold.metric_name})" for fold in query.aggregations]
            assert {order.key.name for order in query.order} <= {*folds, *(() if folds else ("timestamp",))}
