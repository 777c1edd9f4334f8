"""What Phoenix alone does with spans: facts that the span profiles are built on."""

import json
from dataclasses import replace

import grpc

from tests.trace_backends.expected import Expected, calls, summary
from tests.trace_backends.made import Made, request
from tests.trace_backends.phoenix import Phoenix, PhoenixServer
from tests.trace_backends.samples import (
    ANSWER,
    ASKED,
    CALLED,
    FIRST_TABLE_USD,
    LAST_TABLE_USD,
    PROMPT,
    REMOTE_SPAN,
    SESSION,
    TOTAL,
    TRACE,
    USER,
    gen_ai,
    openinference,
    outline,
    sent,
)
from tests.trace_backends.shown import Tokens

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def test_summary_of_a_turn(phoenix: Phoenix) -> None:
    """Counts on the AGENT root are not added to those of its calls; the cost is of Phoenix's table."""
    for payload in sent(openinference()):
        phoenix.send(payload)

    assert Expected(
        outline=outline(),
        tokens=Tokens(prompt=TOTAL.prompt, completion=TOTAL.completion),
        cost_usd=FIRST_TABLE_USD + LAST_TABLE_USD,
        session=SESSION,
        user=USER,
    ) == summary(phoenix.trace(TRACE))


def test_cost_is_never_taken_from_a_span(phoenix: Phoenix) -> None:
    """llm.cost.total is kept as an attribute; a model without a price has no cost."""
    for payload in sent(openinference()):
        phoenix.send(payload)

    trace = phoenix.trace(TRACE)
    assert [FIRST_TABLE_USD, None, LAST_TABLE_USD] == [call.cost_usd for call in calls(trace)]
    assert {"total": 0.01} == trace.span("child_llm").attributes["llm"]["cost"]


def test_flattened_messages_are_a_dialogue(phoenix: Phoenix) -> None:
    """llm.input_messages and llm.output_messages are the messages of a call, tool call included."""
    for payload in sent(openinference()):
        phoenix.send(payload)

    first = calls(phoenix.trace(TRACE))[0]
    assert ((ASKED,), (CALLED,)) == (first.messages_in, first.messages_out)


def test_input_and_output_of_a_turn_are_listed(phoenix: Phoenix) -> None:
    """They come from input.value and output.value of the root, in both families."""
    for payload in sent(gen_ai()):
        phoenix.send(payload)

    trace = phoenix.trace(TRACE)
    assert (PROMPT, ANSWER) == (trace.input, trace.output)


def test_oldest_orphan_stands_for_the_root(phoenix: Phoenix) -> None:
    """Under a remote parent the turn itself is shown as the trace's root."""
    for payload in sent(openinference(REMOTE_SPAN)):
        phoenix.send(payload)

    trace = phoenix.trace(TRACE)
    assert (trace.span("root").id, PROMPT) == (trace.root, trace.input)


def test_output_message_without_finish_reason_is_dropped(phoenix: Phoenix) -> None:
    """All output messages of the span go with it."""
    llm = gen_ai()["llm"]
    messages = json.loads(str(llm.attributes["gen_ai.output.messages"]))
    bare = [{key: value for key, value in one.items() if key != "finish_reason"} for one in messages]
    told = {**llm.attributes, "gen_ai.output.messages": json.dumps(bare)}
    phoenix.send(request(TRACE, replace(llm, attributes=told)))

    (call,) = calls(phoenix.trace(TRACE))
    assert ((ASKED,), ()) == (call.messages_in, call.messages_out)


def test_response_model_takes_the_place_of_an_output(phoenix: Phoenix) -> None:
    """A call with gen_ai.response.model and no output.value shows a JSON of the model as its output."""
    told = {"gen_ai.operation.name": "chat", "gen_ai.response.model": "m"}
    phoenix.send(request(TRACE, Made(id="11" * 8, name="chat", attributes=told)))

    assert '{"model": "m"}' == phoenix.trace(TRACE).span("chat").output


def test_span_of_no_known_kind_is_unknown(phoenix: Phoenix) -> None:
    """A wait or a compaction needs openinference.span.kind in every profile."""
    phoenix.send(request(TRACE, Made(id="11" * 8, name="wait")))

    assert ["UNKNOWN wait"] == phoenix.trace(TRACE).outline()


def test_grpc_port_takes_traces(phoenix: Phoenix, phoenix_server: PhoenixServer) -> None:
    """Over gRPC the resource names the project."""
    resource = {"openinference.project.name": phoenix.project}
    payload = request(TRACE, Made(id="11" * 8, name="turn"), resource=resource)
    with grpc.insecure_channel(phoenix_server.grpc_target) as channel:
        channel.unary_unary(EXPORT)(payload)

    assert ["UNKNOWN turn"] == phoenix.trace(TRACE).outline()
