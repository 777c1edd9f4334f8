"""What the real OpenCode's shell commands and model requests are told of the trace that they belong to."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.e2e.recipes import prompt
from tests.e2e.scenarios_traces import NOTED, note
from tests.e2e.server import Json, Server, serve
from tests.e2e.world import World
from tests.plugin.tracing import Span, traceparent

REMOTE_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REMOTE = f"00-{REMOTE_TRACE}-00f067aa0ba902b7-01"


def notes(folder: Path) -> Mapping[str, list[str]]:
    """Return what commands noted, by the note's name."""
    return {file.name: file.read_text().split() for file in (folder / NOTED).iterdir()}


def turn_of(messages: list[Json]) -> Span:
    """Return the span of a session's first turn."""
    info = messages[0]["info"]
    return "session", info["sessionID"], info["id"]


def tools_of(messages: list[Json]) -> Iterator[Span]:
    """Yield the spans of a session's tool calls."""
    for message in messages:
        for part in message["parts"]:
            if part["type"] == "tool":
                yield "tool", part["sessionID"], f"{part['messageID']}:{part['callID']}"


def told(server: Server, folder: Path, session: str, turn: Span) -> list[list[str]]:
    """Return what each shell of a session is to be told, in the order of its calls."""
    tools = tools_of(server.messages(folder, session))
    return [[session, traceparent((turn, tool))] for tool in tools]


def test_shell_commands_are_told_their_spans(world: World) -> None:
    """Each of several commands, three of them at once, knows its session and its own call's span."""
    folder = world.home.project()
    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        server.turn(folder, session, prompt("trace-shells"))
        expected = told(server, folder, session, turn_of(server.messages(folder, session)))

    assert expected == [noted for _, noted in sorted(notes(folder).items())]


def test_shells_of_subagents_are_in_the_same_trace(world: World) -> None:
    """Two sub-agents work at once, and the commands of both are in the trace of the turn above."""
    folder = world.home.project()
    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        server.turn(folder, session, prompt("trace-helpers"))
        turn = turn_of(server.messages(folder, session))
        children = [str(child["id"]) for child in server.call(folder, "GET", f"/session/{session}/children")]
        expected = [line for child in children for line in told(server, folder, child, turn)]

    assert 2 == len(expected)
    assert sorted(expected) == sorted(notes(folder).values())


def test_a_persons_own_command_is_told_its_span(world: World) -> None:
    """A command that a person types is a tool call in a turn of its own."""
    folder = world.home.project()
    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        body = {"agent": "build", "model": {"providerID": "fake", "modelID": "large"}, "command": note("a")}
        server.call(folder, "POST", f"/session/{session}/shell", body)
        expected = told(server, folder, session, turn_of(server.messages(folder, session)))

    assert expected == list(notes(folder).values())


def test_model_requests_carry_their_spans(world: World) -> None:
    """A listed provider is told the model call's span, for a title that of the turn."""
    folder = world.home.project()
    with serve(world.opencode, folder, OPENCODE_TRACE_PROPAGATION_PROVIDERS="fake") as server:
        session = server.session(folder)
        server.turn(folder, session, prompt("trace-shells"))
        messages = server.messages(folder, session)
    turn = turn_of(messages)
    answers = [each["info"]["id"] for each in messages if each["info"]["role"] == "assistant"]

    requests = world.provider.requests
    assert {traceparent((turn,))} == {
        each.headers["traceparent"] for each in requests if each.scenario == "title"
    }
    assert [traceparent((turn, ("llm", session, answer))) for answer in answers] == [
        each.headers["traceparent"] for each in requests if each.scenario == "trace-shells"
    ]


def test_model_requests_carry_nothing_unasked(world: World) -> None:
    """Without a list of providers no request has a header of ours, and the run goes on as ever."""
    folder = world.home.project()
    finished = world.opencode.run(folder, prompt("trace-shells"), TRACEPARENT=REMOTE)

    assert 0 == finished.code
    assert [] == [each.scenario for each in world.provider.requests if "traceparent" in each.headers]


def test_a_run_is_in_the_trace_that_it_was_started_in(world: World) -> None:
    """In `opencode run` the environment's own parent names the trace of commands and sub-agents."""
    folder = world.home.project()
    world.opencode.run(folder, prompt("trace-helpers"), TRACEPARENT=REMOTE, TRACESTATE="vendor=1")

    parents = {(noted[1][:35], noted[1][-3:], noted[2]) for noted in notes(folder).values()}
    assert {(f"00-{REMOTE_TRACE}", "-01", "vendor=1")} == parents
    assert 2 == len({noted[1] for noted in notes(folder).values()})


def test_what_shells_are_told_are_spans_that_arrive(world: World) -> None:
    """The agent sends the very spans, in one trace, also where tasks waited for a permission."""
    folder = world.home.project(config={"permission": {"task": "ask"}})
    world.opencode.run(folder, prompt("trace-helpers"), "--auto")
    world.wait_quiet()

    arrived = {(span.trace_id, span.span_id) for span in world.sink.spans()}
    named = {tuple(noted[1].split("-")[1:3]) for noted in notes(folder).values()}
    assert (2, set()) == (len(named), named - arrived)
    assert 1 == len({trace for trace, _ in arrived})
