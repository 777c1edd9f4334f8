"""How the destinations that are on in a shell are shown: where each is, what it gets, what waits for it."""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from otel_agent.cli.waiting import show
from otel_agent.cli.words import counted, duration, in_one_line
from otel_agent.destinations.catalogue import GENERIC
from otel_agent.destinations.views import Views, captured
from otel_agent.settings import Settings
from otel_agent.undelivered import Undelivered, shown, where

OFF = "Telemetry is off in this shell: set OPENCODE_ENABLE_TELEMETRY=1 before OpenCode starts."


def show_destinations(console: Console, on: Views, waiting: Sequence[Undelivered]) -> None:
    """Print a row for each destination, and why others are left out."""
    console.print("Telemetry is on in this shell" if on.settings else OFF, highlight=False)
    if on.settings:
        table = Table(box=None, pad_edge=False)
        for column in ("destination", "where", "signals", "content", "waiting"):
            table.add_column(column)
        for name, settings in on.settings.items():
            table.add_row(*map(in_one_line, _row(name, settings, waiting)))
        console.print(table, markup=False)
    for problem in on.problems:
        show(console, f"Left out: {problem}")


def _row(name: str, settings: Settings, waiting: Sequence[Undelivered]) -> tuple[str, ...]:
    """Return what is shown of a destination."""
    deliveries = settings.deliveries.values()
    places = {where(name, each): shown(each) for each in deliveries}
    held = [row for row in waiting if row.where in places]
    return (
        name or GENERIC,
        ", ".join(places.values()),
        ", ".join(settings.deliveries),
        captured(settings),
        _age(held),
    )


def _age(held: Sequence[Undelivered]) -> str:
    """Say how many requests wait and since when, nothing where none does."""
    if not held:
        return ""
    age_s = time.time() - min(row.oldest_ms for row in held) / 1000
    return f"{counted(sum(row.requests for row in held), 'request')}, for {duration(max(0.0, age_s))}"
