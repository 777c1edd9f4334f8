"""Boards as Grafana's classic JSON: Prometheus or Mimir for numbers, Loki for log events, Tempo for traces.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from otel_agent.dashboards.board import COLUMNS, RANKED, Board, Panel, Shape, Step, Target
from otel_agent.dashboards.choices import choices
from otel_agent.dashboards.grafana.choices import LOGS, METRICS, TRACES, filters, variables
from otel_agent.dashboards.grafana.logql import LogQL
from otel_agent.dashboards.grafana.looks import STEPS, TYPES, defaults, options
from otel_agent.dashboards.grafana.promql import PromQL, label, metric
from otel_agent.dashboards.grafana.tables import letters, overrides, transformations
from otel_agent.dashboards.layout import placed
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
LONGEST_UID: Final = 40 - len("-reliability")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grafana:
    """Renders boards with the questions of one variant; `uid` is what the boards' ids begin with."""

    promql: PromQL
    logql: LogQL
    uid: str
    variant: Variant

    def dashboard(self, board: Board) -> Json:
        """Return one dashboard, as Grafana imports it."""
        filtered = replace(self.promql, filters=filters(choices(board, self.variant)))
        drawn = replace(self, promql=filtered)
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
            "templating": {"list": list(variables(shown, metric(TOKEN_USAGE, self.variant.prefix)))},
            **shown,
        }

    def panels(self, board: Board) -> Iterator[Json]:
        """Yield the rows' titles and their panels, laid out from left to right."""
        number, top = 1, 0
        for section in board.sections:
            yield _row(number, section.title, top)
            number, top, height = number + 1, top + 1, 0
            for panel, place in placed(section.panels, COLUMNS, int):
                where = {"x": place.x, "y": top + place.y, "w": place.width, "h": place.height}
                yield {"id": number, "gridPos": where, **self._panel(panel)}
                number, height = number + 1, max(height, place.y + place.height)
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
                return {**name, "datasource": METRICS, "expr": self._along(panel, query), "range": True}
            case Latest() as query if panel.shape is Shape.LINES:
                return {**name, "datasource": METRICS, "expr": self._along(panel, query), "range": True}
            case query:
                return {**name, **self._instant(panel.shape, query)}

    def _along(self, panel: Panel, query: Growth | Active | Quantile | Latest) -> str:
        """Return a question along the time axis: a day stands where it begins, so today is there, too.

        Grafana asks for the multiples of a step that are over.
        """
        return replace(self.promql, is_ahead=panel.step is Step.DAY).line(query)

    def _instant(self, shape: Shape, query: Number) -> Json:
        """Return a question about the whole time range."""
        expr = self.promql.whole(query)
        if shape in {Shape.RANKING, Shape.SHARES}:
            expr = f"sort_desc(topk({RANKED}, {expr} > 0))"
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
        uid=_uid(variant),
        variant=variant,
    )


def _uid(variant: Variant) -> str:
    """Return what the ids of a variant's boards begin with: the prefix, cut where it is long.

    Grafana takes no id of more than 40 characters:
    https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/#identifier-id-vs-unique-identifier-uid
    """
    text = label(variant.prefix.strip(".")).replace("_", "-")
    if len(text) <= LONGEST_UID:
        return text
    return f"{text[: LONGEST_UID - 9]}-{sha256(text.encode()).hexdigest()[:8]}"


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
