"""The command with which the plugin starts the agent, tried before it is written down."""

from pathlib import Path

from otel_agent import __version__
from otel_agent.errors import InstallError
from otel_agent.installer.steps import Say
from otel_agent.opencode import Runner

TRIAL_LIMIT_S = 60.0
"""Seconds that the trial may take: the first start of a fresh installation compiles its modules."""

_CACHES = {".cache", "Caches", "archive-v0"}


def agent_command(python: str, runner: Runner, folder: Path) -> tuple[str, ...]:
    """Return the agent's command line; InstallError when this Python does not find the package by itself.

    -E and -P keep the agent from importing what the environment or the working folder of OpenCode offers.
    The path is kept as it is: behind a virtual environment's link is a Python that does not know the package.
    """
    command = (python, "-E", "-P", "-m", "otel_agent")
    ended = runner.run((*command, "version"), folder=folder, limit_s=TRIAL_LIMIT_S)
    if ended.code == 0 and __version__ in ended.out.split():
        return command
    raise InstallError(
        f"{python}: expected a Python that finds otel-agent {__version__} by itself, got one that does not;"
        " install the package (uv tool install opencode-otel-agent) and run otel-agent from there"
    )


def remarks(python: str) -> tuple[Say, ...]:
    """Warn when the agent's Python lies in a cache, as after `uvx otel-agent install`."""
    if not _CACHES & set(Path(python).parts):
        return ()
    return (
        Say(
            text=f"the agent's Python is in a cache: {python}",
            advice="Whoever clears that cache ends the telemetry: install the package for good"
            " (uv tool install opencode-otel-agent), then run otel-agent install again.",
        ),
    )
