"""Boards in the form that SigNoz has before 0.135, and converts since: version v5, widgets and their layout.

https://github.com/SigNoz/dashboards has public ones.
https://github.com/SigNoz/signoz/blob/main/pkg/types/dashboardtypes/perses_v1_to_v2.go converts them.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from otel_agent.dashboards.board import Panel, Shape
from otel_agent.dashboards.choices import variable
from otel_agent.dashboards.layout import Place
from otel_agent.dashboards.signoz.drawn import Drawn, slug
from otel_agent.dashboards.signoz.looks import BAD, COLUMNS, DECIMALS, UNITS, WARNING
from otel_agent.dashboards.signoz.panel import Shown
from otel_agent.dashboards.signoz.query import Formula, Json, Query, Signal
from otel_agent.dashboards.signoz.v6 import context, order_key

VERSION: Final = "v5"
_PANELS: Final[Mapping[Shape, str]] = {
    Shape.NUMBER: "value",
    Shape.LINES: "graph",
    Shape.BARS: "bar",
    Shape.RANKING: "table",
    Shape.SHARES: "pie",
    Shape.TABLE: "table",
    Shape.LOGS: "list",
    Shape.TRACES: "list",
}
_NO_QUERY: Final = {"name": "A", "query": "", "legend": "", "disabled": False}


def dashboard(drawn: Drawn) -> Json:
    """Return one dashboard, as Import JSON takes it."""
    return {
        "title": drawn.title,
        "description": drawn.description,
        "tags": list(drawn.tags),
        "version": VERSION,
        "uploadedGrafana": False,
        "variables": {
            key: _variable(key, title, at) for at, (key, title) in enumerate(drawn.choices.items())
        },
        "panelMap": {},
        "layout": list(_layout(drawn)),
        "widgets": list(_widgets(drawn)),
    }


def _variable(attribute: str, title: str, order: int) -> Json:
    """Return the choice of an attribute's values."""
    return {
        "id": attribute,
        "modificationUUID": attribute,
        "name": variable(attribute),
        "description": title,
        "order": order,
        "type": "DYNAMIC",
        "dynamicVariablesAttribute": attribute,
        "dynamicVariablesSource": "Metrics",
        "sort": "ASC",
        "multiSelect": True,
        "showALLOption": True,
        "allSelected": True,
        "customValue": "",
        "queryValue": "",
        "textboxValue": "",
    }


def _layout(drawn: Drawn) -> Iterator[Json]:
    """Yield where the rows' titles and their panels stand, from the top."""
    top = 0
    for row in drawn.rows:
        yield _placed(_row_id(row.title), Place(x=0, y=top, width=COLUMNS, height=1))
        for key, _, place in row.panels:
            moved = Place(x=place.x, y=top + 1 + place.y, width=place.width, height=place.height)
            yield _placed(key, moved)
        top += 1 + max(place.y + place.height for _, _, place in row.panels)


def _placed(key: str, place: Place) -> Json:
    """Return where one widget stands."""
    return {
        "i": key,
        "x": place.x,
        "y": place.y,
        "w": place.width,
        "h": place.height,
        "moved": False,
        "static": False,
    }


def _widgets(drawn: Drawn) -> Iterator[Json]:
    """Yield the rows' titles and their panels."""
    for row in drawn.rows:
        yield {"id": _row_id(row.title), "panelTypes": "row", "title": row.title, "description": ""}
        yield from (_widget(key, shown) for key, shown, _ in row.panels)


def _row_id(title: str) -> str:
    """Return the id of a row."""
    return f"row-{slug(title)}"


def _widget(key: str, shown: Shown) -> Json:
    """Return a panel without its place."""
    panel = shown.panel
    return {
        "id": key,
        "panelTypes": _PANELS[panel.shape],
        "title": panel.title,
        "description": panel.description,
        "timePreferance": "LAST_1_WEEK" if shown.is_weekly else "GLOBAL_TIME",
        "yAxisUnit": UNITS[panel.unit],
        "decimalPrecision": int(DECIMALS[panel.unit]),
        "columnUnits": dict(_column_units(shown)),
        "thresholds": list(_thresholds(panel)),
        "nullZeroValues": "zero",
        "opacity": "1",
        "fillSpans": False,
        "isStacked": False,
        "stackedBarChart": panel.shape is Shape.BARS,
        "isLogScale": False,
        "softMin": None,
        "softMax": None,
        "legendPosition": "right" if panel.shape is Shape.SHARES else "bottom",
        "selectedLogFields": _listed(shown, Signal.LOGS),
        "selectedTracesFields": _listed(shown, Signal.TRACES),
        "query": _query(key, shown),
    }


def _listed(shown: Shown, signal: Signal) -> list[Json]:
    """Return the columns of a list of a signal's records."""
    found = (key for query in shown.queries if query.signal is signal for key in query.fields)
    return [{"name": key, "fieldContext": context(key, signal)} for key in found]


def _column_units(shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield the units of a table's columns, by the names of their queries or formulas."""
    if shown.panel.shape not in {Shape.TABLE, Shape.RANKING}:
        return
    columns = [query.name for query in shown.queries if not query.is_hidden]
    columns += [formula.name for formula in shown.formulas]
    for column, target in zip(columns, shown.panel.targets, strict=True):
        yield column, UNITS[target.unit or shown.panel.unit]


def _thresholds(panel: Panel) -> Iterator[Json]:
    """Yield from where on a number is coloured; the first one that holds counts."""
    if panel.limit is None:
        return
    for at, (value, color) in enumerate(((panel.limit.bad, BAD), (panel.limit.warning, WARNING))):
        yield {
            "index": f"limit-{at}",
            "isEditEnabled": False,
            "selectedGraph": "value",
            "thresholdOperator": ">=",
            "thresholdValue": value,
            "thresholdUnit": UNITS[panel.unit],
            "thresholdColor": color,
            "thresholdFormat": "Text",
            "thresholdLabel": "",
            "thresholdTableOptions": "",
        }


def _query(key: str, shown: Shown) -> Json:
    """Return what a panel asks."""
    return {
        "id": f"query-{key}",
        "queryType": "builder",
        "builder": {
            "queryData": [_builder_query(query) for query in shown.queries],
            "queryFormulas": [_formula(formula) for formula in shown.formulas],
            "queryTraceOperator": [],
        },
        "clickhouse_sql": [_NO_QUERY],
        "promql": [_NO_QUERY],
    }


def _builder_query(query: Query) -> Json:
    """Return one query."""
    listed = {"selectColumns": [_field(key, query.signal) for key in query.fields]} if query.fields else {}
    ordered = [{"columnName": order_key(query), "order": "desc"}] if query.limit else []
    return {
        "queryName": query.name,
        "expression": query.name,
        "dataSource": query.signal.value,
        "source": "",
        "disabled": query.is_hidden,
        "aggregations": [dict(query.aggregation)] if query.aggregation else [],
        "filter": {"expression": query.filter},
        "groupBy": [_field(key, query.signal) for key in query.by],
        "having": {"expression": ""},
        "orderBy": ordered,
        "limit": query.limit or None,
        "stepInterval": query.step_s or None,
        "functions": [],
        "legend": query.legend,
        **listed,
    }


def _formula(formula: Formula) -> Json:
    """Return a formula."""
    return {
        "queryName": formula.name,
        "expression": formula.expression,
        "legend": formula.legend,
        "disabled": False,
    }


def _field(key: str, signal: Signal) -> Json:
    """Return a field of a signal."""
    return {"key": key, "dataType": "string", "type": context(key, signal), "id": key}
