"""Where settings files are looked for, and which of them are read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from otel_agent.configuration import Place, Source
from otel_agent.settings_files import LIMIT_BYTES, sources_of, user_file, worktree_of

TEXT = "OPENCODE_ENABLE_TELEMETRY = true\n"


def written(path: Path, mode: int = 0o600) -> Path:
    """Write a settings file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(mode)
    return path


def found(home: Path, project: Path | None = None) -> tuple[Source, ...]:
    """Return the files of a home; the machine's is in it too."""
    return sources_of({"HOME": str(home)}, project, managed=home / "managed.toml")


def test_users_file_is_in_the_configuration_folder() -> None:
    """XDG_CONFIG_HOME names it; a relative one is ignored, as its specification says."""
    default = Path("/home/me/.config/otel-agent/config.toml")

    assert default == user_file({"HOME": "/home/me"})
    assert default == user_file({"HOME": "/home/me", "XDG_CONFIG_HOME": "relative"})
    assert Path("/xdg/otel-agent/config.toml") == user_file({"HOME": "/home/me", "XDG_CONFIG_HOME": "/xdg"})


def test_files_stand_from_the_lowest_to_the_highest(tmp_path: Path) -> None:
    """The machine's, the user's, the work tree's, the folder's; what is not there is left out."""
    tree = tmp_path / "tree"
    paths = [
        written(tmp_path / "managed.toml"),
        written(tmp_path / ".config" / "otel-agent" / "config.toml"),
        written(tree / ".opencode" / "otel-agent.toml"),
        written(tree / "sub" / ".opencode" / "otel-agent.toml"),
    ]
    (tree / ".git").mkdir()

    assert paths[:2] == [source.path for source in found(tmp_path)]
    assert paths[:3] == [source.path for source in found(tmp_path, tree)]
    assert paths == [source.path for source in found(tmp_path, tree / "sub")]
    places = [source.place for source in found(tmp_path, tree / "sub")]
    assert [Place.MANAGED, Place.USER, Place.PROJECT, Place.PROJECT] == places
    assert {TEXT} == {source.text for source in found(tmp_path, tree / "sub")}


def test_work_tree_is_the_nearest_one(tmp_path: Path) -> None:
    """A submodule has a file of that name; a folder without git has no work tree."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / ".git").mkdir()
    (inner / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")

    assert inner == worktree_of(inner)
    assert tmp_path / "outer" == worktree_of(tmp_path / "outer")


def spoiled_mode(path: Path) -> None:
    """Let everybody write it."""
    path.chmod(0o602)


def pipe(path: Path) -> None:
    """Put a pipe in its place: nobody waits for its other end."""
    path.unlink()
    os.mkfifo(path)


def too_long(path: Path) -> None:
    """Make it longer than any settings file is."""
    path.write_bytes(b"#" * (LIMIT_BYTES + 1))


def other_bytes(path: Path) -> None:
    """Make it no UTF-8."""
    path.write_bytes(b"# \xff")


def of_another_user(path: Path) -> None:
    """Give it to another user."""
    os.chown(path, 4321, -1)


THEIRS = pytest.param(
    of_another_user,
    "expected an ordinary file of this user or root",
    marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away"),
)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        THEIRS,
        (spoiled_mode, "run chmod go-w"),
        (pipe, "expected an ordinary file"),
        (too_long, "expected at most 65536 bytes"),
        (other_bytes, "expected UTF-8"),
    ],
)
@pytest.mark.parametrize("place", list(Place)[:3])
def test_file_that_is_not_to_be_trusted_is_not_read(
    tmp_path: Path, place: Place, spoil: Callable[[Path], None], said: str
) -> None:
    """It is there with the reason, and without its text."""
    path = {
        Place.MANAGED: tmp_path / "managed.toml",
        Place.USER: tmp_path / ".config" / "otel-agent" / "config.toml",
        Place.PROJECT: tmp_path / ".opencode" / "otel-agent.toml",
    }[place]
    spoil(written(path))

    [source] = found(tmp_path, tmp_path)

    assert (place, path, "") == (source.place, source.path, source.text)
    assert said in source.fault


def test_group_may_write_a_projects_file_only(tmp_path: Path) -> None:
    """Git makes such files where the umask is 002, and what they may set is harmless."""
    written(tmp_path / ".config" / "otel-agent" / "config.toml", 0o664)
    written(tmp_path / ".opencode" / "otel-agent.toml", 0o664)

    own, project = found(tmp_path, tmp_path)

    assert (True, False) == (bool(own.fault), bool(project.fault))


def test_link_is_followed_at_home_only(tmp_path: Path) -> None:
    """One's own file may be kept elsewhere; a repository's link leads nowhere."""
    kept = written(tmp_path / "dotfiles" / "otel.toml")
    for path in (
        tmp_path / ".config" / "otel-agent" / "config.toml",
        tmp_path / ".opencode" / "otel-agent.toml",
    ):
        path.parent.mkdir(parents=True)
        path.symlink_to(kept)

    own, project = found(tmp_path, tmp_path)

    assert (TEXT, "") == (own.text, project.text)
    assert project.fault


def test_mode_is_kept_for_the_doctor(tmp_path: Path) -> None:
    """Whether others can read what is in it."""
    written(tmp_path / ".config" / "otel-agent" / "config.toml", 0o644)

    assert [0o644] == [source.mode for source in found(tmp_path)]
