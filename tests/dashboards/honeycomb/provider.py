"""A folder of Terraform, read as Honeycomb's provider reads it, and what that provider documents.

The tables are those of https://registry.terraform.io/providers/honeycombio/honeycombio/latest/docs:
data-sources/query_specification, resources/query, resources/query_annotation, resources/flexible_board.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hcl2

Json = dict[str, Any]

PLACE = {"x_coordinate": {}, "y_coordinate": {}, "width": {}, "height": {}}
CHART = {"chart_index": {}, "chart_type": {}, "use_log_scale": {}, "omit_missing_values": {}}
QUERY_PANEL = {
    "query_id": {},
    "query_annotation_id": {},
    "query_style": {},
    "visualization_settings": {"prefer_overlaid_charts": {}, "hide_markers": {}, "chart": CHART},
}
PANEL = {"type": {}, "position": PLACE, "query_panel": QUERY_PANEL, "text_panel": {"content": {}}}
FILTER = {"column": {}, "op": {}, "value": {}}
QUERY: Mapping[str, Any] = {"count": {}, "dataset": {}}
SCHEMA: Mapping[str, Mapping[str, Any]] = {
    "honeycombio_query_specification": {
        "time_range": {},
        "granularity": {},
        "limit": {},
        "breakdowns": {},
        "calculation": {"op": {}, "column": {}, "name": {}, "filter": FILTER},
        "formula": {"name": {}, "expression": {}},
        "filter": FILTER,
        "order": {"op": {}, "column": {}, "order": {}},
    },
    "honeycombio_query": {**QUERY, "query_json": {}},
    "honeycombio_query_annotation": {**QUERY, "query_id": {}, "name": {}, "description": {}},
    "honeycombio_flexible_board": {
        "name": {},
        "description": {},
        "tags": {},
        "preset_filter": {"column": {}, "alias": {}},
        "panel": PANEL,
    },
}
"""What a block of a type has: arguments, which have nothing in them, and blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a folder makes: variables, and blocks by type and name."""

    variables: Json
    blocks: Mapping[tuple[str, str], Json]


def read(folder: Path) -> Folder:
    """Return what the files of a folder say together; a name that stands twice is an error."""
    variables: Json = {}
    blocks: dict[tuple[str, str], Json] = {}
    for path in sorted(folder.glob("*.tf")):
        found = _plain(hcl2.loads(path.read_text("utf-8")))
        for one in found.get("variable", []):
            variables |= one
        for one in [*found.get("data", []), *found.get("resource", [])]:
            [(type_, named)] = one.items()
            [(name, made)] = named.items()
            assert (type_, name) not in blocks
            blocks[type_, name] = _expanded(made)
    return Folder(variables=variables, blocks=blocks)


def _plain(value: Any) -> Any:  # noqa: ANN401 - it is JSON
    """Return a value without the parser's marks: quotes around texts, `__is_block__`."""
    match value:
        case dict():
            return {_plain(key): _plain(one) for key, one in value.items() if key != "__is_block__"}
        case list():
            return [_plain(one) for one in value]
        case str() if value.startswith('"'):
            return json.loads(value)
        case _:
            return value


def _expanded(made: Json) -> Json:
    """Return a block with the ones that stand in `dynamic`; their order is that of their places."""
    panels = list(made.get("panel", []))
    for dynamic in made.get("dynamic", []):
        [content] = dynamic["panel"]["content"]
        query = dynamic["panel"]["for_each"].removesuffix("}") + "[0].id}"
        assert "${panel.value.id}" == content["query_panel"][0]["query_id"]
        panels.append({**content, "query_panel": [{**content["query_panel"][0], "query_id": query}]})
    panels.sort(key=lambda one: (one["position"][0]["y_coordinate"], one["position"][0]["x_coordinate"]))
    plain = {key: value for key, value in made.items() if key not in {"panel", "dynamic"}}
    return {**plain, "panel": panels} if panels else plain


def problems(made: Json, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield what a block has and its schema has not."""
    for key, value in made.items():
        if key not in schema:
            yield f"{where}.{key}"
        elif schema[key]:
            for inner in value:
                yield from problems(inner, schema[key], f"{where}.{key}")


def board(folder: Folder, name: str) -> Json:
    """Return a board as the JSON has it: with what its references lead to."""
    made = folder.blocks["honeycombio_flexible_board", name]
    return {
        "name": made["name"],
        "description": made["description"],
        "tags": [{"key": key, "value": value} for key, value in made["tags"].items()],
        "preset_filters": made.get("preset_filter", []),
        "panels": [_panel(folder, panel) for panel in made["panel"]],
    }


def _panel(folder: Folder, panel: Json) -> Json:
    """Return one panel, with its query."""
    [position] = panel["position"]
    if panel["type"] == "text":
        return {"type": "text", "position": position, "text_panel": panel["text_panel"][0]}
    [shown] = panel["query_panel"]
    query = _referred(folder, shown["query_id"], "honeycombio_query")
    annotation = _referred(folder, shown["query_annotation_id"], "honeycombio_query_annotation")
    assert query["dataset"] == annotation["dataset"]
    assert query["count"] == annotation["count"]
    assert query is _referred(folder, annotation["query_id"], "honeycombio_query")
    specified = _referred(folder, query["query_json"], "honeycombio_query_specification")
    return {
        "type": "query",
        "position": position,
        "query_panel": {"query_style": shown["query_style"], **_settings(shown)},
        "query": {
            "dataset": re.sub(r"\$\{var\.(\w+)_dataset\}", r"\1", query["dataset"]),
            "specification": specification(specified),
        },
        "annotation": {key: annotation[key] for key in ("name", "description")},
    }


def _settings(shown: Json) -> Json:
    """Return how a query's charts look; one of the settings has another name in the API."""
    if "visualization_settings" not in shown:
        return {}
    [told] = shown["visualization_settings"]
    overlaid = {"overlaid_charts": True} if told.get("prefer_overlaid_charts") else {}
    return {"visualization_settings": {**overlaid, "charts": told["chart"]}}


def _referred(folder: Folder, reference: str, type_: str) -> Json:
    """Return the block that a reference leads to."""
    found = re.fullmatch(r"\$\{(?:data\.)?(\w+)\.(\w+)(?:\[0\]\.id|\.json)\}", reference)
    assert found
    assert type_ == found[1]
    return folder.blocks[found[1], found[2]]


def specification(made: Json) -> Json:
    """Return the JSON that the provider makes of a specification."""
    plain = {key: made[key] for key in ("time_range", "granularity", "limit", "breakdowns") if key in made}
    calculations = [_calculation(one) for one in made["calculation"]]
    lists = {
        "calculations": calculations,
        "formulas": made.get("formula"),
        "filters": [_filter(one) for one in made.get("filter", [])],
        "orders": made.get("order"),
    }
    return {**plain, **{key: value for key, value in lists.items() if value}}


def _calculation(made: Json) -> Json:
    """Return one calculation."""
    plain = {key: value for key, value in made.items() if key != "filter"}
    return {**plain, "filters": [_filter(one) for one in made["filter"]]} if "filter" in made else plain


def _filter(told: Json) -> Json:
    """Return one filter: `in` has several values between commas."""
    if "value" not in told:
        return told
    values = [_typed(text) for text in told["value"].split(",")] if told["op"] == "in" else None
    return {**told, "value": values or _typed(told["value"])}


def _typed(text: str) -> str | bool | int | float:
    """Return a value of the type that its text looks like, as the provider does."""
    if re.fullmatch(r"[+-]?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", text):
        return float(text)
    return text.lower() == "true" if text.lower() in {"true", "false"} else text
