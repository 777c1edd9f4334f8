"""Panels as Datadog's widgets: https://docs.datadoghq.com/dashboards/widgets/."""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from otel_agent.dashboards.adapted import is_of_last_week
from otel_agent.dashboards.board import RANKED, TOLD, Panel, Shape, Target, Unit
from otel_agent.dashboards.datadog.asking import Asked, Asking, Json, Names
from otel_agent.dashboards.queries import Active, Growth, Latest, Occurrences, Quantile, Told, Traced

ROWS: Final = 200
"""How many rows a table shows."""
_UNITS: Final[Mapping[Unit, str]] = {
    Unit.DOLLARS: "dollar",
    Unit.SHARE: "percent",
    Unit.SECONDS: "second",
    Unit.MILLISECONDS: "millisecond",
    Unit.BYTES: "byte",
}
"""Datadog's names of units: https://docs.datadoghq.com/metrics/units/; counts and tokens have none."""
_EVENT_COLUMNS: Final = ("timestamp", "@event.name", *(f"@{key}" for key in TOLD))
_SPAN_COLUMNS: Final = ("timestamp", "service", "resource_name", "duration", "status")
_PERCENT: Final = 100
_LARGEST: Final = "the largest value of each interval"
_AVERAGE: Final = "each interval's averages, added up"
_SPANS: Final = "all spans of the session's traces"


def definition(panel: Panel, asking: Asking) -> Json:
    """Return a panel as a widget, without its place."""
    head = {"title": panel.title, "description": panel.description}
    match panel.shape:
        case Shape.NUMBER:
            return {"type": "query_value", **head, **_week(panel), **_number(panel, asking)}
        case Shape.LINES | Shape.BARS:
            return {"type": "timeseries", **head, **_axes(panel, asking)}
        case Shape.RANKING:
            return {"type": "toplist", **head, "requests": [_ranked(panel, asking)]}
        case Shape.SHARES:
            return {"type": "sunburst", **head, "requests": [_scalar(panel, asking)]}
        case Shape.TABLE:
            return {"type": "query_table", **head, "requests": [_columns(panel, asking)]}
        case Shape.LOGS | Shape.TRACES:
            return {"type": "list_stream", **head, "requests": [_listed(panel.targets[0], asking)]}
        case _:
            assert_never(panel.shape)


def notes(panel: Panel) -> Iterator[str]:
    """Yield what is other than on the board, beside what `adapted` says."""
    for target in panel.targets:
        match target.query:
            case Latest(is_largest=True):
                yield _LARGEST
            case Latest():
                yield _AVERAGE
            case Traced():
                yield _SPANS
            case _:
                pass


def _week(panel: Panel) -> Json:
    """Return the time of a panel that has one of its own."""
    return {"time": {"live_span": "1w"}} if is_of_last_week(panel) else {}


def _number(panel: Panel, asking: Asking) -> Json:
    """Return the request of one number, coloured from its limit on."""
    formats = list(_colours(panel))
    request = {**_scalar(panel, asking), **({"conditional_formats": formats} if formats else {})}
    return {"autoscale": True, "precision": 2, "requests": [request]}


def _colours(panel: Panel) -> Iterator[Json]:
    """Yield from where on a number is coloured; the first one that holds counts."""
    if panel.limit is None:
        return
    scale = _PERCENT if panel.unit is Unit.SHARE else 1
    for value, palette in ((panel.limit.bad, "white_on_red"), (panel.limit.warning, "white_on_yellow")):
        yield {"comparator": ">=", "value": value * scale, "palette": palette}


def _ranked(panel: Panel, asking: Asking) -> Json:
    """Return the request of the largest values of an attribute."""
    order = [{"type": "formula", "index": 0, "order": "desc"}]
    return {**_scalar(panel, asking), "sort": {"count": RANKED, "order_by": order}}


def _columns(panel: Panel, asking: Asking) -> Json:
    """Return the request of a table; the first column is the order of its rows."""
    order = [{"type": "formula", "index": 0, "order": "desc"}]
    return {**_scalar(panel, asking), "sort": {"count": ROWS, "order_by": order}}


def _scalar(panel: Panel, asking: Asking) -> Json:
    """Return the request of numbers of the whole range."""
    names = _names()
    asked = [(target, _asked(target, asking, names)) for target in panel.targets]
    return {
        "response_format": "scalar",
        "queries": [query for _, found in asked for query in found.queries],
        "formulas": [_formula(panel, target, found) for target, found in asked],
    }


def _axes(panel: Panel, asking: Asking) -> Json:
    """Return the request of numbers along the time axis."""
    names = _names()
    asked = [(target, _along(panel, target, asking, names)) for target in panel.targets]
    request = {
        "response_format": "timeseries",
        "queries": [query for _, found in asked for query in found.queries],
        "formulas": [_formula(panel, target, found) for target, found in asked],
        "display_type": "bars" if panel.shape is Shape.BARS else "line",
    }
    return {"show_legend": True, "legend_layout": "auto", "requests": [request]}


def _asked(target: Target, asking: Asking, names: Names) -> Asked:
    """Return a question for numbers of the whole range."""
    match target.query:
        case Growth() | Active() | Quantile() | Occurrences() | Told() | Traced() as query:
            raise TypeError(f"expected a question for a number, got {query!r}")
        case query:
            return asking.number(query, names)


def _along(panel: Panel, target: Target, asking: Asking, names: Names) -> Asked:
    """Return a question for numbers along the time axis."""
    match target.query:
        case Growth() | Active() | Quantile() | Occurrences() | Latest() as query:
            return asking.line(query, names, panel.step)
        case query:
            raise TypeError(f"expected a question along the time axis, got {query!r}")


def _formula(panel: Panel, target: Target, asked: Asked) -> Json:
    """Return a formula with its name, which attributes' values follow by themselves, and its unit."""
    unit = target.unit or panel.unit
    formula = f"({asked.formula}) * {_PERCENT}" if unit is Unit.SHARE else asked.formula
    alias = " ".join(word for word in target.legend.split() if not word.startswith("{"))
    named = {"alias": alias} if alias else {}
    return {"formula": formula, **named, **_format(unit)}


def _format(unit: Unit) -> Json:
    """Return a number's unit."""
    if unit not in _UNITS:
        return {}
    return {"number_format": {"unit": {"type": "canonical_unit", "unit_name": _UNITS[unit]}}}


def _listed(target: Target, asking: Asking) -> Json:
    """Return the request of a list of log events or spans, newest first."""
    match target.query:
        case Told() as query:
            return _stream("logs_stream", asking.events(query), _EVENT_COLUMNS)
        case Traced():
            chosen = f"service:{asking.service} $span_session"
            return _stream("trace_stream", chosen, _SPAN_COLUMNS)
        case query:
            raise TypeError(f"expected log events or traces, got {query!r}")


def _stream(source: str, search: str, columns: tuple[str, ...]) -> Json:
    """Return the request of a list."""
    return {
        "response_format": "event_list",
        "query": {"data_source": source, "query_string": search, "indexes": []},
        "columns": [{"field": field, "width": "auto"} for field in columns],
    }


def _names() -> Iterator[str]:
    """Yield names for queries."""
    number = 1
    while True:
        yield f"query{number}"
        number += 1
