"""The journal in which everything happens, counted by hand."""

from collections import Counter

from tests.receiver.folding import fold, sums, told
from tests.receiver.whole import CHILD, PULL_REQUEST, ROOT, whole

EDITS = {
    ("edit", "accept", "user_permanent", "Python"): 1,
    ("write", "reject", "user_reject", "Go"): 1,
    ("edit", "reject", "user_abort", "Markdown"): 1,
}
# What each event is told of: the root session's five turns, and the sub-agent's one.
EVENTS = {
    "at_mention": 2,
    "skill_activated": 1,
    "commit": 1,
    "pull_request": 2,
    "subtask_invoked": 1,
    "subagent_completed": 1,
    "assistant_response": 3,
    "compaction": 1,
    "api_retries_exhausted": 1,
    "tool_decision": 4,
    "tool_result": 12,
    "user_prompt": 5,
}


def by(name: str, *keys: str) -> dict[tuple[object, ...], float]:
    """Return the sums of a metric by some of its attributes."""
    found = Counter[tuple[object, ...]]()
    for (_, *attributes), value in sums(fold(whole().lines).facts).get(name, {}).items():
        values = dict(attributes)  # type: ignore[call-overload]
        found[tuple(values[key] for key in keys)] += value  # type: ignore[assignment]
    return dict(found)


def test_events_are_told_as_often_as_they_happened() -> None:
    """Each event has as many records as the story has of what it tells."""
    facts = fold(whole().lines).facts

    assert EVENTS == {name: len(told(facts, name)) for name in EVENTS}


def test_edits_are_decided_by_the_rule_the_person_and_the_abort() -> None:
    """Three edits were asked for: one was allowed for good, one refused, one given up."""
    assert EDITS == by("code_edit_tool.decision", "tool_name", "decision", "source", "language")


def test_tools_are_counted_by_what_they_are() -> None:
    """Two calls went to MCP servers; a file was edited, one read, and files were searched."""
    assert {("echo_add", True): 1, ("github_create_pull_request", True): 1} == by(
        "mcp.call.count", "tool_name", "success"
    )
    assert {("edit", "Python"): 1, ("read", "Python"): 1, ("search", None): 1} == by(
        "file.operation.count", "operation", "language"
    )
    assert ({(): 2}, {(): 1}) == (by("pull_request.count"), by("commit.count"))


def test_pull_requests_have_their_addresses() -> None:
    """One stood in the shell's output, the other in the answer of the server's tool."""
    urls = [event["url"] for event in told(fold(whole().lines).facts, "pull_request")]

    assert [PULL_REQUEST, f"{PULL_REQUEST[:-1]}8"] == urls


def test_waits_are_those_of_the_questions() -> None:
    """Two were answered at once, the sub-agent's after 310 ms, the last one given up after 210 ms."""
    waits = {
        ("edit", "accept"): 10,
        ("write", "reject"): 10,
        ("bash", "accept"): 310,
        ("edit", "reject"): 210,
    }

    assert waits == by("permission.wait", "tool_name", "decision")


def test_busy_time_leaves_out_every_wait() -> None:
    """The root session is asked for 10, 10, 510, 310 and 210 ms; between its turns nothing happens."""
    lines = whole().lines
    times = [int(line.split(b'"t": ')[1].split(b",")[0]) for line in lines]
    is_root = [ROOT.encode() in line for line in lines]
    begins = [
        time
        for time, line, ours in zip(times, lines, is_root, strict=True)
        if ours and b'"role": "user"' in line and b"msg_42" not in line
    ]
    ends = [
        time
        for time, line, ours in zip(times, lines, is_root, strict=True)
        if ours and b'"type": "idle"' in line
    ]

    assert 5 == len(begins) == len(ends)
    assert {("cli",): (sum(ends) - sum(begins) - 1050) / 1000} == by("active_time.total", "type")


def test_subagent_is_told_once_in_each_session() -> None:
    """Its start is the root session's, its end its own."""
    folded = fold(whole().lines)

    assert [("general", 40)] == [
        (event["agent"], event["prompt_length"]) for event in told(folded.facts, "subtask_invoked")
    ]
    assert [("general", 33, 1)] == [
        (event["agent_type"], event["total_tokens"], event["total_tool_uses"])
        for event in told(folded.facts, "subagent_completed")
    ]
    assert {(ROOT,): 1} == sums(folded.facts)["subtask_invoked"]
    assert {(CHILD,): 1} == sums(folded.facts)["subagent_completed"]


def test_nothing_is_dropped() -> None:
    """Every line of the story is understood."""
    assert {} == dict(fold(whole().lines).dropped)
