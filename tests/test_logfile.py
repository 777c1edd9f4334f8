"""The agent's log: one file, few lines, nothing in it that is anybody's."""

import sqlite3
import stat
from pathlib import Path

import pytest
import structlog

from otel_agent import logfile
from otel_agent.errors import JournalError, SettingsError
from otel_agent.exporter.testing import FakeClock
from otel_agent.logfile import FILE_NAME, LogFile, told


def lines(state_dir: Path) -> list[str]:
    """Return the log's lines without their times."""
    text = (state_dir / FILE_NAME).read_text(encoding="utf-8")
    return [line.partition(" ")[2] for line in text.splitlines()]


def test_line_has_level_event_and_values(tmp_path: Path) -> None:
    """Each line is key=value pairs on one line, whatever is in a value."""
    logfile.configure(tmp_path, "info", clock=FakeClock())
    structlog.get_logger().info("agent_started", journal="a\nb", number=3)

    assert [r"level='info' event='agent_started' journal='a\nb' number=3"] == lines(tmp_path)


def test_level_is_the_least_that_is_kept(tmp_path: Path) -> None:
    """What is less severe is left out."""
    logfile.configure(tmp_path, "warning", clock=FakeClock())
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")

    assert ["level='warning' event='loud'"] == lines(tmp_path)


def test_unknown_level_is_info(tmp_path: Path) -> None:
    """The settings tell what is wrong with it; the log works meanwhile."""
    logfile.configure(tmp_path, "loudest", clock=FakeClock())
    structlog.get_logger().info("shown")

    assert ["level='info' event='shown'"] == lines(tmp_path)


def test_repeated_line_comes_once_a_minute(tmp_path: Path) -> None:
    """A line that differs only in its time is dropped for a minute; one that differs in a value is not."""
    clock = FakeClock()
    logfile.configure(tmp_path, "info", clock=clock)
    for seconds in (0.0, 59.0, 0.5, 1.0):
        clock.advance(seconds)
        structlog.get_logger().warning("down", host="a")
    structlog.get_logger().warning("down", host="b")

    assert ["host='a'", "host='a'", "host='b'"] == [line.split()[-1] for line in lines(tmp_path)]


def test_large_file_is_set_aside(tmp_path: Path) -> None:
    """The log and the one before it are kept; both are bounded."""
    file = LogFile(tmp_path / FILE_NAME, max_bytes=100)
    for number in range(12):
        file.write(f"{number:020}\n")

    assert {"agent.log", "agent.log.1"} == {path.name for path in tmp_path.iterdir()}
    assert "00000000000000000011\n" == (tmp_path / FILE_NAME).read_text(encoding="utf-8")[-21:]
    assert 105 == (tmp_path / "agent.log.1").stat().st_size


def test_log_is_the_users_alone(tmp_path: Path) -> None:
    """Others cannot read it."""
    LogFile(tmp_path / FILE_NAME).write("x\n")

    assert 0o600 == stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode)


def test_log_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A full disk, or a folder that is gone, does not end the agent."""
    logfile.configure(tmp_path / "gone", "info", clock=FakeClock())

    structlog.get_logger().warning("nobody reads this")

    assert not (tmp_path / "gone").exists()


def test_log_is_written_through_no_link(tmp_path: Path) -> None:
    """A symbolic link in the place of the log is not followed."""
    (tmp_path / "mine").write_text("", encoding="utf-8")
    (tmp_path / FILE_NAME).symlink_to(tmp_path / "mine")
    LogFile(tmp_path / FILE_NAME).write("x\n")

    assert "" == (tmp_path / "mine").read_text(encoding="utf-8")


def test_strange_text_is_written(tmp_path: Path) -> None:
    """A lone surrogate, as file names may have one, is escaped."""
    LogFile(tmp_path / FILE_NAME).write("\udcff\n")

    assert "\\udcff\n" == (tmp_path / FILE_NAME).read_text(encoding="utf-8")


def fail(error: Exception) -> None:
    """Raise an error."""
    raise error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file or directory", "/home/alice/x"), "No such file or directory"),
        (ValueError("a prompt of alice"), "ValueError"),
        (SettingsError(("OPENCODE_X: expected y, got z",)), "SettingsError"),
        (JournalError("journal a: expected a header"), "journal a: expected a header"),
        (sqlite3.OperationalError("disk is full"), "disk is full"),
    ],
)
def test_log_tells_of_an_error_without_its_values(error: Exception, words: str) -> None:
    """Its kind and its place in our code, never a path, a prompt or a setting's value."""
    try:
        fail(error)
    except Exception as caught:  # noqa: BLE001 - all of the table
        said = told(caught)

    assert words == said["error"]
    assert said["where"].startswith("test_logfile.py:")
    assert "alice" not in str(said)
