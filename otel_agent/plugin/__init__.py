"""The plugin file that runs inside OpenCode: its text, made ready for one installation."""

import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from otel_agent import __version__
from otel_agent.settings_files import MANAGED

FILE_NAME = "opencode-otel.js"
"""The plugin's name in this package and in OpenCode's plugin folder."""

_FIRST_LINE = re.compile(r"\A// @bun opencode-otel-agent plugin (\S+)")
_PLACEHOLDER = r"/\*\{{\{{{name}\}}\}}\*/.*?/\*\{{\{{/{name}\}}\}}\*/"


def render(agent_argv: Sequence[str], managed: Path = MANAGED) -> str:
    """Give the plugin's text with the agent's command, the machine's settings file and our version in it."""
    text = files(__name__).joinpath(FILE_NAME).read_text(encoding="utf-8")
    text = _FIRST_LINE.sub(f"// @bun opencode-otel-agent plugin {__version__}", text)
    text = _filled(text, "version", __version__)
    text = _filled(text, "managed", str(managed))
    return _filled(text, "agent", list(agent_argv))


def is_ours(text: str) -> bool:
    """Tell by its first line whether a file's text was made by this package, in any version of it."""
    return _FIRST_LINE.match(text) is not None


def version_of(text: str) -> str | None:
    """Give the version of the package that made a plugin file; None when the file is not ours."""
    found = _FIRST_LINE.match(text)
    return found.group(1) if found else None


def _filled(text: str, name: str, value: object) -> str:
    """Put a JSON value where the placeholder of this name is."""
    literal = json.dumps(value)
    return re.sub(_PLACEHOLDER.format(name=name), lambda _: literal, text, count=1)
