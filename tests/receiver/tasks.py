"""Sub-agents in hand-written journals: the tool call that starts one, and a turn of its session."""

from tests.receiver.story import SESSION, Story, use

CHILD = "ses_child"


def prompted(story: Story, prompt: str = "msg_1", answer: str = "msg_2", session: str = SESSION) -> None:
    """Append a prompt and the beginning of its answer."""
    story.prompt(prompt, session)
    begin(story, answer, prompt, session)


def begin(story: Story, answer: str = "msg_2", prompt: str = "msg_1", session: str = SESSION) -> None:
    """Append the beginning of a model call."""
    story.assistant(answer, session, parent=prompt)
    story.part("step-start", answer, session, part=f"prt_step_{answer}")


def end(
    story: Story, answer: str = "msg_2", prompt: str = "msg_1", session: str = SESSION, **fields: object
) -> None:
    """Append the end of a model call that asked for tools."""
    story.step(use(10, 1), 0.5, answer, session)
    over = {"finish": "tool-calls", "created": story.now, **fields}
    story.assistant(answer, session, parent=prompt, is_completed=True, **over)  # type: ignore[arg-type]


def task(  # noqa: PLR0913 - a test names only what matters to it
    story: Story,
    status: str = "running",
    *,
    child: str = CHILD,
    call: str = "call_task",
    message: str = "msg_2",
    session: str = SESSION,
) -> None:
    """Append the state of a call that starts a sub-agent, whose session it names."""
    link = {"sessionId": child, "parentSessionId": session}
    story.tool("task", call, message, session, status=status, metadata=link)


def described(story: Story, child: str = CHILD, parent: str = SESSION) -> None:
    """Append the creation of a sub-agent's session."""
    story.session(session=child, parentID=parent, agent="general")


def worked(story: Story, prompt: str = "msg_90", child: str = CHILD) -> None:
    """Append a whole turn of a sub-agent: one model call."""
    story.user(prompt, child, agent="general")
    story.call(f"{prompt}a", child, parent=prompt)
    story.idle(child)
