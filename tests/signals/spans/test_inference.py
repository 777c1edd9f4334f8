"""Spans as Catalyst reads them: what it requires of each kind, and its own attributes of agents."""

import pytest

from otel_agent.facts import Failure, TurnOutcome
from otel_agent.settings import TraceProfile
from tests.signals.samples import CALLED, DONE, ENDED
from tests.signals.spans.building import EVERYTHING, builder, spans_of
from tests.signals.spans.samples import FAILURE, LLM, TOOL, TURN, everything, placed

MAKER = builder(TraceProfile.INFERENCE, content=EVERYTHING)
NEEDED = {"AGENT": "agent.name", "LLM": "llm.model_name", "TOOL": "tool.name"}


def test_every_span_has_a_kind_and_what_that_needs() -> None:
    """`agent.id` is the destination's, for it is the service's name."""
    spans = spans_of(everything(), MAKER)

    kinds = [str(span.attributes["openinference.span.kind"]) for span in spans]
    assert {"AGENT", "LLM", "TOOL", "CHAIN"} == set(kinds)
    assert all(
        NEEDED[kind] in span.attributes for span, kind in zip(spans, kinds, strict=True) if kind in NEEDED
    )


@pytest.mark.parametrize(
    ("outcome", "failure", "reason"),
    [
        (TurnOutcome.IDLE, None, "completed"),
        (TurnOutcome.IDLE, FAILURE, "error"),
        (TurnOutcome.CUT, None, "cut"),
    ],
)
def test_agent_tells_how_often_it_called_and_why_it_stopped(
    outcome: TurnOutcome, failure: Failure | None, reason: str
) -> None:
    """The counts are the turn's own: a sub-agent's turn has its own."""
    turn = placed(ENDED, TURN, outcome=outcome, failure=failure, model_calls=3, tool_uses=2)
    [span] = spans_of([turn], MAKER)

    assert (3, 2, reason) == (
        span.attributes["agent.llm_call_count"],
        span.attributes["agent.tool_call_count"],
        span.attributes["agent.stop_reason"],
    )


def test_model_call_is_named_by_provider_and_model() -> None:
    """Its provider stands in three attributes, of which the pages read one or the other."""
    [span] = spans_of([placed(CALLED, TURN, LLM, provider="fake", model="large")], MAKER)

    assert "fake/large" == span.name
    assert {"fake"} == {span.attributes[key] for key in ("llm.provider", "llm.system", "gen_ai.system")}


def test_tool_call_has_its_id_where_catalyst_looks() -> None:
    """OpenInference's own key is another one."""
    [span] = spans_of([placed(DONE, TURN, LLM, TOOL, call_id="call_1")], MAKER)

    assert ("call_1", None) == (span.attributes.get("tool_call.id"), span.attributes.get("tool.id"))


def test_metadata_is_the_users() -> None:
    """CATALYST_ADDITIONAL_METADATA sets it on every span."""
    spans = spans_of(everything(), MAKER)

    assert [] == [span.name for span in spans if "metadata" in span.attributes]
