"""Panels and queries of schema v6, as far as our boards use them; a field that is not here is refused.

Written after SigNoz's types, which refuse unknown fields too:
https://github.com/SigNoz/signoz/blob/main/pkg/types/dashboardtypes/perses_signoz_plugins.go and, for queries,
https://github.com/SigNoz/signoz/tree/main/pkg/types/querybuildertypes/querybuildertypesv5.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=128)]
Key = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]+$")]
Unit = Literal["short", "currencyUSD", "percentunit", "s", "ms", "By"]
Decimals = Literal["0", "1", "2", "3", "4", "full"]


class Strict(Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """Refuses a field that it does not know."""


class Display(Strict):
    """The words of a dashboard, a panel or a choice."""

    name: Name
    description: str = ""


class Field(Strict):
    """A field of a signal."""

    name: Annotated[str, Meta(min_length=1)]
    signal: Literal["metrics", "logs", "traces"]
    field_context: Literal["attribute", "resource", "log", "span", "metric"]
    field_data_type: Literal["string"] | None = None


class Time(Strict):
    """Which time a panel shows, and how it draws it."""

    time_preference: Literal["global_time", "last_1_week"]
    fill_spans: bool = False
    stacked_bar_chart: bool = False


class Formatting(Strict):
    """How a number is written."""

    unit: Unit
    decimal_precision: Decimals


class Columns(Strict):
    """How a table's numbers are written."""

    column_units: dict[str, Unit]
    decimal_precision: Decimals


class Threshold(Strict):
    """From where on a number is coloured."""

    value: float
    operator: Literal["above", "below", "above_or_equal", "below_or_equal", "equal", "not_equal"]
    unit: Unit
    color: Name
    format: Literal["text", "background"]


class Legend(Strict):
    """Where the legend stands."""

    position: Literal["bottom", "right"]
    mode: Literal["list"]


class Appearance(Strict):
    """How lines are drawn."""

    line_interpolation: Literal["linear", "spline", "step_after", "step_before"]
    show_points: bool
    fill_mode: Literal["solid", "gradient", "none"]


class NumberSpec(Strict):
    """A single number."""

    visualization: Time
    formatting: Formatting
    thresholds: list[Threshold]


class LinesSpec(Strict):
    """Lines along the time axis."""

    visualization: Time
    formatting: Formatting
    chart_appearance: Appearance
    legend: Legend


class BarsSpec(Strict):
    """Bars along the time axis."""

    visualization: Time
    formatting: Formatting
    legend: Legend


class PieSpec(Strict):
    """The parts of a whole."""

    visualization: Time
    formatting: Formatting
    legend: Legend


class TableSpec(Strict):
    """Rows and columns."""

    visualization: Time
    formatting: Columns


class ListSpec(Strict):
    """Log events or spans."""

    select_fields: list[Field]


class NumberPanel(Strict, tag_field="kind", tag="signoz/NumberPanel"):
    """The plugin of a number."""

    spec: NumberSpec


class LinesPanel(Strict, tag_field="kind", tag="signoz/TimeSeriesPanel"):
    """The plugin of lines."""

    spec: LinesSpec


class BarsPanel(Strict, tag_field="kind", tag="signoz/BarChartPanel"):
    """The plugin of bars."""

    spec: BarsSpec


class PiePanel(Strict, tag_field="kind", tag="signoz/PieChartPanel"):
    """The plugin of shares."""

    spec: PieSpec


class TablePanel(Strict, tag_field="kind", tag="signoz/TablePanel"):
    """The plugin of a table."""

    spec: TableSpec


class ListPanel(Strict, tag_field="kind", tag="signoz/ListPanel"):
    """The plugin of a list."""

    spec: ListSpec


class Aggregation(Strict):
    """How a metric's points, or records, become numbers; which of the fields, depends on the signal."""

    metric_name: str = ""
    temporality: Literal["", "delta", "cumulative", "unspecified"] = ""
    time_aggregation: Literal["", "latest", "sum", "avg", "min", "max", "count", "rate", "increase"] = ""
    space_aggregation: Literal["", "sum", "avg", "min", "max", "count", "p50", "p75", "p90", "p95", "p99"] = (
        ""
    )
    reduce_to: Literal["", "sum", "count", "avg", "min", "max", "last", "median"] = ""
    expression: str = ""


class Filter(Strict):
    """Which points or records count."""

    expression: str


class OrderKey(Strict):
    """By what rows are ordered."""

    name: str


class Order(Strict):
    """The order of rows."""

    key: OrderKey
    direction: Literal["asc", "desc"]


class BuilderQuery(Strict):
    """A query of the query builder."""

    name: Name
    signal: Literal["metrics", "logs", "traces"]
    disabled: bool
    filter: Filter
    legend: str
    step_interval: int = 0
    aggregations: list[Aggregation] = []
    group_by: list[Field] = []
    limit: Annotated[int, Meta(ge=0, le=10_000)] = 0
    order: list[Order] = []
    select_fields: list[Field] = []


class Formula(Strict):
    """A formula over queries."""

    name: Name
    expression: Name
    legend: str


class QueryPart(Strict, tag_field="type", tag="builder_query"):
    """A query of several."""

    spec: BuilderQuery


class FormulaPart(Strict, tag_field="type", tag="builder_formula"):
    """A formula beside queries."""

    spec: Formula


class CompositeSpec(Strict):
    """Several queries and formulas."""

    queries: list[QueryPart | FormulaPart]


class Single(Strict, tag_field="kind", tag="signoz/BuilderQuery"):
    """The plugin of one query."""

    spec: BuilderQuery


class Composite(Strict, tag_field="kind", tag="signoz/CompositeQuery"):
    """The plugin of several."""

    spec: CompositeSpec


class AskedSpec(Strict):
    """What a panel asks, under the name of its first query."""

    name: Name
    plugin: Single | Composite


class Asked(Strict):
    """What a panel asks, and in which form it wants the answer."""

    kind: Literal["scalar", "time_series", "raw"]
    spec: AskedSpec


class PanelSpec(Strict):
    """A panel's words, looks and question; SigNoz takes one question only."""

    display: Display
    plugin: NumberPanel | LinesPanel | BarsPanel | PiePanel | TablePanel | ListPanel
    queries: Annotated[list[Asked], Meta(min_length=1, max_length=1)]


class Panel(Strict):
    """A panel."""

    kind: Literal["Panel"]
    spec: PanelSpec
