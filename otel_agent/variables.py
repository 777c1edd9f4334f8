"""A setting as a row: the variables that hold it, its kind, default and meaning; and the reader of rows."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from otel_agent.parsing import PRESENCE, SWITCH, TRUE, InvalidValueError, Kind, quoted

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")

ROW: Final = "setting"
SIGNAL_PART: Final = "{SIGNAL}"
SWITCHED: Final[tuple[Kind[object], ...]] = (PRESENCE, SWITCH, TRUE)
"""The kinds that are on where a file says true."""


class Signal(StrEnum):
    """A kind of telemetry; the value is the last part of its HTTP path."""

    METRICS = "metrics"
    LOGS = "logs"
    TRACES = "traces"


class Scope(StrEnum):
    """Who may set a variable; a project's file comes with a repository, which may be hostile.

    ENVIRONMENT: no file. PROCESS: also the files of the user and of the machine, but no destination's table
    in them, for it is one for all. OWN: also such a table. OFF: also a project's file, where nobody else sets
    it, for it only turns something off. PROJECT: also a project's, over the user's.
    """

    ENVIRONMENT = "environment"
    PROCESS = "process"
    OWN = "own"
    OFF = "off"
    PROJECT = "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A variable that is set, and its value."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T]):
    """One setting: {SIGNAL} in a template stands for METRICS, LOGS and TRACES.

    The first variable that is set wins; with `merge` (of the lower and the upper value) all of them count.
    """

    templates: tuple[str, ...]
    kind: Kind[T]
    default: T
    default_text: str
    help: str
    secret: bool
    merge: Callable[[T, T], T] | None
    scope: Scope

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its variables, the first one first in precedence."""
        return tuple(
            dict.fromkeys(named(template, signal) for template in self.templates for signal in Signal)
        )

    @property
    def expected(self) -> str:
        """What a value looks like."""
        return self.kind.expected

    def given(self, environ: Mapping[str, str], signal: Signal | None) -> tuple[Given, ...]:
        """Return those of its variables that are set and not empty, the winner first."""
        names = (named(template, signal) for template in self.templates)
        return tuple(Given(name=name, text=environ[name]) for name in names if environ.get(name))

    def fault(self, given: Given, error: InvalidValueError) -> str:
        """Say what is wrong with a value, without showing a secret one, and what to do."""
        shown = error.shown or ("a value that is not shown" if self.secret else quoted(given.text))
        remedy = error.remedy or f"write for example {given.name}={self.kind.example}"
        return f"expected {error.expected or self.kind.expected}, got {shown}; {remedy}"


def named(template: str, signal: Signal | None) -> str:
    """Return the name of a template's variable for a signal; None is for templates without its part."""
    return template.replace(SIGNAL_PART, signal.upper()) if signal else template


def setting(  # noqa: PLR0913 - a row has these columns, which are given by name
    *templates: str,
    kind: Kind[T],
    default: T,
    meaning: str,
    shown: str | None = None,
    secret: bool = False,
    merge: Callable[[T, T], T] | None = None,
    scope: Scope = Scope.OWN,
) -> T:
    """Return the dataclass field of a setting; `shown` is the default's text if its value is not enough."""
    row = Setting(
        templates=templates,
        kind=kind,
        default=default,
        default_text=_default_text(default) if shown is None else shown,
        help=meaning,
        secret=secret,
        merge=merge,
        scope=scope,
    )
    return field(default_factory=lambda: default, metadata={ROW: row})


def _default_text(default: object) -> str:
    """Return a default as the documentation shows it."""
    if isinstance(default, bool):
        return "on" if default else "off"
    if default is None or default in ("", frozenset(), {}):
        return "unset"
    return str(default)


def rows_of(kind: "type[DataclassInstance]") -> Mapping[str, Setting[object]]:
    """Return the rows of a dataclass by the names of its fields."""
    return {item.name: item.metadata[ROW] for item in fields(kind) if ROW in item.metadata}


class Reader:
    """Reads rows out of an environment and gathers what is wrong, so that one problem hides no other."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Begin without problems."""
        self.environ = environ
        self._faults: dict[tuple[str, str], None] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems found so far, each once."""
        return tuple(f"{name}: {fault}" for name, fault in self._faults)

    def made(self, kind: type[D], *, part: Signal | None = None, **others: object) -> D:
        """Return a dataclass of its rows' values, the defaults where there are problems, and of others."""
        build: Callable[..., D] = kind
        values = {name: self._value(row, part) for name, row in rows_of(kind).items() if name not in others}
        return build(**values, **others)

    def report(self, name: str, fault: str) -> None:
        """Add what is wrong with a variable."""
        self._faults[name, fault] = None

    def is_faulty(self, row: Setting[object], signal: Signal) -> bool:
        """Tell whether a variable of a row has a problem so far."""
        faulty = {name for name, _ in self._faults}
        return any(given.name in faulty for given in row.given(self.environ, signal))

    def _value(self, row: Setting[T], signal: Signal | None) -> T:
        given = row.given(self.environ, signal)
        if not given:
            return row.default
        if row.merge is None:
            return self._read(row, given[0])
        return reduce(row.merge, [self._read(row, one) for one in reversed(given)])

    def _read(self, row: Setting[T], given: Given) -> T:
        try:
            return row.kind.read(given.text)
        except InvalidValueError as error:
            self.report(given.name, row.fault(given, error))
            return row.default


def table_of(rows: Iterable[Setting[object]]) -> str:
    """Return rows as a Markdown table; <SIGNAL> stands for METRICS, LOGS and TRACES."""
    lines = [
        " | ".join((_shown_names(row), row.default_text, _cell(row.expected), _cell(row.help)))
        for row in rows
    ]
    head = ("variable, the first that is set wins | default | value | meaning", "--- | --- | --- | ---")
    return "".join(f"| {line} |\n" for line in (*head, *lines))


def toml_of(rows: Iterable[Setting[object]]) -> str:
    """Return rows as the lines of a settings file that sets nothing: each has its meaning and an example."""
    return "\n".join(_commented(row) for row in rows)


def _commented(row: Setting[object]) -> str:
    """Return a row as comments; its other names stand beside the one that wins."""
    name, *others = row.names
    lines = (
        f"# {row.help}",
        f"# {row.expected}; default: {row.default_text}",
        *([f"# also: {', '.join(others)}"] if others else []),
        f"#{name} = {'true' if row.kind in SWITCHED else json.dumps(row.kind.example)}",
    )
    return "".join(f"{line}\n" for line in lines)


def _shown_names(row: Setting[object]) -> str:
    """Return the names of a row's variables as a table's cell."""
    return ", ".join(f"`{template.replace(SIGNAL_PART, '<SIGNAL>')}`" for template in row.templates)


def _cell(text: str) -> str:
    """Return a text as it stands in a table's cell."""
    return text.replace("|", "\\|")
