"""One session in which everything happens: every number is what a person counts who watches it.

Its turns: three files are written in two languages and one of them is edited; another one is changed, which
is taken back and put in again; two commits and a pull request; a command that is allowed and a file that is
refused; a sub-agent and an MCP tool. Then the session is forked and the fork has a turn of its own, the
session is compacted, and a second process goes on with it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.home import Tools
from tests.e2e.truth import own_truth, rows
from tests.e2e.whole import URL, Whole, play
from tests.e2e.world import world_in

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def whole(tools: Tools, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The session, played once for all tests of this file."""
    with world_in(tmp_path_factory.mktemp("whole") / "home", tools, package) as world:
        yield play(world)


def test_sessions_are_the_three_that_began_and_the_one_that_went_on(whole: Whole) -> None:
    """The session, its fork and its sub-agent are fresh; the second process resumed one of them."""
    expected = {
        (whole.main, False, "fresh"): 1,
        (whole.fork, False, "fresh"): 1,
        (subagent_of(whole), True, "fresh"): 1,
        (whole.main, False, "resume"): 1,
    }

    assert expected == whole.counted("session.count", "session.id", "is_subagent", "start_type")


def subagent_of(whole: Whole) -> str:
    """Give the id of the session's sub-agent from OpenCode's database."""
    [(child,)] = rows(whole.world.home.database, "select id from session where parent_id = ?", whole.main)
    return str(child)


def test_both_commits_are_told_with_their_names(whole: Whole) -> None:
    """One `git commit` and one `git -c … commit` are two; git names them and their branch."""
    shas = whole.world.home.git(whole.folder, "log", "-2", "--reverse", "--format=%H").splitlines()

    assert {(whole.main,): 2} == whole.counted("commit.count", "session.id")
    assert [(sha, "main") for sha in shas] == whole.told("commit", "sha", "branch")


def test_pull_request_is_told_with_its_address(whole: Whole) -> None:
    """`gh pr create` was called once and printed one address."""
    assert {(whole.main,): 1} == whole.counted("pull_request.count", "session.id")
    assert [(URL,)] == whole.told("pull_request", "url")


def test_churn_is_that_of_each_edit(whole: Whole) -> None:
    """Python: 2 + 1 lines written, then 1 replaced by 2. TypeScript: 2 written, then 1 replaced by 2.

    Neither the revert nor the refused file changes what was edited.
    """
    expected = {
        ("Python", "added"): 2 + 1 + 2,
        ("Python", "removed"): 1,
        ("TypeScript", "added"): 2 + 2,
        ("TypeScript", "removed"): 1,
    }

    assert expected == whole.counted("lines_of_code.count", "language", "type")


def test_net_lines_follow_the_revert_and_its_undoing(whole: Whole) -> None:
    """The first turn leaves 6 new lines; the second's 2 for 1 are there, are taken back and come again."""
    assert ((6, 0), (8, 1), (6, 0), (8, 1)) == whole.net
    expected = {(whole.main, "added"): 8, (whole.main, "removed"): 1}
    assert expected == whole.counted("lines_of_code.total", "session.id", "type")


def test_edits_were_allowed_by_the_rules_and_refused_by_the_user(whole: Whole) -> None:
    """Five edits needed no question; the notes were asked for and refused."""
    expected = {
        ("write", "accept", "config", "Python"): 2,
        ("write", "accept", "config", "TypeScript"): 1,
        ("edit", "accept", "config", "Python"): 1,
        ("edit", "accept", "config", "TypeScript"): 1,
        ("write", "reject", "user_reject", "Markdown"): 1,
    }

    assert expected == whole.counted("code_edit_tool.decision", "tool_name", "decision", "source", "language")


def test_questions_are_told_with_their_answers(whole: Whole) -> None:
    """The command was allowed once, the file refused; each question was open for a time."""
    expected = [("bash", "accept", "user_temporary"), ("write", "reject", "user_reject")]

    assert expected == whole.told("tool_decision", "tool_name", "decision", "source")
    assert 2 == whole.world.total("permission.wait")


def test_tools_are_told_with_their_ends(whole: Whole) -> None:
    """The main session's calls and the sub-agent's one; only the refused file is a failure."""
    ended = whole.told("tool_result", "session.id", "tool_name", "success")

    main = ["write"] * 3 + ["edit"] * 2 + ["bash"] * 4 + ["write", "task", "echo_add"]
    assert main == [name for session, name, _ in ended if session == whole.main]
    assert [("bash", True)] == [(name, ok) for session, name, ok in ended if session != whole.main]
    assert [("write", whole.main)] == [(name, session) for session, name, ok in ended if ok is False]


def test_subagent_is_told_with_its_totals(whole: Whole) -> None:
    """It was asked for once; it made two calls (300 + 20, 400 + 15 tokens) and used one tool."""
    assert {("general",): 1} == whole.counted("subtask.count", "agent")
    expected = (subagent_of(whole), "general", 300 + 20 + 400 + 15, 1)
    names = ("session.id", "agent_type", "total_tokens", "total_tool_uses")
    assert [expected] == whole.told("subagent_completed", *names)
    [(cost,)] = whole.told("subagent_completed", "cost_usd")
    assert pytest.approx(cost) == whole.counted("cost.usage", "query_source")["subagent",]


def test_mcp_tool_is_counted_as_one(whole: Whole) -> None:
    """The server `echo` added two numbers once; no other tool is taken for its."""
    assert {("echo_add", True): 1} == whole.counted("mcp.call.count", "tool_name", "success")
    served = whole.told("tool_result", "tool_name", "mcp_server.name")
    assert [("echo_add", "echo")] == [row for row in served if row[1] is not None]


def test_compaction_is_counted_once(whole: Whole) -> None:
    """The user compacted the session by hand, and its last call had used 1300 + 20 tokens."""
    assert {("manual", True): 1} == whole.counted("compaction.count", "trigger", "success")
    assert [(whole.main, 1320)] == whole.told("compaction", "session.id", "pre_tokens")


def test_prompts_are_those_that_the_user_sent(whole: Whole) -> None:
    """Five turns, one after the resume, one in the fork; neither the fork's copies nor the compaction's."""
    sessions = [session for (session,) in whole.told("user_prompt", "session.id")]

    assert (6, 1, 7) == (sessions.count(whole.main), sessions.count(whole.fork), len(sessions))


def test_tokens_and_cost_are_those_of_the_database(whole: Whole) -> None:
    """To the token and to the cent, per session, model and type; what the fork copied was paid for once."""
    truth, arrived = own_truth(whole.world.home.database), whole.world.arrived()

    assert truth.tokens == arrived.tokens
    assert pytest.approx(truth.cost, rel=1e-12) == arrived.cost
    assert 22 == len(whole.world.events("api_request"))


def test_sums_of_each_session_are_opencodes_own(whole: Whole) -> None:
    """What OpenCode shows as a session's cost is what its series add up to.

    The fork is left out: OpenCode adds up in it once more what its copied messages had cost.
    """
    shown = dict(rows(whole.world.home.database, "select id, cost from session where id != ?", whole.fork))
    found = whole.counted("cost.usage", "session.id")

    assert pytest.approx(shown) == {session: usd for (session,), usd in found.items() if session in shown}
    assert 2 == len(shown)


def test_active_time_is_there_and_no_longer_than_the_turns(whole: Whole) -> None:
    """OpenCode was busy in both sessions, and the sub-agent's time is not counted a second time."""
    active = whole.counted("active_time.total", "session.id", "type")
    database = whole.world.home.database
    began, ended = rows(database, "select min(time_created), max(time_updated) from session")[0]

    assert {(whole.main, "cli"), (whole.fork, "cli")} == set(active)
    assert 0 < sum(active.values()) <= (ended - began) / 1000


def test_roll_up_by_the_root_has_the_subagent_in_it(whole: Whole) -> None:
    """A query by root_session.id finds two roots: the session with its sub-agent, and the fork."""
    pairs = {
        (record.attributes["session.id"], record.attributes["root_session.id"])
        for record in whole.world.sink.log_records()
    }

    child = subagent_of(whole)
    assert {(whole.main, whole.main), (child, whole.main), (whole.fork, whole.fork)} == pairs
