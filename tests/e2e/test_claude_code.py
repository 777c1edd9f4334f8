"""The profile `claude_code` with the real OpenCode: what dashboards made for Claude Code read is there.

https://code.claude.com/docs/en/monitoring-usage lists the eight metrics, their units and their attributes.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.sink.report import series
from tests.e2e.home import Tools
from tests.e2e.recipes import prompt
from tests.e2e.whole import URL
from tests.e2e.world import World, world_in

PREFIX = {"OPENCODE_METRIC_PREFIX": "claude_code."}
UNITS = {
    "claude_code.session.count": "",
    "claude_code.lines_of_code.count": "",
    "claude_code.pull_request.count": "",
    "claude_code.commit.count": "",
    "claude_code.cost.usage": "USD",
    "claude_code.token.usage": "tokens",
    "claude_code.code_edit_tool.decision": "",
    "claude_code.active_time.total": "s",
}


@pytest.fixture(scope="module")
def played(tools: Tools, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Write a file, edit it, commit it and open a pull request, in one `opencode run`."""
    with world_in(tmp_path_factory.mktemp("claude") / "home", tools, package) as world:
        path = world.home.put_program("gh", f"echo {URL}")
        world.opencode.run(world.home.project(), prompt("pull-request"), PATH=path, **PREFIX)
        world.wait_quiet()
        yield world


def sums(world: World, metric: str, *names: str) -> dict[tuple[object, ...], float]:
    """Give the values of a metric's series by these attributes, of which no two series have the same."""
    return {
        tuple(one.attributes[name] for name in names): one.value
        for one in series(world.sink.metric_points())
        if one.name == f"claude_code.{metric}" and isinstance(one.value, int | float)
    }


def test_all_eight_metrics_arrive_as_claude_code_writes_them(played: World) -> None:
    """Names, kinds, units and scope are those that its dashboards ask for."""
    points = [point for point in played.sink.metric_points() if point.name in UNITS]
    assert UNITS == {point.name: point.unit for point in points}
    assert {("sum", True)} == {(point.kind, point.is_monotonic) for point in points}
    assert {"com.anthropic.claude_code"} == {point.scope for point in points}
    assert {"claude-code"} == {point.resource["service.name"] for point in points}
    assert all({"session.id", "user.id"} <= set(point.attributes) for point in points)


def test_values_are_counted_by_claude_codes_attributes(played: World) -> None:
    """Two lines written, one replaced; five calls whose reasoning is output, as Claude Code counts it."""
    assert {("fresh",): 1} == sums(played, "session.count", "start_type")
    assert {("added", "large"): 3, ("removed", "large"): 1} == sums(
        played, "lines_of_code.count", "type", "model"
    )
    assert ({(): 1}, {(): 1}) == (sums(played, "commit.count"), sums(played, "pull_request.count"))
    assert {("large", "main"): pytest.approx(0.00849)} == sums(played, "cost.usage", "model", "query_source")
    assert {("input",): 1500, ("output",): 180, ("cacheRead",): 4300} == sums(played, "token.usage", "type")
    assert {("Write", "accept", "config", "Python"): 1, ("Edit", "accept", "config", "Python"): 1} == sums(
        played, "code_edit_tool.decision", "tool_name", "decision", "source", "language"
    )
    [active] = sums(played, "active_time.total", "type").items()
    assert (("cli",), True) == (active[0], active[1] > 0)


def test_log_bodies_have_the_prefix_and_event_names_have_not(played: World) -> None:
    """A record's body is `claude_code.<name>`, its `event.name` the bare name; severity is unset."""
    records = played.sink.log_records()
    assert [record.body for record in records] == [
        "claude_code." + str(record.attributes["event.name"]) for record in records
    ]
    assert {("com.anthropic.claude_code.events", "claude-code", 0)} == {
        (record.scope, record.resource["service.name"], record.severity) for record in records
    }
    results = [record for record in records if record.body == "claude_code.tool_result"]
    assert [("Write", "true"), ("Edit", "true"), ("Bash", "true"), ("Bash", "true")] == [
        (record.attributes["tool_name"], record.attributes["success"]) for record in results
    ]
