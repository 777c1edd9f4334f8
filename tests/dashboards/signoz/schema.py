"""A dashboard of schema v6 around its panels: choices, sections and places.

https://github.com/SigNoz/signoz/tree/main/pkg/types/dashboardtypes (perses_dashboard.go, perses_replicas.go)
"""

from typing import Annotated, Literal

from msgspec import Meta

from tests.dashboards.signoz.schema_panels import Display, Key, Name, Panel, Strict


class Ref(Strict, rename={"ref": "$ref"}):
    """A place's panel."""

    ref: Annotated[str, Meta(pattern=r"^#/spec/panels/[a-zA-Z0-9_-]+$")]


class Item(Strict):
    """A place in the grid of 12 columns."""

    x: Annotated[int, Meta(ge=0, le=11)]
    y: Annotated[int, Meta(ge=0)]
    width: Annotated[int, Meta(ge=1, le=12)]
    height: Annotated[int, Meta(ge=1)]
    content: Ref


class Collapse(Strict):
    """Whether a section is open."""

    open: bool


class Title(Strict):
    """A section's title."""

    title: Annotated[str, Meta(min_length=1, max_length=256)]
    collapse: Collapse


class GridSpec(Strict):
    """A section's title and places."""

    display: Title
    items: Annotated[list[Item], Meta(min_length=1, max_length=100)]


class Grid(Strict):
    """A section."""

    kind: Literal["Grid"]
    spec: GridSpec


class DynamicSpec(Strict):
    """Which attribute's values are offered."""

    name: Name
    signal: Literal["metrics", "logs", "traces"]


class Dynamic(Strict):
    """The plugin of a choice whose values SigNoz finds by itself."""

    kind: Literal["signoz/DynamicVariable"]
    spec: DynamicSpec


class VariableSpec(Strict):
    """A choice."""

    name: Key
    display: Display
    allow_all_value: bool
    allow_multiple: bool
    sort: Literal["none", "alphabetical-asc", "alphabetical-desc"]
    plugin: Dynamic


class Variable(Strict):
    """A choice among values."""

    kind: Literal["ListVariable"]
    spec: VariableSpec


class Spec(Strict):
    """A dashboard's words, choices, panels and sections."""

    display: Display
    variables: list[Variable]
    panels: dict[Key, Panel]
    layouts: list[Grid]


class Tag(Strict):
    """A tag; some keys are SigNoz's own."""

    key: Annotated[
        str, Meta(pattern=r"^(?!(name|description|created_at|updated_at|created_by|locked|public)$).+$")
    ]
    value: Name


class Dashboard(Strict):
    """What `POST /api/v2/dashboards` takes."""

    schema_version: Literal["v6"]
    name: Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    tags: Annotated[list[Tag], Meta(max_length=5)]
    spec: Spec
