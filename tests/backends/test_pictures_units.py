"""Numbers in the pictures look as Grafana writes them, and axes have its steps."""

import pytest

from tools.drawing.asking import Window, step_of
from tools.drawing.units import shown


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (0, "short", 0, "0"),
        (999, "short", 0, "999"),
        (12_345, "short", 1, "12.3 K"),
        (2_430.4, "locale", 0, "2,430"),
        (3_456_789, "short", 1, "3.5 Mil"),
        (12.345, "currencyUSD", 2, "$12.35"),
        (1234.5, "currencyUSD", 2, "$1.23K"),
        (0.5, "currencyUSD", None, "$0.500"),
        (0.1234, "percentunit", 1, "12.3%"),
        (0.042, "s", None, "42 ms"),
        (5400, "s", None, "1.5 hours"),
        (1500, "ms", None, "1.5 s"),
        (2048, "bytes", None, "2 KiB"),
    ],
)
def test_number_is_written_as_grafana_does(
    value: float, unit: str, decimals: int | None, expected: str
) -> None:
    """Scaled, with the unit's sign, and with about three digits where no decimals are told."""
    assert expected == shown(value, unit, decimals)


@pytest.mark.parametrize(
    ("panel", "expected"),
    [({"interval": "5m"}, 900), ({"interval": "1h"}, 3600), ({"maxDataPoints": 84}, 7200), ({}, 900)],
)
def test_step_is_nice_and_at_least_the_panels(panel: dict[str, object], expected: int) -> None:
    """A week on a panel of 800 pixels."""
    assert expected == step_of(panel, Window(start_s=0, end_s=604_800), 800)
