"""The file of Arize's coding harness tracing, `~/.arize/harness/config.json` or `config.yaml`, as variables.

https://github.com/Arize-ai/coding-harness-tracing: JSON since June 2026, YAML before. Only what it says of
OpenCode counts; a file that is about other agents alone switches nothing on. Each agent reads it anew, as it
asks a helper anew: the key in it is in no journal.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from otel_agent import files
from otel_agent.destinations.harness import FILE
from otel_agent.parsing import InvalidValueError
from otel_agent.settings_files import LIMIT_BYTES, NOT_WRITABLE
from otel_agent.surroundings import home_of

OPENCODE: Final = "opencode"
STARTS: Final = ("PHOENIX_ENDPOINT", "ARIZE_API_KEY")
"""Variables that name a target: where one is set, the file's own target is not used."""
TARGETS: Final[Mapping[str, Mapping[str, str]]] = {
    "phoenix": {
        "PHOENIX_ENDPOINT": "endpoint",
        "PHOENIX_API_KEY": "api_key",
        "PHOENIX_PROJECT": "project_name",
    },
    "arize": {
        "ARIZE_OTLP_ENDPOINT": "endpoint",
        "ARIZE_API_KEY": "api_key",
        "ARIZE_SPACE_ID": "space_id",
        "ARIZE_PROJECT_NAME": "project_name",
    },
}
FLAGS: Final[Mapping[str, str]] = {
    "ARIZE_LOG_PROMPTS": "prompts",
    "ARIZE_LOG_TOOL_DETAILS": "tool_details",
    "ARIZE_LOG_TOOL_CONTENT": "tool_content",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Harness:
    """What the file says of one coding agent."""

    target: str = ""
    endpoint: str | None = None
    api_key: str | None = None
    space_id: str | None = None
    project_name: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What is read of the file."""

    harnesses: Mapping[str, _Harness] = field(default_factory=dict[str, _Harness])
    logging: Mapping[str, bool] = field(default_factory=dict[str, bool])
    user_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An environment with what the file says that it names, and what is wrong with the file."""

    environ: Mapping[str, str]
    problems: tuple[str, ...] = ()


def located(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return an environment that names the file where one with OpenCode in it is in its usual place.

    The plugin does the same; one that this user cannot read is none.
    """
    home = home_of(environ, os.getuid())
    if home is None or environ.get(FILE):
        return environ
    try:
        found = next((path for path in _places(home) if path.is_file()), None)
        is_ours = found is not None and OPENCODE.encode() in found.read_bytes()
    except OSError:
        return environ
    return {**environ, FILE: str(found)} if is_ours else environ


def _places(home: Path) -> tuple[Path, ...]:
    """Return where the file is looked for."""
    folder = home / ".arize" / "harness"
    return folder / "config.json", folder / "config.yaml"


def joined(environ: Mapping[str, str]) -> Joined:
    """Return an environment with what the file adds to it; the environment wins."""
    own = {name: text for name, text in environ.items() if name != FILE}
    path = Path(environ.get(FILE, ""))
    if not path.is_absolute():
        return Joined(environ=own)
    try:
        text, _ = files.trusted(path, limit_bytes=LIMIT_BYTES, not_writable=NOT_WRITABLE)
        found = variables(text)
    except OSError as error:
        return Joined(environ=own, problems=(f"{FILE}: {path}: {error.strerror}",))
    except InvalidValueError:
        fault = f"{FILE}: {path}: expected JSON or YAML as Arize writes it, got something else; correct it"
        return Joined(environ=own, problems=(fault,))
    if any(own.get(name) for name in STARTS):
        owned = {name for names in TARGETS.values() for name in names}
        found = {name: text for name, text in found.items() if name not in owned}
    return Joined(environ={**found, **own})


def variables(text: bytes) -> Mapping[str, str]:
    """Return what a file says of OpenCode; raises InvalidValueError. JSON is read as the YAML that it is."""
    told = _read(text)
    harness = told.harnesses.get(OPENCODE, _Harness())
    target = TARGETS.get(harness.target)
    if target is None:
        return {}
    found: Mapping[str, str | bool | None] = {
        **{name: getattr(harness, key) for name, key in target.items()},
        **{name: told.logging.get(key) for name, key in FLAGS.items()},
        "ARIZE_USER_ID": harness.user_id or told.user_id,
    }
    return {name: str(value) for name, value in found.items() if value not in {None, ""}}


def _read(text: bytes) -> _File:
    """Return a file; raises InvalidValueError without words that would quote the key."""
    import yaml  # noqa: PLC0415 - hardly anybody has the file

    try:
        return msgspec.convert(yaml.safe_load(text) or {}, type=_File)
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError, ValueError):
        raise InvalidValueError from None
