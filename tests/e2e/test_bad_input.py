"""Settings that cannot be used: OpenCode is not disturbed, and the user is told once."""

import pytest

from tests.e2e.recipes import prompt
from tests.e2e.waiting import wait_until
from tests.e2e.world import World

BAD = {
    "endpoint without scheme": {"OPENCODE_OTLP_ENDPOINT": "collector:4317"},
    "unknown protocol": {"OPENCODE_OTLP_PROTOCOL": "smoke"},
    "bad interval": {"OPENCODE_OTLP_METRICS_INTERVAL": "soon"},
    "bad scale": {"OPENCODE_COST_USAGE_SCALE": "-1"},
}


@pytest.mark.parametrize("settings", BAD.values(), ids=BAD)
def test_bad_setting_is_said_once(world: World, settings: dict[str, str]) -> None:
    """OpenCode runs as ever, its log says once that telemetry is off, and nothing is sent."""
    finished = world.opencode.run(world.home.project(), prompt("commit"), **settings)
    world.wait_quiet()

    assert (0, "I write a file and commit it.\nCommitted.\n") == (finished.code, finished.out)
    assert 1 == world.log().count("telemetry is off")
    assert [] == world.sink.attempts()


def test_state_folder_that_cannot_be_written_is_said_once(world: World) -> None:
    """A state folder below a file: OpenCode runs as ever, and its log says what is wrong."""
    state = str(world.home.root / ".gitconfig" / "state")

    finished = world.opencode.run(world.home.project(), prompt("simple"), OPENCODE_OTEL_STATE_DIR=state)

    assert (0, "Hello from the fake model.\n") == (finished.code, finished.out)
    assert 1 == world.log().count("telemetry is off")
    assert wait_until(lambda: "OPENCODE_OTEL_STATE_DIR" in world.log(), what="a hint")
