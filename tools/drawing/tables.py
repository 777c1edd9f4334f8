"""A table's columns and rows, as the transformations of its panel make them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .asking import Json, Series
from .panels import formatted

VALUE: Final = "Value"


def table_of(panel: Json, answers: Mapping[str, list[Series]]) -> tuple[list[str], list[dict[str, str]]]:
    """Return a table's columns and its rows: answers with the same labels are one row."""
    told = {step["id"]: step["options"] for step in panel["transformations"]}
    names = told["organize"]["renameByName"]
    keys = sorted({key for some in answers.values() for one in some for key in one.labels})
    merged: dict[tuple[str, ...], dict[str, float]] = {}
    for letter, some in answers.items():
        column = names.get(f"{VALUE} #{letter}", f"{VALUE} #{letter}")
        for one in some:
            merged.setdefault(tuple(one.labels.get(key, "") for key in keys), {})[column] = one.last
    columns = [names.get(f"{VALUE} #{letter}", f"{VALUE} #{letter}") for letter in answers]
    rows = list(merged.items())
    for order in told.get("sortBy", {}).get("sort", []):
        rows.sort(key=lambda row: row[1].get(order["field"], 0.0), reverse=order["desc"])
    fields = {column: _field(panel, column) for column in columns}
    shown = [
        {
            **dict(zip(keys, labels, strict=True)),
            **{name: formatted(n, fields[name]) for name, n in row.items()},
        }
        for labels, row in rows
    ]
    return [*keys, *columns], shown


def _field(panel: Json, column: str) -> Json:
    """Return how a column's numbers look: the panel's way, and what is special of this one."""
    config = panel["fieldConfig"]
    special: Sequence[dict[str, Any]] = [
        one
        for override in config["overrides"]
        if override["matcher"]["options"] == column
        for one in override["properties"]
    ]
    return {**config["defaults"], **{one["id"]: one["value"] for one in special}}
