"""OpenCode 1.0 to 1.18: other names and fields, the same numbers."""

import pytest

from otel_agent.facts import EditDecided, LinesEdited, ModelCalled, NetLinesChanged, ToolDecided
from tests.receiver.folding import fold, sums
from tests.receiver.story import Story, use

VERSIONS = ("1.0.220", "1.1.65", "1.2.27", "1.4.0", "1.14.33", "1.16.2", "1.18.33")
TOKENS = use(200, 50, 30, 1000, 7)


def work(version: str) -> Story:
    """Write a session in which an edit was allowed, a commit made, a call tried again, and a call refused."""
    story = Story(version)
    story.session()
    story.prompt("msg_1")
    created = story.now
    story.assistant("msg_2")
    story.part("step-start", "msg_2")
    edit = {"filePath": "/home/dev/x/a.py"}
    story.tool("edit", status="running", input=edit)
    story.asked("edit", diff_counts=(3, 1))
    story.replied("always")
    diff = {"file": "/home/dev/x/a.py", "additions": 3, "deletions": 1}
    story.tool("edit", input=edit, metadata={"filediff": diff})
    story.step(TOKENS, 0.002)
    end = {"tokens": TOKENS, "cost": 0.002, "finish": "tool-calls", "created": created}
    story.assistant("msg_2", **end)
    story.assistant("msg_2", is_completed=True, **end)
    session_diff(story, ("a.py", 3, 1))
    story.summary("msg_1", ("a.py", 3, 1))
    created = story.now
    story.assistant("msg_3")
    story.retry(1)
    story.tool(
        "bash", "call_2", "msg_3", input={"command": "git commit -m x"}, metadata={"exit": 0}, output=""
    )
    story.step(TOKENS, 0.002, "msg_3")
    story.assistant("msg_3", is_completed=True, tokens=TOKENS, cost=0.002, finish="stop", created=created)
    story.session("updated", used=use(400, 100, 60, 2000, 14))
    story.idle()
    story.prompt("msg_4")
    created = story.now
    story.assistant("msg_5", parent="msg_4")
    story.error("APIError", message="No", statusCode=401)
    story.idle()
    failed = {"name": "APIError", "data": {"message": "No", "statusCode": 401}}
    story.assistant("msg_5", parent="msg_4", is_completed=True, created=created, error=failed)
    story.idle()
    return story


def session_diff(story: Story, *diffs: tuple[str, int, int]) -> None:
    """Append the session's changes: empty since 1.16."""
    rows = [{"file": file, "additions": added, "deletions": removed} for file, added, removed in diffs]
    story.event("session.diff", {"diff": rows if story.version < (1, 16) else []})


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_the_same_numbers(version: str) -> None:
    """A session has the same sums and the same number of each event in the shapes of every version.

    The times differ: a version that sends more events takes longer here.
    """
    told = fold(work(version).lines)

    without = ["session.duration", "active_time.total"]
    assert {} == dict(told.dropped)
    assert sums(fold(work("1.18.33").lines).facts, without=without) == sums(told.facts, without=without)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_the_right_numbers(version: str) -> None:
    """Lines, net lines, decisions, outcomes and the times to the first token are what the story says."""
    told = fold(work(version).lines)

    calls = told.of(ModelCalled)
    assert [(3, 1)] == [(fact.added, fact.removed) for fact in told.of(LinesEdited)]
    assert [(3, 1)] == [(fact.added, fact.removed) for fact in told.of(NetLinesChanged)]
    assert ["user_permanent", "config"] == [fact.verdict.source.value for fact in told.of(ToolDecided)]
    assert [("edit", "Python")] == [(fact.tool_name, fact.language) for fact in told.of(EditDecided)]
    assert [None, None, 401] == [call.failure.status_code if call.failure else None for call in calls]
    assert [1, 2, 1] == [call.attempt for call in calls]
    assert [1287, 1287, 0] == [call.tokens.total for call in calls]
    assert ["build"] * 3 == [call.origin.agent for call in calls]


@pytest.mark.parametrize("version", VERSIONS)
def test_first_content_is_seen_in_every_version(version: str) -> None:
    """The time to the first token is known from the first delta, or from the part that held it."""
    story = Story(version)
    story.session()
    story.prompt()
    story.call()

    [call] = fold(story.lines).of(ModelCalled)

    assert 0 < (call.ttft_ms or 0) < (call.duration_ms or 0)


def test_session_diff_of_an_old_version_is_the_net_change() -> None:
    """Before 1.16 `session.diff` alone tells the net lines, and takes them back."""
    story = Story("1.4.0")
    story.session()
    session_diff(story, ("a.py", 3, 1), ("b.py", 2, 0))
    session_diff(story)

    facts = fold(story.lines).of(NetLinesChanged)

    assert [(5, 1), (0, 0)] == [(fact.added, fact.removed) for fact in facts]


def test_session_diff_of_a_revert_is_not_the_net_change() -> None:
    """Since 1.16 `session.diff` only tells what a revert takes back, which is no net change."""
    story = Story("1.18.33")
    story.session()
    row = {"file": "a.py", "additions": 3, "deletions": 0}
    story.event("session.diff", {"diff": [row]})

    assert [] == fold(story.lines).of(NetLinesChanged)
