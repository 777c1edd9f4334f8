"""The real OpenCode, told nothing but a vendor's own variables: its session is on that vendor's pages."""

import re
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from tests.e2e.recipes import prompt
from tests.e2e.scenarios_shown import ANSWERED, ASKED, COMMIT, COMMITTED, DEFAULTED, REVIEW, REVIEWED, WRITE
from tests.e2e.world import World, telemetry
from tests.trace_backends.backend import Backend
from tests.trace_backends.expected import Expected, calls, rounded, summary
from tests.trace_backends.mlflow import MLflow, serve_mlflow
from tests.trace_backends.phoenix import Phoenix, serve_phoenix
from tests.trace_backends.played import MODEL, Played, play
from tests.trace_backends.recorded import Turn
from tests.trace_backends.serving import ask
from tests.trace_backends.shown import Message, ShownTrace, Tokens
from tests.trace_backends.words import ARIZE, MLFLOW, Words

# The first test waits for both servers too.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
# https://arize.com/docs/phoenix/self-hosting/features/authentication: the last one is a key, too.
LOGIN = {
    "PHOENIX_ENABLE_AUTH": "true",
    "PHOENIX_SECRET": "made-up-secret-number-1-of-32-characters",
    "PHOENIX_ADMIN_SECRET": "made-up-secret-number-2-of-32-characters",
}
# https://mlflow.org/docs/latest/self-hosting/security/basic-http-auth
MLFLOW_LOGIN = {
    "MLFLOW_AUTH_ADMIN_USERNAME": "ada",
    "MLFLOW_AUTH_ADMIN_PASSWORD": "made-up-password",
    "MLFLOW_FLASK_SERVER_SECRET_KEY": "made-up-secret",
}
USER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAID = [
    Message(role="assistant", text="I write the file first.", tool_calls=("write",)),
    Message(role="assistant", text="Now I run it.", tool_calls=("bash",)),
    Message(role="assistant", text=ASKED, tool_calls=("task",)),
    Message(role="assistant", text="", tool_calls=("read",)),
    Message(role="assistant", text=REVIEWED),
    Message(role="assistant", text=DEFAULTED, tool_calls=("edit",)),
    Message(role="assistant", text=ANSWERED),
]
"""What the model said in the first turn, its sub-agent among it."""


def of_phoenix(phoenix: Phoenix) -> dict[str, str]:
    """Give what a user of Phoenix sets."""
    return {"PHOENIX_ENDPOINT": phoenix.url, "PHOENIX_PROJECT": phoenix.project}


def of_mlflow(mlflow: MLflow) -> dict[str, str]:
    """Give what a user of MLflow sets."""
    return {"MLFLOW_TRACKING_URI": mlflow.url, "MLFLOW_EXPERIMENT_ID": mlflow.experiment}


def outlines(words: Words) -> list[tuple[str, ...]]:
    """Give the trees of both turns."""
    call = words.call(MODEL)
    return [
        (
            words.turn(),
            *(f"  {call}", f"    {words.ran('write')}"),
            *(f"  {call}", f"    {words.ran('bash')}"),
            *(f"  {call}", f"    {words.ran('task')}"),
            f"      {words.turn('general')}",
            *(f"        {call}", f"          {words.ran('read')}", f"        {call}"),
            *(f"  {call}", f"    {words.ran('edit')}", f"  {call}"),
        ),
        (words.turn(), f"  {call}", f"    {words.ran('bash')}", f"  {call}"),
    ]


def test_phoenix_by_its_own_variables(world: World, phoenix: Phoenix) -> None:
    """Project, session, user, tree, tokens, cost and every word of it are there; nothing else was set."""
    played = play(world, of_phoenix(phoenix))

    look(phoenix, played, ARIZE)
    spans = phoenix.trace(played.turns[0].trace).spans
    tools = {span.name: span.attributes["tool"] for span in spans if span.kind == "TOOL"}
    assert "python3 greet.py Ada" == tools["bash"]["command"]
    assert {"greet.py"} == {tools[name]["file_path"] for name in ("edit", "read", "write")}
    assert {} == telemetry_of(world)


def test_phoenix_with_a_login_gets_the_key(world: World, installed: Path, tmp_path: Path) -> None:
    """Its key is a bearer token; the project is called opencode where nobody says otherwise."""
    key = LOGIN["PHOENIX_ADMIN_SECRET"]
    with serve_phoenix(installed / "phoenix", tmp_path, **LOGIN) as server:
        world.opencode.telemetry = {"PHOENIX_ENDPOINT": server.url, "PHOENIX_API_KEY": key}
        world.opencode.run(world.home.project(), prompt("simple"))
        world.wait_quiet()
        bearer = {"authorization": f"Bearer {key}"}
        spans = ask("GET", f"{server.url}/v1/projects/opencode/spans", headers=bearer)["data"]

    assert ["LLM: large", "Turn"] == sorted(span["name"] for span in spans)


def test_mlflow_by_its_own_variables(world: World, mlflow: MLflow) -> None:
    """So it is with MLflow, whose plugin's own switch may stay set."""
    played = play(world, {**of_mlflow(mlflow), "MLFLOW_OPENCODE_DEBUG": "true"})

    look(mlflow, played, MLFLOW)
    assert {} == telemetry_of(world)


def test_mlflow_with_a_login_gets_user_and_password(world: World, installed: Path, tmp_path: Path) -> None:
    """They are Basic authentication; its first experiment has the id 0."""
    user, password = MLFLOW_LOGIN["MLFLOW_AUTH_ADMIN_USERNAME"], MLFLOW_LOGIN["MLFLOW_AUTH_ADMIN_PASSWORD"]
    place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}
    with serve_mlflow(installed / "mlflow", tmp_path, "--app-name", "basic-auth", **MLFLOW_LOGIN) as server:
        search = f"{server.url}/api/3.0/mlflow/traces/search"
        world.opencode.telemetry = {
            "MLFLOW_TRACKING_URI": server.url,
            "MLFLOW_EXPERIMENT_ID": "0",
            "MLFLOW_TRACKING_USERNAME": user,
            "MLFLOW_TRACKING_PASSWORD": password,
        }
        world.opencode.run(world.home.project(), prompt("simple"))
        world.wait_quiet()
        found = ask("POST", search, json={"locations": [place]}, auth=(user, password))["traces"]
        with pytest.raises(RuntimeError, match="401"):
            ask("POST", search, json={"locations": [place]})

    assert ["OK"] == [trace["state"] for trace in found]


def test_several_at_once_beside_a_generic_backend(world: World, phoenix: Phoenix, mlflow: MLflow) -> None:
    """Each gets all of it once, in its own profile; the generic one gets every signal, and no text."""
    played = play(world, {**of_phoenix(phoenix), **of_mlflow(mlflow), **telemetry(world.sink)})

    shown = [look(phoenix, played, ARIZE), look(mlflow, played, MLFLOW)]
    assert shown[0] == shown[1]
    assert world.truth() == world.arrived()
    assert {turn.trace for turn in played.turns} == {span.trace_id for span in world.sink.spans()}
    told = str((world.sink.spans(), world.sink.log_records(), world.sink.metric_points()))
    assert [] == [words for words in (WRITE, REVIEWED, COMMITTED, "python3 greet.py") if words in told]


def test_server_of_mlflow_alone_starts_nothing(world: World, mlflow: MLflow) -> None:
    """Whoever names a tracking server for other work is not observed: no journal, no agent."""
    world.opencode.telemetry = {"MLFLOW_TRACKING_URI": mlflow.url}
    finished = world.opencode.run(world.home.project(), prompt("simple"))

    assert 0 == finished.code
    assert not world.home.state.exists()
    assert [] == mlflow.listed()


def telemetry_of(world: World) -> dict[str, int]:
    """Count what came to the generic backend that nobody named."""
    sink = world.sink
    found = {"points": sink.metric_points(), "records": sink.log_records(), "spans": sink.spans()}
    return {name: len(rows) for name, rows in found.items() if rows}


def look(backend: Backend, played: Played, words: Words) -> str | None:
    """Look through the pages of a backend, compare them with what was played, and give the user's id."""
    both = list(zip(played.turns, outlines(words), strict=True))
    traces = [backend.trace(turn.trace, at_least=len(outline)) for turn, outline in both]
    user = traces[0].user
    assert USER.fullmatch(user or "")
    for (turn, outline), trace in zip(both, traces, strict=True):
        assert expected(turn, outline, user, trace.tokens) == summary(trace)
        assert list(turn.calls) == [replace(call, messages_in=(), messages_out=()) for call in calls(trace)]
    assert {trace.id for trace in traces} == set(backend.listed())
    look_at_session(backend, played)
    look_at_texts(traces)
    return user


def expected(turn: Turn, outline: tuple[str, ...], user: str | None, shown: Tokens) -> Expected:
    """Give what a turn's page shows; of a whole trace Phoenix tells no tokens of the cache."""
    tokens = (
        turn.tokens
        if shown.cache_read
        else Tokens(prompt=turn.tokens.prompt, completion=turn.tokens.completion)
    )
    return Expected(outline=outline, tokens=tokens, cost_usd=turn.cost_usd, session=turn.session, user=user)


def look_at_session(backend: Backend, played: Played) -> None:
    """Compare the page of sessions: one session with both turns, all tokens and all cost."""
    (session,) = backend.sessions().values()
    assert (played.session, tuple(turn.trace for turn in played.turns)) == (session.id, session.traces)
    assert sum(turn.tokens.total for turn in played.turns) == session.tokens.total
    assert rounded(sum(turn.cost_usd or 0.0 for turn in played.turns)) == rounded(session.cost_usd)


def look_at_texts(traces: list[ShownTrace]) -> None:
    """Compare the words: in the list, in the dialogue of each model call, and of each tool."""
    first, second = traces
    assert [(WRITE, ANSWERED), (COMMIT, COMMITTED)] == [(trace.input, trace.output) for trace in traces]
    assert SAID == list(chain(*(call.messages_out for call in calls(first))))
    asked = [message for call in calls(first) for message in call.messages_in]
    assert [WRITE, REVIEW] == [message.text for message in asked if message.role == "user"]
    results = [message.text for message in asked if message.role == "tool"]
    assert ["Wrote file successfully.", "Hello, Ada!\n"] == results[:2]
    ran = {span.name.split()[-1]: span for span in first.spans if span.kind == "TOOL"}
    assert ["bash", "edit", "read", "task", "write"] == sorted(ran)
    assert "python3 greet.py Ada" in ran["bash"].input
    assert "Hello, Ada!\n" == ran["bash"].output
    assert "def greet(name)" in ran["read"].output
    assert COMMIT == calls(second)[0].messages_in[0].text
