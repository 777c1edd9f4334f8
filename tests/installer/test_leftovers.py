"""What may stay after uninstalling, and why."""

from pathlib import Path

import pytest

from otel_agent.installer.leftovers import Leftover, leftovers
from otel_agent.installer.state import State
from otel_agent.opencode import PACKAGE, look
from tests.installer.folders import install_package, write_manifest


def found(tmp_path: Path, state: State | None = None, settings_file: Path | None = None) -> list[Leftover]:
    """Return what is left in a folder of OpenCode's configuration, and elsewhere."""
    return list(
        leftovers(
            settings_file=settings_file,
            state=state or State(folder=tmp_path / "state"),
            packages=(look(tmp_path),),
            ours=tmp_path / "plugin" / "opencode-otel.js",
        )
    )


def test_nothing_is_left_where_nothing_was(tmp_path: Path) -> None:
    """No question is asked for nothing."""
    assert [] == found(tmp_path, settings_file=tmp_path / "none.toml")


def test_package_that_install_brought_can_go(tmp_path: Path) -> None:
    """The plugin itself does not count: it is removed first."""
    install_package(tmp_path)
    (tmp_path / "plugin").mkdir()
    (tmp_path / "plugin" / "opencode-otel.js").touch()

    assert [True] == [bool(one.steps) for one in found(tmp_path)]


@pytest.mark.parametrize("place", ["plugin/mine.js", "tool/mine.ts", "plugins/deep/mine.ts"])
def test_package_that_others_may_import_stays(tmp_path: Path, place: str) -> None:
    """A tool that finds its import gone would break OpenCode."""
    install_package(tmp_path)
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).touch()

    assert [()] == [one.steps for one in found(tmp_path)]


def test_package_among_others_stays(tmp_path: Path) -> None:
    """A package.json with more in it is the user's."""
    install_package(tmp_path)
    write_manifest(tmp_path, PACKAGE, "zod")

    assert [()] == [one.steps for one in found(tmp_path)]


@pytest.mark.parametrize(("agents", "can_go"), [((), True), ((7,), False)])
def test_state_can_go_unless_it_is_in_use(tmp_path: Path, agents: tuple[int, ...], *, can_go: bool) -> None:
    """What an agent works on is not taken from under it."""
    state = State(folder=tmp_path, ours=(tmp_path / "host",), journals=2, agents=agents)

    (left,) = found(tmp_path, state)

    assert (can_go, f"the agent's state, {tmp_path}, with 2 journals that are not delivered") == (
        bool(left.steps),
        left.what,
    )
