"""The command line as a whole: its commands, its version and its errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from otel_agent import __version__, plugin
from otel_agent.cli import app
from otel_agent.cli.command import Command
from otel_agent.cli.commands import COMMANDS, GROUPS

PROGRAM = (sys.executable, "-m", "otel_agent")


def test_every_command_of_the_table_is_there() -> None:
    """The help lists the rows."""
    result = CliRunner().invoke(app.build(), ["--help"])

    assert 0 == result.exit_code
    assert [] == [row.name for row in (*COMMANDS, *GROUPS) if row.name not in result.stdout]


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_help_says_what_for_how_and_what_comes_back(row: Command) -> None:
    """Each command's help has its purpose, its examples and its exit codes."""
    shown = CliRunner().invoke(app.build(), [row.name, "--help"], terminal_width=200).stdout

    assert row.purpose in shown
    assert [] == [one.command for one in row.examples if one.command not in shown]
    assert [] == [f"{code}  {said}" for code, said in row.exits.items() if f"{code}  {said}" not in shown]
    assert row.examples


def test_purposes_are_one_line() -> None:
    """A list of commands is read at a glance, and no character of it means something to a shell."""
    purposes = [row.purpose for row in (*COMMANDS, *GROUPS)]

    assert [] == [text for text in purposes if len(text) > 75 or not text.endswith(".") or "(" in text]


def test_command_that_was_not_typed_is_not_loaded() -> None:
    """Its purpose is enough for the list of all; a word of the line makes it whole."""
    options = [
        CliRunner().invoke(app.build(words), ["flush", "--help"]).stdout.count("SECONDS")
        for words in ((), ("flush",))
    ]

    assert options[0] == 0
    assert options[1] > 0


def test_version_is_shown_by_command_and_option() -> None:
    """Both ways of asking give the same line."""
    answers = [CliRunner().invoke(app.build(), [ask]).stdout for ask in ("version", "--version")]

    assert [f"otel-agent {__version__}\n"] * 2 == answers


def test_problem_of_the_user_is_one_message(tmp_path: Path) -> None:
    """An AgentError ends the command with 2 and its message on stderr, without a traceback."""
    target = tmp_path / ".config" / "opencode" / "plugin" / plugin.FILE_NAME
    target.parent.mkdir(parents=True)
    target.write_text("not ours\n", encoding="utf-8")
    environ = {**os.environ, "HOME": str(tmp_path), "PATH": ""}
    environ.pop("XDG_CONFIG_HOME", None)

    ended = subprocess.run([*PROGRAM, "install"], env=environ, capture_output=True, text=True, check=False)

    assert (2, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith(f"{target}: expected a file that otel-agent wrote")
    assert "Traceback" not in ended.stderr
