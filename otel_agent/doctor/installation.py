"""The checks of OpenCode, the plugin and the settings."""

from collections.abc import Iterator

from otel_agent import __version__, opencode, plugin
from otel_agent.destinations import catalogue
from otel_agent.doctor.check import Finding, Patient, check, failed, ok, unknown, warning
from otel_agent.errors import InstallError
from otel_agent.installer.survey import opencode_version, survey_global
from otel_agent.settings import rows
from otel_agent.surroundings import shown_value

KNOWN_VERSION = (1, 0)
"""The oldest OpenCode whose events are understood: tests/receiver/test_versions.py has them."""


@check("opencode")
def opencode_found(patient: Patient) -> Iterator[Finding]:
    """Look for OpenCode and ask for its version."""
    program = opencode.find_program(patient.environ, patient.home)
    if program is None:
        yield warning("not found on PATH", "install OpenCode, or run this in the shell that starts it")
        return
    version = opencode_version(patient.environ, patient.home, patient.runner)
    if version is None:
        yield unknown("found; it does not tell a version")
    elif tuple(int(number) for number in version.split("-")[0].split(".")[:2]) < KNOWN_VERSION:
        yield warning(f"found, version {version}", "update OpenCode: older events are not understood")
    else:
        yield ok(f"found, version {version}")


@check("plugin")
def plugin_installed(patient: Patient) -> Iterator[Finding]:
    """Look whether the plugin is where OpenCode loads it from, and is that of this package."""
    try:
        found = survey_global(patient.environ, patient.home).plugin
    except InstallError as error:
        yield failed(str(error), "make the file readable, then run otel-agent install")
        return
    if not found.exists:
        yield failed("not installed for every project", "run otel-agent install (or install --project DIR)")
    elif found.text is None or not plugin.is_ours(found.text):
        yield failed("another file is in its place", "move that file away, then run otel-agent install")
    elif (version := plugin.version_of(found.text)) != __version__:
        yield failed(f"version {version}, the agent has {__version__}", "run otel-agent install again")
    else:
        yield ok(f"installed, version {version}")


@check("npm step")
def npm_step_avoided(patient: Patient) -> Iterator[Finding]:
    """Look whether OpenCode's start has to wait for npm in one of its configuration folders."""
    waiting = [
        folder
        for folder in opencode.config_folders(patient.environ, patient.home)
        if folder.exists() and not opencode.look(folder).is_ready
    ]
    if waiting:
        said = f"OpenCode waits for npm in {len(waiting)} of its configuration folders"
        yield warning(said, "run otel-agent install with npm on PATH")
    else:
        yield ok("OpenCode has nothing to wait for")


@check("settings")
def settings_valid(patient: Patient) -> Iterator[Finding]:
    """Look at the settings of this shell; what is set is said, secrets are not shown."""
    for problem in patient.problems:
        yield failed(problem, "correct it where otel-agent config show says that it is set")
    if patient.settings is None:
        return
    if not patient.on.settings:
        yield failed(
            "telemetry is off in this shell",
            "export OPENCODE_ENABLE_TELEMETRY=1, or set it in a settings file",
        )
    for row in (*rows(), *catalogue.rows()):
        for name in row.names:
            if patient.environ.get(name):
                value = shown_value(row, name, patient.environ[name])
                yield ok(f"{name}={value}")
