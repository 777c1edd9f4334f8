"""The shells' completion: its scripts, what it proposes, and that it costs little."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from otel_agent.cli.commands import COMMANDS, GROUPS
from otel_agent.installer.completions import MARK
from otel_agent.installer.targets import TARGETS
from tests.cli.pty_user import run

SHELLS = [name for name in ("bash", "zsh", "fish") if shutil.which(name)]
"""Those of this machine."""


def proposed(home: Path, line: str) -> list[str]:
    """Return what bash proposes behind a line, as it asks for it."""
    words = ["otel-agent", *line.split(" ")]
    asked = {MARK: "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    return run(home, **asked).stdout.split()


@pytest.mark.parametrize("shell", SHELLS)
def test_script_is_that_of_the_shell(tmp_path: Path, shell: str) -> None:
    """--show-completion finds out from which shell it was started."""
    home = {"HOME": str(tmp_path), "PATH": str(Path(shutil.which(shell) or "").parent)}
    command = f"{sys.executable} -m otel_agent --show-completion; true"
    ended = subprocess.run(
        [shell, "-c", command], env=home, capture_output=True, text=True, check=True, timeout=50
    )

    assert {"bash": "complete -o", "zsh": "#compdef", "fish": "complete --command"}[shell] in ended.stdout
    assert f"{MARK}=complete_{shell}" in ended.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_can_be_asked_for(tmp_path: Path, shell: str) -> None:
    """It is the same wherever it is made, as for a package of a distribution."""
    assert "otel-agent" in run(tmp_path, **{MARK: f"source_{shell}"}, PATH="/usr/bin:/bin").stdout


def test_every_command_is_proposed(tmp_path: Path) -> None:
    """The names of the table, in its order."""
    assert [row.name for row in (*COMMANDS, *GROUPS)] == proposed(tmp_path, "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fl", ["flush"]),
        ("flush --ti", ["--timeout"]),
        ("config ", ["show", "init"]),
        ("install --destination ph", ["phoenix"]),
        ("install --destination otlp --destination ", list(TARGETS)),
        ("install --capture ", ["metadata", "details", "content"]),
    ],
)
def test_what_fits_is_proposed(tmp_path: Path, line: str, expected: list[str]) -> None:
    """Commands, their options and the values that are known."""
    assert expected == proposed(tmp_path, line)


def test_completion_imports_no_command_that_was_not_typed(tmp_path: Path) -> None:
    """A second for each Tab is too long: the SDK and grpc are left alone."""
    script = (
        "import sys\nfrom otel_agent.cli.app import build\nbuild(['--help'])\n"
        "print([name for name in ('grpc', 'opentelemetry', 'otel_agent.dashboards') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True)

    assert b"[]\n" == ended.stdout
