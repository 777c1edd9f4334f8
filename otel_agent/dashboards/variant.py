"""For whom dashboards are made: under which names the numbers arrive, and how they are counted."""

from dataclasses import dataclass

from otel_agent.delivery import Temporality
from otel_agent.profiles import CLAUDE_CODE_PREFIX, TelemetryProfile
from otel_agent.signals.profile import PROFILES


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The metrics' prefix, the Resource's service.name, and the metrics' temporality."""

    prefix: str
    service: str
    temporality: Temporality

    @property
    def is_beside_claude_code(self) -> bool:
        """Whether Claude Code's own series have the same names."""
        return self.prefix == CLAUDE_CODE_PREFIX

    @property
    def is_from_zero(self) -> bool:
        """Whether each cumulative series has a zero in front: the agent's own do, no others."""
        return self.temporality is Temporality.CUMULATIVE and not self.is_beside_claude_code


def variant_of(prefix: str, service: str | None, temporality: Temporality) -> Variant:
    """Return the variant of a prefix; a service that is not told is that of the prefix's profile."""
    profile = TelemetryProfile.CLAUDE_CODE if prefix == CLAUDE_CODE_PREFIX else TelemetryProfile.OPENCODE
    return Variant(prefix=prefix, service=service or PROFILES[profile].service_name, temporality=temporality)
