"""The profiles that telemetry can be written in, and the one that the settings choose."""

from collections.abc import Mapping
from typing import Final

from otel_agent.settings import Settings, TelemetryProfile
from otel_agent.signals.claude_code import CLAUDE_CODE
from otel_agent.signals.rules import Profile

SCOPE_NAME: Final = "opencode-otel-agent"

OPENCODE = Profile(service_name="opencode", metrics_scope=SCOPE_NAME, events_scope=SCOPE_NAME)

PROFILES: Final[Mapping[TelemetryProfile, Profile]] = {
    TelemetryProfile.OPENCODE: OPENCODE,
    TelemetryProfile.CLAUDE_CODE: CLAUDE_CODE,
}


def profile_of(settings: Settings) -> Profile:
    """Return the profile that the settings choose."""
    return PROFILES[settings.profile]
