"""One turn with a sub-agent, made by hand as each family of attributes would tell it, children first."""

import json
from collections.abc import Mapping

from tests.trace_backends.made import Made, Value, request
from tests.trace_backends.shown import Message, Tokens

TRACE = "5d" * 16
REMOTE_SPAN = "ee" * 8
SESSION, USER = "ses_root", "somebody"
PROMPT, ANSWER = "Fix it.", "Done."
TEXT = "text/plain"
# What the model calls of the turn used and cost; the second is the sub-agent's, of a model without a price.
FIRST = Tokens(prompt=120, completion=30, cache_read=100, cache_write=10)
CHILD = Tokens(prompt=7, completion=3)
LAST = Tokens(prompt=200, completion=10)
TOTAL = Tokens(prompt=327, completion=43, cache_read=100, cache_write=10)
FIRST_USD, CHILD_USD, LAST_USD, TOTAL_USD = 0.5, 0.01, 0.25, 0.76
# Both backends' price table for gpt-4o: 2.5 in, 1.25 cached, 10 out, USD a million tokens.
FIRST_TABLE_USD, LAST_TABLE_USD = 0.000475, 0.0006
ASKED = Message(role="user", text=PROMPT)
CALLED = Message(role="assistant", text="I look.", tool_calls=("task",))
OUTLINE = (
    "AGENT {root}",
    "  LLM {llm}",
    "    TOOL {task}",
    "      CHAIN wait",
    "      AGENT {child}",
    "        LLM {child_llm}",
    "  LLM {last}",
)


def sent(spans: Mapping[str, Made]) -> list[bytes]:
    """Give one request for each span, in the order of the mapping: as an agent sends what is over."""
    return [request(TRACE, span) for span in spans.values()]


def openinference(parent: str = "") -> dict[str, Made]:
    """Give the turn in OpenInference's attributes, under a remote parent or none."""
    return _turn(
        parent,
        root=_told("AGENT", PROMPT, ANSWER) | _counts(TOTAL) | {"user.id": USER, "agent.name": "build"},
        llm=_model("gpt-4o", FIRST, FIRST_USD) | _told("LLM", PROMPT, "I look.") | _flat_messages(),
        task=_told("TOOL", '{"prompt":"Look."}', "Seen.") | {"tool.name": "task"},
        child=_told("AGENT", "Look.", "Seen."),
        child_llm=_model("no-such-model", CHILD, CHILD_USD) | _told("LLM", "Look.", "Seen."),
        last=_model("gpt-4o", LAST, LAST_USD) | _told("LLM", PROMPT, ANSWER),
    )


def gen_ai(parent: str = "") -> dict[str, Made]:
    """Give the turn in the GenAI conventions' attributes, under a remote parent or none."""
    plain = {"input.value": PROMPT, "input.mime_type": TEXT, "output.value": ANSWER, "output.mime_type": TEXT}
    return _turn(
        parent,
        root=_operation("invoke_agent") | _usage(TOTAL) | _paid(TOTAL_USD) | plain | {"user.id": USER},
        llm=_chat("gpt-4o", FIRST, FIRST_USD) | _json_messages(),
        task=_operation("execute_tool")
        | {"gen_ai.tool.name": "task", "gen_ai.tool.call.arguments": '{"prompt":"Look."}'}
        | {"gen_ai.tool.call.result": "Seen."},
        child=_operation("invoke_agent"),
        child_llm=_chat("no-such-model", CHILD, CHILD_USD),
        last=_chat("gpt-4o", LAST, LAST_USD),
    )


def outline() -> tuple[str, ...]:
    """Give the tree of the turn, whose spans are named as they are keyed here."""
    names = {name: name for name in ("root", "llm", "task", "child", "child_llm", "last")}
    return tuple(line.format(**names) for line in OUTLINE)


def _turn(parent: str, **attributes: Mapping[str, Value]) -> dict[str, Made]:
    """Give the spans by name in the order in which they end; every one names the root session."""
    shape = {
        "child_llm": ("55" * 8, "44" * 8, 60, 90),
        "child": ("44" * 8, "33" * 8, 50, 100),
        "wait": ("66" * 8, "33" * 8, 20, 40),
        "task": ("33" * 8, "22" * 8, 15, 110),
        "llm": ("22" * 8, "11" * 8, 10, 120),
        "last": ("77" * 8, "11" * 8, 130, 190),
        "root": ("11" * 8, parent, 0, 200),
    }
    told = {"wait": {"openinference.span.kind": "CHAIN"}, **attributes}
    return {
        name: Made(
            id=span,
            parent=above,
            name=name,
            start_ms=start,
            end_ms=end,
            attributes={"session.id": SESSION, **told[name]},
        )
        for name, (span, above, start, end) in shape.items()
    }


def _told(kind: str, read: str, wrote: str) -> dict[str, Value]:
    mime = "application/json" if read.startswith("{") else TEXT
    return {
        "openinference.span.kind": kind,
        "input.value": read,
        "input.mime_type": mime,
        "output.value": wrote,
        "output.mime_type": TEXT,
    }


def _counts(used: Tokens) -> dict[str, Value]:
    return {
        "llm.token_count.prompt": used.prompt,
        "llm.token_count.completion": used.completion,
        "llm.token_count.total": used.total,
        "llm.token_count.prompt_details.cache_read": used.cache_read,
        "llm.token_count.prompt_details.cache_write": used.cache_write,
    }


def _model(name: str, used: Tokens, paid: float) -> dict[str, Value]:
    return {"llm.model_name": name, "llm.provider": "openai", "llm.cost.total": paid, **_counts(used)}


def _flat_messages() -> dict[str, Value]:
    wrote = "llm.output_messages.0.message"
    return {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": PROMPT,
        f"{wrote}.role": "assistant",
        f"{wrote}.content": "I look.",
        f"{wrote}.tool_calls.0.tool_call.id": "call_1",
        f"{wrote}.tool_calls.0.tool_call.function.name": "task",
        f"{wrote}.tool_calls.0.tool_call.function.arguments": '{"prompt":"Look."}',
    }


def _operation(name: str) -> dict[str, Value]:
    return {"gen_ai.operation.name": name, "gen_ai.conversation.id": SESSION}


def _usage(used: Tokens) -> dict[str, Value]:
    return {
        "gen_ai.usage.input_tokens": used.prompt,
        "gen_ai.usage.output_tokens": used.completion,
        "gen_ai.usage.cache_read.input_tokens": used.cache_read,
        "gen_ai.usage.cache_creation.input_tokens": used.cache_write,
    }


def _paid(usd: float) -> dict[str, Value]:
    return {"mlflow.llm.cost": json.dumps({"total_cost": usd})}


def _chat(model: str, used: Tokens, paid: float) -> dict[str, Value]:
    named = {"gen_ai.request.model": model, "gen_ai.provider.name": "openai"}
    return _operation("chat") | named | _usage(used) | _paid(paid)


def _json_messages() -> dict[str, Value]:
    call = {"type": "tool_call", "id": "call_1", "name": "task", "arguments": {"prompt": "Look."}}
    wrote = {"role": "assistant", "parts": [_part("I look."), call], "finish_reason": "tool_call"}
    read = {"role": "user", "parts": [_part(PROMPT)]}
    return {"gen_ai.input.messages": json.dumps([read]), "gen_ai.output.messages": json.dumps([wrote])}


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "content": text}
