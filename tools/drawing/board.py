"""A whole board: its head, its rows, and panels in their places with the answers to their own questions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from .asking import Json, Series, Servers, step_of
from .canvas import INK, PALE, Box, Canvas, cut
from .logs import draw_lines
from .panels import draw_numbers, draw_ranking, draw_shares, draw_table
from .series import TimeAxis, draw_series
from .tables import table_of

COLUMNS: Final = 24
UNIT: Final = 38.0
"""How high a row of the grid is in pixels, with the space below: Grafana's 30 and 8."""
GAP: Final = 8.0
MARGIN: Final = 16.0
HEAD: Final = 74.0
TITLE: Final = 14.0
NO_VALUE: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What became of a panel: how many answers its questions had."""

    title: str
    kind: str
    answers: int


class Picture:
    """One board on a sheet of a width in pixels; nobody asks Tempo: panels of traces say what they search."""

    def __init__(self, board: Json, servers: Servers, width: float) -> None:
        """Make the sheet and write its head."""
        self._board, self._servers = board, servers
        rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
        self.canvas = Canvas(width, HEAD + rows * UNIT + MARGIN)
        self._column = (width - 2 * MARGIN + GAP) / COLUMNS
        self._marks = self._annotations()
        self._head()

    def draw(self) -> Iterator[Drawn]:
        """Draw every panel, and yield what became of each."""
        for panel in self._board["panels"]:
            box = self._place(panel)
            if panel["type"] == "row":
                self.canvas.text(box.left, box.top + 8, panel["title"], TITLE + 1, INK, weight="bold")
                continue
            self.canvas.card(box)
            title = cut(panel["title"], TITLE, box.width - 20)
            self.canvas.text(box.left + 10, box.top + 8, title, TITLE, INK)
            yield Drawn(title=panel["title"], kind=panel["type"], answers=self._panel(panel, box))

    def _head(self) -> None:
        """Write the board's title, what it is about, and the time range."""
        window = self._servers.window
        first, last = (datetime.fromtimestamp(at, UTC) for at in (window.start_s, window.end_s))
        told = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
        self.canvas.text(MARGIN, 16, self._board["title"], 22, INK, weight="bold")
        self.canvas.text(MARGIN, 46, self._board["description"], 14, PALE)
        self.canvas.text(self.canvas.width - MARGIN, 20, told, 14, PALE, ha="right")

    def _place(self, panel: Json) -> Box:
        """Return where a panel is."""
        grid = panel["gridPos"]
        return Box(
            left=MARGIN + grid["x"] * self._column,
            top=HEAD + grid["y"] * UNIT,
            width=grid["w"] * self._column - GAP,
            height=grid["h"] * UNIT - GAP,
        )

    def _panel(self, panel: Json, box: Box) -> int:
        """Draw what is in a panel; return how many answers there were."""
        inner = box.inside(12, 34, 12, 10)
        if panel["targets"][0]["datasource"]["type"] == "tempo":
            self._say(inner, f"not drawn: Tempo's answer to {panel['targets'][0]['query']}")
            return 0
        if panel["type"] == "logs":
            lines = self._servers.lines(panel["targets"][0], limit=100)
            draw_lines(self.canvas, inner, lines)
            return len(lines)
        step_s = step_of(panel, self._servers.window, box.width)
        answers = {one["refId"]: self._servers.ask(one, step_s) for one in panel["targets"]}
        answers = {letter: [_renamed(one, panel) for one in some] for letter, some in answers.items()}
        found = [one for some in answers.values() for one in some if one.points]
        if found:
            self._numbers(panel, inner, answers, step_s)
        else:
            self._say(inner, panel["fieldConfig"]["defaults"].get("noValue", "No data"))
        return len(found)

    def _numbers(self, panel: Json, box: Box, answers: Mapping[str, list[Series]], step_s: int) -> None:
        """Draw a panel of numbers."""
        field = panel["fieldConfig"]["defaults"]
        found = [one for some in answers.values() for one in some if one.points]
        match panel["type"]:
            case "stat":
                draw_numbers(self.canvas, box, field, found)
            case "bargauge":
                draw_ranking(self.canvas, box, field, found)
            case "piechart":
                draw_shares(self.canvas, box, field, found)
            case "table":
                draw_table(self.canvas, box, *table_of(panel, answers))
            case "timeseries":
                axis = TimeAxis(window=self._servers.window, step_s=step_s, marks_s=self._marks)
                draw_series(self.canvas, box, panel, found, axis)
            case kind:
                raise ValueError(f"panel {panel['title']}: expected a type that can be drawn, got {kind}")

    def _annotations(self) -> list[float]:
        """Return when the board's annotations are."""
        times: list[float] = []
        for row in self._board["annotations"]["list"]:
            if "expr" in row:
                step_s = step_of({"interval": row.get("step", "1m")}, self._servers.window, 1000)
                found = self._servers.ask({**row, "legendFormat": ""}, step_s)
                times += [at for one in found for at, _value in one.points]
        return times

    def _say(self, box: Box, words: str) -> None:
        """Write words in the middle of a panel that has no numbers."""
        middle, centre = box.left + box.width / 2, box.top + box.height / 2
        words = cut(words, NO_VALUE, box.width)
        self.canvas.text(middle, centre, words, NO_VALUE, PALE, ha="center", va="center")


def _renamed(one: Series, panel: Json) -> Series:
    """Return an answer under the name that the panel's transformations give it."""
    name = one.name
    for step in panel["transformations"]:
        if step["id"] == "renameByRegex":
            to = re.sub(r"\$(\d)", r"\\\1", step["options"]["renamePattern"])
            name = re.sub(step["options"]["regex"], to, name)
    return replace(one, name=name)
