"""What is known of a metric's series before any backend: its OTLP name, and the attributes of its points."""

from typing import Final

from otel_agent.signals.attributes import OPTIONAL_METRIC_ATTRIBUTES
from otel_agent.signals.instruments import Instrument

ON_EVERY_POINT: Final = frozenset({"session.id", "project.id", *OPTIONAL_METRIC_ATTRIBUTES})


def name(row: Instrument, prefix: str) -> str:
    """Return a metric's name as it is sent."""
    return f"{prefix if row.is_prefixed else ''}{row.suffix}"


def has(row: Instrument, attribute: str) -> bool:
    """Tell whether a metric's points have an attribute, where it is known at all."""
    return row.is_prefixed and (attribute in row.attributes or attribute in ON_EVERY_POINT)
