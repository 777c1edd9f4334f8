"""Datadog's dashboards: laid out without overlaps, with every template variable that they use."""

import json
import re
from itertools import combinations
from typing import Any

import pytest

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.datadog.dashboard import dashboard
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality

Json = dict[str, Any]

OPENCODE = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.DELTA)


def dashboards(variant: Variant) -> dict[str, Json]:
    """Return the dashboards of a variant by the names of their boards."""
    return {board.name: dashboard(board, variant) for board in boards(variant)}


ALL = [
    pytest.param(made, id=made["title"])
    for variant in (OPENCODE, BESIDE)
    for made in dashboards(variant).values()
]


def widgets(made: Json) -> dict[str, Json]:
    """Return the widgets by the titles of group and widget; the last one where two share both."""
    return {
        f"{group['definition']['title']}: {widget['definition']['title']}": widget["definition"]
        for group in made["widgets"]
        for widget in group["definition"]["widgets"]
    }


def overlap(one: Json, other: Json) -> bool:
    """Tell whether two places have a point in common."""
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


@pytest.mark.parametrize("made", ALL)
def test_widgets_stand_apart(made: Json) -> None:
    """No two groups overlap, no two widgets of a group, and none leaves the 12 columns."""
    groups = [group["layout"] for group in made["widgets"]]
    inside = [[widget["layout"] for widget in group["definition"]["widgets"]] for group in made["widgets"]]

    for places in (groups, *inside):
        assert [] == [pair for pair in combinations(places, 2) if overlap(*pair)]
        assert all(place["x"] + place["width"] <= 12 for place in places)


@pytest.mark.parametrize("made", ALL)
def test_every_variable_that_is_used_is_there(made: Json) -> None:
    """A query names only template variables of the dashboard, and there is none that no query names."""
    used = set(re.findall(r"\$(\w+)", json.dumps(made["widgets"])))

    assert used == {variable["name"] for variable in made["template_variables"]}


@pytest.mark.parametrize("made", ALL)
def test_words_and_signs_do_not_mix_in_a_filter(made: Json) -> None:
    """Datadog refuses a filter that has commas or exclamation marks beside AND, IN or NOT."""
    filters = re.findall(r"\{([^{}]*)\}(?: by|\.as_count|\.rollup|\")", json.dumps(made["widgets"]))
    mixed = [found for found in filters if re.search(r"[!,]", re.sub(r"\([^)]*\)", "", found))]

    assert filters or made["title"].endswith("health")
    assert [] == mixed


def test_month_is_counted_over_the_last_week() -> None:
    """The forecast has a time of its own."""
    forecast = widgets(dashboards(OPENCODE)["cost"])["In this time range: Per month at this pace"]

    assert {"live_span": "1w"} == forecast["time"]
    assert "query1 * 30 / 7" == forecast["requests"][0]["formulas"][0]["formula"]


def test_share_is_shown_in_percent() -> None:
    """A share's formula and its limits are times 100."""
    retries = widgets(dashboards(OPENCODE)["reliability"])["In this time range: Retries per call"]
    (request,) = retries["requests"]

    assert "(default_zero(query1) / (query2)) * 100" == request["formulas"][0]["formula"]
    assert [20, 5] == [limit["value"] for limit in request["conditional_formats"]]


def test_sums_of_sessions_last_values_are_left_out() -> None:
    """The net lines are last values of different times, which Datadog cannot add up."""
    assert "In this time range: Changed lines now" not in widgets(dashboards(OPENCODE)["code"])


def test_agents_stand_side_by_side() -> None:
    """Beside Claude Code each number has two columns, told apart by the project."""
    spend = widgets(dashboards(BESIDE)["overview"])["Side by side: Sessions"]
    (request,) = spend["requests"]

    assert ["OpenCode", "Claude Code"] == [formula["alias"] for formula in request["formulas"]]
    assert ["project.id:*", "NOT project.id:*"] == [
        query["query"].split(" AND ")[-1].split("}")[0] for query in request["queries"]
    ]
