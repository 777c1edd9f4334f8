"""What a tool was called with, single parameters under names of their own."""

from collections.abc import Mapping

import msgspec

from otel_agent.facts import ToolFinished
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans.shape import SpanAttributes


def named(fact: ToolFinished, content: ContentPolicy, names: Mapping[str, str]) -> SpanAttributes:
    """Return those parameters that are texts and have a name among `names`, as far as they may leave."""
    if not names or not content.are_tool_details_on:
        return {}
    given = _decoded(fact.parameters or "")
    texts = {ours: given.get(theirs) for theirs, ours in names.items()}
    return {key: content.tool_parameters(text) for key, text in texts.items() if isinstance(text, str)}


def _decoded(text: str) -> Mapping[str, object]:
    """Return the parameters of a call; none where they are no JSON object."""
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError:
        return {}
