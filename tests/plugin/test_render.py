"""The plugin's text: what the installer fills in, and the lists that other tables must agree with."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from otel_agent import __version__, parsing, plugin
from otel_agent.capture import Level
from otel_agent.destinations import catalogue
from otel_agent.settings_files import MANAGED
from otel_agent.variables import Scope
from tests.configurations import NAMES

TEXT = plugin.render(["agent"])


def listed(name: str) -> list[str]:
    """Read one of the plugin's lists of names."""
    (body,) = re.findall(rf"^ *const {name} = \[(.*?)\](?: //.*)?$", TEXT, re.DOTALL | re.MULTILINE)
    return re.findall(r'"([^"]+)"', body)


@pytest.mark.parametrize(
    "argv", [["/usr/bin/python3", "-E", "-P", "-m", "otel_agent"], ['/a "b"/\\c\u2028*/'], ["/{{agent}}/é"]]
)
def test_the_agents_command_is_filled_in(argv: Sequence[str]) -> None:
    """The command stands in the text as JSON, whatever characters its path has."""
    (line,) = [line for line in plugin.render(argv).split("\n") if line.startswith("const AGENT = ")]

    assert argv == json.loads(line.removeprefix("const AGENT = "))


def test_the_machines_file_is_filled_in() -> None:
    """Its place is the one that the agent reads, or a test's."""
    text = plugin.render(["agent"], Path('/a "b"/config.toml'))

    assert f"const MANAGED = {json.dumps(str(MANAGED))}" in TEXT
    assert 'const MANAGED = "/a \\"b\\"/config.toml"' in text


def test_the_version_is_filled_in() -> None:
    """The text names this package's version where people read it and where the header takes it from."""
    assert f'const VERSION = "{__version__}"' in TEXT
    assert "{{" not in TEXT


def test_a_rendered_plugin_is_recognised() -> None:
    """A file that we made, of whatever version, is ours, and says its version."""
    older = TEXT.replace(__version__, "9.8.7rc1")

    assert plugin.is_ours(TEXT)
    assert (__version__, "9.8.7rc1") == (plugin.version_of(TEXT), plugin.version_of(older))


@pytest.mark.parametrize(
    "text", ["", "export const P = 1\n", f"\n{TEXT}", "// opencode-otel by somebody else\n"]
)
def test_another_file_is_not_ours(text: str) -> None:
    """A file with another first line is not ours and has no version."""
    assert not plugin.is_ours(text)
    assert plugin.version_of(text) is None


def test_recorded_settings_are_those_of_the_settings_table() -> None:
    """The header records every setting that is not secret."""
    assert list(catalogue.recorded_names()) == listed("RECORDED")


def test_secret_settings_are_those_of_the_settings_table() -> None:
    """The header has an HMAC, and nothing else, of every secret setting."""
    assert list(catalogue.secret_names()) == listed("SECRET")


def test_destinations_are_those_of_the_catalogue() -> None:
    """The plugin starts for the same variables as the agent, and takes every preset for one with content."""
    (body,) = re.findall(
        r"^const DESTINATIONS = \{\n  __proto__: null,\n(.*?),\n\}$", TEXT, re.DOTALL | re.MULTILINE
    )
    quoted = re.sub(r"(\w+):(?= )", r'"\1":', f"{{{body}}}")
    read = json.loads(re.sub(r",(\s*\})", r"\1", quoted))

    expected = {
        row.name: {"starts": [list(names) for names in row.starts], "stops": list(row.stops)}
        for row in catalogue.DESTINATIONS
    }

    assert expected == read
    assert {Level.CONTENT} == {row.captured for row in catalogue.DESTINATIONS}


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("ENVIRONMENT", Scope.ENVIRONMENT),
        ("PROCESS", Scope.PROCESS),
        ("OFF", Scope.OFF),
        ("PROJECT", Scope.PROJECT),
    ],
)
def test_scopes_are_those_of_the_settings_table(name: str, scope: Scope) -> None:
    """Who may set what in a file is the same for the plugin and the agent."""
    assert sorted(one for one, row in NAMES.rows.items() if row.scope is scope) == listed(name)


def test_switches_are_those_of_the_settings_table() -> None:
    """Where a file says false, these are off and others are unset."""
    switches = [name for name, row in NAMES.rows.items() if row.kind is parsing.SWITCH]

    assert sorted(switches) == listed("SWITCHES")


def test_what_is_locked_together_is_that_of_the_settings_table() -> None:
    """A lock on a setting is one on each variable of its own; what no file sets needs none."""
    (body,) = re.findall(r"^  const ALIASES = (\{.*?^  \})$", TEXT, re.DOTALL | re.MULTILINE)
    expected = {
        first: list(names)
        for first, names in NAMES.aliases.items()
        if names and NAMES.scope(first) is not Scope.ENVIRONMENT
    }

    assert expected == json.loads(re.sub(r",(\s*[\]}])", r"\1", body))
