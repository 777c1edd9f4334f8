"""Numbers as Grafana writes them, for the units that the boards have.

https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

Scale = tuple[float, str]
"""From which size on a unit is used, and what stands after the number."""

_COUNTS: Final[Sequence[Scale]] = ((1e12, " Tri"), (1e9, " Bil"), (1e6, " Mil"), (1e3, " K"), (0, ""))
_DOLLARS: Final[Sequence[Scale]] = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"), (0, ""))
_BYTES: Final[Sequence[Scale]] = (
    (2**40, " TiB"),
    (2**30, " GiB"),
    (2**20, " MiB"),
    (2**10, " KiB"),
    (0, " B"),
)
_SECONDS: Final[Sequence[Scale]] = (
    (604_800, " weeks"),
    (86_400, " days"),
    (3_600, " hours"),
    (60, " mins"),
    (1, " s"),
    (1e-3, " ms"),
    (0, " s"),
)
MS_PER_S: Final = 1000
COARSE: Final = 2.25
"""Below it a first digit says little, as Grafana has it: 1.2 and 2.1, but 3.14."""


def decimals_of(value: float) -> int:
    """Return how many decimals a number needs for about three digits."""
    if value == int(value):
        return 0
    power = math.floor(math.log10(abs(value)))
    needed = 1 - power + (1 if abs(value) / 10.0**power > COARSE else 0)
    return max(0, needed)


def _scaled(value: float, scales: Sequence[Scale], decimals: int | None) -> str:
    """Return a number in the largest unit that it fills; without decimals told as many as it needs."""
    size, after = next((size, after) for size, after in scales if abs(value) >= size)
    shown = value / (size or 1)
    return f"{shown:.{decimals_of(shown) if decimals is None else decimals}f}{after}"


def _count(value: float, decimals: int | None) -> str:
    return _scaled(value, _COUNTS, decimals)


def _dollars(value: float, decimals: int | None) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}${_scaled(abs(value), _DOLLARS, decimals)}"


def _share(value: float, decimals: int | None) -> str:
    percent = value * 100
    return f"{percent:.{decimals_of(percent) if decimals is None else decimals}f}%"


def _seconds(value: float, decimals: int | None) -> str:
    return _scaled(value, _SECONDS, decimals)


def _milliseconds(value: float, decimals: int | None) -> str:
    return _seconds(value / MS_PER_S, decimals)


def _bytes(value: float, decimals: int | None) -> str:
    return _scaled(value, _BYTES, decimals)


def _whole(value: float, decimals: int | None) -> str:
    return f"{value:,.{decimals_of(value) if decimals is None else decimals}f}"


FORMATS: Final[dict[str, Callable[[float, int | None], str]]] = {
    "short": _count,
    "locale": _whole,
    "currencyUSD": _dollars,
    "percentunit": _share,
    "s": _seconds,
    "ms": _milliseconds,
    "bytes": _bytes,
}


def shown(value: float, unit: str, decimals: int | None) -> str:
    """Return a number in a unit of Grafana; KeyError for one that no board has."""
    return FORMATS[unit](value, decimals)
