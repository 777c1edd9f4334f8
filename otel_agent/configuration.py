"""The settings files and the environment as one mapping, and where each value in it came from.

From the lowest to the highest: what the machine's file says, the user's file, the project's, the process's
environment, and what the machine's file locks. The plugin merges the same way before it decides whether
telemetry is on; tests/vectors/configuration.json holds the two together.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Final

from otel_agent import parsing
from otel_agent.entries import TABLE_NAME, TABLES, Entries, EntriesError, Value, entries_of
from otel_agent.parsing import InvalidValueError
from otel_agent.variables import Given, Scope, Setting

LOCKED: Final = "locked"
"""The list, in the machine's file, of the names that nobody else sets."""
FILES: Final = frozenset({Scope.PROCESS, Scope.OWN, Scope.OFF, Scope.PROJECT})
PROJECTS: Final = frozenset({Scope.OFF, Scope.PROJECT})
PROJECT_BYTES: Final = 1024
"""The longest value of a project's file: an attribute is on every point, and may not fill requests."""
BACKENDS: Final = ("arize.", "braintrust.", "langfuse.", "langsmith.", "mlflow.", "openinference.")
"""How the attributes begin by which backends are told more than what happened."""
_NAME: Final = re.compile(rf"(?:({TABLE_NAME})\.)?([^.]+)")
"""A name in a destination's table, which has its name before a dot, or in none."""


class Place(StrEnum):
    """Whose word a value is."""

    MANAGED = "managed"
    USER = "user"
    PROJECT = "project"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One settings file: its text, or why it is not read; `mode` has its permissions."""

    place: Place
    path: Path
    text: str = ""
    fault: str = ""
    mode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from; `path` is that of a file."""

    place: Place
    path: Path | None = None
    is_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The merged mapping and the origin of each name in it.

    `problems` keep commands from running; when the files are not usable, the plugin too keeps telemetry off.
    What is `ignored`, all of it of a project's files, stops nothing.
    """

    environ: Mapping[str, str]
    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    sources: tuple[Source, ...] = ()
    problems: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    is_usable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the settings' rows say of names: who may set each, its row, and what else has its meaning."""

    rows: Mapping[str, Setting[object]]
    aliases: Mapping[str, tuple[str, ...]]

    def row(self, name: str) -> Setting[object] | None:
        """Return the row of a name, also of one in a destination's table; None when no setting has it."""
        found = _NAME.fullmatch(name)
        row = self.rows.get(found[2]) if found else None
        return None if found and found[1] and row and row.scope is Scope.PROCESS else row

    def scope(self, name: str) -> Scope | None:
        """Return who may set a name; None when no setting has it."""
        row = self.row(name)
        return row.scope if row else None

    def together(self, name: str) -> tuple[str, ...]:
        """Return a name and those that mean the same, which are locked with it."""
        prefix = name.removesuffix(key_of(name))
        return (name, *(prefix + alias for alias in self.aliases.get(key_of(name), ())))

    def unknown(self, name: str) -> str:
        """Say that no setting of a file has a name, and which one may have been meant."""
        prefix = name.removesuffix(key_of(name))
        known = [prefix + known for known in self.rows if self.scope(prefix + known) in FILES]
        near = get_close_matches(name, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else "docs/settings.md has the names"
        return f"{parsing.quoted(name)}: expected the name of a setting, got another one; {remedy}"


def key_of(name: str) -> str:
    """Return a name as it stands in a destination's table; one of no table is that itself."""
    return name.partition(".")[2] or name


def names_of(rows: Iterable[Setting[object]]) -> Names:
    """Return what rows say of names; a name that stands in two rows belongs to the one that has it first."""
    owners: dict[str, Setting[object]] = {}
    for row in rows:
        for name in row.names:
            owners.setdefault(name, row)
    aliases = {
        row.names[0]: tuple(name for name in row.names[1:] if owners[name] is row)
        for row in owners.values()
        if row.names[0] == row.templates[0]
    }
    return Names(rows=owners, aliases=aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """What one file sets and locks, and what is to be said of the rest of it."""

    source: Source
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    locked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    is_read: bool = True

    @property
    def is_project(self) -> bool:
        """Whether the file came with a repository."""
        return self.source.place is Place.PROJECT


def merged(sources: Sequence[Source], environ: Mapping[str, str], names: Names) -> Configuration:
    """Return what files, from the lowest to the highest, and an environment say."""
    layers = [_layer(source, names) for source in sources]
    values: dict[str, str] = {}
    origins: dict[str, Origin] = {}
    ignored = [said for layer in layers if layer.is_project for said in layer.said]
    for layer in layers:
        settled = frozenset(name for name, origin in origins.items() if origin.place is not Place.PROJECT)
        for name, text in layer.values.items():
            if layer.is_project and name in settled and names.scope(name) is Scope.OFF:
                ignored.append(f"{layer.source.path}: {name}: your own file or the machine's has set it")
            else:
                values[name] = text
                origins[name] = Origin(place=layer.source.place, path=layer.source.path)
    values |= environ
    origins |= dict.fromkeys(environ, Origin(place=Place.ENVIRONMENT))
    for layer in layers:
        _lock(layer, names, values, origins)
    return Configuration(
        environ=values,
        origins=origins,
        sources=tuple(sources),
        problems=tuple(said for layer in layers if not layer.is_project for said in layer.said),
        ignored=tuple(ignored),
        is_usable=all(layer.is_read for layer in layers if not layer.is_project),
    )


def _lock(layer: _Layer, names: Names, values: dict[str, str], origins: dict[str, Origin]) -> None:
    """Let a file's values of the names that it locks, and of those that mean the same, be the only ones.

    A lock on a name holds in every destination's table too: else a table of one's own would go around it.
    """
    held = {name: None for first in layer.locked for name in names.together(first)}
    for name in (*held, *[name for name in values if name not in held and key_of(name) in held]):
        values.pop(name, None)
        if name in layer.values:
            values[name] = layer.values[name]
        origins[name] = Origin(place=layer.source.place, path=layer.source.path, is_locked=True)


def _layer(source: Source, names: Names) -> _Layer:
    """Return what a file sets; one that cannot be read says why."""
    try:
        entries = entries_of(source.text)
    except EntriesError as error:
        return _Layer(source=source, said=(f"{source.path}: {error}",), is_read=False)
    fault = source.fault or _lock_fault(source, entries)
    if fault:
        return _Layer(source=source, said=(f"{source.path}: {fault}",), is_read=False)
    plain = dict(entries.values)
    if source.place is Place.MANAGED:
        plain.pop(LOCKED, None)
    faults = {name: _fault(source, name, value, names) for name, value in plain.items()}
    locked = _locked(source, entries)
    unknown = [name for name in locked if names.scope(name) not in FILES]
    said = [
        *dict.fromkeys(fault for fault in faults.values() if fault),
        *(f"{LOCKED}: {names.unknown(name)}" for name in unknown),
        *(
            f"[{name}]: expected a table [{TABLES}.NAME], got another one; take it out"
            for name in entries.tables
        ),
        *([entries.rest] if entries.rest else []),
    ]
    return _Layer(
        source=source,
        values={
            name: text_of(row, value)
            for name, value in plain.items()
            if not faults[name] and (row := names.row(name))
        },
        locked=tuple(name for name in locked if name not in unknown),
        said=tuple(f"{source.path}: {one}" for one in said),
    )


def _lock_fault(source: Source, entries: Entries) -> str:
    """Return why a file's locks cannot be kept: without them nothing of it counts."""
    if source.place is Place.MANAGED and not isinstance(entries.values.get(LOCKED, ()), tuple):
        return f"{LOCKED}: expected a list of names in quotes, got something else; correct that line"
    return ""


def _locked(source: Source, entries: Entries) -> tuple[str, ...]:
    """Return the names that a file locks."""
    found = entries.values.get(LOCKED, ())
    return found if source.place is Place.MANAGED and isinstance(found, tuple) else ()


def _fault(source: Source, name: str, value: Value, names: Names) -> str:
    """Return why a value is not taken from a file, nothing when it is."""
    row = names.row(name)
    if name == LOCKED:
        return f"{LOCKED}: only the machine's file locks names; take it out"
    if source.place is Place.PROJECT and key_of(name) != name:
        return f"{TABLES}: a project's file may not add one; put its table into your own file"
    if row is None:
        return names.unknown(name)
    if row.scope not in FILES:
        return f"{name}: only the environment sets it; export it in the shell that starts OpenCode"
    if isinstance(value, tuple):
        return f"{name}: expected a text, a number, true or false, got a list; put it into quotes"
    return _project_fault(name, row, value) if source.place is Place.PROJECT else ""


def _project_fault(name: str, row: Setting[object], value: Value) -> str:
    """Return why a project's value is not taken: nothing that a stranger wrote may stop telemetry."""
    if row.scope not in PROJECTS:
        return f"{name}: a project's file may not set it; set it in your own file or in the environment"
    text = text_of(row, value)
    if (size := len(text.encode())) > PROJECT_BYTES:
        return f"{name}: expected at most {PROJECT_BYTES} bytes, got {size}; a project's file sets short ones"
    return project_fault_of(name, row, text)


def project_fault_of(name: str, row: Setting[object], text: str) -> str:
    """Return what is wrong with a value in a project's file by itself, nothing when it counts.

    An attribute may tell a backend what to do, which is not a repository's to say: `langfuse.trace.public`
    shows a trace to everybody (https://langfuse.com/integrations/native/opentelemetry#property-mapping).
    """
    fault = fault_of(name, row, text)
    if fault or not text or row.kind is not parsing.ATTRIBUTES:
        return fault
    key = next((key for key in parsing.ATTRIBUTES.read(text) if key.startswith(BACKENDS)), "")
    remedy = "which tells a backend what to do; set it in your own file"
    return f"{name}: a project's file may not set {parsing.quoted(key)}, {remedy}" if key else ""


def fault_of(name: str, row: Setting[object], text: str) -> str:
    """Return what is wrong with a variable's value by itself, nothing when it can be read."""
    try:
        if text:
            row.kind.read(text)
    except InvalidValueError as error:
        return f"{name}: {row.fault(Given(name=name, text=text), error)}"
    return ""


def text_of(row: Setting[object], value: Value) -> str:
    """Return a file's value as an environment has it; a switch that is off says so, others are unset."""
    if value is False:
        return "false" if row.kind is parsing.SWITCH else ""
    return "true" if value is True else str(value)
