"""What docs/destinations.md says of the destinations, made of their rows."""

from typing import Final

from otel_agent.destinations.catalogue import DESTINATIONS, Chosen
from otel_agent.destinations.destination import Destination
from otel_agent.variables import rows_of, table_of

ROWS: Final = {row.name: row for row in DESTINATIONS}


def overview() -> str:
    """Return the destinations as a Markdown table: what switches each on, and its own page on traces."""
    lines = [
        "| destination | its name here | switched on by |",
        "| --- | --- | --- |",
        *map(_line, DESTINATIONS),
    ]
    return "\n".join(lines) + "\n\n" + table_of(rows_of(Chosen).values())


def _line(row: Destination) -> str:
    """Return a row of that table."""
    starts = ", or ".join(" with ".join(f"`{name}`" for name in names) for names in row.starts)
    return f"| [{row.title}]({row.guide}) | `{row.name}` | {starts} |"


def settings(name: str) -> str:
    """Return the variables of a destination as a Markdown table."""
    return table_of(rows_of(ROWS[name].variables).values())
