"""The script against an API that refuses what Honeycomb's refuses."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from tests.dashboards.honeycomb.api import KEY, Honeycomb, serving
from tests.dashboards.honeycomb.columns import columns
from tests.dashboards.honeycomb.program import Program, program, words
from tests.dashboards.honeycomb.rules import Json

OPENCODE = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.DELTA)
BOARDS = ["code", "cost", "health", "overview", "reliability", "sessions"]


@pytest.fixture
def server() -> Iterator[Honeycomb]:
    """An environment to which everything has been sent."""
    with serving(columns("opencode.", "opencode")) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> Program:
    """The files of the default prefix."""
    return program(tmp_path / "honeycomb", OPENCODE)


def tagged(board: Json) -> dict[str, str]:
    """Return a board's tags."""
    return {tag["key"]: tag["value"] for tag in board["tags"]}


def test_all_boards_are_made(server: Honeycomb, files: Program) -> None:
    """Each panel's query, its name and then the board, with one key in one header."""
    done = files.apply(server)
    found = sorted(tagged(board)["otelagent"] for board in server.boards.values())

    assert (0, "") == (done.code, done.err)
    assert ["made"] * 6 == list(words(done))
    assert [f"opencode/{name}" for name in BOARDS] == found
    assert "https://ui.honeycomb.io/team/environments/test/board/board0" in done.out
    assert {"GET", "POST"} == {asked.method for asked in server.asked}
    assert {KEY} == {asked.headers["x-honeycomb-team"] for asked in server.asked}


def test_boards_beside_claude_code_are_boards_of_their_own(tmp_path: Path) -> None:
    """The same environment can have both: other tags, another prefix, the dataset of another service."""
    metrics = columns("opencode.")["metrics"] | columns("claude_code.")["metrics"]
    events = columns("opencode.")["events"]
    with serving({"metrics": metrics, "opencode": events, "claude-code": events}) as both:
        program(tmp_path / "one", OPENCODE).apply(both)
        done = program(tmp_path / "two", BESIDE).apply(both)
        owners = {tagged(board)["otelagent"].split("/")[0] for board in both.boards.values()}

    assert (0, "") == (done.code, done.err)
    assert {"opencode", "claude-code"} == owners
    assert 12 == len(both.boards)


def test_second_run_changes_nothing(server: Honeycomb, files: Program) -> None:
    """What is as the files have it is asked for once, and left alone."""
    files.apply(server)
    server.asked.clear()
    done = files.apply(server)

    assert ["unchanged"] * 6 == list(words(done))
    assert [] == server.made
    assert ["/1/boards"] == [asked.path for asked in server.asked]


def test_changed_board_is_updated(server: Honeycomb, files: Program) -> None:
    """The board stays the one that people have links to."""
    files.apply(server)
    before = set(server.boards)
    files.change("health", description="What waits.")
    server.asked.clear()
    done = files.apply(server)
    [put] = [one for one in server.made if one.startswith("PUT")]

    assert ["unchanged"] * 2 + ["updated"] + ["unchanged"] * 3 == list(words(done))
    assert before == set(server.boards)
    assert "What waits." == server.boards[put.removeprefix("PUT /1/boards/")]["description"]


def test_other_dataset_is_a_change(server: Honeycomb, files: Program) -> None:
    """Boards for metrics that are elsewhere have to ask there."""
    server.columns = {**server.columns, "our metrics": server.columns["metrics"]}
    files.apply(server, str(files.board("health")))
    server.asked.clear()
    done = files.apply(server, "--metrics-dataset", "our metrics", str(files.board("health")))

    assert ["updated"] == list(words(done))
    assert "POST /1/queries/our%20metrics" in server.made


def test_board_of_somebody_else_is_not_touched(server: Honeycomb, files: Program) -> None:
    """A board is known by its tag: one of the same name without it is another one."""
    other: Json = {"id": "theirs", "name": "OpenCode / Agent health", "tags": None, "panels": []}
    server.boards["theirs"] = other
    files.apply(server, str(files.board("health")))

    assert other == server.boards["theirs"]
    assert 2 == len(server.boards)


def test_panel_without_its_columns_is_left_out(server: Honeycomb, files: Program) -> None:
    """Honeycomb knows a column once something has sent it; until then the panel is named, and tried again."""
    everything = server.columns
    server.columns = {**everything, "metrics": everything["metrics"] - {"vcs.ref.head.name"}}
    first = files.apply(server, str(files.board("cost")))
    again = files.apply(server, str(files.board("cost")))
    server.columns = everything
    then = files.apply(server, str(files.board("cost")))
    last = files.apply(server, str(files.board("cost")))

    assert (0, ["made"]) == (first.code, list(words(first)))
    assert (
        "left out   OpenCode / Cost: By branch: HTTP 422: The provided input is invalid.; "
        "unknown column vcs.ref.head.name\n"
    ) == first.err
    assert (["updated"], first.err) == (list(words(again)), again.err)
    assert (["updated"], "") == (list(words(then)), then.err)
    assert (["unchanged"], "") == (list(words(last)), last.err)


def test_dry_run_asks_nobody(files: Program) -> None:
    """It needs no key, and says what would be made, and where."""
    done = files.run(
        "--dry-run",
        "--metrics-dataset",
        "one",
        "--events-dataset",
        "two",
        str(files.board("overview")),
        key="",
    )

    assert (0, "") == (done.code, done.err)
    assert re.match(r"OpenCode / Overview: [0-9]+ queries\n  one: Spend\n", done.out)
    assert "\n  two: People\n" in done.out
