"""What a turn did is told: commits, lines, sub-agents, sessions that go on."""

from tests.e2e.recipes import prompt
from tests.e2e.world import World


def test_commit_is_counted_with_its_sha(world: World) -> None:
    """One `git commit` in a shell call is one commit, whose event names it."""
    folder = world.home.project()

    world.opencode.run(folder, prompt("commit"))
    world.wait_quiet()

    sha = world.home.git(folder, "rev-parse", "HEAD")
    assert 1 == world.total("commit.count")
    told = [(record.attributes["sha"], record.attributes["branch"]) for record in world.events("commit")]
    assert [(sha, "main")] == told


def test_lines_are_counted_per_edit(world: World) -> None:
    """Two lines written, one of them replaced by two: four added and one removed."""
    world.opencode.run(world.home.project(), prompt("edit"))
    world.wait_quiet()

    assert 4 == world.total("lines_of_code.count", type="added")
    assert 1 == world.total("lines_of_code.count", type="removed")
    assert 3 == world.total("lines_of_code.total", type="added")
    assert ["write", "read", "edit"] == [
        record.attributes["tool_name"] for record in world.events("tool_result")
    ]


def test_subagent_is_a_session_of_its_own(world: World) -> None:
    """Both sessions are counted, and the sub-agent's tokens are told apart and not counted twice."""
    world.opencode.run(world.home.project(), prompt("subagent"))
    world.wait_quiet()

    assert 1 == world.total("session.count", is_subagent=True, start_type="fresh")
    assert 1 == world.total("session.count", is_subagent=False, start_type="fresh")
    assert 20 + 15 == world.total("token.usage", query_source="subagent", type="output")
    assert world.truth().tokens == world.arrived().tokens
    roots = {record.attributes["root_session.id"] for record in world.sink.log_records()}
    assert 1 == len(roots)


def test_resumed_session_is_counted_on_and_not_again(world: World) -> None:
    """A second process goes on with a session: start_type resume, and no token twice."""
    folder = world.home.project()
    world.opencode.run(folder, prompt("simple"))
    world.wait_quiet()

    world.opencode.run(folder, prompt("commit"), "--continue")
    world.wait_quiet()

    assert 1 == world.total("session.count", start_type="fresh")
    assert 1 == world.total("session.count", start_type="resume")
    assert 1 == len({session for session, _, _ in world.arrived().tokens})
    assert world.truth().tokens == world.arrived().tokens
