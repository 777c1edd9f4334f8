"""Events that come before what they are about: they wait for it, and are told as if in order."""

from otel_agent.facts import Prompted, ToolDecided, ToolFinished, TurnEnded
from otel_agent.receiver.tracker import KEPT_EARLY
from tests.receiver.folding import fold, told
from tests.receiver.story import Story
from tests.receiver.test_tracker import begun


def swapped(story: Story, last: int = 2) -> Story:
    """Return a story whose last event came before as many others; the times are those at which they came."""
    times = [line.split(b'"t": ')[1].split(b",")[0] for line in story.lines[-last:]]
    bodies = [line.split(b",", 1)[1] for line in [story.lines[-1], *story.lines[-last:-1]]]
    story.lines[-last:] = [b'{"t": ' + t + b"," + body for t, body in zip(times, bodies, strict=True)]
    return story


def test_part_that_comes_before_its_message_is_part_of_the_prompt() -> None:
    """A text belongs to whoever sent its message, which is known when the message is."""
    story = Story()
    story.session()
    story.prompt()
    swapped(story)
    story.part("text", "msg_2", text="No prompt")
    story.assistant()
    story.call()

    [prompt] = fold(story.lines).of(Prompted)

    assert (5, "msg_1") == (prompt.length, prompt.origin.uid)


def test_answer_that_comes_before_its_question_waits_for_it() -> None:
    """Then the tool is known, and that the answer took no time."""
    story = begun()
    story.tool("edit", status="running")
    story.asked("edit")
    story.replied("always")
    swapped(story)

    before = fold(story.lines[:-1], is_finished=False)
    [decided] = fold(story.lines, is_finished=False).of(ToolDecided)

    assert [] == before.of(ToolDecided)
    assert ("edit", "user_permanent", 0) == (decided.tool_name, decided.verdict.source.value, decided.wait_ms)


def test_answer_to_no_question_is_told_when_the_session_is_idle() -> None:
    """The question was lost; that somebody answered is still true."""
    story = begun()
    story.replied("once", "per_9")
    before = fold(story.lines, is_finished=False)
    story.idle()

    [decided] = fold(story.lines, is_finished=False).of(ToolDecided)

    assert ([], "unknown") == (before.of(ToolDecided), decided.tool_name)


def test_end_of_a_call_waits_for_the_answer_to_its_question() -> None:
    """Who decided is in the event of the call itself."""
    story = begun()
    story.tool("bash", status="running")
    story.asked("bash")
    story.replied("once")
    story.tool("bash", metadata={"exit": 0})
    swapped(story)

    folded = fold(story.lines, is_finished=False)

    assert ["user_temporary"] == [row["decision_source"] for row in told(folded.facts, "tool_result")]
    assert 1 == len(folded.of(ToolDecided))


def test_aborted_call_waits_for_a_question_about_it() -> None:
    """The question was not answered by the user but by the abort."""
    story = begun()
    story.tool("edit", status="running")
    story.asked("edit")
    story.tool("edit", status="error", error="Tool execution aborted")
    swapped(story)

    [decided] = fold(story.lines, is_finished=False).of(ToolDecided)

    assert "user_abort" == decided.verdict.source.value


def test_aborted_call_without_a_question_is_told_before_its_turn_ends() -> None:
    """What waits belongs to the turn."""
    story = begun()
    story.tool("bash", status="running")
    story.tool("bash", status="error", error="Tool execution aborted")
    before = fold(story.lines, is_finished=False)
    story.assistant(is_completed=True, error={"name": "MessageAbortedError", "data": {}})
    story.idle()

    folded = fold(story.lines, is_finished=False)

    kinds = [type(fact) for fact in folded.facts if isinstance(fact, (ToolFinished, TurnEnded))]
    assert ([], [ToolFinished, TurnEnded]) == (before.of(ToolFinished), kinds)


def test_killed_process_leaves_nothing_waiting() -> None:
    """The end of input decides for what waits, and a restart before it changes nothing."""
    story = begun()
    story.tool("bash", status="error", error="Tool execution aborted")

    folded = fold(story.lines, is_restarted=True)

    assert 1 == len(folded.of(ToolFinished))
    assert [[]] == [session.early for session in folded.sessions.values()]


def test_what_waits_is_bounded() -> None:
    """Parts of messages that never come do not pile up."""
    story = begun()
    for number in range(100):
        story.part("text", f"msg_9{number}", text="of an unknown message")

    [session] = fold(story.lines, is_finished=False).sessions.values()

    assert KEPT_EARLY == len(session.early)


def test_turn_is_over_once_though_two_events_say_so() -> None:
    """The second one may come when the next prompt was sent: it does not end the new turn."""
    story = begun()
    story.call()
    story.event("session.status", {"status": {"type": "idle"}})
    story.prompt("msg_3")
    story.event("session.idle", {})
    story.assistant("msg_4", parent="msg_3")
    story.call("msg_4", parent="msg_3")
    story.event("session.status", {"status": {"type": "idle"}})
    story.event("session.idle", {})

    turns = fold(story.lines, is_finished=False).of(TurnEnded)

    assert ["turn:msg_1", "turn:msg_3"] == [turn.origin.uid for turn in turns]
