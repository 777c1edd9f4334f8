"""What a panel asks of Honeycomb: one query specification of one dataset, or nothing and why.

https://docs.honeycomb.io/reference/query-specification/
https://docs.honeycomb.io/investigate/query/math/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from otel_agent.dashboards.board import RANKED, Panel, Shape, Step
from otel_agent.dashboards.honeycomb.calculations import Calculation, Dataset, Json, calculation, from_events
from otel_agent.dashboards.queries import (
    Active,
    Amount,
    Distinct,
    Growth,
    Latest,
    Measured,
    Occurrences,
    PerMonth,
    Quantile,
    Query,
    Ratio,
    Told,
    Traced,
    attributes_of,
)

RANGE_S: Final = 7 * 24 * 3600
STEPS_S: Final[Mapping[Step, int]] = {Step.FINE: 3600, Step.DAY: 24 * 3600}
"""The steps of a time axis in the range; the shortest that are allowed are a thousandth of it."""
SHOWN: Final[Mapping[Shape, int]] = {Shape.RANKING: RANKED, Shape.SHARES: RANKED}
"""How many values of an attribute a picture shows."""
MOST_SHOWN: Final = 100
PART, WHOLE, RATIO = "part", "whole", "ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A specification, the dataset that it is asked of, its answer's shape, and the charts that draw it."""

    dataset: Dataset
    specification: Json
    shape: Shape
    charts: int


def question(panel: Panel, prefix: str) -> Question | None:
    """Return what a panel asks; None where Honeycomb cannot answer exactly that."""
    queries = [target.query for target in panel.targets]
    match queries:
        case [Ratio() as ratio]:
            return _ratio(panel, ratio, prefix)
        case _:
            found = [made for made in (calculation(query, prefix) for query in queries) if made]
            datasets, keys = {made.dataset for made in found}, {attributes_of(query) for query in queries}
            is_one = len(found) == len(queries) and len(datasets) == len(keys) == 1
            return _plain(panel, found) if is_one else None


def why_absent(panel: Panel) -> str:
    """Return why Honeycomb cannot answer what a panel asks."""
    return _reason(panel.targets[0].query)


def _drawn_as(panel: Panel) -> Shape:
    """Return a panel's shape; a gauge's number is drawn along the time axis: last values are not added up."""
    is_gauge = any(isinstance(target.query, Latest) for target in panel.targets)
    return Shape.LINES if is_gauge and panel.shape is Shape.NUMBER else panel.shape


def is_from_events_instead(panel: Panel, asked: Question) -> bool:
    """Tell whether what a panel asks of metrics is asked of the log events that tell the same."""
    is_of_events = any(isinstance(target.query, Occurrences) for target in panel.targets)
    return asked.dataset is Dataset.EVENTS and not is_of_events


def slug(text: str) -> str:
    """Return a text as a name of small letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _plain(panel: Panel, found: Sequence[Calculation]) -> Question:
    """Return a question of one calculation, or of a few beside each other."""
    shape, by = _drawn_as(panel), attributes_of(panel.targets[0].query)
    if len(found) == 1:
        calculations, filters = [_calculated(found[0])], list(found[0].filters)
    else:
        names = [slug(target.legend) for target in panel.targets]
        pairs = zip(found, names, strict=True)
        calculations, filters = [_named(made, name) for made, name in pairs], []
    return Question(
        dataset=found[0].dataset,
        specification={
            **_times(panel, shape),
            **({"breakdowns": list(by)} if by else {}),
            "calculations": calculations,
            **({"filters": filters} if filters else {}),
            **_largest_first(calculations[0], shape, by),
        },
        shape=shape,
        charts=len(found),
    )


def _ratio(panel: Panel, query: Ratio, prefix: str) -> Question | None:
    """Return a question for a ratio; None where its parts stand in two datasets."""
    for read in (calculation, from_events):
        part, whole = read(query.part, prefix), read(query.whole, prefix)
        if part and whole and part.dataset is whole.dataset:
            return Question(
                dataset=part.dataset,
                specification={
                    **_times(panel, panel.shape),
                    "calculations": [_named(part, PART), _named(whole, WHOLE)],
                    "formulas": [{"name": RATIO, "expression": f"DIV(${PART}, ${WHOLE})"}],
                },
                shape=panel.shape,
                charts=1,
            )
    return None


def _times(panel: Panel, shape: Shape) -> Json:
    """Return the range, and the step where there is a time axis."""
    is_axis = shape in {Shape.LINES, Shape.BARS}
    return {"time_range": RANGE_S, **({"granularity": STEPS_S[panel.step]} if is_axis else {})}


def _calculated(made: Calculation) -> Json:
    """Return a calculation without its filters."""
    return {"op": made.op, **({"column": made.column} if made.column else {})}


def _named(made: Calculation, name: str) -> Json:
    """Return a calculation with its own filters, which needs a name."""
    return {
        **_calculated(made),
        "name": name,
        **({"filters": list(made.filters)} if made.filters else {}),
    }


def _largest_first(first: Json, shape: Shape, by: tuple[str, ...]) -> Json:
    """Return the order of the values of the attributes, and how many of them there are."""
    if not by:
        return {}
    term = {"column": first["name"]} if "name" in first else first
    return {"orders": [{**term, "order": "descending"}], "limit": SHOWN.get(shape, MOST_SHOWN)}


def _reason(query: Query) -> str:
    """Return why there is no question for a query."""
    match query:
        case PerMonth():
            why = "a query does not know how long the chosen time range is"
        case Told():
            why = "a board shows calculations, not single events; the events dataset's raw data has them"
        case Traced():
            why = "a board shows calculations, not traces; the events dataset has them"
        case Ratio():
            why = "its parts stand in two datasets, and a query asks one"
        case Quantile():
            why = f"Honeycomb has no operator for the quantile {query.quantile:g}"
        case Distinct() | Active():
            why = f"no log event tells of {query.of.suffix}"
        case Amount() | Growth() | Measured() | Latest() | Occurrences():
            why = "its questions differ in their datasets or attributes"
        case _:
            assert_never(query)
    return why


def absent(panels: Sequence[Panel], prefix: str) -> Iterator[tuple[Panel, str]]:
    """Yield the panels that Honeycomb cannot answer, each with the reason."""
    return ((panel, why_absent(panel)) for panel in panels if question(panel, prefix) is None)
