"""The fold as a whole: what each awkward course of events comes to."""

import msgspec
import pytest

from otel_agent.facts import (
    Committed,
    Decision,
    DecisionSource,
    LinesEdited,
    ModelCalled,
    NetLinesChanged,
    Prompted,
    QuerySource,
    Retried,
    SessionFailed,
    SessionStarted,
    StartType,
    Tokens,
    ToolDecided,
    ToolFinished,
    TurnEnded,
    TurnOutcome,
)
from otel_agent.receiver.tracker import HANDLERS, IGNORED
from tests.receiver.folding import Folded, fold, fresh, sums, told
from tests.receiver.story import BEGAN, SESSION, Json, Story, use

FORKED = "ses_e04ad9239ffexxDK7w5C4EbxKv"


def test_content_filter_after_completion_is_one_failed_call() -> None:
    """A call that is completed and then again with an error is one failed call with its tokens once."""
    story = begun()
    story.step(use(200, 50), 0.002)
    end = {"tokens": use(200, 50), "cost": 0.002, "finish": "content-filter"}
    error = {"name": "ContentFilterError", "data": {"message": "Blocked"}}
    story.assistant(is_completed=True, **end)
    story.assistant(is_completed=True, error=error, **end)
    story.error("ContentFilterError", message="Blocked")
    story.idle()

    folded = fold(story.lines)

    [call] = folded.of(ModelCalled)
    assert ("ContentFilterError: Blocked", 250) == (str(call.failure), call.tokens.total)
    assert [] == told(folded.facts, "api_request")
    assert 1 == len(told(folded.facts, "api_error"))


def test_content_filter_after_the_sessions_error_is_one_failed_call() -> None:
    """The session's error may come before the message's: the completed call failed all the same."""
    story = begun()
    story.error("ContentFilterError", message="Blocked")
    story.assistant(is_completed=True, error={"name": "ContentFilterError", "data": {"message": "Blocked"}})
    story.idle()

    [call] = fold(story.lines).of(ModelCalled)

    assert "ContentFilterError: Blocked" == str(call.failure)


def test_overflow_is_a_failed_call_and_its_compaction_auxiliary() -> None:
    """An overflow fails a call although its message does not say so; the compaction is not the user's."""
    story = begun()
    story.error("ContextOverflowError", message="Too long")
    story.assistant(is_completed=True)
    story.user("msg_3")
    story.part("compaction", "msg_3", auto=True, overflow=True)
    story.step(use(400, 45), 0.002, "msg_4")
    story.assistant("msg_4", parent="msg_3", mode="compaction", agent="compaction", summary=True)
    story.assistant("msg_4", parent="msg_3", summary=True, is_completed=True, finish="stop")
    story.idle()

    folded = fold(story.lines)

    failed, compaction = folded.of(ModelCalled)
    assert "ContextOverflowError" == (failed.failure.name if failed.failure else None)
    assert (QuerySource.AUXILIARY, None, 445) == (
        compaction.query_source,
        compaction.failure,
        compaction.tokens.total,
    )
    assert [] == [prompt.origin.uid for prompt in folded.of(Prompted) if prompt.origin.uid == "msg_3"]


@pytest.mark.parametrize("name", ["APIError", "MessageAbortedError"])
def test_turn_that_idles_before_its_error_ends_once(name: str) -> None:
    """401 and abort: error and idle come before the call is over, and idle comes again."""
    story = begun()
    story.error(name, message="No", statusCode=401)
    story.idle()
    story.assistant(is_completed=True, error={"name": name, "data": {"message": "No", "statusCode": 401}})
    story.idle()

    folded = fold(story.lines)

    [call], [end] = folded.of(ModelCalled), folded.of(TurnEnded)
    assert (name, 401) == (call.failure.name, call.failure.status_code) if call.failure else False
    assert (1, 0) == (end.total_messages, end.total_tokens)
    assert 1 == len(folded.of(SessionFailed))


def test_cut_connection_counts_every_step_of_a_message() -> None:
    """The message has the last step's tokens only: the truth is the sum of the steps."""
    story = begun()
    story.step(use(100, 10, 5, 50, 2), 0.001)
    story.retry(1)
    story.step(use(200, 20, 6, 60, 3), 0.002)
    story.assistant(is_completed=True, tokens=use(200, 20, 6, 60, 3), cost=0.002, finish="stop")
    story.idle()

    [call] = fold(story.lines).of(ModelCalled)

    expected = Tokens(input=300, output=30, reasoning=11, cache_read=110, cache_creation=5)
    assert (expected, 0.003, 2) == (call.tokens, call.cost_usd, call.attempt)


def test_message_without_steps_counts_what_it_says_itself() -> None:
    """A message whose steps were not seen counts its own tokens, also when an older update is sent again."""
    story = begun()
    story.assistant(tokens=use(200, 20), cost=0.002, finish="stop")
    story.assistant(is_completed=True, tokens=use(200, 20), cost=0.002, finish="stop")
    story.assistant()
    story.idle()

    [call] = fold(story.lines).of(ModelCalled)

    assert (220, 0.002, "stop") == (call.tokens.total, call.cost_usd, call.finish_reason)


def test_step_that_comes_after_its_message_counts() -> None:
    """A part of the message does not decide its outcome: a step that comes late belongs to it."""
    story = begun()
    story.assistant(is_completed=True, finish="stop")
    story.step(use(200, 20), 0.002)
    story.idle()

    [call] = fold(story.lines).of(ModelCalled)

    assert 220 == call.tokens.total


def test_process_killed_in_a_call_loses_no_finished_step() -> None:
    """A call that was not completed counts its finished steps, and is neither request nor error."""
    story = begun()
    story.step(use(100, 10), 0.001)
    story.part("step-start")
    story.tool("bash", status="running", input={"command": "sleep 60"})

    folded = fold(story.lines)

    [call], [end] = folded.of(ModelCalled), folded.of(TurnEnded)
    assert (110, False, None) == (call.tokens.total, call.is_completed, call.duration_ms)
    assert (TurnOutcome.CUT, 110, 0) == (end.outcome, end.total_tokens, end.total_messages)
    assert [] == folded.of(ToolFinished)
    assert [] == told(folded.facts, "api_request") + told(folded.facts, "api_error")
    assert [] == told(folded.facts, "session.idle")


def test_process_killed_after_an_answer_has_a_request() -> None:
    """A call whose answer had finished was answered, although the process ended before it was completed."""
    story = begun()
    story.step(use(100, 10), 0.001)
    story.assistant(tokens=use(100, 10), cost=0.001, finish="stop")

    folded = fold(story.lines)

    assert [(0.001, "stop")] == [
        (event["cost_usd"], event["finish_reason"]) for event in told(folded.facts, "api_request")
    ]
    assert [False] == [call.is_completed for call in folded.of(ModelCalled)]


def test_journal_that_goes_on_settles_nothing_early() -> None:
    """While the process lives, a completed call waits for the event that decides its outcome."""
    story = begun()
    story.assistant(is_completed=True, finish="stop")

    before = fold(story.lines, is_finished=False)
    after = fold(story.lines)

    assert ([], 1) == (before.of(ModelCalled), len(after.of(ModelCalled)))


def test_fork_copies_are_not_counted() -> None:
    """A fork publishes messages and parts again that are older than it is: only what follows counts."""
    story = begun()
    story.call("msg_5")
    created = story.now
    story.session(session="ses_b")
    story.user("msg_11", "ses_b", time={"created": created - 50})
    story.part("text", "msg_11", "ses_b", text="Do it")
    copied = {"created": created - 40, "tokens": use(100, 10), "cost": 0.001, "finish": "stop"}
    story.assistant("msg_12", "ses_b", is_completed=True, **copied)
    story.part("step-start", "msg_12", "ses_b")
    story.step(use(100, 10), 0.001, "msg_12", "ses_b")
    old = {"time": {"start": created - 40, "end": created - 30}}
    story.tool("bash", message="msg_12", session="ses_b", metadata={"exit": 0}, **old)
    story.summary("msg_11", ("a.py", 3, 0), session="ses_b")  # it keeps growing under the copy's id
    story.prompt("msg_13", "ses_b")
    story.call("msg_14", "ses_b", parent="msg_13")
    story.idle("ses_b")

    folded = fold(story.lines)

    assert [StartType.FRESH] * 2 == [fact.start_type for fact in folded.of(SessionStarted)]
    assert ["msg_14"] == [fact.origin.uid for fact in of_session(folded, "ses_b", ModelCalled)]
    assert ["msg_13"] == [fact.origin.uid for fact in of_session(folded, "ses_b", Prompted)]
    assert [] == folded.of(ToolFinished) + folded.of(NetLinesChanged)


def test_fork_whose_creation_was_lost_is_known_by_its_id() -> None:
    """A session's id tells when it was created: a fork's copies are known without `session.created`."""
    created = 1_795_217_845_702
    story = Story(began_ms=created - 60_000)
    story.now = created + 10
    story.user("msg_11", FORKED, time={"created": created - 5000})
    end = {"created": created - 4000, "tokens": use(100, 10), "finish": "stop"}
    story.assistant("msg_12", FORKED, is_completed=True, **end)
    story.step(use(100, 10), 0.001, "msg_12", FORKED)

    assert [] == fold(story.lines).facts


def test_compaction_of_old_tool_parts_counts_nothing() -> None:
    """A compaction publishes tool parts again that ended before this process began."""
    story = Story()
    old = {"time": {"start": BEGAN - 90_000, "end": BEGAN - 80_000, "compacted": BEGAN + 10}}
    story.prompt()
    story.tool("bash", message="msg_0", input={"command": "git commit -m x"}, metadata={"exit": 0}, **old)

    assert [] == fold(story.lines).of(ToolFinished)


def test_compacted_tool_part_of_this_process_counts_once() -> None:
    """A tool part that is published again with another output is the call that was counted."""
    story = begun()
    done = {"input": {"command": "git commit -m x"}, "metadata": {"exit": 0}}
    times = {"start": story.now - 20, "end": story.now - 10}
    story.tool("bash", output="[main 1234567] x\n", time=times, **done)
    story.tool("bash", output="", time={**times, "compacted": story.now}, **done)

    folded = fold(story.lines)

    assert 1 == len(folded.of(ToolFinished))
    assert [{"sha": "1234567", "branch": "main"}] == told(folded.facts, "commit")


def test_unfinished_message_of_an_earlier_process_is_not_counted_again() -> None:
    """A call that was killed with an earlier process stays unfinished; its own journal has counted it."""
    story = Story()
    story.prompt()
    story.assistant("msg_0", created=BEGAN - 80_000, parent="msg_old")
    story.step(use(100, 10), 0.001, "msg_0")
    story.idle()

    folded = fold(story.lines)

    assert [] == folded.of(ModelCalled)
    assert [TurnOutcome.IDLE] == [fact.outcome for fact in folded.of(TurnEnded)]


def test_resumed_session_begins_where_it_stood() -> None:
    """A session that an earlier process began is resumed: its totals go on from what it had used."""
    story = Story()
    story.prompt()
    story.session("updated", used=use(1000, 100), cost=0.5, time={"created": BEGAN - 1000})
    story.call(tokens=use(100, 10), cost=0.25)
    story.idle()

    folded = fold(story.lines)

    [start], [end] = folded.of(SessionStarted), folded.of(TurnEnded)
    assert (StartType.RESUME, False) == (start.start_type, start.origin.is_subagent)
    assert (1210, 0.75, None) == (end.total_tokens, end.total_cost_usd, end.total_messages)
    assert story.now - 10 - (BEGAN - 1000) == end.duration_ms


def test_session_that_nobody_describes_is_resumed_at_the_end() -> None:
    """A session that no event describes is counted, and says nothing that is not known."""
    story = Story()
    story.prompt()
    story.call()
    story.idle()

    folded = fold(story.lines)

    [start], [end] = folded.of(SessionStarted), folded.of(TurnEnded)
    assert (StartType.RESUME, None) == (start.start_type, start.origin.is_subagent)
    assert (None, None, None) == (end.total_tokens, end.total_cost_usd, end.total_messages)


def test_totals_that_come_too_late_are_unknown() -> None:
    """Totals that may hold what this process has used are no beginning: nothing is guessed."""
    story = Story()
    story.prompt()
    story.call()
    story.session("updated", used=use(1000, 100))
    story.idle()

    [end] = fold(story.lines).of(TurnEnded)

    assert (None, None) == (end.total_tokens, end.total_cost_usd)


def test_subagent_is_told_from_its_parent() -> None:
    """A sub-agent's session has its parent's root, calls of its own source, and no prompt of a person."""
    story = begun()
    story.session(session="ses_b", parentID=SESSION)
    story.session(session="ses_c", parentID="ses_b")
    story.prompt("msg_11", "ses_c")
    story.call("msg_12", "ses_c", parent="msg_11")
    story.idle("ses_c")

    folded = fold(story.lines)

    [call] = of_session(folded, "ses_c", ModelCalled)
    assert (SESSION, True, QuerySource.SUBAGENT) == (
        call.origin.root_session_id,
        call.origin.is_subagent,
        call.query_source,
    )
    assert [SESSION] == [fact.origin.session_id for fact in folded.of(Prompted)]


def test_retries_without_a_call_are_counted() -> None:
    """A retry of a session whose message was not seen has no model."""
    story = Story()
    story.session()
    story.retry(1)
    story.retry(1)
    story.retry(2)

    assert [(1, None), (2, None)] == [(fact.attempt, fact.model) for fact in fold(story.lines).of(Retried)]


def test_decision_of_a_question_is_joined_to_its_call() -> None:
    """What was answered is the verdict on the call; without a question the configuration allowed it."""
    story = begun()
    story.tool("bash", "call_1", status="running")
    story.asked("bash", "call_1")
    story.replied("reject")
    words = "The user rejected permission to use this specific tool call."
    story.tool("bash", "call_1", status="error", error=words)
    story.tool("bash", "call_2", metadata={"exit": 0})

    folded = fold(story.lines)

    decided, unasked = folded.of(ToolDecided)
    refused, allowed = folded.of(ToolFinished)
    assert ("call_1", "bash", True) == (decided.call_id, decided.tool_name, decided.is_prompted)
    assert ("call_2", "bash", False) == (unasked.call_id, unasked.tool_name, unasked.is_prompted)
    assert (decided.verdict, unasked.verdict) == (refused.verdict, allowed.verdict)
    assert "permission_rejected" == refused.error_type
    assert allowed.verdict is not None
    assert (Decision.ACCEPT, DecisionSource.CONFIG) == (allowed.verdict.decision, allowed.verdict.source)


def test_run_answers_its_questions_itself() -> None:
    """In `opencode run` every answer is the configuration's."""
    story = Story(subcommand="run")
    story.session()
    story.prompt()
    story.asked("bash")
    story.replied("once")

    [decided] = fold(story.lines).of(ToolDecided)

    assert DecisionSource.CONFIG == decided.verdict.source


def test_abort_before_the_answer_is_the_users() -> None:
    """A call that was aborted while its permission was asked for was refused by the abort."""
    story = begun()
    story.tool("edit", status="running")
    story.asked("edit")
    story.tool("edit", status="error", error="Tool execution aborted")

    folded = fold(story.lines)

    [decided], [done] = folded.of(ToolDecided), folded.of(ToolFinished)
    assert (Decision.REJECT, DecisionSource.USER_ABORT) == (decided.verdict.decision, decided.verdict.source)
    assert (decided.verdict, "aborted") == (done.verdict, done.error_type)
    assert {} == folded.sessions[SESSION].questions


def test_question_that_is_sent_again_after_its_answer_is_forgotten() -> None:
    """An answered question that comes again leaves nothing behind."""
    story = begun()
    story.asked("bash")
    story.replied("once")
    story.tool("bash", metadata={"exit": 0})
    story.asked("bash")

    folded = fold(story.lines)

    state = folded.sessions[SESSION]
    assert (1, {}, {}) == (len(folded.of(ToolDecided)), state.questions, state.tools)


def test_custom_tool_may_mean_something_else_by_a_name() -> None:
    """Inputs and metadata of a tool that is not OpenCode's may have any shape: the call is counted."""
    story = begun()
    story.tool("mail_send", input={"content": [1], "command": {}}, metadata={"exit": "fine", "files": 7})
    story.tool("db_query", "call_2", input=None, metadata=None)

    done = fold(story.lines).of(ToolFinished)

    assert [("mail_send", None), ("db_query", None)] == [(fact.tool_name, fact.error_type) for fact in done]


def test_command_of_another_tool_is_no_shell_command() -> None:
    """Only OpenCode's shell runs what is in `command`."""
    story = begun()
    story.tool("terminal_explain", input={"command": "git commit -m x"})

    assert [] == told(fold(story.lines).facts, "commit")


@pytest.mark.parametrize(
    ("command", "output", "branch"),
    [
        ("git commit -m x", "", "main"),
        ("git switch -c topic && git commit -m x", "[topic 1234567] x\n", "topic"),
        ("git switch -c topic && git commit -qm x", "", None),
    ],
)
def test_commit_is_on_the_branch_that_its_command_went_to(
    command: str, output: str, branch: str | None
) -> None:
    """OpenCode tells of another branch after the call that left the old one: until then it is not known."""
    story = begun()
    story.tool("bash", input={"command": command}, metadata={"exit": 0}, output=output)
    story.event("vcs.branch.updated", {"branch": "topic"})

    [fact] = fold(story.lines).of(Committed)

    assert branch == fact.origin.surroundings.branch


@pytest.mark.parametrize(
    ("tool", "output", "shas"),
    [
        ("git_git_commit", "Changes committed successfully with hash 1234567890", ["1234567890"]),
        ("github_create_or_update_file", '{"content": {}}', [None]),
        ("github_list_commits", "[]", []),
        ("git_git_status", "", []),
    ],
)
def test_commit_through_an_mcp_server_is_one(tool: str, output: str, shas: list[str | None]) -> None:
    """A successful call of a committing tool is a commit; a failed one is not."""
    story = begun()
    story.tool(tool, output=output)
    story.tool(tool, "call_2", status="error", error="no")

    assert shas == [event["sha"] for event in told(fold(story.lines).facts, "commit")]


@pytest.mark.parametrize(
    "state", [{"metadata": {"exit": 1}}, {"metadata": {"exit": None}}, {"status": "error"}]
)
def test_failed_call_commits_nothing(state: dict[str, object]) -> None:
    """A shell call that failed or was aborted made no commit, whatever its command says."""
    story = begun()
    story.tool("bash", input={"command": "git commit -m x"}, **state)  # type: ignore[arg-type]

    assert [] == told(fold(story.lines).facts, "commit")


WRITE = {"filePath": "/home/dev/x/a.py", "content": "", "cut": {"content": [9, 9, 4]}}


def test_write_of_a_new_file_adds_its_lines() -> None:
    """A file that did not exist has as many lines as were written."""
    story = begun()
    story.tool("write", input=WRITE, metadata={"exists": False})

    assert [(4, 0)] == edited(fold(story.lines))


@pytest.mark.parametrize(("content", "lines"), [("", 0), ("a", 1), ("a\nb", 2), ("a\nb\n", 2), ("\n\n", 2)])
def test_content_that_was_not_cut_has_its_lines(content: str, lines: int) -> None:
    """A last line counts with or without its line break; an empty file has none."""
    story = begun()
    story.tool("write", input={"filePath": "a.py", "content": content}, metadata={"exists": False})

    assert [(lines, 0)] == edited(fold(story.lines))


def test_write_whose_content_is_unknown_is_dropped_and_counted() -> None:
    """A new file whose content was not told has an unknown number of lines."""
    story = begun()
    story.tool("write", input={"filePath": "a.py"}, metadata={"exists": False})

    folded = fold(story.lines)

    assert ([], {"write_base_unknown": 1}) == (edited(folded), dict(folded.dropped))


def test_overwrite_that_was_asked_for_has_the_shown_difference() -> None:
    """The permission question shows the difference that an overwrite makes."""
    story = begun()
    story.asked("edit", diff_counts=(2, 5))
    story.replied("once")
    story.tool("write", input=WRITE, metadata={"exists": True})

    assert [(2, 5)] == edited(fold(story.lines))


def test_overwrite_takes_its_counts_from_the_turns_summary() -> None:
    """The summary of a turn that edited the file once has the counts; it may come after the turn."""
    story = begun()
    story.tool("write", input=WRITE, metadata={"exists": True})
    story.assistant(is_completed=True, finish="stop")
    story.idle()
    story.summary("msg_1", ("a.py", 1, 3))

    folded = fold(story.lines)

    assert [(1, 3)] == edited(folded)
    assert {} == dict(folded.dropped)


def test_overwrite_of_a_file_that_was_edited_again_is_dropped_and_counted() -> None:
    """The summary of two edits does not tell which made how many lines."""
    story = begun()
    diff = {"file": "/home/dev/x/a.py", "additions": 1, "deletions": 1}
    story.tool("write", input=WRITE, metadata={"exists": True})
    story.tool("edit", "call_2", input={"filePath": "/home/dev/x/a.py"}, metadata={"filediff": diff})
    story.summary("msg_1", ("a.py", 9, 9))
    story.assistant(is_completed=True, finish="stop")
    story.idle()

    folded = fold(story.lines)

    assert [(1, 1)] == edited(folded)
    assert {"write_base_unknown": 1} == dict(folded.dropped)


def test_overwrite_that_no_summary_tells_is_dropped_with_the_next_turn() -> None:
    """When the next prompt comes, the summary of the turn before will not."""
    story = begun()
    story.tool("write", input=WRITE, metadata={"exists": True})
    story.assistant(is_completed=True, finish="stop")
    story.idle()
    story.prompt("msg_3")

    folded = fold(story.lines, is_finished=False)

    assert {"write_base_unknown": 1} == dict(folded.dropped)


def test_patch_counts_every_file_in_its_language() -> None:
    """A patch of several files is one edit per file."""
    story = begun()
    files = [
        {"filePath": "a.py", "additions": 2, "deletions": 1},
        {"relativePath": "b/Makefile", "additions": 1, "deletions": 0},
    ]
    story.tool("apply_patch", metadata={"files": files})

    facts = fold(story.lines).of(LinesEdited)

    expected = [("Python", 2, 1), ("Makefile", 1, 0)]
    assert expected == [(fact.language, fact.added, fact.removed) for fact in facts]


def test_several_edits_of_one_call_add_up() -> None:
    """Each edit of a multi-edit says what it changed."""
    story = begun()
    diffs = [{"filediff": {"file": "a.go", "additions": n, "deletions": 1}} for n in (1, 2)]
    story.tool("multiedit", input={"filePath": "a.go"}, metadata={"results": diffs})

    assert [(1, 1), (2, 1)] == edited(fold(story.lines))


def test_edit_without_counts_has_the_shown_difference() -> None:
    """Where the tool does not say what it changed, the question about it did."""
    story = begun()
    story.asked("edit", diff_counts=(2, 1))
    story.replied("once")
    story.tool("edit", input={"filePath": "a.rs"})

    assert [(2, 1)] == edited(fold(story.lines))


def test_net_lines_fall_with_a_revert_and_come_back() -> None:
    """What is reverted does not count: the last turn, then both, then neither."""
    story = begun()
    story.summary("msg_1", ("a.py", 3, 1))
    story.user("msg_3")
    story.summary("msg_3", ("b.py", 2, 0))
    for revert in ("msg_3", "msg_1", None):
        story.session("updated", revert={"messageID": revert} if revert else None)

    facts = fold(story.lines).of(NetLinesChanged)

    expected = [(3, 1), (5, 1), (3, 1), (0, 0), (5, 1)]
    assert expected == [(fact.added, fact.removed) for fact in facts]


def test_branch_changes_hold_for_the_directory_from_then_on() -> None:
    """What happens after a branch change happens on the new branch."""
    story = begun()
    story.tool("read", "call_1")
    story.event("vcs.branch.updated", {"branch": "topic"})
    story.tool("read", "call_2")

    done = fold(story.lines).of(ToolFinished)

    assert ["main", "topic"] == [fact.origin.surroundings.branch for fact in done]


@pytest.mark.parametrize("kind", ["file", "agent", "subtask"])
def test_prompt_may_have_no_text(kind: str) -> None:
    """A person may send a file, name an agent or start a sub-task without a word."""
    story = Story()
    story.session()
    story.user("msg_1")
    story.part(kind, "msg_1")
    story.assistant()

    [prompt] = fold(story.lines).of(Prompted)

    assert (0, None) == (prompt.length, prompt.text)


def test_prompt_tells_what_it_refers_to() -> None:
    """Each file and agent that a person names is told once, however often its part is sent."""
    story = Story()
    story.session()
    story.user("msg_1")
    story.part("file", "msg_1", part="prt_1", mime="text/plain")
    story.part("file", "msg_1", part="prt_1", mime="text/plain")
    story.part("agent", "msg_1", part="prt_2", name="explore")
    story.part("text", "msg_1", part="prt_3", text="Look")
    story.assistant()

    assert [{"mention_type": "file"}, {"mention_type": "agent"}] == told(
        fold(story.lines).facts, "at_mention"
    )


def test_skill_is_told_when_it_was_loaded() -> None:
    """A skill that could not be loaded was not activated."""
    story = begun()
    story.tool("skill", "call_1", input={"name": "review"})
    story.tool("skill", "call_2", status="error", error="not found", input={"name": "nosuch"})

    assert [{"skill.name": "review"}] == told(fold(story.lines).facts, "skill_activated")


@pytest.mark.parametrize(
    ("tool", "given", "state", "operation"),
    [
        ("read", {"filePath": "a.py"}, {}, ("read", "Python")),
        ("read", {"filePath": "a.xyz"}, {}, ("read", "unknown")),
        ("grep", {"pattern": "x"}, {}, ("search", None)),
        ("glob", {"pattern": "*.py"}, {}, ("search", None)),
        ("multiedit", {"filePath": "b.go"}, {}, ("edit", "Go")),
        ("write", {"filePath": "b.go"}, {"status": "error", "error": "no"}, None),
        ("bash", {"command": "cat a.py"}, {}, None),
    ],
)
def test_file_operation_is_what_a_tool_did(
    tool: str, given: Json, state: Json, operation: tuple[str, str | None] | None
) -> None:
    """Successful reads, writes, edits, patches and searches count, with the language of their file."""
    story = begun()
    story.tool(tool, input=given, **state)

    found = sums(fold(story.lines).facts).get("file.operation.count", {})

    expected = operation and (SESSION, ("language", operation[1]), ("operation", operation[0]))
    assert ([expected] if expected else []) == list(found)


@pytest.mark.parametrize(
    ("tool", "output", "urls"),
    [
        ("bash", "https://github.com/a/x/pull/5\n", ["https://github.com/a/x/pull/5"]),
        ("github_create_pull_request", "", [None]),
        ("my_tool", "", []),
    ],
)
def test_pull_request_is_told_with_its_address(tool: str, output: str, urls: list[str | None]) -> None:
    """A successful call opens a request, a failed one does not."""
    story = begun()
    given = {"command": "gh pr create -f"}
    story.tool(tool, input=given, metadata={"exit": 0}, output=output)
    story.tool(tool, "call_2", status="error", error="no", input=given)

    assert urls == [event["url"] for event in told(fold(story.lines).facts, "pull_request")]


def test_parts_of_a_prompt_add_up() -> None:
    """What a person wrote counts in UTF-16 code units, each part once; what OpenCode added does not."""
    story = Story()
    story.session()
    story.user("msg_1")
    story.part("text", "msg_1", part="prt_1", text="a\U0001f600")
    story.part("text", "msg_1", part="prt_1", text="a\U0001f600")
    story.part("text", "msg_1", part="prt_2", text="bc")
    story.part("text", "msg_1", part="prt_3", text="Called the tool", synthetic=True)
    story.part("text", "msg_1", part="prt_4", text="ignored", ignored=True)
    story.assistant()

    [prompt] = fold(story.lines).of(Prompted)

    assert (5, "a\U0001f600\nbc") == (prompt.length, prompt.text)


def test_prompt_is_told_before_its_answer() -> None:
    """A prompt is whole when its answer has a part; what comes later is none of it."""
    story = Story()
    story.session()
    story.prompt()
    story.assistant()
    before = fold(story.lines, is_finished=False)
    story.part("step-start")
    story.part("text", "msg_1", text="later")

    folded = fold(story.lines, is_finished=False)

    assert ([], [5]) == (before.of(Prompted), [prompt.length for prompt in folded.of(Prompted)])


def test_users_own_shell_command_is_no_model_call() -> None:
    """`!cmd` makes an assistant message without a model call; its tool call counts."""
    story = Story()
    story.session()
    story.user("msg_1")
    story.part("text", "msg_1", text="The following was executed by the user", synthetic=True)
    story.tool("bash", metadata={})
    story.assistant(is_completed=True)
    story.idle()

    folded = fold(story.lines)

    assert ([], []) == (folded.of(ModelCalled), folded.of(Prompted))
    assert (1, 1) == (len(folded.of(ToolFinished)), len(folded.of(TurnEnded)))


def test_time_to_first_token_begins_with_the_last_request() -> None:
    """The wait between attempts is not the model's; a request for the title is another one."""
    story = begun()
    story.hook("chat.params", agent="build")
    story.retry(1)
    story.now += 5000
    story.hook("chat.params", agent="build")
    story.hook("chat.params", agent="title")
    story.stream()
    story.assistant(is_completed=True, finish="stop")
    story.idle()

    [call] = fold(story.lines).of(ModelCalled)

    assert 30 == call.ttft_ms


def test_error_without_a_session_is_told() -> None:
    """An error that came before there was a session has no session's id."""
    story = Story()
    story.event("session.error", {"sessionID": None, "error": {"name": "UnknownError", "data": {}}})

    [error] = fold(story.lines).of(SessionFailed)

    assert ("", "UnknownError") == (error.origin.session_id, str(error.failure))


def test_usage_that_is_no_number_counts_nothing() -> None:
    """JSON has null for NaN, and a provider may report nonsense: the call counts all the same."""
    story = begun()
    story.step({"input": -5, "output": None, "reasoning": 1.0, "cache": {"read": 1e300, "write": 0}}, -1)
    story.assistant(is_completed=True, finish="stop")
    story.idle()

    [call] = fold(story.lines).of(ModelCalled)

    assert (Tokens(reasoning=1, cache_read=2**53), 0) == (call.tokens, call.cost_usd)


def test_event_without_a_time_happens_with_the_one_before() -> None:
    """A line without a time is as old as the newest line before it."""
    story = begun()
    story.lines.append(b'{"event":{"type":"session.error","properties":{"error":{"name":"UnknownError"}}}}')

    [error] = fold(story.lines).of(SessionFailed)

    assert story.now == error.origin.time_ms


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "malformed_line"),
        (b"{", "malformed_line"),
        (b"[]", "malformed_line"),
        (b"\xff\xfe", "malformed_line"),
        (b'{"t":"now"}', "malformed_line"),
        (b'{"t":-1,"event":{"type":"session.idle"}}', "malformed_line"),
        (b'{"t":99999999999999999,"event":{"type":"session.idle"}}', "malformed_line"),
        (b'{"event":{"properties":{}}}', "malformed_line"),
        (b'{"event":{"type":"brand.new","properties":{}}}', "unknown_event"),
        (b'{"event":{"type":"session.idle","properties":{}}}', "malformed_event"),
        (b'{"event":{"type":"session.idle","properties":[1]}}', "malformed_event"),
        (b'{"event":{"type":"message.updated","properties":{"info":{"id":"m"}}}}', "malformed_event"),
        (b'{"lost":{"lines":1}}', "journal_write_failed"),
        (b"[" * 100_000, "malformed_line"),
    ],
)
def test_unusable_line_is_counted(line: bytes, reason: str) -> None:
    """What cannot be used is counted by reason, and the fold goes on."""
    assert {reason: 1} == dict(fold([line]).dropped)


def test_types_that_say_nothing_yet_are_no_loss() -> None:
    """Forwarded types without a meaning for us are not counted as unknown."""
    lines = [msgspec.json.encode({"event": {"type": name, "properties": {}}}) for name in sorted(IGNORED)]

    folded = fold(lines)

    assert ({}, 0) == (dict(folded.dropped), folded.events)
    assert not IGNORED & set(HANDLERS)


def test_directory_is_unobserved_until_it_was_looked_at() -> None:
    """A directory's first event and every new session ask for an observation."""
    story = Story()
    story.session()
    story.prompt()
    tracker, _, _ = fresh()
    lines = [line for line in map(tracker.decode, story.lines) if line is not None]

    asked = list[bool]()
    for line in lines:
        asked.append(tracker.is_unobserved(line))
        tracker.fold(line)

    assert [False, False, False, True, False, False] == asked


def begun() -> Story:
    """Return a story in which a session was created, a prompt sent, and a model call is running."""
    story = Story()
    story.session()
    story.prompt()
    story.assistant()
    return story


def edited(folded: Folded) -> list[tuple[int, int]]:
    """Return the lines that each edit added and removed."""
    return [(fact.added, fact.removed) for fact in folded.of(LinesEdited)]


def of_session(
    folded: Folded, session: str, kind: type[ModelCalled | Prompted]
) -> list[ModelCalled | Prompted]:
    """Return the facts of one class and session."""
    return [fact for fact in folded.of(kind) if fact.origin.session_id == session]
