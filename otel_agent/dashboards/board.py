"""What a dashboard is before any backend: rows of panels, and what their numbers mean."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from otel_agent.dashboards.queries import Query

COLUMNS: Final = 24
"""How wide a dashboard is."""
RANKED: Final = 12
"""How many values of an attribute a ranking shows."""
TOLD: Final = ("model", "agent", "tool_name", "success", "duration_ms", "cost_usd", "error")
"""What a list of log events shows beside their times and names, where a record has it."""


class Shape(StrEnum):
    """How a panel shows its numbers."""

    NUMBER = "number"
    LINES = "lines"
    BARS = "bars"
    RANKING = "ranking"
    SHARES = "shares"
    TABLE = "table"
    LOGS = "logs"
    TRACES = "traces"


class Unit(StrEnum):
    """What a panel's numbers are of."""

    COUNT = "count"
    TOKENS = "tokens"
    DOLLARS = "dollars"
    SHARE = "share"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    BYTES = "bytes"


class Step(StrEnum):
    """How much time one step of a panel's time axis has at least."""

    FINE = "5m"
    """A session's numbers are exported once a minute."""
    DAY = "1d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """From which value on a number is a warning, or is bad."""

    warning: float
    bad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One question of a panel; in the legend of its numbers `{attribute}` stands for an attribute's value.

    `unit` is that of a table's column, where it is not the panel's.
    """

    query: Query
    legend: str = ""
    unit: Unit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture: `width` is in columns of 24, `height` in rows of about 30 pixels."""

    title: str
    description: str
    shape: Shape
    targets: tuple[Target, ...]
    unit: Unit = Unit.COUNT
    width: int = 6
    height: int = 8
    limit: Limit | None = None
    step: Step = Step.FINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled row of panels."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard; its name is that of its files. `is_by_session`: one session can be chosen, by its id."""

    name: str
    title: str
    description: str
    sections: tuple[Section, ...]
    is_by_session: bool = False
