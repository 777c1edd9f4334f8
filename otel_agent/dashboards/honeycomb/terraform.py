"""Boards as Terraform: a query specification, a query and its annotation for each panel, and the board.

https://registry.terraform.io/providers/honeycombio/honeycombio/latest/docs
"""

from collections.abc import Iterator, Mapping
from typing import Final

from otel_agent.dashboards.honeycomb.calculations import Dataset, Json
from otel_agent.dashboards.honeycomb.hcl import Block, Reference, Value, document
from otel_agent.dashboards.honeycomb.questions import slug

VERSION: Final = "~> 0.51"
"""The provider has formulas since 0.47, and HISTOGRAM_COUNT later: pulls 803 and 846 of its repository."""
LEFT_OUT: Final = "The names of queries that are not made, as their columns have not been sent yet."
VARIABLES: Final[Mapping[Dataset, str]] = {
    Dataset.METRICS: "The slug of the dataset of type metrics that has OpenCode's metrics.",
    Dataset.EVENTS: "The slug of the dataset that has OpenCode's log events: their service.name.",
}


def main_text(service: str) -> str:
    """Return the file that has the provider and the datasets."""
    return document(_settings(service))


def board_text(board: Json, name: str) -> str:
    """Return the file that makes one board; `name` is unique among the boards."""
    return document(_resources(board, name))


def _settings(service: str) -> Iterator[Block]:
    """Yield the provider and the datasets, which have defaults."""
    provider = {"honeycombio": {"source": "honeycombio/honeycombio", "version": VERSION}}
    yield Block(type="terraform", blocks=(Block(type="required_providers", arguments=provider),))
    defaults = {Dataset.METRICS: "metrics", Dataset.EVENTS: service}
    for dataset, meaning in VARIABLES.items():
        told: dict[str, Value] = {
            "type": Reference(text="string"),
            "default": defaults[dataset],
            "description": meaning,
        }
        yield Block(type="variable", labels=(f"{dataset}_dataset",), arguments=told)
    names: dict[str, Value] = {
        "type": Reference(text="set(string)"),
        "default": (),
        "description": LEFT_OUT,
    }
    yield Block(type="variable", labels=("left_out",), arguments=names)


def _resources(board: Json, name: str) -> Iterator[Block]:
    """Yield what makes one board."""
    names: set[str] = set()
    shown: list[Block] = []
    for panel in board["panels"]:
        if panel["type"] == "query":
            own = _unused(f"{name}_{slug(panel['annotation']['name'])}", names)
            names.add(own)
            yield from _asked(panel, own)
            shown.append(_query_panel(panel, own))
        else:
            shown.append(_text_panel(panel))
    presets = [Block(type="preset_filter", arguments=preset) for preset in board["preset_filters"]]
    yield Block(
        type="resource",
        labels=("honeycombio_flexible_board", name),
        arguments={
            "name": board["name"],
            "description": board["description"],
            "tags": {tag["key"]: tag["value"] for tag in board["tags"]},
        },
        blocks=(*presets, *shown),
    )


def _unused(name: str, names: set[str]) -> str:
    """Return a name that no panel has yet."""
    numbered = (name if at == 1 else f"{name}_{at}" for at in range(1, len(names) + 2))
    return next(one for one in numbered if one not in names)


def _asked(panel: Json, name: str) -> Iterator[Block]:
    """Yield a panel's specification, its query, and what the query is called."""
    dataset = Reference(text=f"var.{panel['query']['dataset']}_dataset")
    yield _specification(panel["query"]["specification"], name)
    count = Reference(text=f'contains(var.left_out, "{name}") ? 0 : 1')
    written = Reference(text=f"data.honeycombio_query_specification.{name}.json")
    yield Block(
        type="resource",
        labels=("honeycombio_query", name),
        arguments={"count": count, "dataset": dataset, "query_json": written},
    )
    query = Reference(text=f"honeycombio_query.{name}[0].id")
    yield Block(
        type="resource",
        labels=("honeycombio_query_annotation", name),
        arguments={"count": count, "dataset": dataset, "query_id": query, **panel["annotation"]},
    )


def _specification(spec: Json, name: str) -> Block:
    """Return a query specification as the provider's data source."""
    plain: dict[str, Value] = {
        key: spec[key] for key in ("time_range", "granularity", "limit") if key in spec
    }
    if "breakdowns" in spec:
        plain["breakdowns"] = tuple(spec["breakdowns"])
    return Block(
        type="data",
        labels=("honeycombio_query_specification", name),
        arguments=plain,
        blocks=(
            *map(_calculation, spec["calculations"]),
            *(Block(type="formula", arguments=formula) for formula in spec.get("formulas", ())),
            *map(_filter, spec.get("filters", ())),
            *(Block(type="order", arguments=order) for order in spec.get("orders", ())),
        ),
    )


def _calculation(made: Json) -> Block:
    """Return one calculation, with its own filters."""
    plain = {key: value for key, value in made.items() if key != "filters"}
    return Block(type="calculation", arguments=plain, blocks=tuple(map(_filter, made.get("filters", ()))))


def _filter(told: Json) -> Block:
    """Return one filter; the provider reads a value's type from its text, and splits several at commas."""
    if "value" not in told:
        return Block(type="filter", arguments=told)
    values: list[str | bool] = told["value"] if told["op"] == "in" else [told["value"]]
    texts = [str(value).lower() if isinstance(value, bool) else value for value in values]
    return Block(type="filter", arguments={**told, "value": ",".join(texts)})


def _query_panel(panel: Json, name: str) -> Block:
    """Return a panel that shows a query, if the query is made."""
    shown = panel["query_panel"]
    ids = {
        "query_id": Reference(text="panel.value.id"),
        "query_annotation_id": Reference(text=f"honeycombio_query_annotation.{name}[0].id"),
        "query_style": shown["query_style"],
    }
    settings = tuple(map(_visualization, [shown["visualization_settings"]] if len(shown) > 1 else []))
    content = _content("query", panel["position"], Block(type="query_panel", arguments=ids, blocks=settings))
    return Block(
        type="dynamic",
        labels=("panel",),
        arguments={"for_each": Reference(text=f"honeycombio_query.{name}")},
        blocks=(Block(type="content", **content),),
    )


def _visualization(told: Json) -> Block:
    """Return how a query's charts look; the provider has its own name for drawing them over each other."""
    plain = {"prefer_overlaid_charts": True} if told.get("overlaid_charts") else {}
    charts = tuple(Block(type="chart", arguments=chart) for chart in told["charts"])
    return Block(type="visualization_settings", arguments=plain, blocks=charts)


def _text_panel(panel: Json) -> Block:
    """Return a panel that shows a text."""
    inner = Block(type="text_panel", arguments=panel["text_panel"])
    return Block(type="panel", **_content("text", panel["position"], inner))


def _content(type_: str, place: Json, inner: Block) -> Json:
    """Return what is in a panel's block: its type, its place, and what it shows."""
    return {"arguments": {"type": type_}, "blocks": (Block(type="position", arguments=place), inner)}
