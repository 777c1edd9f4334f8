"""The tables of the documentation, written from the tables in the code."""

from collections.abc import Iterable, Sequence

from otel_agent.signals.attributes import CATALOGUE
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS


def metrics_table() -> str:
    """Return the instruments as a Markdown table, named without the prefix."""
    cells = (
        (_code(row.suffix), row.kind.value, _code(row.unit), _codes(row.attributes), row.description)
        for row in INSTRUMENTS
    )
    return _table(("Metric", "Kind", "Unit", "Attributes", "Meaning"), cells)


def events_table() -> str:
    """Return the log events as a Markdown table."""
    cells = ((_code(row.name), _codes(row.attributes), row.description) for row in EVENTS)
    return _table(("Event", "Attributes", "Meaning"), cells)


def attributes_table() -> str:
    """Return all attributes as a Markdown table."""
    cells = (
        (_code(row.key), row.type, row.cardinality.value, row.sensitivity.value, row.description)
        for row in CATALOGUE
    )
    return _table(("Attribute", "Type", "Cardinality", "Sensitivity", "Meaning"), cells)


def _table(titles: Sequence[str], cells: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table that ends in a line break."""
    lines = [titles, ["---"] * len(titles), *cells]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _code(text: str) -> str:
    """Return a text as code."""
    return f"`{text}`"


def _codes(texts: Iterable[str]) -> str:
    """Return texts as code, separated by commas."""
    return ", ".join(_code(text) for text in texts)
