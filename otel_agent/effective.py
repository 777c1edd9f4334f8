"""What holds for this process: its environment, with the settings files of machine, user and project."""

from collections.abc import Mapping
from pathlib import Path

from otel_agent import settings
from otel_agent.configuration import Configuration, merged, names_of
from otel_agent.destinations import catalogue
from otel_agent.destinations.views import base_of
from otel_agent.errors import SettingsError
from otel_agent.settings import Settings
from otel_agent.settings_files import sources_of
from otel_agent.variables import Setting


def rows() -> tuple[Setting[object], ...]:
    """Return every setting that a file may have, those of the destinations last."""
    return (*settings.rows(), *catalogue.rows())


def configured(project: Path | None = None) -> Configuration:
    """Return the environment with what the settings files say, also those of a project's folder."""
    own = settings.environ()
    return merged(sources_of(own, project), own, names_of(rows()))


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
