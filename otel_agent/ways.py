"""The ways that a journal's signals take: one for each destination."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from otel_agent.settings import Settings, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A destination's settings and, for each signal that it gets, the fingerprint of where requests belong.

    The one without a name is that of the generic OTLP settings.
    """

    settings: Settings
    destinations: Mapping[Signal, str] = field(default_factory=dict[Signal, str])
    name: str = ""
