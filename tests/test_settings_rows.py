"""What follows from the settings' rows: recorded and secret names, and the documentation."""

import os

from otel_agent import settings
from otel_agent.settings import parse
from otel_agent.variables import table_of


def test_recorded_variables_give_the_same_settings() -> None:
    """A take-over reads a journal's header, which has every variable that matters but the secret ones."""
    environ = {
        "HOME": "/home/me",
        "XDG_STATE_HOME": "/xdg",
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "https://general",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_LOG_USER_PROMPTS": "1",
        "HTTPS_PROXY": "http://proxy",
    }
    recorded = {name: environ[name] for name in settings.recorded_names() if name in environ}

    assert parse(environ) == parse(recorded)


def test_every_variable_is_either_recorded_or_secret() -> None:
    """No variable with credentials is recorded in clear, and none is forgotten."""
    recorded, secret = set(settings.recorded_names()), set(settings.secret_names())

    assert {name for row in settings.rows() for name in row.names} == recorded | secret
    assert set() == recorded & secret
    assert {name for name in recorded | secret if name.endswith("HEADERS")} == secret


def test_names_are_sorted() -> None:
    """The plugin's lists can be compared with these."""
    assert list(settings.recorded_names()) == sorted(settings.recorded_names())
    assert list(settings.secret_names()) == sorted(settings.secret_names())


def test_every_setting_is_documented() -> None:
    """The table of the documentation has one line per row, with a meaning that is a sentence."""
    lines = table_of(settings.rows()).splitlines()[2:]

    assert len(settings.rows()) == len(lines)
    assert all(row.help.endswith(".") for row in settings.rows())
    assert all(
        f"`{row.templates[0].replace('{SIGNAL}', '<SIGNAL>')}`" in line
        for row, line in zip(settings.rows(), lines, strict=True)
    )


def test_documented_default_is_the_default() -> None:
    """A default that is a value of its setting is read as that default."""
    for row in settings.rows():
        if (
            row.default_text not in {"unset", "off", "as for prompts", "opencode"}
            and " " not in row.default_text
        ):
            assert row.default == row.kind.read(row.default_text)


def test_settings_of_this_process_come_from_its_environment() -> None:
    """The process's environment is copied, so that what is made of the copy changes nothing."""
    copy = dict(settings.environ())

    assert dict(os.environ) == copy
