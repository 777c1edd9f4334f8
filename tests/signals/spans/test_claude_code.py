"""Spans as Claude Code documents them (traces, beta)."""

from dataclasses import replace

import pytest

from otel_agent.facts import Decision, DecisionSource, Failure, QuerySource, Tokens, Verdict
from otel_agent.settings import TraceProfile
from otel_agent.signals.content import ContentPolicy
from tests.signals.samples import CALLED, CUT, DECIDED, DONE, ENDED, NOW_MS
from tests.signals.spans.building import EVERYTHING, builder, named, spans_of
from tests.signals.spans.samples import LLM, TOOL, TURN, WAIT, everything, placed, told

MAKER = builder(TraceProfile.CLAUDE_CODE, prefix="")
OPEN = builder(TraceProfile.CLAUDE_CODE, prefix="", content=EVERYTHING)


def test_every_span_says_its_type() -> None:
    """The type is the name without a prefix, but for the prefix of a tool's parts."""
    spans = spans_of(everything(), MAKER)

    assert {
        "interaction": "interaction",
        "llm_request": "llm_request",
        "tool": "tool",
        "tool.blocked_on_user": "tool.blocked_on_user",
        "tool.execution": "tool.execution",
    } == {span.name: span.attributes["span.type"] for span in spans}


def test_interaction_has_prompt_and_duration() -> None:
    """The prompt's words are redacted unless they may leave; its length is always there."""
    closed, shown = (named(spans_of(told(), maker), "interaction") for maker in (MAKER, OPEN))

    assert ("<REDACTED>", 13) == (closed.attributes["user_prompt"], closed.attributes["user_prompt_length"])
    assert "canary-prompt" == shown.attributes["user_prompt"]
    assert 123 == closed.attributes["interaction.duration_ms"]


def test_interaction_without_a_prompt_redacts_nothing() -> None:
    """A compaction that was asked for by hand has no prompt."""
    [span] = spans_of([placed(ENDED, TURN)], OPEN)

    assert [] == [key for key in span.attributes if key.startswith("user_prompt")]


def test_request_has_four_counts() -> None:
    """Claude Code has no type for reasoning: it is part of the output; the input is without the cache."""
    used = Tokens(input=100, output=20, reasoning=30, cache_read=1000, cache_creation=7)
    [span] = spans_of([placed(CALLED, TURN, LLM, tokens=used)], MAKER)

    assert {
        "input_tokens": 100,
        "output_tokens": 50,
        "cache_read_tokens": 1000,
        "cache_creation_tokens": 7,
    } == {key: value for key, value in span.attributes.items() if "tokens" in key}


def test_request_says_what_became_of_it() -> None:
    """Model, duration, first token, attempts, why it stopped."""
    [span] = spans_of([placed(CALLED, TURN, LLM)], MAKER)

    assert {
        "model": "large",
        "gen_ai.system": "fake",
        "gen_ai.request.model": "large",
        "duration_ms": 900,
        "ttft_ms": 80,
        "attempt": 2,
        "success": True,
        "stop_reason": "stop",
        "gen_ai.response.finish_reasons": ("stop",),
        "effort": "high",
        "response.has_tool_call": False,
        "llm_request.context": "tool",
    }.items() <= span.attributes.items()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (QuerySource.MAIN, "repl_main_thread"),
        (QuerySource.AUXILIARY, "compact"),
        (QuerySource.SUBAGENT, "build"),
    ],
)
def test_request_says_for_whom_it_was(source: QuerySource, expected: str) -> None:
    """The words of Claude Code's events; a sub-agent is told by its name."""
    [span] = spans_of([placed(CALLED, TURN, LLM, query_source=source)], MAKER)

    assert expected == span.attributes["query_source"]


def test_failed_request_is_an_error() -> None:
    """Status, the provider's status code, and words."""
    failure = Failure(name="APIError", message="Rate limit", status_code=429)
    [span] = spans_of([placed(CALLED, TURN, LLM, failure=failure)], MAKER)

    assert ("APIError: Rate limit", 429, False) == (
        span.error,
        span.attributes["status_code"],
        span.attributes["success"],
    )


def test_only_requests_and_executions_have_a_status() -> None:
    """An interaction, a tool and a wait stay unset, whatever happened in them."""
    failure = Failure(name="APIError")
    facts = [placed(ENDED, TURN, failure=failure), placed(DONE, TURN, LLM, TOOL)]

    errors = {span.name: (span.error, span.attributes.get("error.type")) for span in spans_of(facts, MAKER)}
    assert {
        "interaction": (None, None),
        "tool": (None, None),
        "tool.execution": ("exit status", "exit_status"),
    } == errors


def test_tool_has_claude_codes_name_and_both_ids() -> None:
    """`bash` is `Bash` there; the call's id has two names."""
    tool, cut = (named(spans_of([placed(fact, TURN, LLM, TOOL)], MAKER), "tool") for fact in (DONE, CUT))

    assert ("Bash", "call_1", "call_1", 120) == tuple(
        tool.attributes[key] for key in ("tool_name", "tool_use_id", "gen_ai.tool.call.id", "duration_ms")
    )
    assert ("Bash", "call_9") == (cut.attributes["tool_name"], cut.attributes["tool_use_id"])
    assert "duration_ms" not in cut.attributes


def test_parameters_have_names_of_their_own() -> None:
    """Command, path, sub-agent; a skill's name only where the tool is the skill."""
    given = '{"command":"ls","filePath":"a.py","subagent_type":"general","name":"review","limit":3}'
    bash, skill = (
        named(spans_of([placed(DONE, TURN, LLM, TOOL, parameters=given, tool_ran=name)], OPEN), "tool")
        for name in ("bash", "skill")
    )

    assert {"full_command": "ls", "file_path": "a.py", "subagent_type": "general", "tool_input": given} == {
        key: bash.attributes[key] for key in ("full_command", "file_path", "subagent_type", "tool_input")
    }
    assert ("review", None) == (skill.attributes["skill_name"], bash.attributes.get("skill_name"))


@pytest.mark.parametrize("given", ["", "[1]", "{", '{"command":3}', None])
def test_parameters_that_are_no_object_have_no_names(given: str | None) -> None:
    """A tool of others may be given anything."""
    tool = named(spans_of([placed(DONE, TURN, LLM, TOOL, parameters=given)], OPEN), "tool")

    assert "full_command" not in tool.attributes


def test_result_is_an_event_at_the_end() -> None:
    """`tool.output`, with the length of all of it, only when results may leave."""
    policy = ContentPolicy(is_tool_content_on=True, max_length=6)
    maker = builder(TraceProfile.CLAUDE_CODE, prefix="", content=policy)
    [event] = named(spans_of(told(), maker), "tool").events

    assert ("tool.output", NOW_MS * 1_000_000) == (event.name, event.time_ns)
    assert {"output": "canary", "output_length": 13} == event.attributes
    assert () == named(spans_of(told(), MAKER), "tool").events


def test_execution_begins_after_the_last_answer() -> None:
    """A tool works from when it was allowed until it is over."""
    answered = placed(DONE, TURN, LLM, TOOL, duration_ms=120, answered_ms=NOW_MS - 50)
    span = named(spans_of([answered], MAKER), "tool.execution")

    assert ((NOW_MS - 50) * 1_000_000, 50) == (span.start_ns, span.attributes["duration_ms"])
    assert "call_1" == span.attributes["tool_use_id"]


def test_execution_without_a_question_is_the_whole_call() -> None:
    """It begins with the call."""
    tool, work = (
        named(spans_of([placed(DONE, TURN, LLM, TOOL)], MAKER), name) for name in ("tool", "tool.execution")
    )

    assert (tool.start_ns, tool.end_ns) == (work.start_ns, work.end_ns)


@pytest.mark.parametrize("source", list(DecisionSource))
def test_refused_call_has_no_execution(source: DecisionSource) -> None:
    """Whoever refused it, it never ran."""
    refused = Verdict(decision=Decision.REJECT, source=source)
    spans = spans_of([placed(DONE, TURN, LLM, TOOL, verdict=refused)], MAKER)

    assert ["tool"] == [span.name for span in spans]


def test_wait_has_its_duration_and_who_ended_it() -> None:
    """In the words of the tool_decision event."""
    [span] = spans_of([placed(DECIDED, TURN, LLM, TOOL, WAIT)], MAKER)

    assert (1200, "accept", "user_permanent") == tuple(
        span.attributes[key] for key in ("duration_ms", "decision", "source")
    )


def test_main_thread_has_no_agent_id() -> None:
    """A sub-agent is told by its own session's id, which the main thread has as session.id."""
    call = placed(CALLED, TURN, LLM)
    own = replace(call, origin=replace(call.origin, root_session_id="ses_a"))
    above, below = spans_of([own, call], MAKER)

    assert ("ses_a", None) == (above.attributes["session.id"], above.attributes.get("agent_id"))
    assert ("ses_root", "ses_a") == (below.attributes["session.id"], below.attributes["agent_id"])
