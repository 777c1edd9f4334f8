"""What the fuzzers share: the summary of what they tried."""

import pytest

from tests.fuzz.cases import TOTAL, TRIED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases each fuzzer has tried, where a number was asked for."""
    if TOTAL:
        told = ", ".join(f"{name} {number:,}" for name, number in sorted(TRIED.items()))
        terminalreporter.write_line(f"fuzz: {TRIED.total():,} cases ({told})")
