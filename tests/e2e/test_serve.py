"""One `opencode serve`: permissions that a person answers, and several directories in one process."""

from collections.abc import Mapping

import pytest

from tests.e2e.recipes import ASK, prompt
from tests.e2e.server import serve
from tests.e2e.truth import rows
from tests.e2e.waiting import wait_until
from tests.e2e.world import World


@pytest.mark.parametrize(
    ("reply", "decision", "source"),
    [
        ({"reply": "once"}, "accept", "user_temporary"),
        ({"reply": "always"}, "accept", "user_permanent"),
        ({"reply": "reject", "message": "not now"}, "reject", "user_reject"),
    ],
    ids=["once", "always", "reject"],
)
def test_answered_permission_is_a_decision(
    world: World, reply: Mapping[str, str], decision: str, source: str
) -> None:
    """The user's answer to a permission is told with the tool that asked."""
    folder = world.home.project(config={"permission": ASK})

    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        server.begin(folder, session, prompt("permission"))
        server.reply(folder, "permission", dict(reply))
        server.wait_idle(folder, session)
    world.wait_quiet()

    told = [
        (record.attributes["tool_name"], record.attributes["decision"], record.attributes["source"])
        for record in world.events("tool_decision")
    ]
    assert [("bash", decision, source)] == told
    assert world.truth().tokens == world.arrived().tokens


def test_two_directories_share_a_journal_and_keep_their_projects(world: World) -> None:
    """One process, one journal, one agent; each session's telemetry names its own project."""
    first, second = world.home.project("first"), world.home.project("second")

    with serve(world.opencode, first) as server:
        for folder in (first, second):
            server.turn(folder, server.session(folder), prompt("commit"))
        counts = len(world.home.journals()), len(world.agents())
    world.wait_quiet()

    assert (1, 1) == counts
    assert dict(rows(world.home.database, "select id, project_id from session")) == {
        record.attributes["session.id"]: record.attributes["project.id"]
        for record in world.sink.log_records()
    }
    assert world.truth().tokens == world.arrived().tokens


def test_a_disposed_directory_does_not_end_the_other(world: World) -> None:
    """The journal goes on while any directory of the process lives, and when the disposed one comes back."""
    first, second = world.home.project("first"), world.home.project("second")

    with serve(world.opencode, first) as server:
        ours, theirs = server.session(first), server.session(second)
        server.turn(second, theirs, prompt("simple"))
        server.turn(first, ours, prompt("simple"))
        server.dispose(second)
        server.turn(first, ours, prompt("edit"))
        server.turn(second, theirs, prompt("commit"))
    world.wait_quiet()

    assert world.truth().tokens == world.arrived().tokens
    assert 1 == world.total("commit.count")
    assert 4 == world.total("lines_of_code.count", type="added")


def test_everything_disposed_and_back_is_counted_on(world: World) -> None:
    """A process whose last directory was disposed delivers, and goes on with the same session."""
    folder = world.home.project()

    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        server.turn(folder, session, prompt("simple"))
        first = world.the_agent()
        server.dispose(folder)
        server.turn(folder, session, prompt("commit"))
        wait_until(lambda: {first} < {first, *world.agents()}, what="the next agent")
    world.wait_quiet()

    assert 1 == world.total("session.count")
    assert world.truth().tokens == world.arrived().tokens
