"""Which profile telemetry is written in, and the settings that follow it where they are unset."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

METRIC_ATTRIBUTES: Final = frozenset(
    {
        "app.version",
        "root_session.id",
        "terminal.type",
        "user.email",
        "user.id",
        "vcs.ref.head.name",
        "vcs.repository.name",
    }
)
INCLUDED: Final = frozenset({"user.id", "vcs.repository.name"})
DEFAULT_PREFIX: Final = "opencode."
CLAUDE_CODE_PREFIX: Final = "claude_code."


class TelemetryProfile(StrEnum):
    """Whose names, types and units metrics and log events have."""

    OPENCODE = "opencode"
    CLAUDE_CODE = "claude_code"


FOLLOWING: Final[Mapping[TelemetryProfile, Mapping[str, str | frozenset[str]]]] = {
    TelemetryProfile.OPENCODE: {},
    TelemetryProfile.CLAUDE_CODE: {
        "metric_prefix": CLAUDE_CODE_PREFIX,
        "metrics_include": INCLUDED | {"terminal.type"},
    },
}
"""The fields of the settings that have another default in a profile."""


def followed(
    profile: TelemetryProfile, metric_prefix: str, unset: Collection[str]
) -> Mapping[str, str | frozenset[str]]:
    """Return what follows for unset fields: the profile follows the prefix, other defaults the profile."""
    if "profile" in unset and metric_prefix == CLAUDE_CODE_PREFIX:
        profile = TelemetryProfile.CLAUDE_CODE
    defaults = {name: value for name, value in FOLLOWING[profile].items() if name in unset}
    return {"profile": profile, **defaults}
