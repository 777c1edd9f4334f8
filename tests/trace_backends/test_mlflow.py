"""What MLflow alone does with spans: facts that the span profiles are built on."""

import json
from dataclasses import replace

from tests.trace_backends.expected import Expected, calls, summary
from tests.trace_backends.made import Made, Value, request
from tests.trace_backends.mlflow import MLflow
from tests.trace_backends.samples import (
    ANSWER,
    CHILD_USD,
    FIRST,
    FIRST_TABLE_USD,
    FIRST_USD,
    LAST,
    LAST_USD,
    PROMPT,
    REMOTE_SPAN,
    SESSION,
    TOTAL,
    TOTAL_USD,
    TRACE,
    USER,
    gen_ai,
    openinference,
    outline,
    sent,
)

COST = "mlflow.llm.cost"


def without(made: Made, *prefixes: str) -> Made:
    """Give a span without the attributes that begin so."""
    left = {key: value for key, value in made.attributes.items() if not key.startswith(prefixes)}
    return replace(made, attributes=left)


def test_summary_of_a_turn(mlflow: MLflow) -> None:
    """The root's usage and cost are the trace's: they hide those of the calls and are not added to them."""
    for payload in sent(gen_ai()):
        mlflow.send(payload)

    assert Expected(
        outline=outline(), tokens=TOTAL, cost_usd=TOTAL_USD, session=SESSION, user=USER
    ) == summary(mlflow.trace(TRACE))
    assert [FIRST_USD, CHILD_USD, LAST_USD] == [call.cost_usd for call in calls(mlflow.trace(TRACE))]


def test_usage_hides_that_of_every_descendant(mlflow: MLflow) -> None:
    """Without totals on the root the sub-agent under a call's tool is lost: why the root carries them."""
    spans = gen_ai()
    for payload in sent({**spans, "root": without(spans["root"], "gen_ai.usage.", COST)}):
        mlflow.send(payload)

    trace = mlflow.trace(TRACE)
    assert FIRST.total + LAST.total == trace.tokens.total
    assert FIRST_USD + LAST_USD == trace.cost_usd


def test_cost_that_a_span_tells_wins(mlflow: MLflow) -> None:
    """mlflow.llm.cost is taken as it is; without it the price table speaks, never gen_ai.usage.cost."""
    told = {"gen_ai.usage.cost": 9.0}
    call = without(gen_ai()["llm"], COST)
    mlflow.send(request(TRACE, replace(call, attributes={**call.attributes, **told}), gen_ai()["last"]))

    assert [FIRST_TABLE_USD, LAST_USD] == [one.cost_usd for one in calls(mlflow.trace(TRACE))]


def test_usage_with_a_model_on_the_root_is_priced(mlflow: MLflow) -> None:
    """The table's price of the root hides what the calls cost: why a root with a model tells its cost."""
    spans = gen_ai()
    root = without(spans["root"], COST)
    priced = replace(root, attributes={**root.attributes, "gen_ai.request.model": "gpt-4o"})
    for payload in sent({**spans, "root": priced}):
        mlflow.send(payload)

    paid = mlflow.trace(TRACE).cost_usd
    assert paid is not None
    assert paid < FIRST_USD


def test_openinference_is_read_too(mlflow: MLflow) -> None:
    """Kinds, counts and totals are as in the other family; cost and flattened messages are not read."""
    for payload in sent(openinference()):
        mlflow.send(payload)

    trace = mlflow.trace(TRACE)
    assert TOTAL == trace.tokens
    assert ((), PROMPT) == (trace.span("llm").messages_in, trace.span("llm").input)
    assert FIRST_TABLE_USD == calls(trace)[0].cost_usd


def test_turn_is_in_progress_until_a_root_comes(mlflow: MLflow) -> None:
    """Under a remote parent none ever comes: no state, no input and output in the list."""
    for payload in sent(gen_ai(REMOTE_SPAN)):
        mlflow.send(payload)

    trace = mlflow.trace(TRACE)
    assert ("IN_PROGRESS", None, None) == (trace.state, trace.input, trace.output)


def test_root_gives_state_and_previews(mlflow: MLflow) -> None:
    """Plain text is quoted in the list."""
    for payload in sent(gen_ai()):
        mlflow.send(payload)

    trace = mlflow.trace(TRACE)
    assert ("OK", json.dumps(PROMPT), json.dumps(ANSWER)) == (trace.state, trace.input, trace.output)


def test_part_of_reasoning_spoils_the_chat_view(mlflow: MLflow) -> None:
    """One part of a type that the page does not know, and it shows JSON."""
    parts = [{"type": "reasoning", "content": "Hm."}, {"type": "text", "content": "Done."}]
    messages = [{"role": "assistant", "parts": parts, "finish_reason": "stop"}]
    told: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": json.dumps(messages),
    }
    mlflow.send(request(TRACE, Made(id="11" * 8, name="chat", attributes=told)))

    (call,) = calls(mlflow.trace(TRACE))
    assert () == call.messages_out


def test_claude_code_spans_are_read(mlflow: MLflow) -> None:
    """Bare names; the input of a request does not have the cache in it, and MLflow adds it."""
    used = {"input_tokens": 10, "output_tokens": 4, "cache_read_tokens": 3, "cache_creation_tokens": 2}
    top = Made(id="11" * 8, name="top", attributes={"span.type": "interaction", "user_prompt": PROMPT})
    asked = Made(
        id="22" * 8, parent="11" * 8, name="request", attributes={"span.type": "llm_request", **used}
    )
    ran = Made(id="33" * 8, parent="11" * 8, name="ran", start_ms=1, attributes={"span.type": "tool"})
    mlflow.send(request(TRACE, ran, asked, top))

    trace = mlflow.trace(TRACE)
    assert ["AGENT top", "  LLM request", "  TOOL ran"] == trace.outline()
    assert (15, 4) == (trace.tokens.prompt, trace.tokens.completion)


def test_links_are_kept(mlflow: MLflow) -> None:
    """A turn's link to the one before is on its page."""
    mlflow.send(request(TRACE, Made(id="11" * 8, name="turn", link=("ab" * 16, "cd" * 8))))

    (link,) = mlflow.trace(TRACE).span("turn").links
    assert ("ab" * 16, "cd" * 8) == (link[0].removeprefix("tr-"), link[1])
