"""Model calls that fail are told as what they are, and cost what they cost."""

import pytest

from tests.e2e.recipes import prompt
from tests.e2e.world import World


def test_refused_key_is_an_api_error(world: World) -> None:
    """401: one api_error with its status, no api_request, and OpenCode ends as without telemetry."""
    folder = world.home.project()

    with world.opencode.quiet():
        plain = world.opencode.run(folder, prompt("e401"))
    finished = world.opencode.run(folder, prompt("e401"))
    world.wait_quiet()

    assert (plain.code, plain.out) == (finished.code, finished.out)
    assert [401] == [record.attributes["status_code"] for record in world.events("api_error")]
    assert [] == world.events("api_request")
    assert {} == world.arrived().tokens


def test_retries_are_counted(world: World) -> None:
    """Two refusals with 429 and one answer: two retries and one request."""
    world.opencode.run(world.home.project(), prompt("e429"))
    world.wait_quiet()

    assert 2 == world.total("retry.count")
    assert 1 == len(world.events("api_request"))
    assert [] == world.events("api_error")
    assert world.truth().tokens == world.arrived().tokens


def test_filtered_answer_is_one_error_and_costs_once(world: World) -> None:
    """A content filter ends a call that was completed first: one api_error, its tokens once."""
    world.opencode.run(world.home.project(), prompt("filter"))
    world.wait_quiet()

    assert 1 == len(world.events("api_error"))
    assert [] == world.events("api_request")
    assert 50 == world.total("token.usage", type="output")
    assert world.truth().tokens == world.arrived().tokens


def test_cut_connection_costs_every_step(world: World) -> None:
    """A connection cut in mid-answer: the tokens are the sum of the steps that ended."""
    world.opencode.run(world.home.project(), prompt("cut"))
    world.wait_quiet()

    assert world.truth().tokens == world.arrived().tokens
    assert pytest.approx(world.truth().cost, rel=1e-12) == world.arrived().cost
