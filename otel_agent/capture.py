"""How much of what was said and done leaves for a destination: levels, and the kinds of content of each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from otel_agent import parsing


class Content(StrEnum):
    """A kind of content; the value is the field of `Settings` that turns it on."""

    PROMPTS = "log_prompts"
    RESPONSES = "log_responses"
    TOOL_DETAILS = "log_tool_details"
    TOOL_CONTENT = "log_tool_content"


class Level(StrEnum):
    """How much content leaves."""

    METADATA = "metadata"
    DETAILS = "details"
    CONTENT = "content"


LEVELS: Final[Mapping[Level, frozenset[Content]]] = {
    Level.METADATA: frozenset(),
    Level.DETAILS: frozenset({Content.TOOL_DETAILS}),
    Level.CONTENT: frozenset(Content),
}
"""What leaves at each level: numbers, names and times always do."""

LEVEL: Final = parsing.choice(Level)


def described(kinds: frozenset[Content]) -> str:
    """Return the level at which kinds of content leave, else their names."""
    level = next((level for level, of_level in LEVELS.items() if of_level == kinds), None)
    return level or ", ".join(sorted(kind.value.removeprefix("log_").replace("_", " ") for kind in kinds))
