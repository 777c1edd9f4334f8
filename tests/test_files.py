"""Files of the state directory: an ordinary file of this user is used, and nothing else."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from otel_agent.files import created, is_usable, made, opened, size_bytes, trusted

STRANGER = 4321
"""A user id that nobody has in a test."""


def link(path: Path) -> None:
    """Put a link to another file there."""
    outside = path.with_name("outside")
    outside.write_text("theirs")
    path.symlink_to(outside)


@pytest.mark.parametrize("put", [link, os.mkfifo, Path.mkdir], ids=["link", "pipe", "folder"])
def test_what_is_no_ordinary_file_is_not_opened(tmp_path: Path, put: Callable[[Path], None]) -> None:
    """It is refused at once: nobody waits for the other end of a pipe."""
    path = tmp_path / "key"
    put(path)

    assert not is_usable(path)
    with pytest.raises(OSError, match=r"key|ordinary"):
        opened(path)


def test_ordinary_file_is_opened(tmp_path: Path) -> None:
    """Its bytes are read."""
    path = tmp_path / "key"
    path.write_bytes(b"ours")

    with opened(path) as file:
        assert b"ours" == file.read()
    assert (True, 4) == (is_usable(path), size_bytes(path))


def test_missing_file_is_told_as_missing(tmp_path: Path) -> None:
    """Nothing is in its place."""
    assert (True, 0) == (is_usable(tmp_path / "key"), size_bytes(tmp_path / "key"))
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "key")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_file_of_another_user_is_not_opened(tmp_path: Path) -> None:
    """What another user has put there may say which program we run."""
    path = tmp_path / "0.ndjson"
    path.touch()
    os.chown(path, STRANGER, -1)

    assert (False, True) == (is_usable(path), is_usable(path, user_id=STRANGER))
    with pytest.raises(PermissionError):
        opened(path)


def test_new_file_takes_the_place_of_a_link(tmp_path: Path) -> None:
    """What the link led to stays as it is, and the file is readable by its user alone."""
    path = tmp_path / "receipt"
    link(path)

    with made(path) as file:
        file.write(b"ours")

    assert ("theirs", b"ours") == ((tmp_path / "outside").read_text(), path.read_bytes())
    assert (False, 0o600) == (path.is_symlink(), path.stat().st_mode & 0o777)


def test_trusted_file_is_read_with_its_mode(tmp_path: Path) -> None:
    """As far as it may go; a longer one is refused."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"four")
    path.chmod(0o640)

    assert (b"four", 0o640) == trusted(path, limit_bytes=4, not_writable=0o022)
    with pytest.raises(OSError, match="at most 3 bytes"):
        trusted(path, limit_bytes=3, not_writable=0o022)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_file_that_others_may_write_is_not_trusted(tmp_path: Path, mode: int) -> None:
    """Where it matters to the caller."""
    path = tmp_path / "config.toml"
    path.touch()
    path.chmod(mode)

    assert (b"", mode) == trusted(path, limit_bytes=1, not_writable=0)
    with pytest.raises(OSError, match="chmod go-w"):
        trusted(path, limit_bytes=1, not_writable=0o022)


def test_file_is_created_once(tmp_path: Path) -> None:
    """Its user alone can read it, and nothing is written over."""
    path = tmp_path / "config.toml"
    created(path).close()

    assert 0o600 == path.stat().st_mode & 0o777
    with pytest.raises(FileExistsError):
        created(path)
