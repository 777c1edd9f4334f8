"""Spans as LangSmith reads them: run types, threads, use that it finds, failures that it sees."""

from dataclasses import replace

from otel_agent.facts import Failure, Tokens
from otel_agent.settings import TraceProfile
from tests.signals.samples import CALLED, DONE, ENDED
from tests.signals.spans.building import EVERYTHING, NOTHING, builder, decoded, spans_of
from tests.signals.spans.samples import FAILURE, LLM, TOOL, TURN, everything, placed, told

USED = Tokens(input=100, output=20, reasoning=30, cache_read=1000, cache_creation=7)
CONTRACT = {
    "ls_agent_purpose": "coding",
    "ls_integration": "opencode",
    "ls_agent_runtime": "OpenCode",
    "ls_trace_schema_version": "coding-agent-v1",
    "thread_id": "ses_root",
}


def test_runs_have_its_types() -> None:
    """Only a tool's span has a tool's name as GenAI has it: with one, every span would be a tool."""
    spans = spans_of(everything(), builder(TraceProfile.LANGSMITH))

    kinds = {span.name: span.attributes["langsmith.span.kind"] for span in spans}
    assert {
        "opencode.session": "chain",
        "opencode.assistant.turn": "llm",
        "bash": "tool",
        "permission wait": "chain",
        "compaction": "chain",
    } == kinds
    assert {"bash"} == {span.name for span in spans if "gen_ai.tool.name" in span.attributes}


def test_every_run_has_the_identity_of_a_coding_agent() -> None:
    """The thread is the session at the top."""
    for span in spans_of(everything(), builder(TraceProfile.LANGSMITH)):
        said = {key: span.attributes.get(f"langsmith.metadata.{key}") for key in CONTRACT}

        assert CONTRACT == said


def test_use_includes_the_cache_and_the_reasoning() -> None:
    """With the parts beside them, and OpenCode's own cost."""
    [span] = spans_of(
        [placed(CALLED, TURN, LLM, tokens=USED, cost_usd=0.25)], builder(TraceProfile.LANGSMITH)
    )

    assert {
        "input_tokens": 1107,
        "output_tokens": 50,
        "total_tokens": 1157,
        "input_token_details": {"cache_read": 1000, "cache_creation": 7},
        "output_token_details": {"reasoning": 30},
        "total_cost": 0.25,
    } == decoded(span, "langsmith.usage_metadata")


def test_model_call_has_outputs_also_without_content() -> None:
    """LangSmith reads what a run used only where it has outputs."""
    shut, opened = (
        next(span for span in spans_of(told(), builder(TraceProfile.LANGSMITH, content=content)))
        for content in (NOTHING, EVERYTHING)
    )

    assert "{}" == shut.attributes["gen_ai.completion"]
    assert "gen_ai.prompt" not in shut.attributes
    assert "canary-answer" in str(decoded(opened, "gen_ai.completion"))
    assert "canary-parameter" in str(decoded(opened, "gen_ai.completion"))


def test_failure_is_an_event() -> None:
    """A status alone would be a success."""
    failed = placed(CALLED, TURN, LLM, failure=Failure(name="APIError", message="No"))
    turn = placed(ENDED, TURN, failure=FAILURE)
    spans = spans_of([failed, turn], builder(TraceProfile.LANGSMITH))

    events = [event for span in spans for event in span.events if event.name == "exception"]
    assert ["APIError: No"] * len(spans) == [event.attributes["exception.message"] for event in events]


def test_subagents_runs_say_so() -> None:
    """Its turn tells which agent it is."""
    inner = replace(ENDED, origin=replace(ENDED.origin, is_subagent=True, agent="general"))
    [span] = spans_of([placed(inner, TURN)], builder(TraceProfile.LANGSMITH))

    assert ("subagent", "general") == (
        span.attributes["langsmith.metadata.ls_agent_type"],
        span.attributes["langsmith.metadata.ls_subagent_type"],
    )


def test_tool_call_tells_its_name_and_id() -> None:
    """As metadata, by which runs are filtered."""
    [span] = spans_of([placed(DONE, TURN, LLM, TOOL, call_id="call_1")], builder(TraceProfile.LANGSMITH))

    assert ("bash", "call_1") == (
        span.attributes["langsmith.metadata.ls_tool_name"],
        span.attributes["langsmith.metadata.tool_call_id"],
    )
