"""Who decided on tool calls: each call once, edits also as edits."""

import pytest

from otel_agent.facts import EditDecided, ToolDecided, ToolFinished, ToolType
from otel_agent.signals.metrics import TOOL_DURATION
from tests.receiver.folding import Folded, fold, told
from tests.receiver.story import SESSION, Story
from tests.receiver.test_tracker import begun

FILE = {"filePath": "/home/dev/x/a.py"}
DENIED = "The user has specified a rule which prevents you from using this specific tool call."
REJECTED = "The user rejected permission to use this specific tool call."
ABORTED = "Tool execution aborted"


def edit(reply: str | None, subcommand: str = "serve", **state: object) -> Story:
    """Return a story in which an edit was asked for where there is a reply, and then over."""
    story = Story(subcommand=subcommand)
    story.session()
    story.prompt()
    story.assistant()
    story.tool("edit", status="running", input=FILE)
    if reply is not None:
        story.asked("edit")
    if reply:
        story.replied(reply)
    story.tool("edit", input=FILE, **state)  # type: ignore[arg-type]
    return story


def edits(folded: Folded) -> list[tuple[str, str, str]]:
    """Return decision, source and language of each edit."""
    return [
        (fact.verdict.decision.value, fact.verdict.source.value, fact.language)
        for fact in folded.of(EditDecided)
    ]


FAILED = {"status": "error", "error": "File not found"}
# Reply ("" for none, None for no question), subcommand, how the call ended, what was decided.
EDITS = [
    (None, "serve", {}, [("accept", "config", "Python")]),
    ("once", "serve", {}, [("accept", "user_temporary", "Python")]),
    ("always", "serve", {}, [("accept", "user_permanent", "Python")]),
    ("reject", "serve", {"status": "error", "error": REJECTED}, [("reject", "user_reject", "Python")]),
    (None, "serve", {"status": "error", "error": REJECTED}, [("reject", "user_reject", "Python")]),
    (None, "serve", {"status": "error", "error": DENIED}, [("reject", "config", "Python")]),
    ("", "serve", {"status": "error", "error": ABORTED}, [("reject", "user_abort", "Python")]),
    ("once", "serve", FAILED, [("accept", "user_temporary", "Python")]),
    (None, "serve", FAILED, []),
    (None, "serve", {"status": "error", "error": ABORTED}, []),
    ("once", "run", {}, [("accept", "config", "Python")]),
    ("reject", "run", {"status": "error", "error": REJECTED}, [("reject", "config", "Python")]),
    ("", "run", {"status": "error", "error": ABORTED}, [("reject", "config", "Python")]),
]


@pytest.mark.parametrize(("reply", "subcommand", "state", "expected"), EDITS)
def test_edit_is_decided_by_whoever_answers(
    reply: str | None, subcommand: str, state: dict[str, object], expected: list[tuple[str, str, str]]
) -> None:
    """A person, a rule or an abort; of an edit that failed unasked nobody knows; `run` answers itself."""
    folded = fold(edit(reply, subcommand, **state).lines)

    assert expected == edits(folded)


@pytest.mark.parametrize("tool", ["edit", "write", "multiedit", "patch", "apply_patch"])
def test_every_tool_that_changes_files_is_an_edit(tool: str) -> None:
    """Each tool that changes files counts, whatever OpenCode names it."""
    story = begun()
    story.tool(tool, input=FILE)

    assert [tool] == [fact.tool_name for fact in fold(story.lines).of(EditDecided)]


@pytest.mark.parametrize("tool", ["bash", "read", "grep", "task", "my_edit"])
def test_no_other_tool_is_an_edit(tool: str) -> None:
    """What reads, searches or runs is no edit, nor is a tool of others."""
    story = begun()
    story.tool(tool, input=FILE)

    assert [] == fold(story.lines).of(EditDecided)


@pytest.mark.parametrize(
    ("files", "language"), [(["a.py", "b/c.py"], "Python"), (["a.py", "b.go"], "unknown"), ([], "unknown")]
)
def test_patch_has_a_language_when_all_its_files_have_it(files: list[str], language: str) -> None:
    """A patch of files in several languages has none of them."""
    story = begun()
    rows = [{"relativePath": name, "additions": 1, "deletions": 0} for name in files]
    story.tool("apply_patch", metadata={"files": rows})

    assert [("accept", "config", language)] == edits(fold(story.lines))


def test_call_with_two_questions_is_one_edit() -> None:
    """Two questions are two answers, but one edit that was allowed by the last of them."""
    story = begun()
    story.tool("edit", status="running", input=FILE)
    story.asked("external_directory", request="per_1")
    story.replied("always", "per_1")
    story.asked("edit", request="per_2")
    story.replied("once", "per_2")
    story.tool("edit", input=FILE)

    folded = fold(story.lines)

    assert [("accept", "user_temporary", "Python")] == edits(folded)
    assert ["user_permanent", "user_temporary"] == [
        fact.verdict.source.value for fact in folded.of(ToolDecided)
    ]


def test_question_that_comes_before_its_call_has_the_tools_name() -> None:
    """OpenCode asks for the permission `edit` when a file is written: the tool is write."""
    story = begun()
    story.asked("edit")
    story.tool("write", status="running", input=FILE)
    story.replied("once")

    [decided] = fold(story.lines).of(ToolDecided)

    assert "write" == decided.tool_name


def test_question_without_a_call_leaves_nothing_behind() -> None:
    """A plugin may ask, too: its answer ends what is remembered of the question."""
    story = begun()
    story.event("permission.asked", {"id": "per_1", "permission": "deploy"})
    story.replied("once")

    folded = fold(story.lines)

    assert [("deploy", None)] == [(fact.tool_name, fact.call_id) for fact in folded.of(ToolDecided)]
    assert {} == folded.sessions[SESSION].tools


def test_only_prompts_and_denials_are_told() -> None:
    """What was allowed without a word is a decision that the log event of profile opencode leaves out."""
    story = begun()
    story.tool("bash", "call_1", metadata={"exit": 0})
    story.tool("bash", "call_2", status="error", error=DENIED)

    folded = fold(story.lines)

    assert [False, True] == [fact.is_prompted for fact in folded.of(ToolDecided)]
    assert ["call_2"] == [event["tool_use_id"] for event in told(folded.facts, "tool_decision")]


def test_nobody_decides_on_a_tool_that_does_not_exist() -> None:
    """A call of an unknown tool ran nothing that could have been allowed."""
    story = begun()
    story.tool("invalid", input={"tool": "nosuch"})

    folded = fold(story.lines)

    [event] = told(folded.facts, "tool_result")
    assert [] == folded.of(ToolDecided)
    assert ("nosuch", None, None) == tuple(
        event[key] for key in ("tool_name", "decision_type", "decision_source")
    )


def test_tool_that_does_not_exist_is_no_servers_and_no_series_of_its_own() -> None:
    """A model can ask for any name: only the log event has it, and no MCP server was called."""
    story = begun()
    story.servers("echo")
    story.tool("invalid", input={"tool": "echo_nosuch"})

    [done] = fold(story.lines).of(ToolFinished)

    assert (ToolType.BUILTIN, None) == (done.tool_type, done.mcp_server)
    assert [(10, {"tool_name": "invalid", "success": False})] == list(TOOL_DURATION.observe(done))


def test_wait_is_from_the_question_to_its_answer() -> None:
    """A question that comes again does not begin the wait anew."""
    story = begun()
    story.asked("bash")
    story.now += 400
    story.asked("bash")
    story.replied("once")

    [decided] = fold(story.lines).of(ToolDecided)

    assert 420 == decided.wait_ms


def test_wait_that_an_abort_ends_is_one() -> None:
    """The abort answers the question; what comes of it later says nothing more."""
    story = begun()
    story.tool("edit", status="running", input=FILE)
    story.asked("edit")
    story.now += 400
    story.tool("edit", status="error", error=ABORTED, input=FILE)
    story.asked("edit")
    story.replied("reject")

    folded = fold(story.lines)

    [decided] = folded.of(ToolDecided)
    assert 410 == decided.wait_ms
    assert {} == folded.sessions[SESSION].questions


def test_call_without_a_question_waited_for_nothing() -> None:
    """Where nothing was asked there is no wait, and the decision was there when the call began."""
    story = begun()
    story.tool("bash", metadata={"exit": 0})

    [decided] = fold(story.lines).of(ToolDecided)

    assert (None, story.now - 20) == (decided.wait_ms, decided.origin.time_ms)


@pytest.mark.parametrize(
    ("tool", "kind", "server"),
    [
        ("bash", ToolType.BUILTIN, None),
        ("echo_add", ToolType.MCP, "echo"),
        ("my_db_query", ToolType.MCP, "my db"),
        ("git_hub_list", ToolType.MCP, None),
        ("mail_send", None, None),
        ("echo", None, None),
        ("todo_write", None, None),
    ],
)
def test_tool_of_a_known_server_is_an_mcp_tool(tool: str, kind: ToolType | None, server: str | None) -> None:
    """A tool's name begins with its server's; a custom tool's type is not known, nor which of two servers."""
    story = begun()
    story.servers("echo", "my db", "git", "git_hub")
    story.tool(tool)

    folded = fold(story.lines)

    [decided] = folded.of(ToolDecided)
    assert kind == decided.tool_type
    assert [server] == [event["mcp_server.name"] for event in told(folded.facts, "tool_result")]


def test_servers_of_one_directory_are_not_those_of_another() -> None:
    """A server is known where OpenCode named it."""
    story = begun()
    story.lines.append(b'{"t":1795000000999,"i":3,"opencode":{"mcp":["echo"]}}')
    story.tool("echo_add")

    [decided] = fold(story.lines).of(ToolDecided)

    assert None is decided.tool_type
