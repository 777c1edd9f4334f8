"""How long OpenCode was busy: turns of root sessions without the waits for a person."""

import pytest

from otel_agent.facts import TurnEnded
from tests.receiver.folding import Folded, fold
from tests.receiver.story import SESSION, Story
from tests.receiver.test_tracker import begun

CHILD = "ses_b"


def active(folded: Folded) -> list[int | None]:
    """Return the busy time of each turn."""
    return [fact.active_ms for fact in folded.of(TurnEnded)]


def ended(story: Story) -> Story:
    """Append the end of the running call, and that OpenCode is idle."""
    story.assistant(is_completed=True, finish="stop")
    story.idle()
    return story


def busy_ms(story: Story) -> int:
    """Return the time from the first message of a story to its first idle."""
    times = [int(line.split(b'"t": ')[1].split(b",")[0]) for line in story.lines]
    begins = next(time for time, line in zip(times, story.lines, strict=True) if b"message.updated" in line)
    ends = next(time for time, line in zip(times, story.lines, strict=True) if b'"idle"' in line)
    return ends - begins


def test_turn_is_busy_from_the_prompt_to_idle() -> None:
    """A turn begins with the user's message, however late OpenCode begins to answer."""
    story = begun()
    story.now += 5000
    ended(story)

    assert [busy_ms(story)] == active(fold(story.lines))
    assert 5000 < busy_ms(story)


def test_time_between_turns_does_not_count() -> None:
    """While OpenCode waits for the next prompt it is not busy."""
    story = ended(begun())
    first = busy_ms(story)
    story.now += 60_000
    story.prompt("msg_3")
    begins = story.now - 10
    story.call("msg_4", parent="msg_3")
    story.idle()

    assert [first, story.now - 10 - begins] == active(fold(story.lines))


def test_permission_that_is_waited_for_does_not_count() -> None:
    """From the question to the answer OpenCode waits."""
    story = begun()
    story.asked("bash")
    story.now += 30_000
    story.replied("once")
    ended(story)

    assert [busy_ms(story) - 30_010] == active(fold(story.lines))


def test_questions_that_overlap_are_one_wait() -> None:
    """Two open questions do not make OpenCode wait twice."""
    story = begun()
    story.asked("bash", "call_1", request="per_1")
    story.now += 1000
    story.asked("edit", "call_2", request="per_2")
    story.now += 1000
    story.replied("once", "per_1")
    story.now += 1000
    story.replied("once", "per_2")
    ended(story)

    assert [busy_ms(story) - 3030] == active(fold(story.lines))


@pytest.mark.parametrize("tool", ["question", "plan_exit"])
def test_tool_that_asks_the_person_does_not_count(tool: str) -> None:
    """While OpenCode's own question tool runs a person thinks."""
    story = begun()
    story.tool(tool, status="running")
    story.now += 20_000
    story.tool(tool)
    ended(story)

    assert [busy_ms(story) - 20_010] == active(fold(story.lines))


def test_subagent_is_part_of_its_parents_turn() -> None:
    """A sub-agent's turn has no busy time of its own; its questions are waited for in the parent's."""
    story = begun()
    story.session(session=CHILD, parentID=SESSION)
    story.prompt("msg_11", CHILD)
    story.assistant("msg_12", CHILD, parent="msg_11")
    story.asked("bash", "call_9", "msg_12", "per_9", session=CHILD)
    story.now += 10_000
    story.replied("once", "per_9", CHILD)
    story.assistant("msg_12", CHILD, parent="msg_11", is_completed=True, finish="stop")
    story.event("session.idle", {}, CHILD)
    ended(story)

    child, parent = active(fold(story.lines))

    assert (None, busy_ms(story) - 10_010) == (child, parent)


def test_subagent_in_the_background_does_not_count_after_its_parent() -> None:
    """A sub-agent that outlives its parent's turn works while OpenCode waits for the next prompt."""
    story = begun()
    story.session(session=CHILD, parentID=SESSION)
    story.prompt("msg_11", CHILD)
    story.assistant("msg_12", CHILD, parent="msg_11")
    ended(story)
    parent = busy_ms(story)
    story.now += 10_000
    story.assistant("msg_12", CHILD, parent="msg_11", is_completed=True, finish="stop")
    story.idle(CHILD)

    assert [parent, None] == active(fold(story.lines))


def test_turn_that_is_cut_was_busy_to_the_end() -> None:
    """A killed process was busy until its last event, but for a question that had no answer yet."""
    story = begun()
    story.tool("bash", status="running")
    busy = fold(story.lines)
    story.asked("bash")
    waiting = fold([*story.lines, b'{"t":1795000090000,"lost":{"lines":0}}'])

    assert [30] == active(busy)
    assert [40] == active(waiting)


def test_turn_that_is_aborted_while_it_asks_was_busy_until_then() -> None:
    """A question without an answer is waited for until the turn's end."""
    story = begun()
    story.asked("bash")
    story.now += 10_000
    ended(story)

    assert [30] == active(fold(story.lines))


def test_prompt_without_an_answer_is_no_work() -> None:
    """A prompt that asks for no reply keeps nobody busy until the next one, nor until the process's end."""
    story = Story()
    story.session()
    story.prompt("msg_0")
    story.now += 3_600_000
    unanswered = fold(story.lines)
    story.prompt("msg_1")
    begins = story.now - 10
    story.call()
    story.idle()

    assert [None] == active(unanswered)
    assert [story.now - 10 - begins] == active(fold(story.lines))


def test_prompt_that_waits_for_its_turn_does_not_begin_one() -> None:
    """A prompt that is sent while OpenCode works belongs to the turn that is open."""
    story = begun()
    story.now += 1000
    story.prompt("msg_3")
    ended(story)

    assert [busy_ms(story)] == active(fold(story.lines))


def test_answer_after_the_turn_changes_nothing() -> None:
    """A question that is answered when its turn is over takes nothing from the next one."""
    story = begun()
    story.asked("bash")
    ended(story)
    story.prompt("msg_3")
    begins = story.now - 10
    story.replied("once")
    story.call("msg_4", parent="msg_3")
    story.idle()

    assert story.now - 10 - begins == active(fold(story.lines))[1]


def test_session_that_nobody_describes_has_no_busy_time() -> None:
    """Whether it is a sub-agent's is not known."""
    story = Story()
    story.prompt()
    story.call()
    story.idle()

    assert [None] == active(fold(story.lines))
