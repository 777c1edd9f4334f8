"""`otel-agent uninstall`: what is ours goes, what may be needed is asked about, and nothing else changes."""

from pathlib import Path

import pytest

from otel_agent.owners import LOCK_NAME, Lock
from tests.cli.pty_user import Sits, run, snapshot
from tests.installer.folders import install_package

URL = "http://localhost:6006"
INSTALL = ("install", "--destination", "phoenix", "--set", f"PHOENIX_ENDPOINT={URL}")
JOURNAL = Path(".local/state/otel-agent/host/20260101-1")

BASES = {".config", ".local", ".local/state"}
"""Folders that are for every program, and stay."""


def put(path: Path, text: str = "") -> None:
    """Write a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def with_state(home: Path) -> None:
    """Make a state directory with a journal that was not delivered."""
    put(home / JOURNAL / "0.ndjson", "{}\n")
    put(home / JOURNAL / LOCK_NAME)
    put(home / JOURNAL.parent / "receipts" / "1.json", "{}")
    for name in ("installation", "key", "agent.log", "agent.log.1"):
        put(home / JOURNAL.parents[1] / name)


def with_files_of_others(home: Path) -> None:
    """Make a home with what a user has in it."""
    put(home / ".bashrc", "export A=1\n")
    put(home / ".config" / "opencode" / "opencode.json", "{}\n")
    put(home / ".config" / "opencode" / "plugin" / "mine.js", "export const Mine = async () => ({})\n")


@pytest.mark.parametrize("is_used", [False, True])
def test_home_is_as_before(tmp_path: Path, *, is_used: bool) -> None:
    """After install, --install-completion, sessions and uninstall --all every byte is as it was."""
    if is_used:
        with_files_of_others(tmp_path)
    before = snapshot(tmp_path)
    installed = run(tmp_path, *INSTALL)
    run(tmp_path, "--install-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    run(tmp_path, "--install-completion", "fish", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    with_state(tmp_path)
    full = set(snapshot(tmp_path))

    ended = run(tmp_path, "uninstall", "--all")

    assert (0, 0, "") == (installed.returncode, ended.returncode, ended.stderr)
    assert {".config/otel-agent/config.toml", ".bash_completions/otel-agent.sh"} < full
    left = snapshot(tmp_path)
    assert before == {path: text for path, text in left.items() if path in before or path not in BASES}


def test_settings_of_the_user_stay_without_a_terminal(tmp_path: Path) -> None:
    """The plugin goes; the file and the state stay, and it is said where they are and how they go."""
    run(tmp_path, *INSTALL)
    with_state(tmp_path)

    ended = run(tmp_path, "uninstall")

    goes = "otel-agent uninstall --all removes that too"
    state = "left: the agent's state, ~/.local/state/otel-agent, with 1 journal that is not delivered"
    assert [
        "removed ~/.config/opencode/plugin/opencode-otel.js",
        f"left: your settings, ~/.config/otel-agent/config.toml; they may have been written by hand; {goes}",
        f"{state}; otel-agent flush delivers what is in it; {goes}",
    ] == ended.stdout.splitlines()
    assert (tmp_path / JOURNAL / "0.ndjson").exists()


def test_user_says_what_goes(tmp_path: Path, sits: Sits) -> None:
    """At a terminal each thing is asked about, and Enter keeps it."""
    run(tmp_path, *INSTALL)
    with_state(tmp_path)

    user = sits("uninstall")
    user.answers({"Remove your settings": "y", "Remove the agent's state": ""})

    assert 0 == user.ends()
    assert "left: the agent's state, ~/.local/state/otel-agent" in user.shown
    assert [".config"] == [path for path in snapshot(tmp_path) if not path.startswith(".local")]


def test_interrupted_user_finds_everything_there(tmp_path: Path, sits: Sits) -> None:
    """Nothing goes before everything is answered."""
    run(tmp_path, *INSTALL)
    before = snapshot(tmp_path)

    user = sits("uninstall")
    user.waits_for("Remove your settings")
    user.interrupts()

    assert (2, before) == (user.ends(), snapshot(tmp_path))


def test_dry_run_of_all_changes_nothing(tmp_path: Path) -> None:
    """What would go is listed."""
    run(tmp_path, *INSTALL)
    with_state(tmp_path)
    before = snapshot(tmp_path)

    ended = run(tmp_path, "uninstall", "--all", "--dry-run")

    assert "- remove ~/.config/otel-agent/config.toml" in ended.stdout.splitlines()
    assert before == snapshot(tmp_path)


def test_state_in_use_stays(tmp_path: Path) -> None:
    """While an agent works on a journal its folder is not taken from under it."""
    with_state(tmp_path)
    owner = Lock(tmp_path / JOURNAL)
    assert owner.take()

    ended = run(tmp_path, "uninstall", "--all")
    owner.release()

    assert "an agent is at work in it; end OpenCode and run this command again" in ended.stdout
    assert (tmp_path / JOURNAL / "0.ndjson").exists()


def test_what_no_agent_made_stays_in_the_state_directory(tmp_path: Path) -> None:
    """Whoever has named a folder with other things in it as state directory keeps these."""
    put(tmp_path / "work" / "thesis" / "chapter.tex", "x")
    put(tmp_path / "work" / "notes.txt", "y")
    put(tmp_path / "work" / "host" / "1" / "0.ndjson", "{}\n")
    others = {"work", "work/thesis", "work/thesis/chapter.tex", "work/notes.txt"}

    run(tmp_path, "uninstall", "--all", OPENCODE_OTEL_STATE_DIR=str(tmp_path / "work"))

    assert others == set(snapshot(tmp_path))


@pytest.mark.parametrize(("has_tool", "stays"), [(False, False), (True, True)])
def test_package_goes_where_nothing_needs_it(tmp_path: Path, *, has_tool: bool, stays: bool) -> None:
    """The package of npm is taken away with --all unless a plugin or tool of the user may import it."""
    folder = tmp_path / ".config" / "opencode"
    folder.mkdir(parents=True)
    install_package(folder)
    if has_tool:
        put(folder / "tool" / "mine.ts", "export default {}\n")

    run(tmp_path, "uninstall", "--all")

    assert stays == (folder / "node_modules").exists()
    assert stays == (folder / "package.json").exists()


def test_project_is_left_as_it_was_and_nothing_else_touched(tmp_path: Path) -> None:
    """With --project only the project's plugin goes: settings and state serve the others."""
    project = tmp_path / "project"
    project.mkdir()
    run(tmp_path, *INSTALL, "--project", str(project))

    ended = run(tmp_path, "uninstall", "--project", str(project), "--all")

    assert 0 == ended.returncode
    assert ([], True) == (list(project.iterdir()), (tmp_path / ".config/otel-agent/config.toml").exists())
