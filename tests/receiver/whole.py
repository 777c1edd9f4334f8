"""One journal in which every kind of fact happens: what the recordings of OpenCode do not have is in it."""

from tests.receiver.story import MODEL, Story, use

ROOT, CHILD = "ses_root1", "ses_child1"
LIMIT = {"context": 1000, "output": 100}
REJECTED = "The user rejected permission to use this specific tool call."
PULL_REQUEST = "https://github.com/example/x/pull/7"


def whole() -> Story:
    """Write five turns: tools of all kinds, a sub-agent, a failure after retries, a compaction, an abort."""
    story = Story()
    model = {"id": "large", "providerID": "fake", "variant": "high"}
    time = {"created": story.now}
    story.session(session=ROOT, time=time)
    story.session("updated", ROOT, time=time, model=model)
    story.servers("echo", "github")
    _tools(story)
    _subagent(story)
    _failure(story)
    _compaction(story)
    _abort(story)
    return story


def _begin(story: Story, turn: int) -> tuple[str, str]:
    """Append a prompt, the beginning of its answer, and the hook of the model call; return their ids."""
    prompt, answer = f"msg_{turn}0", f"msg_{turn}1"
    story.user(prompt, ROOT, model={**MODEL, "variant": "high"})
    story.part("text", prompt, ROOT, part=f"prt_{turn}0", text="", cut={"text": [5, 5, 1]})
    if turn == 1:
        story.part("file", prompt, ROOT, part="prt_11", mime="text/plain")
        story.part("agent", prompt, ROOT, part="prt_12", name="general")
    story.assistant(answer, ROOT, parent=prompt)
    story.hook("chat.params", ROOT, agent="build", limit=LIMIT, **MODEL)
    story.part("step-start", answer, ROOT, part=f"prt_{turn}3")
    return prompt, answer


def _end(story: Story, turn: int, **fields: object) -> None:
    """Append the text of an answer, what it used, its end, and that OpenCode is idle."""
    prompt, answer = f"msg_{turn}0", f"msg_{turn}1"
    story.part("text", answer, ROOT, part=f"prt_{turn}4", text="", cut={"text": [10 * turn, 99, 1]})
    story.step(use(100 * turn, 10, 5, 20), 0.001, answer, ROOT, part=f"prt_{turn}5")
    story.assistant(answer, ROOT, parent=prompt, is_completed=True, finish="stop", **fields)
    story.idle(ROOT)


def _tools(story: Story) -> None:
    """Append a turn with edits that were asked for, files read and searched, a skill, a PR, MCP calls."""
    _, answer = _begin(story, 1)
    given = {"filePath": "/home/dev/x/a.py"}
    story.tool("edit", "call_11", answer, ROOT, status="running", input=given)
    story.asked("edit", "call_11", answer, "per_11", session=ROOT)
    story.replied("always", "per_11", ROOT)
    diff = {"file": "/home/dev/x/a.py", "additions": 3, "deletions": 1}
    story.tool("edit", "call_11", answer, ROOT, input=given, metadata={"filediff": diff})
    story.tool("write", "call_12", answer, ROOT, status="running", input={"filePath": "b.go"})
    story.asked("edit", "call_12", answer, "per_12", session=ROOT)
    story.replied("reject", "per_12", ROOT)
    refused = {"status": "error", "error": REJECTED, "input": {"filePath": "b.go"}}
    story.tool("write", "call_12", answer, ROOT, **refused)  # type: ignore[arg-type]
    story.tool("read", "call_13", answer, ROOT, input=given)
    story.tool("grep", "call_14", answer, ROOT)
    story.tool("skill", "call_15", answer, ROOT, input={"name": "review"})
    command = "git commit -qm x && gh pr create --fill"
    done = {"input": {"command": command}, "metadata": {"exit": 0}, "output": f"{PULL_REQUEST}\n"}
    story.tool("bash", "call_16", answer, ROOT, **done)  # type: ignore[arg-type]
    story.tool("echo_add", "call_17", answer, ROOT)
    opened = f'{{"html_url":"{PULL_REQUEST[:-1]}8"}}'
    story.tool("github_create_pull_request", "call_18", answer, ROOT, output=opened)
    story.tool("question", "call_19", answer, ROOT, status="running")
    story.now += 500
    story.tool("question", "call_19", answer, ROOT)
    _end(story, 1)


def _subagent(story: Story) -> None:
    """Append a turn with a sub-agent that asks a permission."""
    _, answer = _begin(story, 2)
    about = {"parentID": ROOT, "agent": "general", "time": {"created": story.now}}
    story.session("created", CHILD, **about)  # type: ignore[arg-type]
    story.session("updated", CHILD, **about)  # type: ignore[arg-type]
    given = {"subagent_type": "general", "prompt": "", "cut": {"prompt": [40, 40, 1]}}
    link = {"sessionId": CHILD, "parentSessionId": ROOT}
    story.tool("task", "call_21", answer, ROOT, status="running", input=given, metadata=link)
    story.user("msg_90", CHILD, agent="general")
    story.assistant("msg_91", CHILD, parent="msg_90", agent="general")
    story.part("step-start", "msg_91", CHILD, part="prt_92")
    story.asked("bash", "call_91", "msg_91", "per_91", session=CHILD)
    story.now += 300
    story.replied("once", "per_91", CHILD)
    story.tool("bash", "call_91", "msg_91", CHILD, input={"command": "ls"}, metadata={"exit": 0})
    story.step(use(30, 3), 0.0005, "msg_91", CHILD, part="prt_91")
    story.assistant("msg_91", CHILD, parent="msg_90", agent="general", is_completed=True, finish="stop")
    story.idle(CHILD)
    story.tool("task", "call_21", answer, ROOT, input=given, metadata=link)
    _end(story, 2)


def _failure(story: Story) -> None:
    """Append a turn whose call fails for good at its second attempt."""
    prompt, answer = _begin(story, 3)
    story.retry(1, ROOT)
    story.now += 1000
    story.error("APIError", ROOT, message="No", statusCode=500)
    failed = {"name": "APIError", "data": {"message": "No", "statusCode": 500}}
    story.assistant(answer, ROOT, parent=prompt, is_completed=True, error=failed)
    story.idle(ROOT)


def _compaction(story: Story) -> None:
    """Append a turn after which OpenCode compacts the history of its own accord."""
    _begin(story, 4)
    story.part("text", "msg_41", ROOT, part="prt_44", text="", cut={"text": [40, 99, 1]})
    story.step(use(400, 10, 5, 20), 0.001, "msg_41", ROOT, part="prt_45")
    story.assistant("msg_41", ROOT, parent="msg_40", is_completed=True, finish="stop")
    story.user("msg_42", ROOT)
    story.part("compaction", "msg_42", ROOT, part="prt_46", auto=True)
    summary = {"mode": "compaction", "agent": "compaction", "summary": True, "parent": "msg_42"}
    story.assistant("msg_43", ROOT, **summary)  # type: ignore[arg-type]
    story.step(use(400, 30), 0.002, "msg_43", ROOT, part="prt_47")
    story.assistant("msg_43", ROOT, is_completed=True, finish="stop", **summary)  # type: ignore[arg-type]
    story.event("session.compacted", {}, ROOT)
    story.idle(ROOT)


def _abort(story: Story) -> None:
    """Append a turn that is aborted while a permission is asked for."""
    prompt, answer = _begin(story, 5)
    story.tool("edit", "call_51", answer, ROOT, status="running", input={"filePath": "c.md"})
    story.asked("edit", "call_51", answer, "per_51", session=ROOT)
    story.now += 200
    aborted = {"status": "error", "error": "Tool execution aborted", "input": {"filePath": "c.md"}}
    story.tool("edit", "call_51", answer, ROOT, **aborted)  # type: ignore[arg-type]
    story.error("MessageAbortedError", ROOT, message="Aborted")
    error = {"name": "MessageAbortedError", "data": {"message": "Aborted"}}
    story.assistant(answer, ROOT, parent=prompt, is_completed=True, error=error)
    story.idle(ROOT)
