"""The command line as a whole: its commands, its version and its errors."""

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from otel_agent import __version__, plugin
from otel_agent.cli import app

PROGRAM = (sys.executable, "-m", "otel_agent")


def test_every_command_of_the_table_is_there() -> None:
    """The help lists the rows."""
    result = CliRunner().invoke(app.build(), ["--help"])

    assert 0 == result.exit_code
    assert [] == [name for name, _ in app.COMMANDS if name not in result.stdout]


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
