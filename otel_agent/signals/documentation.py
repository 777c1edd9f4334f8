"""The tables of the documentation, written from the tables in the code."""

from collections.abc import Iterable

from otel_agent.signals import genai
from otel_agent.signals.attributes import CATALOGUE
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.markdown import code, codes, table
from otel_agent.tables import rows


def metrics_table() -> str:
    """Return the instruments as a Markdown table, named without the prefix."""
    return _instruments_table(row for row in INSTRUMENTS if row.is_prefixed)


def agent_table() -> str:
    """Return the agent's own metrics, which have no prefix, as a Markdown table."""
    return _instruments_table(row for row in INSTRUMENTS if not row.is_prefixed)


def genai_table() -> str:
    """Return the GenAI metrics, which have no prefix, as a Markdown table."""
    return _instruments_table(rows(genai, Instrument))


def _instruments_table(instruments: Iterable[Instrument]) -> str:
    """Return instruments as a Markdown table."""
    cells = (
        (
            code(row.suffix),
            row.kind.value,
            code(row.unit) if row.unit else "none",
            codes(row.attributes),
            row.description,
        )
        for row in instruments
    )
    return table(("Metric", "Kind", "Unit", "Attributes", "Meaning"), cells)


def events_table() -> str:
    """Return the log events as a Markdown table."""
    cells = ((code(row.name), codes(row.attributes), row.description) for row in EVENTS)
    return table(("Event", "Attributes", "Meaning"), cells)


def attributes_table() -> str:
    """Return all attributes as a Markdown table."""
    cells = (
        (code(row.key), row.type, row.cardinality.value, row.sensitivity.value, row.description)
        for row in CATALOGUE
    )
    return table(("Attribute", "Type", "Cardinality", "Sensitivity", "Meaning"), cells)
