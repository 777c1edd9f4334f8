"""Spans as users of Arize's own coding harness tracing know them: a turn is a CHAIN, tools tell what they do.

https://github.com/Arize-ai/coding-harness-tracing. Beside them stand OpenInference's attributes, of which
that has fewer. A call's whole arguments hold what a tool writes: they leave where content does, while the
command, the path, the query and the address leave with the details.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from otel_agent.facts import ModelCalled, SpanKind, ToolCut, ToolFinished, TurnEnded
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans import openinference, parameters
from otel_agent.signals.spans.layers import without
from otel_agent.signals.spans.openinference import KIND, OPENINFERENCE
from otel_agent.signals.spans.shape import SpanAttributes, SpanProfile

FILE: Final[Mapping[str, str]] = {"filePath": "tool.file_path"}
PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    "bash": {"command": "tool.command"},
    "edit": FILE,
    "glob": {"pattern": "tool.query"},
    "grep": {"pattern": "tool.query"},
    "read": FILE,
    "webfetch": {"url": "tool.url"},
    "websearch": {"query": "tool.query"},
    "write": FILE,
}
"""The parameters of OpenCode's tools that have attributes of their own."""


def name_of_turn(_fact: TurnEnded, _prefix: str) -> str:
    """Return the name of a turn."""
    return "Turn"


def turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says."""
    return {**_plain(openinference.turn(fact, content)), KIND: "CHAIN"}


def call(fact: ModelCalled, content: ContentPolicy) -> SpanAttributes:
    """Return what a model call says."""
    return _plain(openinference.call(fact, _bounded(content)))


def tool(fact: ToolFinished | ToolCut, content: ContentPolicy) -> SpanAttributes:
    """Return what a tool call says."""
    known = openinference.tool(fact, _bounded(content))
    if isinstance(fact, ToolCut):
        return known
    return {**known, **parameters.named(fact, content, PARAMETERS.get(fact.tool_ran, {}))}


def _plain(attributes: SpanAttributes) -> SpanAttributes:
    """Return attributes less those that only MLflow reads."""
    return without(attributes, "mlflow.")


def _bounded(content: ContentPolicy) -> ContentPolicy:
    """Return a policy by which whole arguments leave only where content does."""
    return replace(content, are_tool_details_on=content.are_tool_details_on and content.is_tool_content_on)


ARIZE: Final = SpanProfile(
    shared=openinference.shared,
    rows={
        **OPENINFERENCE.rows,
        SpanKind.SESSION: replace(OPENINFERENCE.rows[SpanKind.SESSION], name=name_of_turn, read=turn),
        SpanKind.LLM: replace(OPENINFERENCE.rows[SpanKind.LLM], read=call),
        SpanKind.TOOL: replace(OPENINFERENCE.rows[SpanKind.TOOL], read=tool),
    },
)
"""The profile `arize`."""
