"""Spans as Braintrust reads them: types, metrics, and texts that are JSON or not."""

import pytest

from otel_agent.facts import Failure, Tokens
from otel_agent.settings import TraceProfile
from tests.signals.samples import CALLED, DONE
from tests.signals.spans.building import EVERYTHING, builder, spans_of
from tests.signals.spans.samples import LLM, TOOL, TURN, everything, placed

MAKER = builder(TraceProfile.BRAINTRUST, content=EVERYTHING)
METRICS = "braintrust.metrics."
USED = Tokens(input=100, output=20, reasoning=30, cache_read=1000, cache_creation=7)


def test_types_are_braintrusts() -> None:
    """A wait is no tool, though it is about one."""
    spans = spans_of(everything(), MAKER)

    types = {span.name: span.attributes.get("braintrust.span_attributes.type") for span in spans}
    assert {
        "invoke_agent build": "task",
        "chat large": "llm",
        "execute_tool bash": "tool",
        "permission wait": "task",
        "compaction": None,
    } == types
    assert {"execute_tool bash"} == {span.name for span in spans if "gen_ai.tool.name" in span.attributes}


def test_metrics_have_inclusive_counts_once() -> None:
    """Neither GenAI's counts nor MLflow's beside them: they would be metadata."""
    [span] = spans_of([placed(CALLED, TURN, LLM, tokens=USED, cost_usd=0.25, ttft_ms=1500)], MAKER)

    assert {
        "prompt_tokens": 1107,
        "completion_tokens": 50,
        "tokens": 1157,
        "prompt_cached_tokens": 1000,
        "prompt_cache_creation_tokens": 7,
        "completion_reasoning_tokens": 30,
        "estimated_cost": 0.25,
        "time_to_first_token": 1.5,
    } == {
        key.removeprefix(METRICS): value for key, value in span.attributes.items() if key.startswith(METRICS)
    }
    assert [] == [key for key in span.attributes if key.startswith(("gen_ai.usage", "mlflow."))]


def test_failed_call_has_no_counts() -> None:
    """Zeros would be a cost of nothing."""
    failed = placed(CALLED, TURN, LLM, tokens=Tokens(), failure=Failure(name="APIError"), ttft_ms=None)
    [span] = spans_of([failed], MAKER)

    assert [] == [key for key in span.attributes if key.startswith(METRICS)]


@pytest.mark.parametrize(
    ("parameters", "key"),
    [('{"command":"ls"}', "braintrust.input_json"), ('{"command":"l', "braintrust.input")],
)
def test_arguments_that_are_no_json_are_a_text(parameters: str, key: str) -> None:
    """Braintrust drops a field of JSON that it cannot read."""
    [span] = spans_of([placed(DONE, TURN, LLM, TOOL, parameters=parameters, output="a\n")], MAKER)

    inputs = {name for name in span.attributes if name.startswith("braintrust.input")}
    assert ({key}, "a\n") == (inputs, span.attributes["braintrust.output"])
