"""Boards as Grafana's classic JSON: Prometheus or Mimir for numbers, Loki for log events, Tempo for traces.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from otel_agent.dashboards.board import COLUMNS, Board, Panel, Shape, Step, Target
from otel_agent.dashboards.grafana import choices
from otel_agent.dashboards.grafana.choices import LOGS, METRICS, TRACES
from otel_agent.dashboards.grafana.logql import LogQL
from otel_agent.dashboards.grafana.looks import STEPS, TYPES, defaults, options
from otel_agent.dashboards.grafana.promql import PromQL, label, metric
from otel_agent.dashboards.grafana.tables import letters, overrides, transformations
from otel_agent.dashboards.queries import (
    Active,
    Growth,
    Latest,
    Number,
    Occurrences,
    Quantile,
    Told,
    Traced,
    attributes_of,
)
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.metrics import COMMIT_COUNT, TOKEN_USAGE

Json = dict[str, Any]

SCHEMA_VERSION: Final = 39
SHOWN: Final = 12
"""How many values of an attribute a ranking shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grafana:
    """Renders boards with the questions of one variant; `uid` is what the boards' ids begin with."""

    promql: PromQL
    logql: LogQL
    uid: str
    is_beside_claude_code: bool

    def dashboard(self, board: Board) -> Json:
        """Return one dashboard, as Grafana imports it."""
        filters = choices.filters(
            is_by_session=board.is_by_session, is_beside_claude_code=self.is_beside_claude_code
        )
        drawn = replace(self, promql=replace(self.promql, filters=filters))
        shown: Json = {
            "annotations": {"list": [drawn.commits()]},
            "panels": list(drawn.panels(board)),
        }
        return {
            "uid": f"{self.uid}-{board.name}",
            "title": board.title,
            "description": board.description,
            "tags": [self.uid],
            "editable": True,
            "schemaVersion": SCHEMA_VERSION,
            "version": 1,
            "timezone": "browser",
            "graphTooltip": 1,
            "refresh": "",
            "time": {"from": "now-7d", "to": "now"},
            "links": [_link(self.uid)],
            "templating": {"list": list(choices.variables(shown, metric(TOKEN_USAGE, self.promql.prefix)))},
            **shown,
        }

    def panels(self, board: Board) -> Iterator[Json]:
        """Yield the rows' titles and their panels, laid out from left to right."""
        number, top = 1, 0
        for section in board.sections:
            yield _row(number, section.title, top)
            number, left, top, height = number + 1, 0, top + 1, 0
            for panel in section.panels:
                if left + panel.width > COLUMNS:
                    left, top, height = 0, top + height, 0
                place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
                yield {"id": number, "gridPos": place, **self._panel(panel)}
                number, left, height = number + 1, left + panel.width, max(height, panel.height)
            top += height

    def _panel(self, panel: Panel) -> Json:
        """Return a panel without its place."""
        targets = [self._target(panel, letter, target) for letter, target in letters(panel)]
        return {
            "type": TYPES[panel.shape],
            "title": panel.title,
            "description": panel.description,
            "datasource": targets[0]["datasource"],
            "interval": panel.step.value,
            **({"maxDataPoints": STEPS} if TYPES[panel.shape] == "timeseries" else {}),
            "targets": targets,
            "options": options(panel),
            "fieldConfig": {
                "defaults": defaults(panel),
                "overrides": overrides(panel, f"{self.uid}-sessions"),
            },
            "transformations": transformations(panel),
        }

    def _target(self, panel: Panel, letter: str, target: Target) -> Json:
        """Return one question."""
        name = {"refId": letter, "legendFormat": _legend(target) or panel.title}
        match target.query:
            case Told() as query:
                return {**name, "datasource": LOGS, "expr": self.logql.told(query), "queryType": "range"}
            case Occurrences() as query:
                expr = self.logql.occurrences(query)
                return {**name, "datasource": LOGS, "expr": expr, "queryType": "range"}
            case Traced():
                return {"refId": letter, "datasource": TRACES, **self._traces()}
            case Growth() | Active() | Quantile() as query:
                return {**name, "datasource": METRICS, "expr": self.promql.line(query), "range": True}
            case Latest() as query if panel.shape is Shape.LINES:
                return {**name, "datasource": METRICS, "expr": self.promql.line(query), "range": True}
            case query:
                return {**name, **self._instant(panel.shape, query)}

    def _instant(self, shape: Shape, query: Number) -> Json:
        """Return a question about the whole time range."""
        expr = self.promql.whole(query)
        if shape in {Shape.RANKING, Shape.SHARES}:
            expr = f"sort_desc(topk({SHOWN}, {expr} > 0))"
        kind = "table" if shape is Shape.TABLE else "time_series"
        return {"datasource": METRICS, "expr": expr, "instant": True, "range": False, "format": kind}

    def _traces(self) -> Json:
        """Return the search for the chosen session's traces.

        https://grafana.com/docs/tempo/latest/traceql/
        """
        chosen = (
            f'resource.service.name = "{self.logql.service}" && span.session.id =~ "{self.logql.session}"'
        )
        return {"queryType": "traceql", "query": f"{{{chosen}}}", "tableType": "traces", "limit": 50}

    def commits(self) -> Json:
        """Return the marks that commits leave on the time axes."""
        query = Growth(of=COMMIT_COUNT, by=("vcs.repository.name",))
        return {
            "name": "Commits",
            "datasource": METRICS,
            "enable": True,
            "iconColor": "purple",
            "expr": f"{self.promql.line(query)} > 0",
            "step": Step.FINE.value,
            "titleFormat": "Commit",
            "textFormat": f"{{{{{label('vcs.repository.name')}}}}}",
        }


def renderer(variant: Variant) -> Grafana:
    """Return the renderer of one variant."""
    return Grafana(
        promql=PromQL(prefix=variant.prefix, is_from_zero=variant.is_from_zero),
        logql=LogQL(service=variant.service),
        uid=label(variant.prefix.strip(".")).replace("_", "-") or variant.service,
        is_beside_claude_code=variant.is_beside_claude_code,
    )


def _link(uid: str) -> Json:
    """Return the link to the other boards."""
    return {
        "title": "Boards",
        "type": "dashboards",
        "tags": [uid],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
    }


def _row(number: int, title: str, top: int) -> Json:
    """Return a row's title."""
    place = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


def _legend(target: Target) -> str:
    """Return a legend, in which an attribute's value is named by its label.

    Without a legend Grafana shows the question.
    """
    text = target.legend
    for key in attributes_of(target.query):
        text = text.replace(f"{{{key}}}", f"{{{{{label(key)}}}}}")
    return text
