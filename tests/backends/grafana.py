"""A board's questions as Grafana asks them: variables replaced, the step chosen, the time axis aligned.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from otel_agent.dashboards.render import RENDERERS, Backend
from otel_agent.dashboards.variant import Variant
from tests.backends.loki import LogLine, Loki
from tests.backends.prometheus import Line, Prometheus, Sample

Json = dict[str, Any]
Key = tuple[str, ...]

VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
POINTS = 1000
"""About how many points wide a panel is."""
SCRAPE_S = 15
"""The scrape interval that a data source has where nobody has set another."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/datetime/rangeutil.ts, roundInterval.
ROUND_S = (300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a user has chosen as the time range, in seconds since 1970."""

    start_s: int
    end_s: int

    def step_s(self, least_s: int) -> int:
        """Give the step of the time axis, which is never shorter than the panel's least one."""
        wanted_s = (self.end_s - self.start_s) / POINTS
        return max(least_s, min(ROUND_S, key=lambda round_s: abs(round_s - wanted_s)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a panel."""

    board: str
    section: str
    kind: str
    title: str
    description: str
    letter: str
    source: str
    expr: str
    is_range: bool
    step_s: int

    @property
    def name(self) -> str:
        """What a failed test calls it."""
        return f"{self.board} / {self.section} / {self.title} {self.letter}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A rendered board, and what a user has chosen on it."""

    name: str
    made: Json
    chosen: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def variables(self) -> list[Json]:
        """The variables as they are in the file."""
        found: list[Json] = self.made["templating"]["list"]
        return found

    @property
    def questions(self) -> list[Question]:
        """The questions of all panels to Prometheus and Loki."""
        found, section = list[Question](), ""
        for panel in self.made["panels"]:
            section = panel["title"] if panel["type"] == "row" else section
            told = [one for one in panel.get("targets", ()) if "expr" in one]
            found += [_question(self.name, section, panel, one) for one in told]
        return found

    @property
    def annotations(self) -> list[Json]:
        """What marks events on the time axes."""
        found: list[Json] = self.made["annotations"]["list"]
        return found

    def values(self) -> dict[str, str]:
        """Give each variable's value: what was chosen, or else what a board that was just opened has."""
        return {one["name"]: self.chosen.get(one["name"], _value(one)) for one in self.variables}

    def asked(self, expr: str, shown: Range, step_s: int) -> str:
        """Replace the variables in a query; KeyError for one that the board does not have."""
        range_s = shown.end_s - shown.start_s
        known = {
            **self.values(),
            "__range": f"{range_s}s",
            "__range_s": str(range_s),
            "__interval": f"{step_s}s",
            "__rate_interval": f"{max(step_s + SCRAPE_S, 4 * SCRAPE_S)}s",
        }
        return VARIABLE.sub(lambda found: known[found[1] or found[2]], expr)


def boards(variant: Variant, **chosen: str) -> dict[str, Board]:
    """Give the boards of a variant by name, on which a user has chosen values."""
    files = {path: text for path, text in RENDERERS[Backend.GRAFANA].files(variant) if path.suffix == ".json"}
    return {
        path.stem: Board(name=path.stem, made=made, chosen=chosen)
        for path, made in ((path, json.loads(text)) for path, text in files.items())
        if "panels" in made
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Grafana:
    """What shows boards: it asks the data sources."""

    prometheus: Prometheus
    loki: Loki | None = None

    def numbers(self, board: Board, question: Question, shown: Range) -> list[Sample]:
        """Ask for the numbers of the whole range; those that are none are left out."""
        asked = board.asked(question.expr, shown, shown.step_s(question.step_s))
        found = self.prometheus.instant(asked, shown.end_s)
        return [one for one in found if not math.isnan(one.value)]

    def lines(self, board: Board, question: Question, shown: Range) -> list[Line]:
        """Ask for lines along the time axis; points that are no numbers are left out."""
        step_s = shown.step_s(question.step_s)
        asked = board.asked(question.expr, shown, step_s)
        start_s, end_s = shown.start_s // step_s * step_s, shown.end_s // step_s * step_s
        if question.source == "loki":
            assert self.loki is not None
            return self.loki.range(asked, start_s, end_s, step_s)
        found = self.prometheus.range(asked, start_s, end_s, step_s)
        return [line for line in (_without_gaps(line) for line in found) if line.points]

    def records(self, board: Board, question: Question, shown: Range) -> list[LogLine]:
        """Ask for log records."""
        assert self.loki is not None
        asked = board.asked(question.expr, shown, shown.step_s(question.step_s))
        return self.loki.lines(asked, shown.start_s, shown.end_s)

    def is_empty(self, board: Board, question: Question, shown: Range) -> bool:
        """Tell whether a panel would show nothing for a question."""
        if question.kind == "logs":
            return not self.records(board, question, shown)
        if question.is_range:
            return not self.lines(board, question, shown)
        return not self.numbers(board, question, shown)


def by_labels(samples: list[Sample], *labels: str) -> dict[Key, float]:
    """Give numbers by their labels, without those that are 0."""
    return {
        tuple(one.labels.get(label, "") for label in labels): one.value for one in samples if one.value != 0
    }


def summed(lines: list[Line], *labels: str) -> dict[Key, float]:
    """Give the sums of lines by their labels, without those that are 0."""
    found = {
        tuple(line.labels.get(label, "") for label in labels): math.fsum(value for _, value in line.points)
        for line in lines
    }
    return {key: value for key, value in found.items() if value != 0}


def _question(board: str, section: str, panel: Json, target: Json) -> Question:
    """Read one question."""
    least = panel["interval"]
    return Question(
        board=board,
        section=section,
        kind=panel["type"],
        title=panel["title"],
        description=panel["description"],
        letter=target["refId"],
        source=target["datasource"]["type"],
        expr=target["expr"],
        is_range=not target.get("instant", False),
        step_s=int(least[:-1]) * SECONDS[least[-1]],
    )


def _value(variable: Json) -> str:
    """Give the value of a variable on a board that was just opened."""
    current = variable.get("current", {}).get("value", "")
    is_all = current in ("$__all", ["$__all"])
    return str(variable["allValue"] if is_all else current)


def _without_gaps(line: Line) -> Line:
    """Leave the points out that are no numbers."""
    points = tuple((at_s, value) for at_s, value in line.points if not math.isnan(value))
    return Line(labels=line.labels, points=points)
