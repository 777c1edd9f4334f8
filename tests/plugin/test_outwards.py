"""Shell commands: what they are told with types off, with parents from outside, and when things go wrong."""

import json

import pytest

from tests.plugin.conftest import HostFactory
from tests.plugin.events import event, idle
from tests.plugin.host import Host
from tests.plugin.tracing import Path, traceparent
from tests.plugin.turns import (
    CALL,
    REMOTE,
    REMOTE_SPAN,
    REMOTE_TRACE,
    TURN,
    UNSAMPLED,
    Session,
    begun,
    child_of,
    process,
)


@pytest.mark.parametrize(
    ("disabled", "path"),
    [
        ("session", CALL),
        ("llm", CALL),
        ("tool", CALL[:2]),
        (" Tool , LLM ", CALL[:1]),
        ("session,tool", CALL[:2]),
        ("tool,,tool", CALL[:2]),
    ],
)
def test_a_shell_is_below_the_nearest_span_that_is_on(host: Host, disabled: str, path: Path) -> None:
    """A type of span that is off is left out; the trace stays the same."""
    session = begun(host, OPENCODE_DISABLE_TRACES=disabled)

    assert traceparent((*TURN, path[-1])) == session.shell("c1")["TRACEPARENT"]


@pytest.mark.parametrize(("disabled", "path"), [("tool", TURN), ("tool,session", None)])
def test_a_persons_own_command_is_in_no_model_call(host: Host, disabled: str, path: Path | None) -> None:
    """A command that a person typed has a message without a step: its tool stands in the turn itself."""
    session = Session(host=host, instance=process(host, OPENCODE_DISABLE_TRACES=disabled))
    session.prompt("p1")
    session.answer("a1", "p1")
    session.call("c1", "a1")

    assert (traceparent(path) if path else None) == session.shell("c1").get("TRACEPARENT")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("step-start", {}), ("step-finish", {}), (None, {"finish": "stop"}), (None, {"error": {}})],
)
def test_a_model_call_is_known_by_any_sign(host: Host, kind: str | None, said: dict[str, object]) -> None:
    """A step that begins or ends, a finish or an error say that a message is a model call."""
    session = Session(host=host, instance=process(host, OPENCODE_DISABLE_TRACES="tool"))
    session.prompt("p1")
    session.answer("a1", "p1", **said)
    if kind is not None:
        session.step("a1", kind)
    session.call("c1", "a1")

    assert traceparent(CALL[:2]) == session.shell("c1")["TRACEPARENT"]


def test_without_a_span_that_is_on_what_came_in_goes_out(host: Host) -> None:
    """A person's command has only a turn above it: with turns off, the parent from outside is the nearest."""
    environ = {"OPENCODE_DISABLE_TRACES": "tool,session", "OPENCODE_TRACEPARENT": REMOTE}
    session = Session(host=host, instance=process(host, **environ))
    session.prompt("p1")
    session.answer("a1", "p1")
    session.call("c1", "a1")

    assert REMOTE == session.shell("c1")["TRACEPARENT"]


@pytest.mark.parametrize(
    "environ",
    [
        {"OPENCODE_DISABLE_TRACES": "all"},
        {"OPENCODE_DISABLE_TRACES": "*"},
        {"OPENCODE_DISABLE_TRACES": "1"},
        {"OPENCODE_DISABLE_TRACES": "TRUE"},
        {"OPENCODE_DISABLE_TRACES": "session,llm,tool"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_SDK_DISABLED": "true"},
    ],
)
def test_with_traces_off_what_came_in_goes_out(host: Host, environ: dict[str, str]) -> None:
    """Nothing is made up, and a parent from outside is handed on, to calls that were not seen too."""
    alone = begun(host, **environ)
    session = begun(host, OPENCODE_TRACEPARENT=REMOTE, OPENCODE_TRACESTATE="a=1", **environ)

    assert [{"OPENCODE_SESSION_ID": "ses_1"}] * 2 == [alone.shell(call) for call in ("c1", "c9")]
    handed_on = {"OPENCODE_SESSION_ID": "ses_1", "TRACEPARENT": REMOTE, "TRACESTATE": "a=1"}
    assert [handed_on] * 2 == [session.shell(call) for call in ("c1", "c9")]


def test_a_parent_from_outside_names_the_trace(host: Host) -> None:
    """The command is below the tool's span in the parent's trace, and so is an OpenCode that it starts."""
    session = begun(host, OPENCODE_TRACEPARENT=REMOTE, OPENCODE_TRACESTATE="a=1")
    child = child_of(session, "t1", "a1", "X")

    told = traceparent(CALL, trace=REMOTE_TRACE)
    assert {
        "OPENCODE_SESSION_ID": "ses_1",
        "TRACEPARENT": told,
        "TRACESTATE": "a=1",
        "OPENCODE_TRACEPARENT": told,
    } == session.shell("c1")
    assert traceparent((("tool", "X", "aX:cX"),), trace=REMOTE_TRACE) == child.shell("cX")["TRACEPARENT"]
    assert {"OPENCODE_SESSION_ID": "ses_1"} == session.shell("c9")


def test_a_parent_that_is_not_sampled_is_handed_on(host: Host) -> None:
    """A sampler that follows its parent makes no span that could be named; another one decides itself."""
    followed = begun(host, OPENCODE_TRACEPARENT=UNSAMPLED)
    decided = begun(host, OPENCODE_TRACEPARENT=UNSAMPLED, OTEL_TRACES_SAMPLER="always_on")

    assert UNSAMPLED == followed.shell("c1")["TRACEPARENT"]
    assert traceparent(CALL, trace=REMOTE_TRACE) == decided.shell("c1")["TRACEPARENT"]


def test_a_trace_that_is_not_sampled_says_so(host: Host) -> None:
    """Whoever follows its parent leaves the trace out as well."""
    session = begun(host, OTEL_TRACES_SAMPLER="always_off")

    assert traceparent(CALL, "00") == session.shell("c1")["TRACEPARENT"]


@pytest.mark.parametrize(
    ("arguments", "trace"), [(["run", "hi"], REMOTE_TRACE), (["serve"], None), ([], None)]
)
def test_only_a_run_takes_the_shells_own_parent(
    new_host: HostFactory, arguments: list[str], trace: str | None
) -> None:
    """TRACEPARENT counts in `opencode run`; in a process that lives longer it is another program's."""
    host = new_host({"TRACEPARENT": REMOTE, "TRACESTATE": "a=1"}, arguments=arguments).start()
    told = begun(host).shell("c1")

    assert (traceparent(CALL, trace=trace), "a=1" if trace else "") == (
        told["TRACEPARENT"],
        told["TRACESTATE"],
    )


def test_opencodes_own_parent_comes_first(new_host: HostFactory) -> None:
    """The state is that of the parent that counts, and no other's."""
    host = new_host({"TRACEPARENT": UNSAMPLED, "TRACESTATE": "a=1"}, arguments=["run"]).start()
    told = begun(host, OPENCODE_TRACEPARENT=f"00-{'1' * 32}-{REMOTE_SPAN}-01").shell("c1")

    assert (traceparent(CALL, trace="1" * 32), "") == (told["TRACEPARENT"], told["TRACESTATE"])


def test_hooks_are_prompt(host: Host) -> None:
    """The first one loads what makes hashes; no later one takes a hundredth of a second."""
    session = begun(host)
    value = {"cwd": "/", "sessionID": "ses_1", "callID": "c1"}
    times = [
        host.call("hook", instance=session.instance, name="shell.env", value=value, output={"env": {}})["ms"]
        for _ in range(50)
    ]

    assert times[0] < 200
    assert sorted(times)[25] < 10


@pytest.mark.parametrize(
    "output", ["undefined", "{}", "{env: null, headers: null}", "{env: Object.freeze({})}"]
)
def test_an_output_of_another_shape_is_left_alone(host: Host, output: str) -> None:
    """An OpenCode that answers otherwise goes on, and nothing is counted as lost."""
    session = begun(host, OPENCODE_TRACE_PROPAGATION_PROVIDERS="*")
    asked = {
        "cwd": "/",
        "sessionID": "ses_1",
        "callID": "c1",
        "model": {"providerID": "fake"},
        "agent": "build",
    }
    for name in ("shell.env", "chat.headers"):
        js = f"[{json.dumps(asked)}, {output}]"
        assert host.call("spread", instance=session.instance, name=name, js=js)["threw"] is None
    session.idle()

    assert [] == [line for line in host.lines() if "lost" in line]


def test_a_plugin_that_is_off_tells_nothing(host: Host) -> None:
    """When the agent found the settings invalid, hooks do as little as without the plugin."""
    session = begun(host)
    host.call("exit", code=2)

    assert {} == session.shell("c1")


def test_a_shell_is_told_where_nothing_can_be_written(host: Host) -> None:
    """Its trace does not depend on the journal."""
    host.state.write_text("in the way")

    assert traceparent(CALL) == begun(host).shell("c1")["TRACEPARENT"]


def test_what_is_not_journaled_is_seen_all_the_same(host: Host) -> None:
    """Of a running call only the first state is journaled; a later one may name the sub-agent."""
    session = begun(host)
    session.call("t1", "a1", "task")
    child = child_of(session, "t1", "a1", "X")

    assert traceparent((*TURN, ("tool", "X", "aX:cX"))) == child.shell("cX")["TRACEPARENT"]


def test_two_copies_tell_the_same(host: Host) -> None:
    """A second copy of the file shares what the first one saw."""
    host.write_plugin(host.folder / "copy.mjs")
    host.load("copy.mjs")
    other = host.attach(copy=1)["instance"]
    now = host.call("now")["ms"]
    info = {"id": "a1", "sessionID": "ses_1", "role": "assistant", "parentID": "p1", "time": {"created": now}}
    part = {
        "id": "x",
        "type": "tool",
        "sessionID": "ses_1",
        "messageID": "a1",
        "tool": "bash",
        "callID": "c1",
    }
    state = {"status": "running", "input": {}, "time": {"start": 1}}
    host.event(event("message.updated", info=info))
    host.event(event("message.part.updated", part={**part, "state": state}))
    host.event(idle())

    told = [Session(host=host, instance=instance).shell("c1") for instance in (0, other)]
    expected = traceparent((*TURN, ("tool", "ses_1", "a1:c1")))
    assert [{"OPENCODE_SESSION_ID": "ses_1", "TRACEPARENT": expected}] * 2 == told
