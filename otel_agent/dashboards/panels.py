"""Panels as the boards write them: one call for each shape, with what the shape needs and no more."""

from dataclasses import replace

from otel_agent.dashboards.board import Limit, Panel, Shape, Step, Target, Unit
from otel_agent.dashboards.queries import Line, Number, Query, Told, Traced, attributes_of


def number(
    title: str, description: str, query: Number, *, unit: Unit = Unit.COUNT, limit: Limit | None = None
) -> Panel:
    """Return one number of the whole time range."""
    return Panel(
        title=title,
        description=description,
        shape=Shape.NUMBER,
        targets=(Target(query=query),),
        unit=unit,
        width=4,
        height=4,
        limit=limit,
    )


def numbers(title: str, description: str, *targets: Target, unit: Unit = Unit.COUNT) -> Panel:
    """Return a few numbers of the whole time range beside each other, named by their legends."""
    return Panel(
        title=title,
        description=description,
        shape=Shape.NUMBER,
        targets=targets,
        unit=unit,
        width=4,
        height=4,
    )


def lines(title: str, description: str, *targets: Target, unit: Unit = Unit.COUNT, width: int = 12) -> Panel:
    """Return values along the time axis that are no amounts."""
    return Panel(
        title=title, description=description, shape=Shape.LINES, targets=targets, unit=unit, width=width
    )


def bars(title: str, description: str, query: Line, *, unit: Unit = Unit.COUNT, width: int = 12) -> Panel:
    """Return amounts along the time axis, stacked by the query's attributes."""
    target = Target(query=query, legend=_legend(query))
    return Panel(
        title=title, description=description, shape=Shape.BARS, targets=(target,), unit=unit, width=width
    )


def daily(title: str, description: str, query: Line, *, unit: Unit = Unit.COUNT, width: int = 12) -> Panel:
    """Return amounts of each day, stacked by the query's attributes."""
    return replace(bars(title, description, query, unit=unit, width=width), step=Step.DAY)


def ranking(title: str, description: str, query: Number, *, unit: Unit = Unit.COUNT, width: int = 6) -> Panel:
    """Return the largest values of an attribute, largest first."""
    target = Target(query=query, legend=_legend(query))
    return Panel(
        title=title, description=description, shape=Shape.RANKING, targets=(target,), unit=unit, width=width
    )


def shares(title: str, description: str, query: Number, *, unit: Unit = Unit.COUNT, width: int = 6) -> Panel:
    """Return the parts of a whole."""
    target = Target(query=query, legend=_legend(query))
    return Panel(
        title=title, description=description, shape=Shape.SHARES, targets=(target,), unit=unit, width=width
    )


def table(title: str, description: str, *targets: Target, unit: Unit = Unit.COUNT, height: int = 12) -> Panel:
    """Return a row for each value of the attributes, a column for each target, named by its legend."""
    return Panel(
        title=title,
        description=description,
        shape=Shape.TABLE,
        targets=targets,
        unit=unit,
        width=24,
        height=height,
    )


def logs(title: str, description: str, query: Told) -> Panel:
    """Return the log events themselves."""
    return Panel(
        title=title,
        description=description,
        shape=Shape.LOGS,
        targets=(Target(query=query),),
        width=24,
        height=12,
    )


def traces(title: str, description: str) -> Panel:
    """Return the chosen session's traces."""
    return Panel(
        title=title,
        description=description,
        shape=Shape.TRACES,
        targets=(Target(query=Traced()),),
        width=24,
    )


def _legend(query: Query) -> str:
    """Return a legend that names each number by the values of its attributes."""
    return " ".join(f"{{{key}}}" for key in attributes_of(query))
