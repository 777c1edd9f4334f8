"""The questions of a board, with Grafana's variables filled in, and the answers of Prometheus and Loki."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import requests

Json = dict[str, Any]
TALK_LIMIT_S: Final = 120
NS_PER_S: Final = 1_000_000_000
NICE_S: Final = (
    *(1, 2, 5, 10, 15, 20, 30),
    *(60, 120, 300, 600, 900, 1200, 1800),
    *(3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800),
)
"""The steps that Grafana rounds to."""
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time range of a board, in seconds since 1970."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """How long it is."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One answer: its labels, its name as the legend says it, and its values by seconds since 1970."""

    name: str
    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The last value."""
        return self.points[-1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One log event: when, in seconds since 1970, and what the panel shows of it."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where a board's questions go; `loki` may be missing."""

    prometheus: str
    loki: str | None
    window: Window
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    def ask(self, target: Json, step_s: int) -> list[Series]:
        """Return the answers to one question about numbers; without a Loki none about log events."""
        query = self._filled(target["expr"], step_s)
        if target["datasource"]["type"] == "loki":
            return self._range(f"{self.loki}/loki", query, target, step_s) if self.loki else []
        if target.get("instant"):
            return self._instant(query, target)
        return self._range(self.prometheus, query, target, step_s)

    def lines(self, target: Json, limit: int) -> list[Line]:
        """Return log events, newest first."""
        if not self.loki:
            return []
        sent = {
            "query": self._filled(target["expr"], self.window.length_s),
            "start": self.window.start_s * NS_PER_S,
            "end": self.window.end_s * NS_PER_S,
            "limit": limit,
            "direction": "backward",
        }
        found = _told(f"{self.loki}/loki/api/v1/query_range", sent)["data"]["result"]
        lines = (Line(at_s=int(at) / NS_PER_S, text=text) for one in found for at, text in one["values"])
        return sorted(lines, key=lambda line: line.at_s, reverse=True)

    def _instant(self, query: str, target: Json) -> list[Series]:
        """Return the values at the window's end, in the server's order."""
        sent = {"query": query, "time": self.window.end_s}
        found = _told(f"{self.prometheus}/api/v1/query", sent)["data"]["result"]
        return [_series(one["metric"], [one["value"]], target) for one in found]

    def _range(self, base: str, query: str, target: Json, step_s: int) -> list[Series]:
        """Return values along the window, at multiples of the step as Grafana asks for them."""
        start_s = self.window.start_s // step_s * step_s
        sent = {"query": query, "start": start_s, "end": self.window.end_s // step_s * step_s, "step": step_s}
        found = _told(f"{base}/api/v1/query_range", sent)["data"]["result"]
        made = [_series(one["metric"], one["values"], target) for one in found]
        return sorted((one for one in made if one.points), key=lambda one: one.name)

    def _filled(self, query: str, step_s: int) -> str:
        """Return a question without variables."""
        known = {
            **self.variables,
            "__range_s": str(self.window.length_s),
            "__range": f"{self.window.length_s}s",
            "__rate_interval": f"{4 * step_s}s",
            "__interval": f"{step_s}s",
            "__auto": f"{step_s}s",
        }
        return re.sub(r"\$(\w+)|\$\{(\w+)\}", lambda found: known[found[1] or found[2]], query)


def step_of(panel: Json, window: Window, width_px: float) -> int:
    """Return the step of a panel's time axis in seconds, as Grafana chooses it for a width.

    https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#__interval
    """
    points = panel.get("maxDataPoints") or width_px
    rounded = min(NICE_S, key=lambda nice: abs(nice - window.length_s / points))
    least = re.fullmatch(r"(\d+)([smhdw])", panel.get("interval") or "1s")
    return max(rounded, int(least[1]) * SECONDS[least[2]]) if least else rounded


def defaults_of(board: Json) -> Iterator[tuple[str, str]]:
    """Yield a board's variables with what they are when nobody has chosen."""
    for variable in board["templating"]["list"]:
        current = variable.get("current", {}).get("value", "")
        is_all = current in ("$__all", ["$__all"])
        yield variable["name"], variable.get("allValue", ".*") if is_all else str(current)


def _series(labels: Mapping[str, str], values: list[list[Any]], target: Json) -> Series:
    """Return one answer, without the values that are no numbers."""
    points = tuple((float(at), float(value)) for at, value in values if value != "NaN")
    return Series(name=_name(labels, target.get("legendFormat", "")), labels=labels, points=points)


def _name(labels: Mapping[str, str], legend: str) -> str:
    """Return what a legend says: the labels' values, and a word of Grafana's where they say nothing."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), legend) or "Value"


def _told(url: str, sent: Json) -> Json:
    """Return a server's answer; RuntimeError with its words and the question where it refuses."""
    answer = requests.get(url, params=sent, timeout=TALK_LIMIT_S)
    if not answer.ok:
        raise RuntimeError(f"{url}: expected an answer, got {answer.text[:500]} for {sent['query']}")
    told: Json = answer.json()
    return told
