"""A short `opencode run` arrives whole over each protocol, with every interval at its default."""

import pytest

from tests.e2e.recipes import GENERAL, prompt
from tests.e2e.world import World, telemetry

PROTOCOLS = ("grpc", "http/protobuf", "http/json")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_short_run_arrives_whole(world: World, protocol: str) -> None:
    """Tokens and cost equal OpenCode's database exactly, per session, model and type."""
    world.opencode.telemetry = telemetry(world.sink, protocol)
    folder = world.home.project(config=GENERAL)

    finished = world.opencode.run(folder, prompt("subagent"))
    world.wait_quiet()

    assert (0, "The sub-agent said hi.\n") == (finished.code, finished.out)
    assert {"large", "medium"} == {model for _, model, _ in world.arrived().tokens}
    assert world.truth().tokens == world.arrived().tokens
    assert pytest.approx(world.truth().cost, rel=1e-12) == world.arrived().cost
    assert {protocol} == {str(request.protocol) for request in world.sink.attempts()}


def test_run_without_a_terminal_ends_after_its_delivery(world: World) -> None:
    """In a script the machine may be gone with the command: when it returns, the session has arrived."""
    world.opencode.run(world.home.project(), prompt("commit"))
    arrived = world.arrived()

    assert world.truth().tokens == arrived.tokens


def test_every_event_of_a_turn_arrives_once(world: World) -> None:
    """A turn of one model call is one prompt, request, answer and idle, in one created session."""
    folder = world.home.project()

    world.opencode.run(folder, prompt("simple"))
    world.wait_quiet()

    names = ("session.created", "user_prompt", "api_request", "assistant_response", "session.idle")
    assert dict.fromkeys(names, 1) == world.event_counts()


def test_exit_and_output_are_those_without_telemetry(world: World) -> None:
    """Whoever reads OpenCode's exit code and output sees no difference."""
    folder = world.home.project()

    with world.opencode.quiet():
        plain = world.opencode.run(folder, prompt("simple"))
    told = world.opencode.run(folder, prompt("simple"))

    assert (plain.code, plain.out, plain.err) == (told.code, told.out, told.err)


def test_a_delivered_journal_is_removed(world: World) -> None:
    """Nothing of a session stays on the disk once all of it is delivered and OpenCode is gone."""
    world.opencode.run(world.home.project(), prompt("simple"))
    world.wait_quiet()

    assert [] == world.home.journals()


def test_without_the_switch_nothing_is_written_or_started(world: World) -> None:
    """OPENCODE_ENABLE_TELEMETRY unset: no file, no process, no request."""
    folder = world.home.project()

    with world.opencode.quiet():
        finished = world.opencode.run(folder, prompt("simple"))

    assert 0 == finished.code
    assert [] == world.agents()
    assert not world.home.state.exists()
    assert [] == world.sink.attempts()
