"""Every destination, found by scanning the files of this room; and their variables."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

from otel_agent import destinations as room
from otel_agent import parsing, settings
from otel_agent.destinations.destination import Destination
from otel_agent.surroundings import URLS
from otel_agent.tables import rows as rows_in
from otel_agent.variables import Setting, rows_of, setting

DESTINATIONS: Final[tuple[Destination, ...]] = tuple(
    row
    for module in sorted(module.name for module in iter_modules(room.__path__))
    if module not in {"catalogue", "views"}
    for row in rows_in(import_module(f"{room.__name__}.{module}"), Destination)
)
_ROWS: Final = {row.name: row for row in DESTINATIONS}
NAMES: Final = frozenset(_ROWS)
NONE: Final = "none"
GENERIC: Final = "generic"
"""What the destination without a name is called where people read of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which destinations are used."""

    names: frozenset[str] | None = setting(
        "OPENCODE_OTEL_DESTINATIONS",
        kind=parsing.subset(NAMES | {NONE}, example="phoenix"),
        default=None,
        shown="those whose own variables switch them on",
        meaning="The destinations beside the generic one that are used, each with its variables.",
    )


def rows() -> tuple[Setting[object], ...]:
    """Return every setting of the destinations, each once, in the order of the documentation."""
    kinds: tuple[type[Any], ...] = (Chosen, *(row.variables for row in DESTINATIONS))
    return tuple({row.names: row for kind in kinds for row in rows_of(kind).values()}.values())


def recorded_names() -> tuple[str, ...]:
    """Return the variables that a journal's header may hold, sorted, with those of the generic settings."""
    own = {name for row in rows() if not row.secret for name in row.names}
    return tuple(sorted(own.union(settings.recorded_names())))


def secret_names() -> tuple[str, ...]:
    """Return the variables of which a header holds a fingerprint only, sorted, with the generic ones."""
    own = {name for row in rows() if row.secret for name in row.names}
    return tuple(sorted(own.union(settings.secret_names())))


_OWNERS: Final = {
    name: row.name for row in DESTINATIONS for each in rows_of(row.variables).values() for name in each.names
}


def owner_of(variable: str) -> str:
    """Return the destination whose credentials a variable belongs to; the generic one has no name."""
    table, mark, _ = variable.partition(".")
    return table if mark else _OWNERS.get(variable, "")


def endpoint_of(name: str) -> str:
    """Return the variable that says where a destination's server is."""
    generic = rows_of(settings.Delivery)["endpoint"].names[0]
    row = _ROWS.get(name)
    if row is None:
        return f"{name}.{generic}" if name else generic
    named = (each.names[0] for each in rows_of(row.variables).values())
    return next((each for each in named if each.endswith(URLS)), row.starts[0][0])


def switches_of(name: str) -> tuple[str, ...]:
    """Return the variables that a shell must set to send to a destination's server itself."""
    starts = _ROWS[name].starts[0] if name in _ROWS else ()
    return tuple(dict.fromkeys((*starts, endpoint_of(name))))


def keys_of(name: str) -> tuple[str, ...]:
    """Return the variables that a destination's credentials come from."""
    row = _ROWS.get(name)
    if row is None:
        before = f"{name}." if name else ""
        generic = rows_of(settings.Delivery)["headers"], rows_of(settings.Settings)["headers_helper"]
        return tuple(f"{before}{each.names[0]}" for each in generic)
    return tuple(each.names[0] for each in rows_of(row.variables).values() if each.secret)
