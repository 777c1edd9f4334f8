"""The real OpenCode's traces: one a turn, sub-agents and shell commands in it, below whoever started it."""

import sys
from pathlib import Path

import pytest

from tests.e2e.recipes import GENERAL, prompt
from tests.e2e.terminal import Terminal, tui
from tests.e2e.traces import Forest, stored_ids, tokens
from tests.e2e.world import World, telemetry

REMOTE_TRACE, REMOTE_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
REMOTE = f"00-{REMOTE_TRACE}-{REMOTE_SPAN}-01"
EMITTER = Path(__file__).with_name("emit_span.py")
SUBAGENT = "session > llm > tool.task > session"
PROTOCOLS = ("grpc", "http/protobuf", "http/json")


def test_command_of_the_model_is_in_the_callers_trace(world: World) -> None:
    """Remote parent, turn, model call, tool call, and the span that the tool's own command sent."""
    command = f'exec {sys.executable} "{EMITTER}" 127.0.0.1:{world.sink.http_port}'
    path = world.home.put_program("seq", command)

    settings = {"OPENCODE_TRACEPARENT": REMOTE, "OPENCODE_TRACESTATE": "vendor=1"}
    world.opencode.run(world.home.project(), prompt("big-output"), PATH=path, **settings)
    world.wait_quiet()

    found = Forest(world.sink.spans())
    turn = f"{REMOTE_SPAN} > session"
    call = f"{turn} > llm > tool.bash"
    assert sorted([turn, f"{turn} > llm", f"{turn} > llm", call, f"{call} > command"]) == found.paths()
    assert {REMOTE_TRACE} == found.traces()
    assert {"vendor=1"} == {span.trace_state for span in found.spans if span.name != "command"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_subagent_is_in_the_trace_of_its_task(world: World, protocol: str) -> None:
    """Over each protocol: every span once, the sub-agent's turn below its task, tokens as in the database."""
    world.opencode.telemetry = telemetry(world.sink, protocol)

    world.opencode.run(world.home.project(config=GENERAL), prompt("subagent"))
    world.wait_quiet()

    found = Forest(world.sink.spans())
    above = ["session", "session > llm", "session > llm", "session > llm > tool.task"]
    below = [f"{SUBAGENT}{end}" for end in ("", " > llm", " > llm", " > llm > tool.bash")]
    assert sorted([*above, *below]) == found.paths()
    assert stored_ids(world.home.database) == found.ids()
    assert 1 == len(found.traces())
    assert world.truth().tokens == tokens(found.spans)


def test_log_records_are_of_spans_that_arrived(world: World) -> None:
    """Each log record that names a span names one that arrived, in its trace; calls and tools their own."""
    world.opencode.run(world.home.project(), prompt("subagent"))
    world.wait_quiet()

    sent = {(span.trace_id, span.span_id): span.name for span in world.sink.spans()}
    told = [(one.name, one.trace_id, one.span_id) for one in world.sink.log_records() if one.span_id]
    assert [] == [row for row in told if row[1:] not in sent]
    names = {"opencode.api_request": "opencode.llm", "opencode.user_prompt": "opencode.session"}
    assert names == {name: sent[trace, span] for name, trace, span in told if name in names}
    assert {"opencode.tool.task", "opencode.tool.bash"} == {
        sent[trace, span] for name, trace, span in told if name == "opencode.tool_result"
    }


def test_second_turn_in_the_tui_is_a_trace_that_links_to_the_first(world: World) -> None:
    """Two prompts in one session of the TUI: two traces, the second linked to the first."""
    with tui(world.opencode, world.home.project(), prompt("simple")) as terminal:
        terminal.wait_until(lambda: b"scenario:simple" in terminal.painted, what="the prompt")
        terminal.type(b"\r")
        wait_turns(world, terminal, 1)
        ask(terminal, prompt("commit"))
        wait_turns(world, terminal, 2)
        terminal.type(b"\x03")
        terminal.wait_exit()
    world.wait_quiet()

    found = Forest(world.sink.spans())
    first, second = found.named("session")
    call = "session > llm"
    assert sorted(["session", call, "session", call, call, f"{call} > tool.bash"]) == found.paths()
    assert {first.trace_id, second.trace_id} == found.traces()
    assert first.trace_id != second.trace_id
    assert ((), ((first.trace_id, first.span_id),)) == (first.links, second.links)


def ask(terminal: Terminal, text: str) -> None:
    """Type a prompt into the TUI and send it."""
    terminal.type(text.encode())
    terminal.wait_until(lambda: b"commit]]" in terminal.painted, what="what was typed")
    terminal.type(b"\r")


def wait_turns(world: World, terminal: Terminal, count: int) -> None:
    """Keep the TUI going until so many turns are over."""
    sign = b'"type":"session.idle"'
    terminal.wait_until(
        lambda: any((one / "0.ndjson").read_bytes().count(sign) >= count for one in world.home.journals()),
        what=f"the end of turn {count}",
    )


def test_disabled_spans_are_stepped_over(world: World) -> None:
    """Without model calls' spans a tool's is a child of the turn's, and log records name the turn's."""
    world.opencode.run(world.home.project(), prompt("commit"), OPENCODE_DISABLE_TRACES="llm")
    world.wait_quiet()

    found = Forest(world.sink.spans())
    [turn] = found.named("session")
    assert ["session", "session > tool.bash"] == found.paths()
    assert {turn.span_id} == {record.span_id for record in world.events("api_request")}


@pytest.mark.parametrize(
    "setting",
    [
        {"OPENCODE_DISABLE_TRACES": "all"},
        {"OTEL_TRACES_SAMPLER": "always_off"},
        {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OPENCODE_TRACEPARENT": f"{REMOTE[:-1]}0"},
    ],
    ids=["disabled", "sampler", "ratio", "exporter", "parent"],
)
def test_what_is_off_does_not_arrive(world: World, setting: dict[str, str]) -> None:
    """No span arrives, no log record names one, and everything else is as ever."""
    world.opencode.run(world.home.project(), prompt("commit"), **setting)
    world.wait_quiet()

    assert [] == world.sink.spans()
    assert {("", "")} == {(record.trace_id, record.span_id) for record in world.sink.log_records()}
    assert world.truth().tokens == world.arrived().tokens


def test_invalid_parent_is_ignored(world: World) -> None:
    """A traceparent that is none leaves the turn a root of its own."""
    world.opencode.run(world.home.project(), prompt("simple"), OPENCODE_TRACEPARENT="no-parent")
    world.wait_quiet()

    assert ["session", "session > llm"] == Forest(world.sink.spans()).paths()
