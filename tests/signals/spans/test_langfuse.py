"""Spans as Langfuse reads them: types, counts that it adds up once, and the time of the first token."""

from otel_agent.facts import Failure, Tokens
from otel_agent.settings import TraceProfile
from tests.signals.samples import CALLED, NOW_MS
from tests.signals.spans.building import EVERYTHING, builder, decoded, spans_of
from tests.signals.spans.samples import LLM, TURN, everything, placed

MAKER = builder(TraceProfile.LANGFUSE, content=EVERYTHING)
USED = Tokens(input=100, output=20, reasoning=30, cache_read=1000, cache_creation=7)


def test_types_are_langfuses() -> None:
    """A wait and a compaction are what OpenInference calls them."""
    spans = spans_of(everything(), MAKER)

    types = {span.name: span.attributes.get("langfuse.observation.type") for span in spans}
    assert {
        "invoke_agent build": "agent",
        "chat large": "generation",
        "execute_tool bash": "tool",
        "permission wait": None,
        "compaction": None,
    } == types


def test_every_kind_of_token_is_counted_once() -> None:
    """The kinds add up to the total, which is all that was used."""
    [span] = spans_of([placed(CALLED, TURN, LLM, tokens=USED, cost_usd=0.25)], MAKER)

    used = decoded(span, "langfuse.observation.usage_details")
    assert {
        "input": 100,
        "input_cache_read": 1000,
        "input_cache_creation": 7,
        "output": 20,
        "output_reasoning": 30,
        "total": 1157,
    } == used
    assert {"total": 0.25} == decoded(span, "langfuse.observation.cost_details")
    assert [] == [key for key in span.attributes if key.startswith(("gen_ai.usage", "llm.token_count"))]


def test_failed_call_has_no_counts() -> None:
    """Zeros would be a cost of nothing."""
    failed = placed(CALLED, TURN, LLM, tokens=Tokens(), cost_usd=0.0, failure=Failure(name="APIError"))
    [span] = spans_of([failed], MAKER)

    assert [] == [key for key in span.attributes if "usage" in key or "cost" in key]


def test_first_token_has_its_time() -> None:
    """As a date of ISO 8601, in UTC."""
    [span] = spans_of([placed(CALLED, TURN, LLM, started_ms=NOW_MS, ttft_ms=877)], MAKER)

    assert "2026-11-18T11:06:41.000+00:00" == span.attributes["langfuse.observation.completion_start_time"]
