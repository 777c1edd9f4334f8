"""`otel-agent flush` after the real OpenCode: what its end did not wait for arrives, and nothing waits."""

import signal
from collections import Counter

from tests.e2e.commands import flush
from tests.e2e.mid_turn import in_mid_turn, kept, kill_both
from tests.e2e.processes import agents_in, end
from tests.e2e.recipes import prompt
from tests.e2e.truth import last_durable, truth_until
from tests.e2e.waiting import wait_until
from tests.e2e.world import World

AT_ONCE = {"OPENCODE_OTEL_EXIT_WAIT_MS": "0"}


def test_end_of_a_job_whose_agent_was_killed_is_delivered_whole(world: World) -> None:
    """OpenCode ends at once with its agent killed: the flush delivers all of it, once."""
    folder = world.home.project()
    world.sink.stop()
    finished = world.opencode.run(folder, prompt("commit"), **AT_ONCE)
    for agent in agents_in(world.home.root):
        end(agent)
    world.wait_quiet()
    world.sink.start()
    before = world.event_counts()

    code, said = flush(world, folder)

    assert (0, {}) == (finished.code, before)
    assert (0, "Nothing waits") == (code, said.splitlines()[-1])
    assert 1 == world.total("commit.count")
    assert world.truth().tokens == world.arrived().tokens
    assert {1} == set(Counter(r.attributes["log.record.uid"] for r in world.sink.log_records()).values())
    assert [] == world.home.journals()


def test_flush_waits_for_the_agent_of_an_opencode_that_has_ended(world: World) -> None:
    """OpenCode's end does not wait for its agent, the flush does."""
    folder = world.home.project()
    world.opencode.run(folder, prompt("simple"), **AT_ONCE)

    code, said = flush(world, folder)

    assert 0 == code, said
    assert world.truth().tokens == world.arrived().tokens
    assert [] == world.home.journals()


def test_flush_delivers_what_a_killed_opencode_left(world: World) -> None:
    """Both killed in mid-turn: what arrives is OpenCode's event table up to the journal's end."""
    folder = world.home.project()
    with in_mid_turn(world, folder) as running:
        segment = kept(world)
        kill_both(world, running)

    code, said = flush(world, folder)

    expected = truth_until(world.home.database, last_durable(world.home.database, segment))
    assert 0 == code, said
    assert expected.tokens == world.arrived().tokens


def test_flush_leaves_a_working_opencode_alone(world: World) -> None:
    """It neither ends nor takes over what the agent of a living OpenCode works on; the run goes on."""
    folder = world.home.project()
    with in_mid_turn(world, folder) as running:
        agent = world.the_agent()
        _, said = flush(world, folder, "--timeout", "1")
        is_same = world.agents() == [agent]
        running.process.send_signal(signal.SIGINT)
        running.finish()
    world.wait_quiet()

    assert is_same
    assert "1 journal of a running OpenCode" in said
    assert world.truth().tokens == world.arrived().tokens


def test_rotated_key_is_adopted(world: World) -> None:
    """The backend's key changed before anything arrived: `flush --adopt` sends all of it with today's."""
    folder = world.home.project()
    world.sink.require({"x-key": "new"})
    world.opencode.run(folder, prompt("simple"), OPENCODE_OTLP_HEADERS="x-key=old", **AT_ONCE)
    wait_until(lambda: len(world.sink.attempts()) > 0, what="the first refusal")
    for agent in agents_in(world.home.root):
        end(agent)
    world.wait_quiet()
    kept_back = flush(world, folder, OPENCODE_OTLP_HEADERS="x-key=new")
    before = world.event_counts()

    code, said = flush(world, folder, "--adopt", OPENCODE_OTLP_HEADERS="x-key=new")

    assert (1, {}) == (kept_back[0], before)
    assert "OPENCODE_OTLP_HEADERS has another value here than when OpenCode ran" in kept_back[1]
    assert (0, "Nothing waits") == (code, said.splitlines()[-1])
    assert world.truth().tokens == world.arrived().tokens
