"""What Grafana's dashboard-linter asks of a board, in tests of ours: its Go module cannot be had.

Its rules: https://github.com/grafana/dashboard-linter/blob/main/docs/index.md.
Those that do not fit are in EXCLUDED, with their reasons.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from otel_agent.dashboards.grafana.promql import PAUSE, label, metric
from otel_agent.dashboards.render import Backend, bundled
from otel_agent.signals.catalogue import INSTRUMENTS
from otel_agent.signals.profile import PROFILES

Json = dict[str, Any]

EXCLUDED: Final = {
    "template-job-rule": "points are pushed over OTLP: job is the service's name, the same for everybody",
    "target-job-rule": "the metrics' names begin with the prefix, which says whose they are",
    "template-instance-rule": "an instance is one process of OpenCode: too many to choose from",
    "target-instance-rule": "the same",
    "target-rate-interval-rule": "bars are amounts, and windows that overlap would count twice",
    "target-counter-agg-rule": "amounts of a range are exact growth, max_over_time() - min_over_time()",
    "target-logql-auto-rule": "$__interval is what $__auto stands for in a range query",
    "uneditable-dashboard": "who imports a board by hand may change it; the provisioned ones cannot be saved",
}
UNITS: Final = {"short", "locale", "currencyUSD", "percentunit", "s", "ms", "bytes"}
"""Of https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts."""
COLUMNS: Final = 24
UID: Final = 40
"""How long a uid may be."""
WORK: Final = {"stat", "timeseries", "bargauge", "piechart", "table"}
"""The types of panels that show numbers."""

BOARDS: Final = {
    path.as_posix(): json.loads(text)
    for path, text in bundled()
    if path.parts[0] == Backend.GRAFANA and path.suffix == ".json"
}
every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)


def panels(board: Json) -> list[Json]:
    """Return the panels without the rows' titles."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def targets(board: Json) -> Iterator[tuple[Json, Json]]:
    """Yield each question with its panel."""
    return ((panel, target) for panel in panels(board) for target in panel["targets"])


def metrics() -> set[str]:
    """Return what Prometheus calls all metrics under the bundled prefixes."""
    names = {metric(row, prefix) for row in INSTRUMENTS for prefix in ("opencode.", "claude_code.")}
    profiled = {
        metric(profile.described(row), prefix) if hasattr(profile, "described") else metric(row, prefix)
        for profile in PROFILES.values()
        for row in INSTRUMENTS
        for prefix in ("opencode.", "claude_code.")
    }
    return names | profiled


def test_there_are_boards() -> None:
    """Two variants of six."""
    assert len(BOARDS) == 12


def test_uids_and_titles_are_unique() -> None:
    """Grafana knows a board by its uid, and a folder has one board of a title."""
    uids, titles = ([board[key] for board in BOARDS.values()] for key in ("uid", "title"))

    assert len(BOARDS) == len(set(uids)) == len(set(titles))
    assert all(len(uid) <= UID for uid in uids)


@every_board
def test_data_sources_are_variables(board: Json) -> None:
    """template-datasource and panel-datasource: nothing names a data source of somebody's Grafana."""
    sources = {
        f"${{{one['name']}}}": one["query"]
        for one in board["templating"]["list"]
        if one["type"] == "datasource"
    }
    used = [target["datasource"] for _panel, target in targets(board)]
    used += [panel["datasource"] for panel in panels(board)]
    used += [one["datasource"] for one in board["annotations"]["list"]]
    used += [one["datasource"] for one in board["templating"]["list"] if one["type"] == "query"]

    assert sources == {one["uid"]: one["type"] for one in used}


@every_board
def test_variables_ask_for_a_label_of_a_metric(board: Json) -> None:
    """template-label-promql and template-on-time-change-reload."""
    for one in board["templating"]["list"]:
        if one["type"] == "query":
            found = re.fullmatch(r"label_values\((\w+), (\w+)\)", one["definition"])
            assert found is not None
            assert found[1] in metrics()
            assert (one["name"], 2, one["definition"]) == (found[2], one["refresh"], one["query"]["query"])


@every_board
def test_variables_are_used(board: Json) -> None:
    """Each is in a question, and each one of a question is there."""
    asked = " ".join(json.dumps(target) for _panel, target in targets(board))
    asked += json.dumps(board["annotations"])
    names = {one["name"] for one in board["templating"]["list"]}
    built_in = {"__range", "__range_s", "__interval"}

    assert (
        names == {one for pair in re.findall(r"\$\{(\w+)\}|\$(\w+)", asked) for one in pair if one} - built_in
    )


@every_board
def test_panels_say_what_they_show(board: Json) -> None:
    """panel-title-description, panel-units and panel-no-targets."""
    for panel in panels(board):
        assert panel["title"]
        assert panel["description"]
        assert panel["targets"]
        if panel["type"] in WORK and panel["targets"][0]["datasource"]["type"] != "tempo":
            assert panel["fieldConfig"]["defaults"]["unit"] in UNITS


@every_board
def test_windows_are_the_boards_own(board: Json) -> None:
    """Of the whole range or of a step; a fixed one only looks back for the value before."""
    for panel, target in targets(board):
        asked = target.get("expr", "").replace(f"[{PAUSE}]", "[pause]")
        windows = set(re.findall(r"\[([^\]]+)\]", asked))
        pauses = re.findall(r"(\w+)\([^()]*\[pause\]", asked)

        assert windows <= {"$__range", "$__interval", "pause"}, panel
        assert set(pauses) <= {"last_over_time"}, panel


@every_board
def test_counters_are_never_shown_raw(board: Json) -> None:
    """A counter's value says nothing: each one is asked for over a window."""
    for panel, target in targets(board):
        bare = re.findall(r"_(?:total|count|bucket)\{[^}]*\}(?!\[)", target.get("expr", ""))

        assert bare == [], panel["title"]


@every_board
def test_panels_fill_the_grid_without_overlap(board: Json) -> None:
    """Each cell of the grid has one panel at most, and each panel an id of its own."""
    cells = [
        (column, row)
        for place in (panel["gridPos"] for panel in board["panels"])
        for column in range(place["x"], place["x"] + place["w"])
        for row in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert max(column for column, _row in cells) < COLUMNS
    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]})


@every_board
def test_legends_name_labels_that_the_answers_have(board: Json) -> None:
    """What a legend names is kept by the question's `by`."""
    for panel, target in targets(board):
        kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", target.get("expr", "")))))
        named = set(re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")))

        assert named <= kept, panel["title"]


def test_excluded_rules_have_reasons() -> None:
    """A rule of the linter that is not kept is explained."""
    assert all(EXCLUDED.values())
    assert label("service.name") == "service_name"
