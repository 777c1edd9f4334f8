"""How what waits for its delivery is shown, by every command that does."""

import time
from collections.abc import Iterable

from rich.console import Console

from otel_agent.cli.words import counted, duration, in_one_line
from otel_agent.undelivered import Undelivered


def show_waiting(console: Console, rows: Iterable[Undelivered]) -> None:
    """Print what waits, where it goes, why it waits and what to do."""
    for row in rows:
        age = duration(max(0.0, time.time() - row.oldest_ms / 1000))
        waits = "waits" if row.requests == 1 else "wait"
        console.print()
        show(
            console,
            f"{counted(row.requests, 'request')} {waits} for {row.where}, the oldest for {age}",
            f"  {row.why}",
            f"  → {row.remedy}",
        )


def show(console: Console, *lines: str) -> None:
    """Print lines as they are: a server's words may look like markup, or like a line of ours."""
    for line in lines:
        console.print(in_one_line(line), markup=False, highlight=False)
