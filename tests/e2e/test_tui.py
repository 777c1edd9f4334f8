"""The TUI: the plugin runs in a worker there, and the user ends it with Ctrl-C."""

from tests.e2e.recipes import Stage, typed
from tests.e2e.world import World


def test_session_in_the_tui_arrives_whole(world: World) -> None:
    """A commit made in the TUI, which is left at once with Ctrl-C, arrives with its tokens."""
    stage = Stage(opencode=world.opencode, provider=world.provider, folder=world.home.project())

    typed(stage)
    world.wait_quiet()

    assert 1 == world.total("commit.count")
    assert world.truth().tokens == world.arrived().tokens
    assert {"user_prompt": 1, "api_request": 2} == {
        name: count for name, count in world.event_counts().items() if name in {"user_prompt", "api_request"}
    }
