"""The plugin's text: what the installer fills in, and the lists that other tables must agree with."""

import json
import re
from collections.abc import Sequence

import pytest

from otel_agent import __version__, plugin
from otel_agent.capture import Level
from otel_agent.destinations import catalogue

TEXT = plugin.render(["agent"])


def listed(name: str) -> list[str]:
    """Read one of the plugin's lists of names."""
    (body,) = re.findall(rf"^const {name} = \[(.*?)\]$", TEXT, re.DOTALL | re.MULTILINE)
    return re.findall(r'"([^"]+)"', body)


@pytest.mark.parametrize(
    "argv", [["/usr/bin/python3", "-E", "-P", "-m", "otel_agent"], ['/a "b"/\\c\u2028*/'], ["/{{agent}}/é"]]
)
def test_the_agents_command_is_filled_in(argv: Sequence[str]) -> None:
    """The command stands in the text as JSON, whatever characters its path has."""
    (line,) = [line for line in plugin.render(argv).split("\n") if line.startswith("const AGENT = ")]

    assert argv == json.loads(line.removeprefix("const AGENT = "))


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
    read = json.loads(re.sub(r"(\w+):(?= )", r'"\1":', f"{{{body}}}"))

    assert {row.name: [list(names) for names in row.starts] for row in catalogue.DESTINATIONS} == read
    assert {Level.CONTENT} == {row.captured for row in catalogue.DESTINATIONS}
