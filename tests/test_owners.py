"""Whose a journal is: its lock and its writer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from otel_agent.header import Header
from otel_agent.owners import Lock, is_writer_gone, lock_holder
from tests import journals


def test_lock_is_held_by_one(tmp_path: Path) -> None:
    """While one holds the lock, another one cannot take it, and everybody sees whose it is."""
    first, second = Lock(tmp_path), Lock(tmp_path)
    is_taken = first.take()

    assert (True, False, os.getpid()) == (is_taken, second.take(), lock_holder(tmp_path))
    first.release()
    assert (None, True) == (lock_holder(tmp_path), second.take())
    second.release()


def test_lock_is_waited_for(tmp_path: Path) -> None:
    """Whoever only looks at a lock holds it for a moment; an agent outlasts that."""
    program = (
        "import fcntl,os,sys,time; f=os.open(sys.argv[1],os.O_RDWR|os.O_CREAT);"
        "fcntl.flock(f,fcntl.LOCK_SH); print(flush=True); time.sleep(0.05)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "lock")], stdout=subprocess.PIPE
    ) as looker:
        assert looker.stdout is not None
        looker.stdout.readline()
        lock = Lock(tmp_path)

        assert (False, True) == (lock.take(), lock.take(patience_s=5.0))
    lock.release()


def test_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    """The system releases a lock with its holder, and the pid in the file then says nothing."""
    (tmp_path / "lock").write_text("1", encoding="utf-8")

    assert lock_holder(tmp_path) is None


def test_lock_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    """A symbolic link in the place of the lock is not followed."""
    outside = tmp_path / "outside"
    outside.write_text("mine", encoding="utf-8")
    folder = tmp_path / "journal"
    folder.mkdir()
    (folder / "lock").symlink_to(outside)

    with pytest.raises(OSError, match="symbolic"):
        Lock(folder).take()
    assert "mine" == outside.read_text(encoding="utf-8")


def header_of(**fields: object) -> Header:
    """Return a header with the given fields."""
    return Header(id="a", **fields)  # type: ignore[arg-type]


def test_living_writer_is_not_gone() -> None:
    """A process that runs has not ended."""
    assert not is_writer_gone(header_of(**journals.living()), host=journals.HOST)


def test_dead_writer_is_gone() -> None:
    """A process that has ended is gone."""
    assert is_writer_gone(header_of(**journals.dead()), host=journals.HOST)


def test_process_with_a_reused_pid_is_not_the_writer() -> None:
    """The time of its start tells a process from a later one with the same pid."""
    header = header_of(**{**journals.living(), "pid_start": "1"})

    assert is_writer_gone(header, host=journals.HOST)


@pytest.mark.parametrize("fields", [{"host": "another"}, {"pid": None}, {"pid_ns": "pid:[1]"}])
def test_writer_that_cannot_be_judged_from_here_is_not_called_gone(fields: dict[str, object]) -> None:
    """Another host's and another namespace's processes are not ours to judge."""
    assert not is_writer_gone(header_of(**{**journals.dead(), **fields}), host=journals.HOST)


@pytest.mark.parametrize("missing", ["pid_ns", "pid_start"])
def test_without_proc_the_pid_alone_decides(missing: str) -> None:
    """A system without /proc tells whether there is such a process."""
    alive, gone = ({**one, missing: None} for one in (journals.living(), journals.dead()))

    assert (False, True) == tuple(
        is_writer_gone(header_of(**fields), host=journals.HOST) for fields in (alive, gone)
    )


def test_writer_with_a_strange_name_is_judged(tmp_path: Path) -> None:
    """A process's name is any bytes, cut in the middle of a character, with parentheses in it."""
    program = tmp_path / "a) S 1 \N{LATIN SMALL LETTER E WITH ACUTE}\N{LATIN SMALL LETTER E WITH ACUTE}x)é"
    program.write_text("#!/bin/sh\nsleep 10\n", encoding="utf-8")
    program.chmod(0o700)
    with subprocess.Popen([str(program)]) as process:
        fields = {**journals.living(), "pid": process.pid}

        assert is_writer_gone(header_of(**fields), host=journals.HOST)
        process.kill()
