"""The real OpenCode's traces of work that goes wrong: refusals, retries, failures, kills; no span twice."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.home import Tools
from tests.e2e.mid_turn import in_mid_turn, kept, kill_both
from tests.e2e.recipes import ASK_GIT, prompt
from tests.e2e.server import serve
from tests.e2e.traces import ERROR, Forest, stored_ids, tokens
from tests.e2e.world import World, world_in

MS = 1_000_000
"""Nanoseconds."""
WAIT = "session > llm > tool.bash > permission.wait"


@pytest.fixture(scope="module")
def troubled(tools: Tools, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forest]:
    """The spans of a session with trouble in each of its turns, played once for the tests that look at it.

    A person refuses a command, the provider refuses calls twice, tools fail, a key is wrong.
    """
    with world_in(tmp_path_factory.mktemp("troubled") / "home", tools, package) as world:
        folder = world.home.project(config={"permission": ASK_GIT})
        with serve(world.opencode, folder) as server:
            session = server.session(folder)
            server.begin(folder, session, prompt("permission"))
            server.reply(folder, "permission", {"reply": "reject", "message": "not now"})
            server.wait_idle(folder, session)
            for scenario in ("e429", "tools", "e401"):
                server.turn(folder, session, prompt(scenario))
        world.wait_quiet()
        yield Forest(world.sink.spans())


def test_each_turn_links_to_the_one_before(troubled: Forest) -> None:
    """Four turns are four traces, and each one but the first links to the one before, failed or not."""
    turns = troubled.named("session")

    assert 4 == len({turn.trace_id for turn in turns}) == len(troubled.traces())
    before = [((turn.trace_id, turn.span_id),) for turn in turns[:-1]]
    assert [(), *before] == [turn.links for turn in turns]


def test_refused_command_waited_for_the_answer(troubled: Forest) -> None:
    """The wait is a child of its tool call, within the turn; it says who refused and is no failure itself."""
    [wait] = troubled.named("permission.wait")
    [tool] = [span for span in troubled.spans if span.span_id == wait.parent_id]

    assert WAIT == troubled.path(wait)
    assert ("reject", "user_reject") == (wait.attributes["decision"], wait.attributes["source"])
    turn = troubled.named("session")[0]
    assert turn.start_ns <= wait.start_ns < wait.end_ns <= turn.end_ns
    assert (ERROR, "permission_rejected") == (tool.status, tool.attributes["error.type"])
    assert 0 == wait.status


def test_refused_calls_are_events_of_the_call_that_came_through(troubled: Forest) -> None:
    """Two attempts that were refused with 429 stand on the one model call, which succeeded."""
    [call] = [span for span in troubled.named("llm") if span.events]

    assert [("retry", 1), ("retry", 2)] == [
        (event.name, event.attributes["attempt"]) for event in call.events
    ]
    times = [event.time_ns for event in call.events]
    assert times == sorted(times)
    assert call.start_ns <= times[0] < times[-1] <= call.end_ns
    assert (0, 3) == (call.status, call.attributes["attempt"])


def test_failed_calls_have_their_status(troubled: Forest) -> None:
    """An exit status, a missing file and an unknown tool fail each in its way; their turn does not."""
    failed = [(span.name, span.attributes["error.type"]) for span in troubled.spans if span.status == ERROR]

    assert ("opencode.tool.bash", "exit_status") in failed
    assert ("opencode.tool.read", "tool_error") in failed
    assert ("opencode.tool.nosuchtool", "invalid_tool") in failed
    assert 0 == troubled.named("session")[2].status


def test_wrong_key_fails_its_call_and_its_turn(troubled: Forest) -> None:
    """The call's status has the provider's, and the turn ends with it."""
    last = troubled.named("session")[-1]
    [call] = [span for span in troubled.named("llm") if span.trace_id == last.trace_id]

    assert [(ERROR, "401")] * 2 == [(span.status, span.attributes["error.type"]) for span in (last, call)]
    assert "error" == last.attributes["outcome"]
    assert "Incorrect API key" in call.status_message


def test_killed_opencode_leaves_no_span_open(world: World) -> None:
    """SIGKILL in mid-tool: turn, call and tool are closed as cut, when the last thing was heard of them."""
    with in_mid_turn(world, world.home.project()) as running:
        segment = kept(world)
        running.kill(signal.SIGKILL)
    world.wait_quiet()

    found = Forest(world.sink.spans())
    cut = [span for span in found.spans if span.attributes.get("outcome") == "cut"]
    tool = "session > llm > tool.bash"
    assert sorted(["session", *["session > llm", tool] * 3]) == found.paths()
    assert ["session", "session > llm", tool] == [found.path(span) for span in cut]
    assert {last_ms(segment) * MS} == {span.end_ns for span in cut}


def last_ms(segment: Path) -> int:
    """Give the time of a journal's last whole line."""
    line = segment.read_text(encoding="utf-8").rpartition("\n")[0].rpartition("\n")[2]
    return int(json.loads(line)["t"])


def test_spans_of_a_killed_agent_are_sent_once(world: World) -> None:
    """SIGKILL of the agent while a tool runs: the next one sends every span, and none twice."""
    folder = world.home.project()

    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        server.begin(folder, session, prompt("slow-shell"))
        server.wait_part(folder, session, "tool", holding="line 2")
        os.kill(world.the_agent(), signal.SIGKILL)
        server.wait_idle(folder, session)
        server.turn(folder, session, prompt("subagent"))
    world.wait_quiet()

    found = Forest(world.sink.spans())
    assert stored_ids(world.home.database) == found.ids()
    assert world.truth().tokens == tokens(found.spans)
    assert {"session"} == {path.partition(" ")[0] for path in found.paths()}


def test_spans_of_a_journal_that_was_left_are_sent_by_the_next_agent(world: World) -> None:
    """Agent and OpenCode killed in mid-turn: the agent of the next run closes and sends what was left."""
    folder = world.home.project()
    with in_mid_turn(world, folder) as running:
        kill_both(world, running)

    world.opencode.run(folder, prompt("simple"))
    world.wait_quiet()

    found = Forest(world.sink.spans())
    assert stored_ids(world.home.database) == found.ids()
    assert world.truth().tokens == tokens(found.spans)
    assert [3, 0] == [
        sum(
            span.trace_id == turn.trace_id and span.attributes.get("outcome") == "cut" for span in found.spans
        )
        for turn in found.named("session")
    ]
