"""How many items one request has: at most 512 and 1 MiB, and none that cannot be encoded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

MAX_ITEMS = 512
MAX_BYTES = 1024 * 1024
"""gRPC servers refuse 4 MiB by default; a single item that is larger goes alone."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """One encoded request; a payload of None stands for one item that cannot be encoded."""

    payload: bytes | None
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One half of a request that was too large."""

    payload: bytes
    items: int


def pack(items: Sequence[T], encode: Callable[[Sequence[T]], bytes]) -> Iterator[Packed]:
    """Yield requests with all items in their order."""
    for start in range(0, len(items), MAX_ITEMS):
        yield from _fitting(items[start : start + MAX_ITEMS], encode)


def _fitting(items: Sequence[T], encode: Callable[[Sequence[T]], bytes]) -> Iterator[Packed]:
    """Yield one request, or those of both halves when it is too large or cannot be encoded."""
    payload = _encoded(items, encode)
    if len(items) > 1 and (payload is None or len(payload) > MAX_BYTES):
        middle = len(items) // 2
        yield from _fitting(items[:middle], encode)
        yield from _fitting(items[middle:], encode)
    else:
        yield Packed(payload=payload, items=len(items))


def _encoded(items: Sequence[T], encode: Callable[[Sequence[T]], bytes]) -> bytes | None:
    """Return the request, None when an item has a value that OTLP has no room for, such as 2**64."""
    try:
        return encode(items)
    except (ValueError, TypeError, OverflowError):
        return None
