"""How panels look in Grafana: types, units, options and colours.

https://grafana.com/docs/grafana/latest/panels-visualizations/
"""

from collections.abc import Mapping
from typing import Any, Final

from otel_agent.dashboards.board import Limit, Panel, Shape, Step, Unit
from otel_agent.dashboards.queries import attributes_of

Json = dict[str, Any]

TYPES: Final[Mapping[Shape, str]] = {
    Shape.NUMBER: "stat",
    Shape.LINES: "timeseries",
    Shape.BARS: "timeseries",
    Shape.RANKING: "bargauge",
    Shape.SHARES: "piechart",
    Shape.TABLE: "table",
    Shape.LOGS: "logs",
    Shape.TRACES: "table",
}
UNITS: Final[Mapping[Unit, Json]] = {
    Unit.COUNT: {"unit": "locale", "decimals": 0},
    Unit.TOKENS: {"unit": "short", "decimals": 1},
    Unit.DOLLARS: {"unit": "currencyUSD", "decimals": 2},
    Unit.SHARE: {"unit": "percentunit", "decimals": 1},
    Unit.SECONDS: {"unit": "s"},
    Unit.MILLISECONDS: {"unit": "ms"},
    Unit.BYTES: {"unit": "bytes"},
}
_SUMMED: Final = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_AXES: Final = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
OPTIONS: Final[Mapping[Shape, Json]] = {
    Shape.NUMBER: {"colorMode": "value", "graphMode": "none", "reduceOptions": _SUMMED},
    Shape.LINES: _AXES,
    Shape.BARS: _AXES,
    Shape.RANKING: {"orientation": "horizontal", "displayMode": "basic", "reduceOptions": _SUMMED},
    Shape.SHARES: {
        "pieType": "donut",
        "legend": {"placement": "right", "values": ["value"]},
        "reduceOptions": _SUMMED,
    },
    Shape.TABLE: {"showHeader": True, "sortBy": []},
    Shape.LOGS: {
        "showTime": True,
        "wrapLogMessage": True,
        "enableLogDetails": True,
        "sortOrder": "Descending",
    },
    Shape.TRACES: {"showHeader": True, "sortBy": []},
}
PAUSE_MS: Final = 8 * 3_600_000
"""Over which gap a line goes on: longer than a lunch, shorter than a night."""
STEPS: Final = 100
"""About how many steps a time axis has: fewer are coarse, more are hairs, and slow."""
_STACKED: Final = {"drawStyle": "bars", "fillOpacity": 80, "lineWidth": 0, "stacking": {"mode": "normal"}}
_LINE: Final = {
    "drawStyle": "line",
    "lineWidth": 2,
    "fillOpacity": 8,
    "showPoints": "always",
    "spanNulls": PAUSE_MS,
}
_ALIGNED: Final[Mapping[Step, int]] = {Step.FINE: -1, Step.DAY: 1}
"""On which side of its mark a bar stands: an amount is that of the step which ends there, or begins."""


def options(panel: Panel) -> Json:
    """Return how a panel shows its numbers; the sessions of a time axis are too many for a legend."""
    found = OPTIONS[panel.shape]
    is_by_session = any("session.id" in attributes_of(target.query) for target in panel.targets)
    if panel.shape is not Shape.BARS or not is_by_session:
        return found
    return {**found, "legend": {**found["legend"], "showLegend": False}}


def defaults(panel: Panel) -> Json:
    """Return how a panel's numbers look."""
    return {
        **UNITS[panel.unit],
        **_drawn(panel),
        "noValue": "none",
        "thresholds": _thresholds(panel.limit),
    }


def _drawn(panel: Panel) -> Json:
    """Return how a time axis is drawn."""
    if panel.shape is Shape.BARS:
        return {"custom": {**_STACKED, "barAlignment": _ALIGNED[panel.step]}}
    return {"custom": _LINE} if panel.shape is Shape.LINES else {}


def _thresholds(limit: Limit | None) -> Json:
    """Return the colours of a number."""
    steps: list[Json] = [{"color": "green" if limit else "text", "value": None}]
    if limit:
        steps += [{"color": "orange", "value": limit.warning}, {"color": "red", "value": limit.bad}]
    return {"mode": "absolute", "steps": steps}
