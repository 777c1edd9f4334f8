"""Turns: which trace a shell command belongs to, in whatever order OpenCode tells of messages."""

import pytest

from tests.plugin.host import Host
from tests.plugin.tracing import Path, traceparent
from tests.plugin.turns import NOW_MS, Session, process


@pytest.fixture
def session(host: Host) -> Session:
    """A session in a process of its own."""
    return Session(host=host, instance=process(host))


def turn(prompt: str, session: str = "ses_1") -> Path:
    """Return the path of a root session's turn."""
    return (("session", session, prompt),)


def tool(key: str, session: str = "ses_1") -> Path:
    """Return the end of a path: a tool call, by its message and call."""
    return (("tool", session, key),)


def test_a_shell_is_told_its_session_and_its_span(session: Session) -> None:
    """A command that a tool runs belongs to the tool's span, in the trace of the turn."""
    session.turn("p1", "a1", "c1")

    assert {
        "OPENCODE_SESSION_ID": "ses_1",
        "TRACEPARENT": traceparent(turn("p1") + tool("a1:c1")),
    } == session.shell("c1")


def test_a_shell_may_begin_before_its_call_runs(session: Session) -> None:
    """OpenCode may start a command before it says that the call is more than announced."""
    session.turn("p1", "a1", "c1")
    session.pending("c2", "a1")

    assert traceparent(turn("p1") + tool("a1:c2")) == session.shell("c2")["TRACEPARENT"]


@pytest.mark.parametrize("call", ["c2", None])
def test_a_call_that_was_not_seen_is_told_its_session_only(session: Session, call: str | None) -> None:
    """There is no guess at a span."""
    session.turn("p1", "a1", "c1")

    assert {"OPENCODE_SESSION_ID": "ses_1"} == session.shell(call)


def test_a_call_belongs_to_its_session(session: Session) -> None:
    """Providers number their calls anew in each session."""
    session.turn("p1", "a1", "c1")
    other = Session(host=session.host, instance=session.instance, id="ses_2")

    assert {"OPENCODE_SESSION_ID": "ses_2"} == other.shell("c1")


def test_a_number_used_again_is_the_newest_call(session: Session) -> None:
    """Some providers number their calls anew in each answer."""
    session.turn("p1", "a1", "c1")
    session.answer("a2", "p1")
    session.step("a2")
    session.call("c1", "a2")

    assert traceparent(turn("p1") + tool("a2:c1")) == session.shell("c1")["TRACEPARENT"]


def test_a_terminal_of_a_person_is_told_nothing(host: Host) -> None:
    """OpenCode asks for the environment of its terminals too, which belong to no session."""
    instance = process(host, OTEL_TRACES_EXPORTER="none", OPENCODE_TRACEPARENT=f"00-{'1' * 32}-{'1' * 16}-01")
    told = host.call("hook", instance=instance, name="shell.env", value={"cwd": "/"}, output={"env": {}})

    assert {} == told["output"]["env"]


def test_a_prompt_joins_the_turn_that_is_open(session: Session) -> None:
    """What a person adds while OpenCode works is part of the same turn."""
    session.turn("p1", "a1", "c1")
    session.turn("p2", "a2", "c2")

    assert traceparent(turn("p1") + tool("a2:c2")) == session.shell("c2")["TRACEPARENT"]


def test_a_prompt_after_idle_begins_a_turn(session: Session) -> None:
    """Each turn is a trace of its own."""
    session.turn("p1", "a1", "c1")
    session.answer("a1", "p1", is_over=True)
    session.idle()
    session.turn("p2", "a2", "c2")

    assert traceparent(turn("p2") + tool("a2:c2")) == session.shell("c2")["TRACEPARENT"]
    assert traceparent(turn("p1") + tool("a1:c1")) == session.shell("c1")["TRACEPARENT"]


def test_a_prompt_without_reply_begins_no_turn(session: Session) -> None:
    """The prompt that is answered takes its place, in the first turn and in later ones."""
    session.prompt("p0")
    session.turn("p1", "a1", "c1")
    session.answer("a1", "p1", is_over=True)
    session.idle()
    session.prompt("p2")
    session.turn("p3", "a3", "c3")

    assert traceparent(turn("p1") + tool("a1:c1")) == session.shell("c1")["TRACEPARENT"]
    assert traceparent(turn("p3") + tool("a3:c3")) == session.shell("c3")["TRACEPARENT"]


def test_an_answer_without_prompt_names_its_turn(session: Session) -> None:
    """An answer whose prompt was not seen says which one it was."""
    session.answer("a1", "p1")
    session.step("a1")
    session.call("c1", "a1")

    assert traceparent(turn("p1") + tool("a1:c1")) == session.shell("c1")["TRACEPARENT"]


def test_the_second_word_of_idle_does_not_end_the_next_turn(session: Session) -> None:
    """OpenCode tells of idle by two events, and the next prompt may come between them."""
    session.turn("p1", "a1", "c1")
    session.answer("a1", "p1", is_over=True)
    session.tell("session.status", status={"type": "idle"})
    session.turn("p2", "a2", "c2")
    session.answer("a2", "p2", is_over=True)
    session.tell("session.idle")
    session.turn("p3", "a3", "c3")

    assert traceparent(turn("p2") + tool("a3:c3")) == session.shell("c3")["TRACEPARENT"]


def test_idle_before_the_last_message_is_over_ends_no_turn(session: Session) -> None:
    """After an abort OpenCode is idle, and tells of the aborted message later."""
    session.turn("p1", "a1", "c1")
    session.idle()
    session.turn("p2", "a2", "c2")

    assert traceparent(turn("p1") + tool("a2:c2")) == session.shell("c2")["TRACEPARENT"]


def test_a_message_published_again_begins_no_turn(session: Session) -> None:
    """A prompt's summary, or an old answer, comes again at any time."""
    session.turn("p1", "a1", "c1")
    session.answer("a1", "p1", is_over=True)
    session.idle()
    session.answer("a1", "p1", is_over=True)
    session.prompt("p2")
    session.prompt("p1")
    session.answer("a2", "p2")
    session.step("a2")
    session.call("c2", "a2")

    assert traceparent(turn("p2") + tool("a2:c2")) == session.shell("c2")["TRACEPARENT"]


def test_what_a_fork_copies_is_history(session: Session) -> None:
    """A message from before its session was created begins no turn, and no shell runs for its calls."""
    session.created(after_ms=10)
    session.turn("p1", "a1", "c1")
    session.turn("p2", "a2", "c2", after_ms=11)

    assert {"OPENCODE_SESSION_ID": "ses_1"} == session.shell("c1")
    assert traceparent(turn("p2") + tool("a2:c2")) == session.shell("c2")["TRACEPARENT"]


def test_what_was_before_the_process_is_history(session: Session) -> None:
    """Old messages that are published again begin no turn."""
    session.prompt("p0", after_ms=-5)
    session.answer("a1", "p1")
    session.call("c1", "a1")

    assert traceparent(turn("p1") + tool("a1:c1")) == session.shell("c1")["TRACEPARENT"]


def test_what_ends_in_this_process_is_no_history(session: Session) -> None:
    """An answer may have begun a little before the process did, as far as clocks tell."""
    session.answer("a1", "p1", after_ms=-5, is_over=True)
    session.step("a1")
    session.call("c1", "a1")

    assert traceparent(turn("p1") + tool("a1:c1")) == session.shell("c1")["TRACEPARENT"]


def test_a_sessions_id_tells_its_creation(host: Host) -> None:
    """A fork that nobody told of is known by its id."""
    digits = (2**48 - 1) - ((NOW_MS + 10) * 4096 % 2**48)
    session = Session(host=host, instance=process(host), id=f"ses_{digits:012x}{'x' * 14}")
    session.turn("p1", "a1", "c1")

    assert {"OPENCODE_SESSION_ID": session.id} == session.shell("c1")


@pytest.mark.parametrize("count", [1024, 5000])
def test_what_is_remembered_is_bounded(session: Session, count: int) -> None:
    """The newest 1024 calls are known; the first of several thousand is forgotten."""
    session.turn("p1", "a1", "c0")
    for number in range(1, count):
        session.call(f"c{number}", "a1")

    told = [("TRACEPARENT" in session.shell(f"c{number}")) for number in (0, count - 1024, count - 1)]
    assert [count == 1024, True, True] == told


def test_what_is_asked_for_again_is_remembered(session: Session) -> None:
    """A call that goes on for long is not forgotten for the many that come meanwhile."""
    session.turn("p1", "a1", "c0")
    for number in range(1, 4000):
        session.call(f"c{number}", "a1")
        if number % 500 == 0:
            session.shell("c0")

    assert "TRACEPARENT" in session.shell("c0")


def test_sessions_and_messages_are_bounded_too(host: Host) -> None:
    """What is known of the first of several thousand sessions is let go."""
    instance = process(host)
    for number in range(2500):
        Session(host=host, instance=instance, id=f"ses_{number}").turn("p", f"a{number}", "c")

    told = [Session(host=host, instance=instance, id=f"ses_{number}").shell("c") for number in (0, 2499)]
    assert [False, True] == ["TRACEPARENT" in each for each in told]
