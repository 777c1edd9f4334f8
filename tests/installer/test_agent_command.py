"""The command that starts the agent is tried before it is written into the plugin."""

from pathlib import Path

import pytest

from otel_agent import __version__
from otel_agent.errors import InstallError
from otel_agent.installer.agent_command import agent_command, remarks
from otel_agent.opencode import Ended
from tests.installer.recording import RecordingRunner


def test_command_isolates_the_agent_from_its_surroundings(tmp_path: Path) -> None:
    """No PYTHON* variable and no working folder may put modules before the package's."""
    runner = RecordingRunner(ended=Ended(code=0, out=f"otel-agent {__version__}\n"))

    command = agent_command("bin/python", runner, tmp_path)

    assert ("bin/python", "-E", "-P", "-m", "otel_agent") == command
    assert [(*command, "version")] == runner.commands


@pytest.mark.parametrize(
    "ended",
    [
        Ended(code=1, err="No module named otel_agent"),
        Ended(code=0, out="otel-agent 0.0.0\n"),
        Ended(code=None, err="Permission denied"),
    ],
)
def test_python_without_the_package_is_an_error(tmp_path: Path, ended: Ended) -> None:
    """A Python that needs PYTHONPATH, or finds another version, cannot start the agent."""
    with pytest.raises(InstallError, match="install the package"):
        agent_command("python", RecordingRunner(ended=ended), tmp_path)


def test_python_in_a_cache_is_remarked() -> None:
    """`uvx` runs from a cache that may be cleared at any time."""
    (remark,) = remarks("home/.cache/uv/archive-v0/abc/bin/python")

    assert remark.advice.startswith("Whoever clears that cache")


def test_python_of_an_installation_is_not_remarked() -> None:
    """An installed tool's environment stays."""
    assert () == remarks("home/.local/share/uv/tools/opencode-otel-agent/bin/python")
