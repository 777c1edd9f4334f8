"""Boards in SigNoz's native form since 0.135, schema v6: Perses' layout with SigNoz's own panels and queries.

https://signoz.io/docs/dashboards/dashboards-v2-api/
https://github.com/SigNoz/signoz/tree/main/pkg/types/dashboardtypes
"""

from collections.abc import Iterator, Mapping
from typing import Final

from otel_agent.dashboards.board import Panel, Shape
from otel_agent.dashboards.choices import variable
from otel_agent.dashboards.layout import Place
from otel_agent.dashboards.signoz.drawn import Drawn, Row
from otel_agent.dashboards.signoz.looks import BAD, DECIMALS, UNITS, WARNING
from otel_agent.dashboards.signoz.panel import Shown
from otel_agent.dashboards.signoz.query import Formula, Json, Query, Signal

SCHEMA: Final = "v6"
_PLUGINS: Final[Mapping[Shape, str]] = {
    Shape.NUMBER: "signoz/NumberPanel",
    Shape.LINES: "signoz/TimeSeriesPanel",
    Shape.BARS: "signoz/BarChartPanel",
    Shape.RANKING: "signoz/TablePanel",
    Shape.SHARES: "signoz/PieChartPanel",
    Shape.TABLE: "signoz/TablePanel",
    Shape.LOGS: "signoz/ListPanel",
    Shape.TRACES: "signoz/ListPanel",
}
_RESULTS: Final[Mapping[Shape, str]] = {
    Shape.NUMBER: "scalar",
    Shape.LINES: "time_series",
    Shape.BARS: "time_series",
    Shape.RANKING: "scalar",
    Shape.SHARES: "scalar",
    Shape.TABLE: "scalar",
    Shape.LOGS: "raw",
    Shape.TRACES: "raw",
}
_OWN: Final[Mapping[Signal, tuple[str, tuple[str, ...]]]] = {
    Signal.METRICS: ("metric", ()),
    Signal.LOGS: ("log", ("timestamp", "body")),
    Signal.TRACES: ("span", ("timestamp", "name", "duration_nano", "has_error")),
}
"""The context of a signal's own fields, and which they are; the others are attributes, or the Resource's."""


def dashboard(drawn: Drawn) -> Json:
    """Return one dashboard, as `POST /api/v2/dashboards` and Import JSON take it."""
    return {
        "schemaVersion": SCHEMA,
        "name": drawn.name,
        "tags": [{"key": "source", "value": tag} for tag in drawn.tags],
        "spec": {
            "display": {"name": drawn.title, "description": drawn.description},
            "variables": [_variable(key, title) for key, title in drawn.choices.items()],
            "panels": {key: _panel(shown) for row in drawn.rows for key, shown, _ in row.panels},
            "layouts": [_layout(row) for row in drawn.rows],
        },
    }


def _variable(attribute: str, title: str) -> Json:
    """Return the choice of an attribute's values."""
    plugin = {"kind": "signoz/DynamicVariable", "spec": {"name": attribute, "signal": "metrics"}}
    return {
        "kind": "ListVariable",
        "spec": {
            "name": variable(attribute),
            "display": {"name": title, "description": f"Attribute {attribute}"},
            "allowAllValue": True,
            "allowMultiple": True,
            "sort": "alphabetical-asc",
            "plugin": plugin,
        },
    }


def _layout(row: Row) -> Json:
    """Return a section: its title and where its panels stand."""
    return {
        "kind": "Grid",
        "spec": {
            "display": {"title": row.title, "collapse": {"open": True}},
            "items": [_item(key, place) for key, _, place in row.panels],
        },
    }


def _item(key: str, place: Place) -> Json:
    """Return where a panel stands."""
    content = {"$ref": f"#/spec/panels/{key}"}
    return {"x": place.x, "y": place.y, "width": place.width, "height": place.height, "content": content}


def _panel(shown: Shown) -> Json:
    """Return a panel without its place."""
    panel = shown.panel
    return {
        "kind": "Panel",
        "spec": {
            "display": {"name": panel.title, "description": panel.description},
            "plugin": {"kind": _PLUGINS[panel.shape], "spec": _look(shown)},
            "queries": [{"kind": _RESULTS[panel.shape], "spec": _query(shown)}],
        },
    }


def _look(shown: Shown) -> Json:
    """Return how a panel looks."""
    panel = shown.panel
    time = {"timePreference": "last_1_week" if shown.is_weekly else "global_time"}
    formatting = {"unit": UNITS[panel.unit], "decimalPrecision": DECIMALS[panel.unit]}
    legend = {"position": "bottom", "mode": "list"}
    match panel.shape:
        case Shape.NUMBER:
            return {"visualization": time, "formatting": formatting, "thresholds": list(_thresholds(panel))}
        case Shape.LINES:
            return {
                "visualization": {**time, "fillSpans": False},
                "formatting": formatting,
                "chartAppearance": {"lineInterpolation": "linear", "showPoints": True, "fillMode": "none"},
                "legend": legend,
            }
        case Shape.BARS:
            bars = {**time, "fillSpans": False, "stackedBarChart": True}
            return {"visualization": bars, "formatting": formatting, "legend": legend}
        case Shape.SHARES:
            return {
                "visualization": time,
                "formatting": formatting,
                "legend": {**legend, "position": "right"},
            }
        case Shape.RANKING | Shape.TABLE:
            columns = {"columnUnits": _column_units(shown), "decimalPrecision": DECIMALS[panel.unit]}
            return {"visualization": time, "formatting": columns}
        case Shape.LOGS | Shape.TRACES:
            return {"selectFields": _fields(shown.queries[0])}


def _column_units(shown: Shown) -> dict[str, str]:
    """Return the units of a table's columns, by the names of their queries or formulas."""
    columns = [query.name for query in shown.queries if not query.is_hidden]
    columns += [formula.name for formula in shown.formulas]
    units = [target.unit or shown.panel.unit for target in shown.panel.targets]
    return {column: UNITS[unit] for column, unit in zip(columns, units, strict=True)}


def _thresholds(panel: Panel) -> Iterator[Json]:
    """Yield from where on a number is coloured; the first one that holds counts."""
    if panel.limit is None:
        return
    for value, color in ((panel.limit.bad, BAD), (panel.limit.warning, WARNING)):
        yield {
            "value": value,
            "operator": "above_or_equal",
            "unit": UNITS[panel.unit],
            "color": color,
            "format": "text",
        }


def _query(shown: Shown) -> Json:
    """Return what a panel asks: one query alone, several in one composite query."""
    if len(shown.queries) == 1 and not shown.formulas:
        query = _builder_query(shown.queries[0])
        return {"name": query["name"], "plugin": {"kind": "signoz/BuilderQuery", "spec": query}}
    parts: list[Json] = [{"type": "builder_query", "spec": _builder_query(query)} for query in shown.queries]
    parts += [{"type": "builder_formula", "spec": _formula(formula)} for formula in shown.formulas]
    plugin = {"kind": "signoz/CompositeQuery", "spec": {"queries": parts}}
    return {"name": shown.queries[0].name, "plugin": plugin}


def _builder_query(query: Query) -> Json:
    """Return one query."""
    listed = {"selectFields": _fields(query)} if query.fields else {}
    grouped = {"groupBy": [_grouping(key, query.signal) for key in query.by]} if query.by else {}
    limited = {"limit": query.limit, "order": [_order(query)]} if query.limit else {}
    aggregated = {"aggregations": [dict(query.aggregation)]} if query.aggregation else {}
    return {
        "name": query.name,
        "signal": query.signal.value,
        **({"stepInterval": query.step_s} if query.step_s else {}),
        **aggregated,
        "disabled": query.is_hidden,
        "filter": {"expression": query.filter},
        **grouped,
        **limited,
        **listed,
        "legend": query.legend,
    }


def _order(query: Query) -> Json:
    """Return what comes first: the newest of a list, the largest of a metric's series."""
    return {"key": {"name": order_key(query)}, "direction": "desc"}


def order_key(query: Query) -> str:
    """Return by what a query's rows are ordered."""
    metric = query.aggregation.get("metricName")
    return f"{query.aggregation['spaceAggregation']}({metric})" if metric else "timestamp"


def _formula(formula: Formula) -> Json:
    """Return a formula."""
    return {"name": formula.name, "expression": formula.expression, "legend": formula.legend}


def _fields(query: Query) -> list[Json]:
    """Return the columns of a list."""
    return [_field(key, query.signal) for key in query.fields]


def _grouping(key: str, signal: Signal) -> Json:
    """Return an attribute that keeps series apart; all of the boards' are strings."""
    return {**_field(key, signal), "fieldDataType": "string"}


def _field(key: str, signal: Signal) -> Json:
    """Return a field of a signal, of whatever type."""
    return {"name": key, "signal": signal.value, "fieldContext": context(key, signal)}


def context(key: str, signal: Signal) -> str:
    """Return where a field stands: in the signal itself, on the Resource or among the attributes."""
    own, fields = _OWN[signal]
    if key in fields:
        return own
    return "resource" if key == "service.name" else "attribute"
