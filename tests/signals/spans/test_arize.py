"""Spans as Arize's coding harness tracing has them: names, kinds, and what tools did."""

import json
from dataclasses import replace

import pytest

from otel_agent.settings import TraceProfile
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanAttributes
from tests.signals.samples import DONE
from tests.signals.spans.building import EVERYTHING, builder, spans_of
from tests.signals.spans.samples import LLM, TOOL, TURN, everything, placed

DETAILS = ContentPolicy(are_tool_details_on=True)
GIVEN = {
    "command": "git push",
    "content": "canary",
    "filePath": "/x/a.py",
    "pattern": "*.py",
    "query": "weather",
    "url": "https://example.org",
}


def told(tool: str, content: ContentPolicy) -> SpanAttributes:
    """Return what the span of a tool's call says that was given everything."""
    done = placed(DONE, TURN, LLM, TOOL, tool_name=tool, tool_ran=tool, parameters=json.dumps(GIVEN))
    [span] = spans_of([done], builder(TraceProfile.ARIZE, content=content))
    return span.attributes


def test_turn_is_a_chain_by_its_own_name() -> None:
    """A model call and a tool call are what they are with OpenInference."""
    spans = spans_of(everything(), builder(TraceProfile.ARIZE))

    kinds = {span.name: span.attributes["openinference.span.kind"] for span in spans}
    assert {
        "Turn": "CHAIN",
        "LLM: large": "LLM",
        "bash": "TOOL",
        "permission wait": "CHAIN",
        "compaction": "CHAIN",
    } == kinds


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("bash", {"tool.command": "git push"}),
        ("read", {"tool.file_path": "/x/a.py"}),
        ("write", {"tool.file_path": "/x/a.py"}),
        ("edit", {"tool.file_path": "/x/a.py"}),
        ("grep", {"tool.query": "*.py"}),
        ("glob", {"tool.query": "*.py"}),
        ("webfetch", {"tool.url": "https://example.org"}),
        ("websearch", {"tool.query": "weather"}),
        ("todowrite", {}),
    ],
)
def test_tool_tells_what_it_was_about(tool: str, expected: SpanAttributes) -> None:
    """With the details alone: the whole arguments, in which a file's text may be, leave with the content."""
    shown = told(tool, DETAILS)

    own = {"tool.command", "tool.file_path", "tool.query", "tool.url", "tool.parameters", "input.value"}
    assert expected == {key: value for key, value in shown.items() if key in own}
    assert "canary" not in str(shown)


def test_whole_arguments_leave_with_the_content() -> None:
    """Beside the one that has an attribute of its own."""
    shown = told("write", EVERYTHING)

    assert "canary" in str(shown["input.value"])
    assert "/x/a.py" == shown["tool.file_path"]


def test_nothing_of_a_tools_arguments_leaves_without_the_details() -> None:
    """Whatever the tool."""
    only_content = replace(EVERYTHING, are_tool_details_on=False)

    assert [] == [key for key in told("bash", only_content) if key in {"tool.command", "input.value"}]


def test_nothing_is_there_for_mlflow_alone() -> None:
    """Arize's pages would show it."""
    spans = spans_of(everything(), builder(TraceProfile.ARIZE, content=EVERYTHING))

    assert [] == [key for span in spans for key in span.attributes if key.startswith("mlflow.")]
