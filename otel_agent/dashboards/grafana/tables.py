"""Tables in Grafana: one row for each value of the attributes, one column for each question."""

from collections.abc import Iterator
from typing import Any, Final

from otel_agent.dashboards.board import Panel, Shape, Target
from otel_agent.dashboards.choices import SESSION
from otel_agent.dashboards.grafana.looks import UNITS
from otel_agent.dashboards.grafana.promql import label
from otel_agent.dashboards.queries import attributes_of

Json = dict[str, Any]

PERSON: Final = "user.id"
SHORT: Final[Json] = {
    "id": "renameByRegex",
    "options": {"regex": "^([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f-]{22}$", "renamePattern": "$1"},
}
"""Makes the first eight digits of an installation's id its name."""
KEPT: Final = ("${metrics:queryparam}", "${logs:queryparam}", "${traces:queryparam}", "${__url_time_range}")
"""What a link keeps of the board that it stands on."""


def transformations(panel: Panel) -> list[Json]:
    """Return how a table's columns come out of its questions; the first one is the order of its rows.

    Elsewhere a person's random id is as short as it can be told apart.
    """
    if panel.shape is not Shape.TABLE:
        return [SHORT] if PERSON in attributes_of(panel.targets[0].query) else []
    names = {f"Value #{letter}": target.legend for letter, target in letters(panel)}
    first = panel.targets[0].legend
    return [
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": names}},
        {"id": "sortBy", "options": {"sort": [{"field": first, "desc": True}]}},
    ]


def overrides(panel: Panel, sessions: str) -> list[Json]:
    """Return what is special of single columns: their units, and the link of a session to its board."""
    if panel.shape is not Shape.TABLE:
        return []
    units = [_override(target.legend, UNITS[target.unit or panel.unit]) for target in panel.targets]
    keys = attributes_of(panel.targets[0].query)
    links = [_override(label(SESSION), {"links": [_link(sessions)]})] if SESSION in keys else []
    return [*units, *links]


def letters(panel: Panel) -> Iterator[tuple[str, Target]]:
    """Yield the letters that name a panel's questions, and the questions."""
    return ((chr(ord("A") + at), target) for at, target in enumerate(panel.targets))


def _override(column: str, properties: Json) -> Json:
    """Return what holds for one column."""
    return {
        "matcher": {"id": "byName", "options": column},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _link(sessions: str) -> Json:
    """Return the link of a session's id to the board of that session alone."""
    chosen = f"var-{label(SESSION)}=${{__value.raw}}"
    return {"title": "This session alone", "url": f"/d/{sessions}?{'&'.join([chosen, *KEPT])}"}
