"""The columns of Honeycomb's datasets when everything has been sent, from the tables of signals."""

from collections.abc import Mapping

from otel_agent.signals.attributes import CATALOGUE
from otel_agent.signals.catalogue import INSTRUMENTS


def columns(prefix: str, events: str = "events") -> Mapping[str, frozenset[str]]:
    """Return the columns of the dataset of metrics, and of the one of log events, by the datasets' slugs."""
    attributes = frozenset(row.key for row in CATALOGUE)
    metrics = frozenset(f"{prefix}{row.suffix}" if row.is_prefixed else row.suffix for row in INSTRUMENTS)
    return {"metrics": attributes | metrics, events: attributes}
