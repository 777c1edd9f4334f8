"""Spans as OpenInference has them: kinds, inclusive counts, costs, texts."""

from dataclasses import replace

from otel_agent.facts import Failure, Message, Role, Tokens
from otel_agent.settings import TraceProfile
from otel_agent.signals.model import SpanAttributes
from tests.signals.samples import CALLED, COMPACTED, COMPACTION_CUT, CUT, DECIDED, DONE, ENDED
from tests.signals.spans.building import EVERYTHING, builder, decoded, spans_of
from tests.signals.spans.samples import COMPACTION, LLM, TOOL, TURN, WAIT, everything, placed, told

MAKER = builder(TraceProfile.OPENINFERENCE, content=EVERYTHING)
USED = Tokens(input=100, output=20, reasoning=30, cache_read=1000, cache_creation=7)
COUNTS = {
    "llm.token_count.prompt": 1107,
    "llm.token_count.completion": 50,
    "llm.token_count.total": 1157,
    "llm.token_count.prompt_details.cache_read": 1000,
    "llm.token_count.prompt_details.cache_write": 7,
    "llm.token_count.completion_details.reasoning": 30,
    "llm.cost.total": 0.25,
    "mlflow.llm.cost": '{"total_cost": 0.25}',
}


def counts(attributes: SpanAttributes) -> SpanAttributes:
    """Return the counts and costs among attributes."""
    return {
        key: value
        for key, value in attributes.items()
        if key.startswith(("llm.token", "llm.cost", "mlflow.llm"))
    }


def test_every_span_has_a_kind() -> None:
    """AGENT, LLM and TOOL; what OpenInference has no kind for is a CHAIN."""
    spans = spans_of(everything(), MAKER)

    kinds = {span.name: span.attributes["openinference.span.kind"] for span in spans}
    assert {
        "build": "AGENT",
        "LLM: large": "LLM",
        "bash": "TOOL",
        "permission wait": "CHAIN",
        "compaction": "CHAIN",
    } == kinds


def test_counts_of_a_model_call_are_inclusive() -> None:
    """The prompt includes what was read from and written to the cache, the completion the reasoning."""
    [span] = spans_of([placed(CALLED, TURN, LLM, tokens=USED, cost_usd=0.25)], MAKER)

    assert COUNTS == counts(span.attributes)


def test_turn_tells_mlflow_alone_the_use_of_all_below_it() -> None:
    """MLflow looks no further than a span with counts; other backends would add them up."""
    below = USED + Tokens(input=1)
    turn = placed(ENDED, TURN, tokens=USED, tree_tokens=below, tree_cost_usd=0.5)
    [span] = spans_of([turn], MAKER)

    assert {"mlflow.llm.cost": '{"total_cost": 0.5}'} == counts(span.attributes)
    assert '"total_tokens": 1158' in str(span.attributes["mlflow.chat.tokenUsage"])


def test_turn_has_no_model() -> None:
    """A model beside counts would be priced a second time."""
    [span] = spans_of([placed(ENDED, TURN, model="large", provider="fake")], MAKER)

    assert [] == [key for key in span.attributes if "model" in key or "provider" in key]


def test_failed_call_has_no_counts() -> None:
    """OpenCode's zeros are no counts, and no cost of nothing."""
    failed = placed(CALLED, TURN, LLM, tokens=Tokens(), cost_usd=0.0, failure=Failure(name="APIError"))
    [span] = spans_of([failed], MAKER)

    assert {} == counts(span.attributes)
    assert {"outcome": "error"} == decoded(span, "metadata")


def test_model_call_has_its_messages_and_their_texts() -> None:
    """Flattened for the view of messages, and as one text for the columns of lists."""
    call, _, _ = spans_of(told(), MAKER)

    assert "canary-prompt\n\ncanary-result" == call.attributes["input.value"]
    assert 26 == call.attributes["input.length"]
    assert "canary-result" == call.attributes["llm.input_messages.1.message.content"]
    assert ('canary-answer\n\nbash({"command":"canary-parameter"})', "text/plain") == (
        call.attributes["output.value"],
        call.attributes["output.mime_type"],
    )


def test_tool_has_parameters_and_result() -> None:
    """Parameters are JSON, a result is text with the length of all of it."""
    _, tool, _ = spans_of(told(), MAKER)

    assert tool.attributes["tool.parameters"] == tool.attributes["input.value"]
    assert ("application/json", "text/plain") == (
        tool.attributes["input.mime_type"],
        tool.attributes["output.mime_type"],
    )
    assert ("canary-result", 13) == (tool.attributes["output.value"], tool.attributes["output.length"])


def test_what_has_no_attribute_is_metadata() -> None:
    """How things ended, who decided, what a compaction was about: one JSON text."""
    facts = [
        placed(ENDED, TURN, model_calls=3),
        placed(CUT, TURN, LLM, TOOL),
        placed(DECIDED, TURN, LLM, TOOL, WAIT),
        placed(COMPACTED, TURN, COMPACTION),
        placed(COMPACTION_CUT, TURN, COMPACTION),
        placed(DONE, TURN, LLM, TOOL),
    ]

    assert [
        {"outcome": "completed", "llm_calls": 3},
        {"outcome": "cut"},
        {"decision": "accept", "source": "user_permanent", "tool": "bash"},
        {"trigger": "auto", "pre_tokens": 1287},
        {"trigger": "auto", "outcome": "cut"},
        {"outcome": "error"},
    ] == [decoded(span, "metadata") for span in spans_of(facts, MAKER)]


def test_tool_that_ended_well_has_no_metadata() -> None:
    """Nothing is said that nobody needs."""
    [span] = spans_of([placed(replace(DONE, error_type=None), TURN, LLM, TOOL)], MAKER)

    assert "metadata" not in span.attributes


def test_empty_result_is_no_result() -> None:
    """A call that gave nothing back has neither a value nor its type."""
    [span] = spans_of([placed(DONE, TURN, LLM, TOOL, output="", output_length=0)], MAKER)

    assert [] == [key for key in span.attributes if key.startswith("output")]


def test_turn_without_an_agent_has_a_name() -> None:
    """A turn is named by its agent where that is known."""
    turn = placed(ENDED, TURN, input=Message(role=Role.USER, text="x", length=1))
    [span] = spans_of([replace(turn, origin=replace(turn.origin, agent=None))], MAKER)

    assert "turn" == span.name
