"""Sub-agents: started once, completed with what their turn used."""

import pytest

from otel_agent.facts import SessionStarted, SubagentCompleted, SubtaskInvoked
from tests.receiver.folding import Folded, fold, told
from tests.receiver.story import SESSION, Story, use
from tests.receiver.test_tracker import begun

CHILD = "ses_b"
LINK = {"sessionId": CHILD, "parentSessionId": SESSION}
GIVEN = {"subagent_type": "general", "prompt": "", "cut": {"prompt": [40, 44, 1]}}


def started(story: Story) -> list[tuple[str | None, int | None]]:
    """Return agent and prompt length of each sub-agent that was started."""
    return [(fact.agent, fact.prompt_length) for fact in fold(story.lines).of(SubtaskInvoked)]


def work(story: Story, turn: int, tokens: int) -> None:
    """Append a turn of the sub-agent in which it uses a tool."""
    prompt, answer = f"msg_{turn}1", f"msg_{turn}2"
    story.user(prompt, CHILD, agent="general")
    story.assistant(answer, CHILD, parent=prompt, agent="general")
    story.tool("read", f"call_{turn}", answer, CHILD)
    story.step(use(tokens), 0.25, answer, CHILD)
    end = {"parent": prompt, "agent": "general", "is_completed": True, "finish": "stop"}
    story.assistant(answer, CHILD, **end)  # type: ignore[arg-type]
    story.idle(CHILD)


def child() -> Story:
    """Return a story in which a sub-agent's session was created."""
    story = begun()
    story.session(session=CHILD, parentID=SESSION, agent="general")
    return story


def test_subagent_starts_when_it_has_a_session() -> None:
    """A call that runs, goes on and ends has started one sub-agent."""
    story = begun()
    story.tool("task", status="running", input=GIVEN, metadata=LINK)
    story.tool("task", input=GIVEN, metadata=LINK)

    assert [("general", 40)] == started(story)


def test_subagent_whose_start_was_not_told_is_seen_at_its_end() -> None:
    """Where the running call had no link yet, the finished one has it."""
    story = begun()
    story.tool("task", status="running", input=GIVEN)
    story.tool("task", input={"subagent_type": "explore", "prompt": "a\U0001f600"}, metadata=LINK)

    assert [("explore", 3)] == started(story)


@pytest.mark.parametrize("words", ["The user rejected permission to use", "Unknown agent type: x"])
def test_call_that_was_refused_started_nothing(words: str) -> None:
    """Without a session there was no sub-agent."""
    story = begun()
    story.tool("task", status="running", input=GIVEN)
    story.tool("task", status="error", error=words, input=GIVEN)

    assert [] == started(story)


def test_subagent_that_fails_was_started() -> None:
    """A sub-agent with a session that fails is one that was started."""
    story = begun()
    story.tool("task", status="error", error="Aborted", input=GIVEN, metadata=LINK)

    assert [("general", 40)] == started(story)


def test_completed_subagent_tells_what_it_used() -> None:
    """Agent, model, tokens, tool calls, time and cost are those of the sub-agent's turn."""
    story = child()
    begins = story.now
    work(story, 1, 700)

    folded = fold(story.lines)

    expected = {
        "agent_type": "general",
        "model": "large",
        "total_tokens": 700,
        "total_tool_uses": 1,
        "duration_ms": story.now - begins - 20,
        "cost_usd": 0.25,
    }
    assert [expected] == told(folded.facts, "subagent_completed")
    [fact] = folded.of(SubagentCompleted)
    assert (CHILD, SESSION) == (fact.origin.session_id, fact.origin.root_session_id)


def test_subagent_that_goes_on_tells_each_turn() -> None:
    """A sub-agent that is asked again tells what it used since."""
    story = child()
    work(story, 1, 700)
    work(story, 2, 50)

    found = fold(story.lines).of(SubagentCompleted)

    assert [(700, 1), (50, 1)] == [(fact.tokens, fact.tool_uses) for fact in found]


def test_subagent_in_the_background_is_completed_after_its_call() -> None:
    """The call that started it may be over long before."""
    story = child()
    story.tool("task", input=GIVEN, metadata=LINK)
    before = fold(story.lines)
    work(story, 1, 700)

    assert ([], 1) == (completed(before), len(completed(fold(story.lines))))


def test_subagent_that_was_cut_is_not_completed() -> None:
    """A process that was killed has not let it come to its end."""
    story = child()
    story.user("msg_11", CHILD)
    story.assistant("msg_12", CHILD, parent="msg_11")

    assert [] == completed(fold(story.lines))


def completed(folded: Folded) -> list[SubagentCompleted]:
    """Return the sub-agents that came to their end."""
    return folded.of(SubagentCompleted)


def test_session_that_was_created_with_a_model_tells_it() -> None:
    """The model is told where the session's creation names it."""
    story = Story()
    story.session(model={"id": "large", "providerID": "fake"})
    story.session(session="ses_b")

    facts = fold(story.lines).of(SessionStarted)

    assert ["large", None] == [fact.model for fact in facts]
