"""Spans for MLflow alone: those of the GenAI conventions, but for the words of a turn."""

import pytest

from otel_agent.facts import Message, Role
from otel_agent.settings import TraceProfile
from otel_agent.signals.model import Span
from tests.signals.samples import ENDED
from tests.signals.spans.building import EVERYTHING, NOTHING, builder, decoded, spans_of
from tests.signals.spans.samples import TURN, everything, placed, told

INPUT, OUTPUT = "mlflow.spanInputs", "mlflow.spanOutputs"
LEFT_OUT = {"input.value", "input.mime_type", "output.value", "output.mime_type"}
WORDS = 'Say "hi"\nto Zoë'


def made(profile: TraceProfile) -> list[Span]:
    """Give spans of every kind, those of `told` with their words."""
    return spans_of([*everything(), *told()], builder(profile, content=EVERYTHING))


def test_all_but_the_words_of_a_turn_is_as_in_gen_ai() -> None:
    """The same names, roles and attributes, to the value."""
    spans, others = made(TraceProfile.MLFLOW), made(TraceProfile.GEN_AI)

    assert [(span.name, span.role) for span in others] == [(span.name, span.role) for span in spans]
    assert [
        {key: value for key, value in span.attributes.items() if key not in LEFT_OUT} for span in others
    ] == [
        {key: value for key, value in span.attributes.items() if key not in {INPUT, OUTPUT}} for span in spans
    ]


@pytest.mark.parametrize(("key", "side", "role"), [(INPUT, "input", "user"), (OUTPUT, "output", "assistant")])
def test_words_of_a_turn_are_a_chat_of_one_message(key: str, side: str, role: str) -> None:
    """MLflow's list shows the text of such a message as it is; anything else it shows as JSON."""
    message = Message(role=Role(role), text=WORDS, length=len(WORDS))
    turn = placed(ENDED, TURN, **{side: message})
    [span] = spans_of([turn], builder(TraceProfile.MLFLOW, content=EVERYTHING))

    assert {"messages": [{"role": role, "content": WORDS}]} == decoded(span, key)


def test_words_that_do_not_leave_are_no_chat() -> None:
    """Below the level content there is neither side."""
    *_, turn = spans_of(told(), builder(TraceProfile.MLFLOW, content=NOTHING))

    assert not turn.attributes.keys() & {INPUT, OUTPUT}
