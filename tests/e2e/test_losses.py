"""Nothing in the journal is lost or doubled: OpenCode is killed, the agent is killed, the backend is away."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from otel_agent.sink.server import Sink
from tests.e2e.mid_turn import in_mid_turn, kept, kill_both
from tests.e2e.recipes import prompt
from tests.e2e.server import serve
from tests.e2e.truth import last_durable, rows, truth_until
from tests.e2e.world import World, arrived, telemetry

LONGEST_RUN_S = 25.0
"""A run takes 3 to 6 s, and waits at most 10 s for the delivery."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_opencode_loses_nothing_of_its_journal(world: World, number: signal.Signals) -> None:
    """SIGKILL and SIGINT in mid-turn: what arrives is OpenCode's own event table up to the journal's end."""
    with in_mid_turn(world, world.home.project()) as running:
        segment = kept(world)
        running.kill(number)
    world.wait_quiet()

    expected = truth_until(world.home.database, last_durable(world.home.database, segment))
    assert 2 == len(world.events("api_request"))
    assert expected.tokens == world.arrived().tokens
    assert pytest.approx(expected.cost, rel=1e-12) == world.arrived().cost


def test_killed_agent_is_started_again(world: World) -> None:
    """SIGKILL of the agent in mid-turn of a living server: the plugin starts another and all arrives once."""
    folder = world.home.project()

    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        server.begin(folder, session, prompt("slow-shell"))
        server.wait_part(folder, session, "tool", holding="line 2")
        first = world.the_agent()
        os.kill(first, signal.SIGKILL)
        server.wait_idle(folder, session)
        server.turn(folder, session, prompt("commit"))
        second = world.the_agent()
    world.wait_quiet()

    assert first != second
    assert 1 == world.total("session.count")
    assert world.truth().tokens == world.arrived().tokens
    uids = [str(record.attributes["log.record.uid"]) for record in world.sink.log_records()]
    assert sorted(set(uids)) == sorted(uids)
    assert {1} == set(Counter(name for name, _ in starts(world, "token.usage")).values())


def starts(world: World, name: str) -> set[tuple[str, int]]:
    """Give the different (series, start time) of a metric's points."""
    return {
        (repr(sorted(point.attributes.items())), point.start_ns)
        for point in world.sink.metric_points()
        if point.name == f"opencode.{name}"
    }


def test_journal_of_a_killed_agent_is_taken_over_by_the_next(world: World) -> None:
    """Agent and OpenCode killed in mid-turn: the agent of the next run delivers the journal that was left."""
    folder = world.home.project()
    with in_mid_turn(world, folder) as running:
        kill_both(world, running)

    world.opencode.run(folder, prompt("simple"))
    world.wait_quiet()

    assert 2 == len({session for session, _, _ in world.arrived().tokens})
    assert world.truth().tokens == world.arrived().tokens
    assert [] == world.home.journals()


def test_what_was_left_goes_to_its_own_endpoint_only(world: World) -> None:
    """Two projects, two backends with their keys, both agents killed: all arrives, and nothing crosses."""
    ours, theirs = world.home.project("ours"), world.home.project("theirs")
    with Sink(required_headers={"x-key": "theirs"}) as their_sink:
        world.sink.require({"x-key": "ours"})
        settings = {
            ours: {**telemetry(world.sink), "OPENCODE_OTLP_HEADERS": "x-key=ours"},
            theirs: {**telemetry(their_sink), "OPENCODE_OTLP_HEADERS": "x-key=theirs"},
        }
        for folder in (ours, theirs):
            world.opencode.telemetry = settings[folder]
            with in_mid_turn(world, folder) as running:
                kill_both(world, running)
        for folder in (ours, theirs):
            world.opencode.telemetry = settings[folder]
            world.opencode.run(folder, prompt("simple"))
            world.wait_quiet()

        assert of_project(world, ours) == world.arrived().tokens
        assert of_project(world, theirs) == arrived(their_sink).tokens


def of_project(world: World, folder: Path) -> dict[tuple[str, str, str], int]:
    """Give the tokens of the sessions in one project."""
    found = rows(world.home.database, "select id from session where directory = ?", str(folder))
    sessions = {session for (session,) in found}
    return {key: count for key, count in world.truth().tokens.items() if key[0] in sessions}


def test_backend_that_was_away_gets_everything_later(world: World) -> None:
    """A run whose backend is down ends in bounded time, its agent when told to; the next run delivers all."""
    folder = world.home.project()
    world.sink.stop()

    finished = world.opencode.run(folder, prompt("commit"))
    os.kill(world.the_agent(), signal.SIGTERM)
    world.wait_quiet()
    left = len(world.home.journals())
    world.sink.start()
    world.opencode.run(folder, prompt("simple"))
    world.wait_quiet()

    assert (0, 1) == (finished.code, left)
    assert finished.seconds < LONGEST_RUN_S
    assert 1 == world.total("commit.count")
    assert world.truth().tokens == world.arrived().tokens
