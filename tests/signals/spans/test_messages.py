"""What was said, as far as it may leave, in the two forms in which backends read it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from otel_agent.facts import Message, Role, ToolRequest
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans.messages import as_parts, flattened, plain, shown
from tests.signals.spans.building import EVERYTHING, NOTHING

ASKED = ToolRequest(call_id="call_1", tool_name="bash", arguments='{"command":"ls"}')
USER = Message(role=Role.USER, text="Do it", length=5)
ANSWER = Message(role=Role.ASSISTANT, text="I look", length=6, requests=(ASKED,))
RESULT = Message(role=Role.TOOL, text="a.txt", length=5, call_id="call_1", tool_name="bash")


def test_genai_messages_have_roles_and_parts() -> None:
    """The JSON of the GenAI conventions 1.41: text, tool_call, tool_call_response, and a finish reason."""
    rows = json.loads(as_parts(shown([USER, ANSWER, RESULT], EVERYTHING), "tool-calls") or "")

    call = {"type": "tool_call", "id": "call_1", "name": "bash", "arguments": {"command": "ls"}}
    result = {"type": "tool_call_response", "id": "call_1", "response": "a.txt"}
    assert [
        {"role": "user", "parts": [{"type": "text", "content": "Do it"}], "finish_reason": "tool-calls"},
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "I look"}, call],
            "finish_reason": "tool-calls",
        },
        {"role": "tool", "parts": [result], "finish_reason": "tool-calls"},
    ] == rows


def test_what_the_model_read_has_no_finish_reason() -> None:
    """Only an answer finished."""
    [row] = json.loads(as_parts(shown([USER], EVERYTHING)) or "")

    assert {"role", "parts"} == set(row)


def test_flattened_messages_have_one_key_for_each_field() -> None:
    """The attributes of OpenInference."""
    found = dict(flattened("llm.input_messages", shown([USER, ANSWER, RESULT], EVERYTHING)))

    assert {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "Do it",
        "llm.input_messages.1.message.role": "assistant",
        "llm.input_messages.1.message.content": "I look",
        "llm.input_messages.1.message.tool_calls.0.tool_call.id": "call_1",
        "llm.input_messages.1.message.tool_calls.0.tool_call.function.name": "bash",
        "llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments": '{"command":"ls"}',
        "llm.input_messages.2.message.role": "tool",
        "llm.input_messages.2.message.content": "a.txt",
        "llm.input_messages.2.message.tool_call_id": "call_1",
        "llm.input_messages.2.message.name": "bash",
    } == found


def test_without_any_setting_nothing_is_shown() -> None:
    """No message is left, and no attribute."""
    rows = shown([USER, ANSWER, RESULT], NOTHING)

    assert ((), None, {}) == (rows, as_parts(rows), dict(flattened("x", rows)))


def test_each_role_has_its_own_setting() -> None:
    """Prompts, answers, parameters and results are turned on one by one."""
    alone = {
        "prompt": ContentPolicy(is_prompt_on=True),
        "response": ContentPolicy(is_response_on=True),
        "details": ContentPolicy(are_tool_details_on=True),
        "content": ContentPolicy(is_tool_content_on=True),
    }
    found = {
        name: [(row.role.value, row.text, [call.arguments for call in row.requests]) for row in rows]
        for name, rows in ((name, shown([USER, ANSWER, RESULT], policy)) for name, policy in alone.items())
    }

    assert {
        "prompt": [("user", "Do it", [])],
        "response": [("assistant", "I look", [None])],
        "details": [("assistant", None, ['{"command":"ls"}'])],
        "content": [("tool", "a.txt", [])],
    } == found


def test_text_is_cut_and_its_length_is_not() -> None:
    """The length is that of the whole text, in the messages and in their texts as one."""
    policy = ContentPolicy(is_prompt_on=True, max_length=3)
    rows = shown([USER, USER], policy)

    assert [("Do ", 5), ("Do ", 5)] == [(row.text, row.length) for row in rows]
    assert ("Do ", 10) == plain(rows, policy)


def test_arguments_that_were_cut_are_text() -> None:
    """What is no JSON any more is told as it is."""
    rows = shown([ANSWER], ContentPolicy(are_tool_details_on=True, max_length=9))
    [row] = json.loads(as_parts(rows) or "")

    assert '{"command' == row["parts"][0]["arguments"]


def test_plain_text_of_nothing_is_nothing() -> None:
    """No text, no length."""
    assert (None, None) == plain(shown([ANSWER], ContentPolicy(are_tool_details_on=True)), EVERYTHING)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(st.sampled_from(Role), texts, texts), max_size=5), st.integers(0, 20))
def test_any_message_is_valid_json_within_the_limit(
    said: list[tuple[Role, str, str]], max_length: int
) -> None:
    """Whatever is said and asked for, the JSON can be read and no text in it is too long."""
    policy = ContentPolicy(
        is_prompt_on=True,
        is_response_on=True,
        are_tool_details_on=True,
        is_tool_content_on=True,
        max_length=max_length,
    )
    messages = [
        Message(
            role=role,
            text=text,
            length=len(text),
            requests=(ToolRequest(call_id="c", tool_name="t", arguments=arguments),),
        )
        for role, text, arguments in said
    ]

    rows = json.loads(as_parts(shown(messages, policy), "stop") or "[]")
    parts = [part for row in rows for part in row["parts"]]

    assert len(said) == len(rows)
    assert all(len(part.get("content") or part.get("response") or "") <= max_length for part in parts)
