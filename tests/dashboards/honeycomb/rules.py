"""What Honeycomb's API refuses, as its specification and its own client say it.

https://docs.honeycomb.io/api/queries/ and https://docs.honeycomb.io/api/boards/ (OpenAPI), and
https://github.com/honeycombio/terraform-provider-honeycombio for what is said of metrics datasets.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import Any

Json = dict[str, Any]

PERCENTILES = {f"P{part}" for part in ("001", "01", "05", 10, 20, 25, 50, 75, 80, 90, 95, 99, 999)}
OPS = {*PERCENTILES, "COUNT", "CONCURRENCY", "SUM", "AVG", "COUNT_DISTINCT", "HEATMAP", "MAX", "MIN"}
RATES = {"RATE_AVG", "RATE_SUM", "RATE_MAX"}
METRICS_ONLY = {"COUNT_DATAPOINTS", "HISTOGRAM_COUNT"}
ALONE = {"COUNT", "CONCURRENCY", "COUNT_DATAPOINTS"}
"""Operators that may stand without a column."""
BARE = {"exists", "does-not-exist"}
FILTER_OPS = {
    *BARE,
    *("=", "!=", ">", ">=", "<", "<=", "in", "not-in", "contains", "does-not-contain"),
    *("starts-with", "does-not-start-with", "ends-with", "does-not-end-with"),
}
QUERY = {
    *("breakdowns", "calculations", "filters", "filter_combination", "formulas", "granularity", "orders"),
    *("limit", "start_time", "end_time", "time_range", "havings", "calculated_fields"),
}
BOARD = {"id", "name", "description", "type", "panels", "layout_generation", "tags", "preset_filters"}
POSITION = {"x_coordinate", "y_coordinate", "width", "height"}
SETTINGS = {"hide_compare", "hide_hovers", "hide_markers", "utc_xaxis", "overlaid_charts", "charts"}
CHARTS = {"default", "line", "stacked", "stat", "tsbar", "cbar", "cpie"}
WIDTH = 12


def query_problems(spec: Json, columns: Collection[str], *, is_metrics: bool) -> Iterator[str]:
    """Yield what is wrong with a query specification for a dataset that has some columns."""
    yield from (f"unknown field {key}" for key in spec.keys() - QUERY)
    calculations = spec.get("calculations") or [{"op": "COUNT"}]
    formulas = spec.get("formulas", [])
    for made in calculations:
        yield from _calculation_problems(made, columns, is_metrics=is_metrics)
    for told in spec.get("filters", []):
        yield from _filter_problems(told, columns)
    yield from (f"unknown column {key}" for key in spec.get("breakdowns", []) if key not in columns)
    yield from _name_problems(calculations, formulas)
    yield from _order_problems(spec, calculations, formulas)
    yield from _time_problems(spec)
    if not 1 <= spec.get("limit", 100) <= 1000:
        yield "limit"


def _calculation_problems(made: Json, columns: Collection[str], *, is_metrics: bool) -> Iterator[str]:
    """Yield what is wrong with one calculation: metrics datasets have their own, and refuse some."""
    op, column = made.get("op"), made.get("column")
    yield from (f"unknown field {key}" for key in made.keys() - {"op", "column", "name", "filters"})
    if op not in OPS | RATES | METRICS_ONLY:
        yield f"unknown operator {op}"
    if is_metrics and (op in RATES | {"CONCURRENCY", "COUNT_DISTINCT"} or (op == "COUNT" and column is None)):
        yield f"{op} is not for metrics"
    if not is_metrics and op in METRICS_ONLY:
        yield f"{op} is for metrics"
    if column is None and op not in ALONE:
        yield f"{op} requires a column"
    if column is not None and column not in columns:
        yield f"unknown column {column}"
    if made.get("filters") and not made.get("name"):
        yield "name is required when using calculation filters"
    for told in made.get("filters", []):
        yield from _filter_problems(told, columns)


def _filter_problems(told: Json, columns: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with one filter."""
    op = told.get("op")
    if op not in FILTER_OPS:
        yield f"unknown filter operator {op}"
    if (op in BARE) == ("value" in told):
        yield f"{op}: value"
    if (op in {"in", "not-in"}) != isinstance(told.get("value"), list):
        yield f"{op}: expected a list for in and not-in alone"
    if told.get("column") not in columns:
        yield f"unknown column {told.get('column')}"


def _name_problems(calculations: list[Json], formulas: list[Json]) -> Iterator[str]:
    """Yield names that stand twice, and those that a formula names and nothing has."""
    names = [made["name"] for made in calculations if "name" in made]
    every = [*names, *(formula["name"] for formula in formulas)]
    if len(every) != len(set(every)):
        yield "duplicate name"
    for formula in formulas:
        used = re.findall(r"\$([A-Za-z_][A-Za-z0-9_]*)", formula["expression"])
        yield from (f"unknown name ${name}" for name in used if name not in names)
        if not re.fullmatch(r"[A-Z]+\(\$\w+(, \$\w+)*\)", formula["expression"]):
            yield f"cannot be parsed: {formula['expression']}"


def _order_problems(spec: Json, calculations: list[Json], formulas: list[Json]) -> Iterator[str]:
    """Yield orders by what is not there."""
    named = {made.get("name") for made in [*calculations, *formulas]} | set(spec.get("breakdowns", []))
    pairs = {(made["op"], made.get("column")) for made in calculations}
    for order in spec.get("orders", []):
        is_there = (order.get("op"), order.get("column")) in pairs or (
            "op" not in order and order.get("column") in named
        )
        if not is_there or order.get("order") not in {"ascending", "descending"}:
            yield "order without its calculation, formula or breakdown"


def _time_problems(spec: Json) -> Iterator[str]:
    """Yield a step that does not fit the range."""
    range_s = spec.get("time_range", 7200)
    if "granularity" in spec and not range_s / 1000 <= spec["granularity"] <= range_s:
        yield "granularity"


def board_problems(board: Json, queries: Mapping[str, str], annotations: Mapping[str, Json]) -> Iterator[str]:
    """Yield what is wrong with a board; queries and annotations are by their ids."""
    yield from (f"unknown field {key}" for key in board.keys() - BOARD)
    if board.get("type") != "flexible":
        yield "type: must be a valid value"
    if not 1 <= len(board.get("name", "")) <= 255 or len(board.get("description", "")) > 1024:
        yield "name or description: too long or missing"
    if len(board.get("preset_filters", [])) > 5:
        yield "preset_filters: at most 5"
    yield from _tag_problems(board.get("tags", []))
    shown = [panel["query_panel"] for panel in board["panels"] if panel["type"] == "query"]
    for panel in board["panels"]:
        yield from _panel_problems(panel)
    for query in shown:
        if query["query_id"] not in queries:
            yield "unknown query"
        if annotations.get(query["query_annotation_id"], {}).get("query_id") != query["query_id"]:
            yield "the annotation is another query's"
    if len(shown) != len({query["query_id"] for query in shown}):
        yield "duplicate query"
    if any(_overlap(*pair) for pair in combinations([panel["position"] for panel in board["panels"]], 2)):
        yield "panels overlap"


def _tag_problems(tags: list[Json]) -> Iterator[str]:
    """Yield tags that are written in another way than tags are."""
    for tag in tags:
        if not re.fullmatch(r"[a-z]{1,32}", tag["key"]):
            yield f"tag key {tag['key']}"
        if not re.fullmatch(r"[a-z][a-z0-9/-]{0,127}", tag["value"]):
            yield f"tag value {tag['value']}"
    if len(tags) > 10:
        yield "at most 10 tags"


def _panel_problems(panel: Json) -> Iterator[str]:
    """Yield what is wrong with one panel by itself."""
    own = {"query": "query_panel", "text": "text_panel"}.get(panel["type"])
    if own is None or panel.keys() != {"type", "position", own}:
        yield f"panel: expected its type, position and content, got {json.dumps(sorted(panel))}"
    place = panel["position"]
    if place.keys() != POSITION or min(place["width"], place["height"]) < 1:
        yield "position"
    if place["x_coordinate"] + place["width"] > WIDTH:
        yield "the panel leaves the board"
    if len(panel.get("text_panel", {}).get("content", "")) > 10_000:
        yield "content: too long"
    yield from _look_problems(panel.get("query_panel", {"query_style": "graph"}))


def _look_problems(shown: Json) -> Iterator[str]:
    """Yield what is wrong with how a query is shown."""
    if shown["query_style"] not in {"graph", "table", "combo"}:
        yield "query_style"
    settings = shown.get("visualization_settings", {})
    yield from (f"unknown field {key}" for key in settings.keys() - SETTINGS)
    yield from (
        f"chart {chart}"
        for chart in settings.get("charts", [])
        if chart["chart_type"] not in CHARTS or chart["chart_index"] < 0
    )


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    """Tell whether two places have a point in common."""
    return (
        one["x_coordinate"] < other["x_coordinate"] + other["width"]
        and other["x_coordinate"] < one["x_coordinate"] + one["width"]
        and one["y_coordinate"] < other["y_coordinate"] + other["height"]
        and other["y_coordinate"] < one["y_coordinate"] + one["height"]
    )
