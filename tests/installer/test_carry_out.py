"""Each step, on a real folder; npm is played by a recording runner."""

import stat
from pathlib import Path

import pytest

from otel_agent.errors import InstallError
from otel_agent.installer.carry_out import carry_out
from otel_agent.installer.plan import COST
from otel_agent.installer.steps import (
    InstallPackage,
    RemoveEmptyFolder,
    RemoveFile,
    RemoveTrees,
    Say,
    WriteFile,
    WriteSettings,
)
from otel_agent.opencode import PACKAGE, Ended
from tests.installer.folders import install_package, write_lock
from tests.installer.recording import RecordingRunner

OFFLINE = Ended(code=1, err="npm error code ECONNREFUSED\nnpm error syscall connect\n")


def write(path: Path, text: str = "new") -> Say | None:
    """Carry out the writing of a file."""
    return carry_out(WriteFile(path=path, text=text, done="written"), RecordingRunner())


def npm_step(folder: Path) -> InstallPackage:
    """Give the step that installs the package in a folder."""
    return InstallPackage(folder=folder, npm=Path("npm"), version="1.18.33")


def test_file_is_written_with_its_folder(tmp_path: Path) -> None:
    """The folder of the plugin need not be there; nothing else is left in it."""
    path = tmp_path / "config" / "plugin" / "file.js"

    said = write(path)

    assert Say(text="written") == said
    assert {"file.js": "new"} == {file.name: file.read_text() for file in path.parent.iterdir()}


def test_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    """A user who closed the file to others finds it closed."""
    path = tmp_path / "file.js"
    path.write_text("old")
    path.chmod(0o600)

    write(path)

    assert (0o600, "new") == (stat.S_IMODE(path.stat().st_mode), path.read_text())


def test_linked_folder_stays_a_link(tmp_path: Path) -> None:
    """A configuration folder that a dotfile manager links is written through."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "config").symlink_to("dotfiles")

    write(tmp_path / "config" / "plugin" / "file.js")

    assert (tmp_path / "config").is_symlink()
    assert (tmp_path / "dotfiles" / "plugin" / "file.js").read_text() == "new"


def test_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The message names the place and says what to do."""
    (tmp_path / "plugin").write_text("a file where the folder has to be")

    with pytest.raises(InstallError, match="set it right and run this command again"):
        write(tmp_path / "plugin" / "file.js")


def test_file_is_removed(tmp_path: Path) -> None:
    """Removing says what was removed."""
    path = tmp_path / "file.js"
    path.touch()

    said = carry_out(RemoveFile(path=path), RecordingRunner())

    assert Say(text=f"removed {path}") == said
    assert not path.exists()


@pytest.mark.parametrize("name", [None, "other.js"])
def test_only_an_empty_folder_is_removed(tmp_path: Path, name: str | None) -> None:
    """A folder that holds another plugin stays."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    if name:
        (folder / name).touch()

    carry_out(RemoveEmptyFolder(path=folder), RecordingRunner())

    assert (name is not None) == folder.exists()


def test_npm_installs_into_the_folder_and_no_other(tmp_path: Path) -> None:
    """The folder is npm's prefix, the version is exact, and no scripts are run."""
    runner = RecordingRunner(effect=install_package)

    said = carry_out(npm_step(tmp_path / "config"), runner)

    assert Say(text=f"installed {PACKAGE}: {tmp_path / 'config'}") == said
    (command,) = runner.commands
    assert ("npm", "install") == command[:2]
    assert ("--prefix", str(tmp_path / "config"), f"{PACKAGE}@1.18.33") == command[-3:]
    assert {"--ignore-scripts", "--save-exact", "--package-lock", "--no-audit"} <= set(command)


def test_package_that_is_listed_is_not_named_to_npm(tmp_path: Path) -> None:
    """Without a name npm takes package.json as it is."""
    step = InstallPackage(folder=tmp_path, npm=Path("npm"), version=None)

    assert ("--prefix", str(tmp_path)) == step.command[-2:]


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        (OFFLINE, "ECONNREFUSED"),
        (Ended(code=7, err="odd"), "exit code 7"),
        (Ended(code=None, err="took more than 180 s"), "took more than 180 s"),
    ],
)
def test_npm_that_fails_is_said_with_the_cost(tmp_path: Path, ended: Ended, why: str) -> None:
    """The reason is npm's code, and not its text, which names addresses."""
    said = carry_out(npm_step(tmp_path), RecordingRunner(ended=ended))

    assert Say(text=f"npm could not install {PACKAGE} in {tmp_path}: {why}", advice=COST) == said


def half_done(folder: Path) -> None:
    """Leave a lock that names the package, and no package."""
    write_lock(folder, PACKAGE)
    (folder / "node_modules").mkdir(exist_ok=True)


def test_lock_without_the_package_is_not_left_behind(tmp_path: Path) -> None:
    """A lock that names what is not there breaks every custom tool that imports it."""
    carry_out(npm_step(tmp_path), RecordingRunner(effect=half_done))

    assert not (tmp_path / "package-lock.json").exists()


def test_lock_of_the_user_is_left(tmp_path: Path) -> None:
    """A lock that was there before stays, whatever npm did."""
    half_done(tmp_path)

    carry_out(npm_step(tmp_path), RecordingRunner(ended=OFFLINE))

    assert (tmp_path / "package-lock.json").exists()


def settings_step(path: Path, before: str = "", text: str = "A = 1\n") -> WriteSettings:
    """Give the step that writes a settings file."""
    return WriteSettings(path=path, text=text, before=before, shown=("A = 1",))


def test_settings_are_for_the_user_alone(tmp_path: Path) -> None:
    """A file that others could read is closed to them, and so is a folder that is made for it."""
    path = tmp_path / "otel-agent" / "config.toml"
    carry_out(settings_step(path), RecordingRunner())
    path.chmod(0o644)

    carry_out(settings_step(path, before="A = 1\n", text="A = 2\n"), RecordingRunner())

    assert (0o600, 0o700) == tuple(stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent))
    assert (["config.toml"], "A = 2\n") == ([one.name for one in path.parent.iterdir()], path.read_text())


def test_linked_settings_stay_a_link(tmp_path: Path) -> None:
    """A file that a dotfile manager links is written where it is kept."""
    (tmp_path / "real.toml").write_text("# kept\r\n", newline="")
    (tmp_path / "config.toml").symlink_to("real.toml")

    carry_out(
        settings_step(tmp_path / "config.toml", before="# kept\r\n", text="# kept\r\nA = 1\n"),
        RecordingRunner(),
    )

    assert (tmp_path / "config.toml").is_symlink()
    assert b"# kept\r\nA = 1\n" == (tmp_path / "real.toml").read_bytes()


def test_settings_that_changed_meanwhile_are_kept(tmp_path: Path) -> None:
    """What the user has written in an editor while we asked is not lost."""
    path = tmp_path / "config.toml"
    path.write_text("B = 1\n")

    with pytest.raises(InstallError, match="run this command again"):
        carry_out(settings_step(path, before=""), RecordingRunner())

    assert "B = 1\n" == path.read_text()


def test_trees_are_removed_and_what_links_lead_to_stays(tmp_path: Path) -> None:
    """A link is removed itself; what is not there is no problem."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "link").symlink_to("kept")
    paths = tuple(tmp_path / name for name in ("tree", "link", "none"))

    said = carry_out(RemoveTrees(paths=paths, what="the trees"), RecordingRunner())

    assert (Say(text="removed the trees"), ["kept"]) == (said, [path.name for path in tmp_path.iterdir()])


def test_empty_folders_are_removed_up_to_the_top(tmp_path: Path) -> None:
    """The first one that holds something else ends it, and the top itself stays."""
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "file").touch()

    for folder in ("a/b/c", "d/e"):
        carry_out(RemoveEmptyFolder(path=tmp_path / folder, top=tmp_path), RecordingRunner())

    assert ["d"] == [path.name for path in tmp_path.iterdir()]
    assert ["file"] == [path.name for path in (tmp_path / "d").iterdir()]
