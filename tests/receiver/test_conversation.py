"""What models read and say: each message reaches the call that it is new to."""

from otel_agent.facts import Message, ModelCalled, Role, ToolRequest, TurnEnded
from tests.receiver.folding import fold
from tests.receiver.story import Story
from tests.receiver.tasks import begin, end


def said(story: Story, prompt: str = "msg_1", text: str = "Do it") -> None:
    """Append a prompt whose text was captured."""
    story.user(prompt)
    story.part("text", prompt, part=f"prt_{prompt}", text=text)


def answered(story: Story, text: str, message: str = "msg_2") -> None:
    """Append the text of an answer."""
    story.part("text", message, part=f"prt_text_{message}", text=text)


def calls(story: Story) -> list[ModelCalled]:
    """Return the model calls of a story."""
    return fold(story.lines).of(ModelCalled)


def test_prompt_is_read_by_the_first_call_only() -> None:
    """The second call gets the tool's result, which is all that is new to it."""
    story = Story()
    said(story)
    begin(story)
    answered(story, "Look")
    story.tool("bash", input={"command": "ls"}, output="a.txt")
    end(story)
    begin(story, "msg_3")
    answered(story, "There is a.txt", "msg_3")
    end(story, "msg_3")

    first, second = calls(story)
    asked = ToolRequest(call_id="call_1", tool_name="bash", arguments='{"command":"ls"}'.replace(":", ": "))
    assert (Message(role=Role.USER, text="Do it", length=5),) == first.input
    assert Message(role=Role.ASSISTANT, text="Look", length=4, requests=(asked,)) == first.output
    result = Message(role=Role.TOOL, text="a.txt", length=5, call_id="call_1", tool_name="bash")
    assert (result,) == second.input
    assert Message(role=Role.ASSISTANT, text="There is a.txt", length=14) == second.output


def test_prompt_that_comes_late_is_read_by_the_call_that_answers_it() -> None:
    """The answer may be announced before the prompt's text is there."""
    story = Story()
    story.user()
    story.assistant()
    story.part("text", "msg_1", part="prt_1", text="Late")
    story.part("step-start")
    end(story)

    [call] = calls(story)
    assert (Message(role=Role.USER, text="Late", length=4),) == call.input


def test_text_that_was_cut_has_its_true_length() -> None:
    """Only the length is known where nothing was captured."""
    story = Story()
    story.prompt(text="x" * 90)
    begin(story)
    story.part("text", part="prt_2", text="", cut={"text": [1234, 1300, 1]})
    end(story)

    [call] = calls(story)
    assert (Message(role=Role.USER, text=None, length=90),) == call.input
    assert Message(role=Role.ASSISTANT, text=None, length=1234) == call.output


def test_call_without_text_and_tools_said_nothing() -> None:
    """An answer that was only thought has no message."""
    story = Story()
    said(story)
    begin(story)
    end(story)

    assert None is calls(story)[0].output


def test_prompt_without_words_is_no_message() -> None:
    """A request to compact, or a file alone, says nothing."""
    story = Story()
    story.user()
    story.part("compaction", "msg_1", auto=False)
    story.call(summary=True)
    story.idle()

    [call], [turn] = calls(story), fold(story.lines).of(TurnEnded)
    assert ((), None) == (call.input, turn.input)


def test_turn_has_its_first_prompt_and_its_last_answer() -> None:
    """A call that only asks for a tool says nothing to a person; a summary is no answer."""
    story = Story()
    said(story)
    begin(story)
    answered(story, "Done")
    end(story)
    begin(story, "msg_3")
    story.tool("bash", message="msg_3")
    end(story, "msg_3")
    story.user("msg_4")
    story.part("compaction", "msg_4", auto=True)
    begin(story, "msg_5", "msg_4")
    story.assistant("msg_5", parent="msg_4", summary=True)
    answered(story, "All of it in short", "msg_5")
    end(story, "msg_5", "msg_4", summary=True)
    story.idle()

    [turn] = fold(story.lines).of(TurnEnded)
    assert (Message(role=Role.USER, text="Do it", length=5), "Done") == (
        turn.input,
        turn.output and turn.output.text,
    )


def test_what_nobody_read_is_forgotten_with_its_turn() -> None:
    """The result of a call that no other call followed is not told to the next turn's model."""
    story = Story()
    said(story)
    begin(story)
    story.tool("bash", output="last words")
    end(story)
    story.idle()
    said(story, "msg_3", "Next")
    begin(story, "msg_4", "msg_3")
    end(story, "msg_4", "msg_3")

    assert ["Next"] == [message.text for message in calls(story)[1].input]


def test_messages_that_wait_are_bounded() -> None:
    """A thousand tool calls of one message are remembered in part, and forgotten when it is over."""
    story = Story()
    said(story)
    begin(story)
    for number in range(100):
        story.tool("bash", f"call_{number}", output="x")
    end(story)
    begin(story, "msg_3")
    end(story, "msg_3")
    story.idle()

    folded = fold(story.lines)
    first, second = folded.of(ModelCalled)
    assert (64, 64) == (len(first.output.requests) if first.output else 0, len(second.input))
    [state] = folded.sessions.values()
    assert [] == state.inbox
    assert {(0, 0)} == {(len(call.input), len(call.requests)) for call in state.calls.values()}


def test_failed_tools_reason_is_what_the_model_read() -> None:
    """The result of a call that failed is why it failed."""
    story = Story()
    said(story)
    begin(story)
    story.tool("read", status="error", error="File not found")
    end(story)
    begin(story, "msg_3")
    end(story, "msg_3")

    assert ["File not found"] == [message.text for message in calls(story)[1].input]
