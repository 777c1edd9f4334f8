"""How numbers look in SigNoz: https://signoz.io/docs/dashboards/panel-types/."""

from collections.abc import Mapping
from typing import Final

from otel_agent.dashboards.board import Unit

COLUMNS: Final = 12
UNITS: Final[Mapping[Unit, str]] = {
    Unit.COUNT: "short",
    Unit.TOKENS: "short",
    Unit.DOLLARS: "currencyUSD",
    Unit.SHARE: "percentunit",
    Unit.SECONDS: "s",
    Unit.MILLISECONDS: "ms",
    Unit.BYTES: "By",
}
DECIMALS: Final[Mapping[Unit, str]] = {
    Unit.COUNT: "0",
    Unit.TOKENS: "1",
    Unit.DOLLARS: "2",
    Unit.SHARE: "1",
    Unit.SECONDS: "1",
    Unit.MILLISECONDS: "0",
    Unit.BYTES: "1",
}
WARNING: Final = "Orange"
BAD: Final = "Red"


def rows(height: int) -> int:
    """Return how many rows of SigNoz's grid, of about 50 pixels, a panel takes."""
    return height * 3 // 5
