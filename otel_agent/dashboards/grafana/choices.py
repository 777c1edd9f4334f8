"""What a user chooses on a Grafana board: where the numbers come from, and what they are of."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from otel_agent.dashboards.choices import ATTRIBUTES, PROJECT, SESSION
from otel_agent.dashboards.grafana.promql import label

Json = dict[str, Any]

METRICS: Final = {"type": "prometheus", "uid": "${metrics}"}
LOGS: Final = {"type": "loki", "uid": "${logs}"}
TRACES: Final = {"type": "tempo", "uid": "${traces}"}
SOURCES: Final = (
    ("metrics", "Metrics", "prometheus"),
    ("logs", "Logs", "loki"),
    ("traces", "Traces", "tempo"),
)
_AGENTS: Final = (("OpenCode and Claude Code", ".*"), ("OpenCode", ".+"), ("Claude Code", "^$"))


def filters(chosen: Iterable[str]) -> dict[str, str]:
    """Return what the questions of a board are filtered by: attribute → the variable's place."""
    return {key: f"${label(key)}" for key in chosen}


def variables(board: Json, metric: str) -> Iterator[Json]:
    """Yield the variables that a board's panels use; a metric has the labels that are chosen from."""
    text = json.dumps(board)
    for name, title, kind in SOURCES:
        if f"${{{name}}}" in text:
            yield _source(name, title, kind)
    for key, title in ATTRIBUTES.items():
        if f"${label(key)}" in text:
            yield _values(label(key), title, metric)
    if f"${label(PROJECT)}" in text:
        yield _custom(label(PROJECT), "Agent", _AGENTS)
    if f"${label(SESSION)}" in text:
        yield _text(label(SESSION), "Session", ".*")


def _source(name: str, title: str, kind: str) -> Json:
    """Return the choice of a data source."""
    return {"name": name, "label": title, "type": "datasource", "query": kind, "refresh": 1, "hide": 0}


def _values(key: str, title: str, metric: str) -> Json:
    """Return the choice of a label's values; without one everything counts, what has no such label too."""
    return {
        "name": key,
        "label": title,
        "type": "query",
        "datasource": METRICS,
        "definition": f"label_values({metric}, {key})",
        "query": {"qryType": 1, "query": f"label_values({metric}, {key})", "refId": "variable"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _custom(key: str, title: str, values: tuple[tuple[str, str], ...]) -> Json:
    """Return the choice of one of a few values."""
    options = [{"text": text, "value": value, "selected": at == 0} for at, (text, value) in enumerate(values)]
    return {
        "name": key,
        "label": title,
        "type": "custom",
        "query": ",".join(f"{text} : {value}" for text, value in values),
        "current": options[0],
        "options": options,
    }


def _text(key: str, title: str, default: str) -> Json:
    """Return a field for a regular expression."""
    shown = {"text": default, "value": default, "selected": True}
    return {
        "name": key,
        "label": title,
        "type": "textbox",
        "query": default,
        "current": shown,
        "options": [shown],
    }
