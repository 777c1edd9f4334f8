"""Sub-agents: whose trace their shell commands belong to."""

from tests.plugin.host import Host
from tests.plugin.tracing import traceparent
from tests.plugin.turns import CALL, TURN, Session, begun, child_of


def test_the_shell_of_a_subagent_is_in_the_trace_of_its_task(host: Host) -> None:
    """The trace is that of the turn whose model asked for the sub-agent."""
    child = child_of(begun(host), "t1", "a1", "X")

    assert traceparent((*TURN, ("tool", "X", "aX:cX"))) == child.shell("cX")["TRACEPARENT"]


def test_a_subagent_of_a_subagent_is_in_the_same_trace(host: Host) -> None:
    """However deep the sub-agents are."""
    child = child_of(begun(host), "t1", "a1", "X")
    grandchild = child_of(child, "tX", "aX", "Y")

    assert traceparent((*TURN, ("tool", "Y", "aY:cY"))) == grandchild.shell("cY")["TRACEPARENT"]


def test_a_subagent_without_task_has_its_own_trace(host: Host) -> None:
    """A session that no call names is the child of nothing."""
    session = begun(host)
    child = Session(host=host, instance=session.instance, id="X")
    child.turn("pX", "aX", "cX")

    assert traceparent((("session", "X", "pX"), ("tool", "X", "aX:cX"))) == child.shell("cX")["TRACEPARENT"]


def test_a_subagent_that_is_asked_again_belongs_to_the_newer_call(host: Host) -> None:
    """Its next turn is in the trace of the call that named it last, also when the first is told again."""
    session = begun(host)
    child = child_of(session, "t1", "a1", "X")
    for one in (child, session):
        one.answer("aX" if one is child else "a1", "p", is_over=True)
        one.idle()
    session.turn("p2", "a2", "c2")
    session.call("t2", "a2", "task", sessionId="X")
    session.call("t1", "a1", "task", sessionId="X")
    child.turn("pX2", "aX2", "cX2")

    second = (("session", "ses_1", "p2"), ("tool", "X", "aX2:cX2"))
    assert traceparent(second) == child.shell("cX2")["TRACEPARENT"]


def test_a_session_is_not_below_itself(host: Host) -> None:
    """A call that names its own session, or one above it, is no task of it."""
    session = begun(host)
    session.call("t1", "a1", "task", sessionId="ses_1")
    child = child_of(session, "t2", "a1", "X")
    child.call("tX", "aX", "task", sessionId="ses_1")
    session.answer("a1", "p1", is_over=True)
    session.idle()
    session.turn("p2", "a2", "c2")

    second = (("session", "ses_1", "p2"), ("tool", "ses_1", "a2:c2"))
    assert traceparent(second) == session.shell("c2")["TRACEPARENT"]


def test_too_deep_a_subagent_has_its_own_trace(host: Host) -> None:
    """Sub-agents of sub-agents are followed for twenty levels, not for ever."""
    session, call, message = begun(host), "t", "a1"
    for level in range(30):
        session = child_of(session, call, message, f"X{level}")
        call, message = f"t{level}", f"aX{level}"

    own = (("session", "X21", "pX21"), ("tool", "X29", "aX29:cX29"))
    assert traceparent(own) == session.shell("cX29")["TRACEPARENT"]


def test_another_tool_that_names_a_session_starts_none(host: Host) -> None:
    """Only `task` starts sub-agents."""
    session = begun(host)
    session.call("c2", "a1", "mcp_task", sessionId="X")
    child = Session(host=host, instance=session.instance, id="X")
    child.turn("pX", "aX", "cX")

    assert traceparent((("session", "X", "pX"), ("tool", "X", "aX:cX"))) == child.shell("cX")["TRACEPARENT"]


def test_a_subagent_is_below_its_task_where_its_own_spans_are_off(host: Host) -> None:
    """The nearest span that is on may be in the session above."""
    session = begun(host, OPENCODE_DISABLE_TRACES="session,tool")
    child = Session(host=host, instance=session.instance, id="X")
    session.call("t1", "a1", "task", sessionId="X")
    child.prompt("pX")
    child.answer("aX", "pX")
    child.call("cX", "aX")

    assert traceparent(CALL[:2]) == child.shell("cX")["TRACEPARENT"]
