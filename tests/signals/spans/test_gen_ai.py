"""Spans of the GenAI conventions 1.41, as MLflow and Phoenix read them."""

from dataclasses import replace

from otel_agent.facts import Failure, Tokens
from otel_agent.settings import TraceProfile
from tests.signals.samples import CALLED, COMPACTION_CUT, CUT, DONE, ENDED
from tests.signals.spans.building import EVERYTHING, builder, decoded, spans_of
from tests.signals.spans.samples import COMPACTION, LLM, TOOL, TURN, everything, placed, told

MAKER = builder(TraceProfile.GEN_AI, content=EVERYTHING)
USED = Tokens(input=100, output=20, reasoning=30, cache_read=1000, cache_creation=7)
USAGE = {
    "gen_ai.usage.input_tokens": 1107,
    "gen_ai.usage.output_tokens": 50,
    "gen_ai.usage.cache_read.input_tokens": 1000,
    "gen_ai.usage.cache_creation.input_tokens": 7,
    "gen_ai.usage.reasoning.output_tokens": 30,
    "mlflow.llm.cost": '{"total_cost": 0.25}',
}
TOTALS = (
    '{"input_tokens": 1107, "output_tokens": 50, "total_tokens": 1157, '
    '"cache_read_input_tokens": 1000, "cache_creation_input_tokens": 7}'
)


def test_operations_are_those_of_the_conventions() -> None:
    """invoke_agent, chat and execute_tool; a wait and a compaction have a kind of OpenInference's."""
    spans = spans_of(everything(), MAKER)

    operations = {span.name: span.attributes.get("gen_ai.operation.name") for span in spans}
    assert {
        "invoke_agent build": "invoke_agent",
        "chat large": "chat",
        "execute_tool bash": "execute_tool",
        "permission wait": None,
        "compaction": None,
    } == operations
    kinds = {span.name: span.attributes.get("openinference.span.kind") for span in spans}
    assert {"permission wait", "compaction"} == {name for name, kind in kinds.items() if kind == "CHAIN"}


def test_input_includes_the_cache_and_output_the_reasoning() -> None:
    """OpenCode's five counts are disjoint, those of the conventions are not."""
    [span] = spans_of([placed(CALLED, TURN, LLM, tokens=USED, cost_usd=0.25)], MAKER)

    assert USAGE | {"gen_ai.usage.cost": 0.25} == {
        key: value for key, value in span.attributes.items() if key.startswith(("gen_ai.usage", "mlflow"))
    }


def test_agent_tells_mlflow_alone_the_use_of_all_below_it() -> None:
    """Other backends add up usage; without a cost beside the model MLflow would price it."""
    turn = placed(ENDED, TURN, tree_tokens=USED, tree_cost_usd=0.25, model="large", provider="google")
    [span] = spans_of([turn], MAKER)

    assert {"mlflow.chat.tokenUsage": TOTALS, "mlflow.llm.cost": '{"total_cost": 0.25}'} == {
        key: value
        for key, value in span.attributes.items()
        if key.startswith(("gen_ai.usage", "mlflow.chat", "mlflow.llm"))
    }
    assert ("large", "gcp.gemini") == (
        span.attributes["gen_ai.request.model"],
        span.attributes["gen_ai.provider.name"],
    )


def test_failed_turn_without_use_has_neither_usage_nor_cost() -> None:
    """What is not known hides nothing below it."""
    [span] = spans_of([placed(ENDED, TURN, failure=Failure(name="APIError"))], MAKER)

    told_keys = ("gen_ai.usage", "mlflow.chat", "mlflow.llm")
    assert [] == [key for key in span.attributes if key.startswith(told_keys)]


def test_answers_have_a_finish_reason() -> None:
    """Phoenix drops an answer without one: what is not known is `unknown`."""
    call, _, turn = spans_of(told(), MAKER)
    [cut, *_] = spans_of([placed(told()[0], TURN, LLM, finish_reason=None)], MAKER)

    found = [decoded(span, "gen_ai.output.messages") for span in (call, turn, cut)]
    assert ["stop", "stop", "unknown"] == [rows[0]["finish_reason"] for rows in found]  # type: ignore[index]


def test_turn_that_did_not_end_well_finished_otherwise() -> None:
    """The message that a turn ended with says so."""
    ends = [Failure(name="APIError"), Failure(name="MessageAbortedError")]
    turns = [placed(told()[2], TURN, failure=failure) for failure in ends]

    found = [decoded(span, "gen_ai.output.messages") for span in spans_of(turns, MAKER)]
    assert ["error", "unknown"] == [rows[0]["finish_reason"] for rows in found]  # type: ignore[index]


def test_plain_texts_are_on_the_turn_only() -> None:
    """Lists show them; on a model call they would hide its messages."""
    call, tool, turn = spans_of(told(), MAKER)

    assert ("canary-prompt", "canary-answer") == (
        turn.attributes["input.value"],
        turn.attributes["output.value"],
    )
    assert [] == [key for span in (call, tool) for key in span.attributes if key.endswith(".value")]


def test_model_of_the_answer_is_not_guessed() -> None:
    """OpenCode tells which model was asked for; Phoenix would show another attribute as the answer's text."""
    call, _, _ = spans_of(told(), MAKER)

    assert "large" == call.attributes["gen_ai.request.model"]
    assert [] == [key for key in call.attributes if key.startswith("gen_ai.response.") and "model" in key]


def test_tool_has_arguments_and_result() -> None:
    """As the conventions name them; a function, for OpenCode runs it."""
    _, tool, _ = spans_of(told(), MAKER)

    assert ("bash", "call_1", "function") == tuple(
        tool.attributes[f"gen_ai.tool.{key}"] for key in ("name", "call.id", "type")
    )
    assert "canary-result" == tool.attributes["gen_ai.tool.call.result"]
    assert {"command", "filePath", "name"} == set(decoded(tool, "gen_ai.tool.call.arguments"))  # type: ignore[call-overload]


def test_time_to_the_first_chunk_is_in_seconds() -> None:
    """The conventions' unit; OpenCode's is milliseconds."""
    [span] = spans_of([placed(CALLED, TURN, LLM, ttft_ms=80)], MAKER)

    assert 0.08 == span.attributes["gen_ai.response.time_to_first_chunk"]
    assert ("stop",) == span.attributes["gen_ai.response.finish_reasons"]


def test_what_was_cut_says_so() -> None:
    """Calls, tools, compactions and turns of a process that was killed."""
    facts = [
        placed(CALLED, TURN, LLM, is_completed=False),
        placed(CUT, TURN, LLM, TOOL),
        placed(COMPACTION_CUT, TURN, COMPACTION),
    ]

    assert ["cut"] * 3 == [span.attributes["opencode.outcome"] for span in spans_of(facts, MAKER)]


def test_error_has_its_type() -> None:
    """`error.type` and the status, as the conventions want it."""
    failed = placed(CALLED, TURN, LLM, failure=Failure(name="APIError", message="No", status_code=429))
    call, tool = spans_of([failed, placed(DONE, TURN, LLM, TOOL)], MAKER)

    assert [("429", "APIError: No"), ("exit_status", "exit status")] == [
        (span.attributes["error.type"], span.error) for span in (call, tool)
    ]


def test_agent_without_a_name_is_an_agent() -> None:
    """The name of the span is then the operation alone."""
    turn = placed(ENDED, TURN)
    [span] = spans_of([replace(turn, origin=replace(turn.origin, agent=None))], MAKER)

    assert "invoke_agent" == span.name
