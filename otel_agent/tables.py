"""Finds the rows of a catalogue: nothing registers itself, a module is scanned."""

from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def rows(module: ModuleType, kind: type[T]) -> tuple[T, ...]:
    """Return the module-level objects of a type, each once, in the order of their definition."""
    found = {id(value): value for value in vars(module).values() if isinstance(value, kind)}
    return tuple(found.values())
