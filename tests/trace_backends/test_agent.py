"""What Phoenix and MLflow alike show of what our agent sends of recordings, every span in its own request."""

from pathlib import Path

import pytest

from tests.trace_backends.backend import Backend
from tests.trace_backends.expected import Call, calls
from tests.trace_backends.recorded import events_of, spans_of, the_turn, turns, user_of
from tests.trace_backends.shown import ShownTrace, Tokens
from tests.trace_backends.words import GEN_AI, OPENCODE, OPENINFERENCE, Words

REMOTE_TRACE, REMOTE_SPAN = "c1" * 16, "ee" * 8
REMOTE = {"OPENCODE_TRACEPARENT": f"00-{REMOTE_TRACE}-{REMOTE_SPAN}-01"}


@pytest.fixture(params=[GEN_AI, OPENINFERENCE, OPENCODE], ids=lambda one: one.profile)
def words(request: pytest.FixtureRequest) -> Words:
    """The profiles that both backends read, one after the other."""
    found: Words = request.param
    return found


def shown(backend: Backend, folder: Path, recording: str, words: Words) -> ShownTrace:
    """Deliver a recording of one turn and give what is shown of it."""
    for payload in spans_of(folder, recording, words.environ):
        backend.send(payload)
    return backend.trace(the_turn(recording).trace)


def used(found: list[Call] | tuple[Call, ...]) -> list[tuple[str | None, Tokens]]:
    """Give model and tokens of calls; of a failed one Phoenix shows zeros, MLflow nothing."""
    return [(call.model, call.tokens or Tokens()) for call in found]


@pytest.mark.parametrize("recording", ["run_subagent", "run_two_models"])
def test_subagent_is_below_its_call(backend: Backend, words: Words, recording: str, tmp_path: Path) -> None:
    """The tree, the totals of all calls in it, the session at its top and the user are the recording's."""
    turn = the_turn(recording)
    models = [call.model or "" for call in turn.calls]

    trace = shown(backend, tmp_path, recording, words)
    assert [
        words.turn(),
        f"  {words.call(models[0])}",
        f"    {words.ran('task')}",
        f"      {words.turn('general')}",
        f"        {words.call(models[1])}",
        f"          {words.ran('bash')}",
        f"        {words.call(models[2])}",
        f"  {words.call(models[3])}",
    ] == trace.outline()
    assert (turn.tokens.prompt, turn.tokens.completion) == (trace.tokens.prompt, trace.tokens.completion)
    assert user_of(recording) == trace.user
    assert [trace.id] == backend.listed()


def test_session_of_a_subagent_is_its_roots(backend: Backend, words: Words, tmp_path: Path) -> None:
    """A sub-agent's spans come first, and the first one decides where the whole trace goes."""
    assert the_turn("run_subagent").session == shown(backend, tmp_path, "run_subagent", words).session


@pytest.mark.parametrize(
    "recording", ["run_subagent", "run_two_models", "run_commit", "run_tools", "run_e401"]
)
def test_model_calls_are_those_of_the_recording(
    backend: Backend, words: Words, recording: str, tmp_path: Path
) -> None:
    """Each has its model and its own tokens, the cache's among them."""
    trace = shown(backend, tmp_path, recording, words)

    assert used(the_turn(recording).calls) == used(calls(trace))


def test_refused_key_is_an_error(backend: Backend, words: Words, tmp_path: Path) -> None:
    """The call and its turn have the status and the provider's words; the trace failed."""
    trace = shown(backend, tmp_path, "run_e401", words)

    assert "ERROR" == trace.state
    assert [words.turn(), f"  {words.call()}"] == trace.outline()
    assert {("ERROR", "APIError: Incorrect API key provided")} == {
        (span.status, span.status_message) for span in trace.spans
    }


@pytest.mark.parametrize("answer", ["once", "always", "reject", "edit"])
def test_wait_for_a_permission_is_below_its_tool(
    backend: Backend, words: Words, answer: str, tmp_path: Path
) -> None:
    """Every question of the recording is a span of a known kind, in the tool call that it is about."""
    recording = f"serve_permission_{answer}"
    asked = events_of(recording, "permission.asked")

    trace = shown(backend, tmp_path, recording, words)
    tools = {span.id for span in trace.spans if span.kind == "TOOL"}
    waits = [span for span in trace.spans if f"CHAIN {span.name}" == words.waited]
    assert len(asked) == len(waits)
    assert {span.parent for span in waits} <= tools


def test_rejected_call_failed_and_its_turn_did_not(backend: Backend, words: Words, tmp_path: Path) -> None:
    """A person's refusal is an error of the tool call alone."""
    trace = shown(backend, tmp_path, "serve_permission_reject", words)

    assert [("TOOL", "permission rejected")] == [
        (span.kind, span.status_message) for span in trace.spans if span.status == "ERROR"
    ]
    assert "ERROR" != trace.state


def test_compaction_is_a_turn_of_the_same_session(backend: Backend, words: Words, tmp_path: Path) -> None:
    """Two turns are two traces of one session, whose totals are those of all calls."""
    first, second = turns("serve_compact")
    for payload in spans_of(tmp_path, "serve_compact", words.environ):
        backend.send(payload)

    assert [words.turn(), f"  {words.call()}"] == backend.trace(first.trace).outline()
    assert [words.turn(), f"  {words.compacted}", f"    {words.call()}"] == backend.trace(
        second.trace
    ).outline()
    session = backend.sessions()[first.session]
    assert {first.trace, second.trace} == set(session.traces)
    assert first.tokens.prompt + second.tokens.prompt == session.tokens.prompt
    assert first.tokens.completion + second.tokens.completion == session.tokens.completion


def test_resumed_session_goes_on(backend: Backend, words: Words, tmp_path: Path) -> None:
    """Two processes, each with a turn of one session, are two traces in it."""
    for recording in ("resume", "resume_2"):
        shown(backend, tmp_path, recording, words)

    first, second = the_turn("resume"), the_turn("resume_2")
    assert {first.session: {first.trace, second.trace}} == {
        name: set(session.traces) for name, session in backend.sessions().items()
    }


def test_turn_under_a_remote_parent_is_shown(backend: Backend, words: Words, tmp_path: Path) -> None:
    """In a job's trace whose own span never comes, the turn stands at the top with all that it used."""
    turn = the_turn("run_commit")
    for payload in spans_of(tmp_path, "run_commit", {**words.environ, **REMOTE}):
        backend.send(payload)

    trace = backend.trace(REMOTE_TRACE)
    assert [words.turn(), f"  {words.call()}", f"    {words.ran('bash')}", f"  {words.call()}"] == (
        trace.outline()
    )
    assert (turn.tokens.prompt, turn.tokens.completion) == (trace.tokens.prompt, trace.tokens.completion)
    assert [REMOTE_TRACE] == backend.listed()


def test_no_content_is_shown_unless_asked_for(backend: Backend, words: Words, tmp_path: Path) -> None:
    """With the settings at their defaults no page has a word of the prompt, the answer or the tools."""
    trace = shown(backend, tmp_path, "run_content", words)

    assert {("", "", (), ())} == {
        (span.input, span.output, span.messages_in, span.messages_out) for span in trace.spans
    }
    assert all("Committed" not in str(span.attributes) for span in trace.spans)
