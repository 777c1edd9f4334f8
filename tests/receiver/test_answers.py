"""What models answer, and the summaries that compact a session's history."""

import pytest

from otel_agent.facts import Answered, Compacted, ModelCalled, QuerySource
from tests.receiver.folding import Folded, fold, told
from tests.receiver.story import SESSION, Story, use
from tests.receiver.test_tracker import begun

END = {"is_completed": True, "finish": "stop"}


def answers(story: Story) -> list[tuple[int, str | None]]:
    """Return length and text of each answer."""
    return [(fact.length, fact.text) for fact in fold(story.lines).of(Answered)]


def test_answer_is_all_its_texts() -> None:
    """The parts of an answer add up; reasoning and what OpenCode added are none of it."""
    story = begun()
    story.part("reasoning", text="hmm")
    story.part("text", part="prt_1", text="")
    story.part("text", part="prt_1", text="a\U0001f600")
    story.part("text", part="prt_2", text="b")
    story.part("text", part="prt_3", text="added", synthetic=True)
    story.part("text", part="prt_4", text="ignored", ignored=True)
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    assert [(4, "a\U0001f600\nb")] == answers(story)


def test_text_that_the_journal_cut_has_its_length() -> None:
    """Where texts are not wanted an answer has its length and no text."""
    story = begun()
    story.part("text", text="", cut={"text": [300, 310, 4]})
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    assert [(300, None)] == answers(story)


def test_text_that_is_sent_again_as_it_was_is_not_shorter() -> None:
    """An older state of a part takes nothing back."""
    story = begun()
    story.part("text", part="prt_1", text="abc")
    story.part("text", part="prt_1", text="a")
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    assert [(3, "abc")] == answers(story)


@pytest.mark.parametrize("kind", ["without text", "failed", "cut"])
def test_what_is_no_answer(kind: str) -> None:
    """A call without text, one that failed and one that the process's end cut have not answered."""
    story = begun()
    if kind != "without text":
        story.part("text", text="abc")
    error = {"name": "MessageAbortedError", "data": {"message": "Aborted"}}
    if kind != "cut":
        story.assistant(**END, **({"error": error} if kind == "failed" else {}))  # type: ignore[arg-type]
        story.idle()

    assert [] == answers(story)


def test_text_of_an_answer_leaves_memory() -> None:
    """What was told is not remembered."""
    story = begun()
    story.part("text", text="abc")
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    [call] = fold(story.lines).sessions[SESSION].calls.values()

    assert ({}, {}) == (call.texts, call.lengths)


def compaction(
    story: Story, *, auto: bool | None = True, overflow: bool | None = None, **end: object
) -> Folded:
    """Append a compaction that began 10 ms after the event before it, and fold."""
    story.user("msg_8")
    story.part("compaction", "msg_8", auto=auto, overflow=overflow)
    story.assistant("msg_9", parent="msg_8", summary=True, agent="compaction")
    story.assistant("msg_9", parent="msg_8", summary=True, is_completed=True, **end)  # type: ignore[arg-type]
    story.idle()
    return fold(story.lines)


def used(tokens: int = 900) -> Story:
    """Return a story with a call that used so many tokens."""
    story = begun()
    story.step(use(tokens - 100, 100), 0.001)
    story.assistant(**END)  # type: ignore[arg-type]
    return story


@pytest.mark.parametrize(("auto", "trigger"), [(True, "auto"), (False, "manual"), (None, None)])
def test_compaction_says_who_asked_for_it(*, auto: bool | None, trigger: str | None) -> None:
    """OpenCode's own compactions are automatic; a version that does not say leaves it open."""
    folded = compaction(used(), auto=auto, finish="stop")

    expected = {"trigger": trigger, "success": True, "duration_ms": 30, "pre_tokens": 900}
    assert [expected] == told(folded.facts, "compaction")


def test_compaction_after_an_overflow_does_not_know_how_much_there_was() -> None:
    """What did not fit was not counted."""
    [fact] = compaction(used(), overflow=True, finish="stop").of(Compacted)

    assert None is fact.pre_tokens


def test_compaction_that_fails_is_none_that_succeeds() -> None:
    """When the call for the summary fails, so does the compaction."""
    error = {"name": "ContextOverflowError", "data": {"message": "Too long"}}

    [fact] = compaction(used(), error=error).of(Compacted)

    assert not fact.is_success


def test_compaction_whose_request_was_not_seen_is_one() -> None:
    """The summary alone tells that there was a compaction, not why nor since when."""
    story = used()
    story.assistant("msg_9", parent="msg_8", summary=True)
    story.assistant("msg_9", parent="msg_8", summary=True, **END)  # type: ignore[arg-type]
    story.idle()

    [fact] = fold(story.lines).of(Compacted)

    assert (None, True, None, None) == (fact.trigger, fact.is_success, fact.duration_ms, fact.pre_tokens)


def test_compaction_that_was_cut_has_no_outcome() -> None:
    """A process that was killed in a compaction neither made nor missed it."""
    story = used()
    story.user("msg_8")
    story.part("compaction", "msg_8", auto=True)
    story.assistant("msg_9", parent="msg_8", summary=True)
    story.step(use(100, 10), 0.001, "msg_9")

    folded = fold(story.lines)

    assert [] == folded.of(Compacted)
    assert [QuerySource.MAIN, QuerySource.AUXILIARY] == [call.query_source for call in folded.of(ModelCalled)]


def test_second_compaction_does_not_know_what_the_first_left() -> None:
    """How much is left after a compaction is known with the next call."""
    story = used()
    compaction(story, finish="stop")
    story.user("msg_82")
    story.part("compaction", "msg_82", auto=False)
    story.assistant("msg_92", parent="msg_82", summary=True)
    story.assistant("msg_92", parent="msg_82", summary=True, **END)  # type: ignore[arg-type]
    story.idle()

    assert [900, None] == [fact.pre_tokens for fact in fold(story.lines).of(Compacted)]
