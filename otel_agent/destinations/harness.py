"""What Phoenix and Arize AX share: the variables of Arize's own coding harness tracing.

https://github.com/Arize-ai/coding-harness-tracing#environment-variables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Content
from otel_agent.destinations.destination import SWITCH, TEXT
from otel_agent.variables import setting

PROJECT: Final = "opencode"
PROJECT_ATTRIBUTE: Final = "openinference.project.name"
FILE: Final = "OPENCODE_ARIZE_HARNESS_FILE"
STOPS: Final = ("ARIZE_TRACE_ENABLED",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """What the environment says about both."""

    file: str | None = setting(
        FILE,
        kind=TEXT,
        default=None,
        shown="`config.json`, else `config.yaml`, in ~/.arize/harness, where one is there",
        meaning="The file of Arize's coding harness tracing, whose section `opencode` counts; 0: none.",
    )
    enabled: bool = setting(
        "ARIZE_TRACE_ENABLED", kind=SWITCH, default=True, meaning="Off: nothing goes to Phoenix and Arize AX."
    )
    user: str | None = setting(
        "ARIZE_USER_ID", kind=TEXT, default=None, meaning="The `user.id` of every span there."
    )
    log_prompts: bool = setting(
        "ARIZE_LOG_PROMPTS", kind=SWITCH, default=True, meaning="Off keeps prompts and answers back."
    )
    log_tool_details: bool = setting(
        "ARIZE_LOG_TOOL_DETAILS",
        kind=SWITCH,
        default=True,
        meaning="Off keeps back what tools were called with.",
    )
    log_tool_content: bool = setting(
        "ARIZE_LOG_TOOL_CONTENT",
        kind=SWITCH,
        default=True,
        meaning="Off keeps back what tools read, wrote and answered.",
    )


def hidden(given: Harness) -> frozenset[Content]:
    """Return the content that is kept back."""
    kept = {
        Content.PROMPTS: given.log_prompts,
        Content.RESPONSES: given.log_prompts,
        Content.TOOL_DETAILS: given.log_tool_details,
        Content.TOOL_CONTENT: given.log_tool_content,
    }
    return frozenset(kind for kind, is_shown in kept.items() if not is_shown)


def attributes(given: Harness) -> Mapping[str, str]:
    """Return the attributes of every span."""
    return {"user.id": given.user} if given.user else {}
