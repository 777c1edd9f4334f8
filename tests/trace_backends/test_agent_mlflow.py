"""What only MLflow shows of what our agent sends: true costs, its chat view, links, states, names."""

import json
from pathlib import Path

import pytest

from tests.journals import RECORDINGS as FOLDER
from tests.trace_backends.expected import Call, calls, rounded
from tests.trace_backends.mlflow import MLflow
from tests.trace_backends.recorded import Turn, spans_of, spans_of_file, the_turn, turns
from tests.trace_backends.shown import Message, ShownTrace, Tokens
from tests.trace_backends.words import GEN_AI, MLFLOW, OPENCODE, OPENINFERENCE, Words

PROMPT = '"Do it [[scenario:commit]]"'
SHA = "32c14a86a19dbe47c8c7eb2976fc4d850e282c14\n"
REMOTE_TRACE = "c1" * 16
REMOTE = {"OPENCODE_TRACEPARENT": f"00-{REMOTE_TRACE}-{'ee' * 8}-01"}
CLAUDE_CODE = {"OPENCODE_TRACE_PROFILE": "claude_code"}
ALL = [GEN_AI.environ, MLFLOW.environ, OPENINFERENCE.environ, OPENCODE.environ, CLAUDE_CODE]
RECORDINGS = ["run_subagent", "run_two_models", "run_commit", "run_tools", "serve_permission_reject"]


@pytest.fixture(params=[GEN_AI, OPENINFERENCE, OPENCODE], ids=lambda one: one.profile)
def words(request: pytest.FixtureRequest) -> Words:
    """The profiles that are no copy of somebody else's, one after the other."""
    found: Words = request.param
    return found


def shown(mlflow: MLflow, folder: Path, recording: str, environ: dict[str, str]) -> ShownTrace:
    """Deliver a recording of one turn and give what is shown of it."""
    for payload in spans_of(folder, recording, environ):
        mlflow.send(payload)
    return mlflow.trace(the_turn(recording).trace)


def paid(found: list[Call] | tuple[Call, ...]) -> list[tuple[str | None, Tokens | None, float | None]]:
    """Give model, tokens and cost of calls."""
    return [(call.model, call.tokens, call.cost_usd) for call in found]


@pytest.mark.parametrize("environ", ALL, ids=lambda one: one["OPENCODE_TRACE_PROFILE"])
@pytest.mark.parametrize("recording", RECORDINGS)
def test_tokens_and_cost_are_those_of_the_recording(
    mlflow: MLflow, recording: str, environ: dict[str, str], tmp_path: Path
) -> None:
    """Of each call and of the whole trace, sub-agents with it, to the token and in every profile."""
    turn = the_turn(recording)
    trace = shown(mlflow, tmp_path, recording, environ)

    assert paid(turn.calls) == paid(calls(trace))
    assert (turn.tokens, turn.cost_usd) == (trace.tokens, rounded(trace.cost_usd))


def test_session_adds_up_its_turns(mlflow: MLflow, words: Words, tmp_path: Path) -> None:
    """A session's tokens and cost are those of all its turns."""
    for payload in spans_of(tmp_path, "serve_compact", words.environ):
        mlflow.send(payload)

    first, second = turns("serve_compact")
    session = mlflow.sessions()[first.session]
    whole = Turn(session="", trace="", calls=(*first.calls, *second.calls))
    assert (whole.tokens, whole.cost_usd) == (session.tokens, rounded(session.cost_usd))


def test_messages_are_a_chat(mlflow: MLflow, tmp_path: Path) -> None:
    """In profile gen_ai each call's page shows messages, tool calls and results, not JSON."""
    first, last = calls(shown(mlflow, tmp_path, "run_content", {**GEN_AI.with_content}))

    assert (Message(role="user", text=PROMPT),) == first.messages_in
    assert (
        Message(role="assistant", text="I write a file and commit it.", tool_calls=("bash",)),
    ) == first.messages_out
    assert (Message(role="tool", text=SHA),) == last.messages_in
    assert (Message(role="assistant", text="Committed."),) == last.messages_out


@pytest.mark.parametrize("words", [OPENINFERENCE, OPENCODE], ids=lambda one: one.profile)
def test_texts_of_calls_are_shown(mlflow: MLflow, words: Words, tmp_path: Path) -> None:
    """In OpenInference's attributes they are plain texts: what was new to a call, and what it said."""
    trace = shown(mlflow, tmp_path, "run_content", {**words.with_content})
    first, last = sorted((span for span in trace.spans if span.kind == "LLM"), key=lambda span: span.start_ns)

    assert (json.loads(PROMPT), SHA) == (first.input, last.input)
    assert first.output.startswith("I write a file and commit it.\n\nbash({")
    assert "Committed." == last.output


def test_list_shows_name_prompt_and_answer(mlflow: MLflow, words: Words, tmp_path: Path) -> None:
    """A turn's row has the name of its agent, what was asked and what was answered, in plain words."""
    trace = shown(mlflow, tmp_path, "run_content", {**words.with_content})

    assert (PROMPT, '"Committed."') == (trace.input, trace.output)
    assert trace.name is not None
    assert trace.name.endswith("build")


def test_list_shows_words_as_they_are_in_profile_mlflow(mlflow: MLflow, tmp_path: Path) -> None:
    """Without quotes around them, new lines as new lines: of a text alone MLflow shows JSON."""
    words = 'Do it,\n"well", Zoë'
    text = (FOLDER / "run_content.ndjson").read_text(encoding="utf-8")
    asked = tmp_path / "asked.ndjson"
    asked.write_text(text.replace(json.dumps(PROMPT), json.dumps(words)), encoding="utf-8")
    for payload in spans_of_file(tmp_path, asked, MLFLOW.with_content):
        mlflow.send(payload)

    trace = mlflow.trace(the_turn("run_content").trace)
    assert (words, "Committed.") == (trace.input, trace.output)


def test_arguments_and_result_of_a_tool_are_shown(mlflow: MLflow, words: Words, tmp_path: Path) -> None:
    """The page of a tool call has its arguments as fields and its result as text."""
    trace = shown(mlflow, tmp_path, "run_content", {**words.with_content})
    (ran,) = (span for span in trace.spans if span.kind == "TOOL")

    assert ["command", "description"] == sorted(json.loads(ran.input))
    assert SHA == ran.output


def test_claude_code_tool_shows_its_output(mlflow: MLflow, tmp_path: Path) -> None:
    """MLflow reads it from the event that Claude Code itself writes."""
    trace = shown(mlflow, tmp_path, "run_content", {**GEN_AI.with_content, **CLAUDE_CODE})
    (ran,) = (span for span in trace.spans if span.kind == "TOOL")

    assert SHA == ran.output


def test_turn_links_to_the_one_before(mlflow: MLflow, words: Words, tmp_path: Path) -> None:
    """The second turn's page leads to the first turn's root."""
    for payload in spans_of(tmp_path, "serve_compact", words.environ):
        mlflow.send(payload)

    first, second = (mlflow.trace(turn.trace) for turn in turns("serve_compact"))
    (top,) = (span for span in second.spans if span.parent is None)
    assert [(first.id, first.root)] == [(trace.removeprefix("tr-"), span) for trace, span in top.links]


def test_turn_under_a_remote_parent_stays_in_progress(mlflow: MLflow, words: Words, tmp_path: Path) -> None:
    """MLflow waits for the job's own span; tokens, cost and session of the turn are there without it."""
    turn = the_turn("run_subagent")
    for payload in spans_of(tmp_path, "run_subagent", {**words.environ, **REMOTE}):
        mlflow.send(payload)

    trace = mlflow.trace(REMOTE_TRACE)
    assert "IN_PROGRESS" == trace.state
    assert (turn.tokens, turn.cost_usd, turn.session) == (
        trace.tokens,
        rounded(trace.cost_usd),
        trace.session,
    )
