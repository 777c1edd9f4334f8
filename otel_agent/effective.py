"""What holds for this process: its environment, with the settings files of machine, user and project."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from otel_agent import settings
from otel_agent.configuration import Configuration, merged, names_of
from otel_agent.destinations import catalogue, harness_file
from otel_agent.destinations.views import base_of
from otel_agent.errors import SettingsError
from otel_agent.settings import Settings
from otel_agent.settings_files import sources_of
from otel_agent.variables import Setting


def rows() -> tuple[Setting[object], ...]:
    """Return every setting that a file may have, those of the destinations last."""
    return (*settings.rows(), *catalogue.rows())


def configured(project: Path | None = None) -> Configuration:
    """Return the environment with what the settings files say, also those of a project's folder.

    It names the file of Arize's tracing where there is one, as the plugin does.
    """
    own = settings.environ()
    found = merged(sources_of(own, project), own, names_of(rows()))
    return replace(found, environ=harness_file.located(found.environ))


def environ() -> Mapping[str, str]:
    """Return this process's environment with what the settings files of user and machine say."""
    return configured().environ


def from_process() -> Settings:
    """Return the settings of this process; raises SettingsError with every problem of files and values."""
    found = configured()
    try:
        chosen = base_of(found.environ)
    except SettingsError as error:
        raise SettingsError((*found.problems, *error.problems)) from None
    if found.problems:
        raise SettingsError(found.problems)
    return chosen
