"""What Phoenix and MLflow show of recordings that went through the agent: what OpenCode told."""

from pathlib import Path

import pytest

from otel_agent.settings import TraceProfile
from tests.otlp.golden_traces import RECORDINGS
from tests.otlp.happened import happened
from tests.otlp.test_golden_traces import payloads
from tests.trace_backends.backend import Backend
from tests.trace_backends.made import spans_in
from tests.trace_backends.mlflow import MLflow
from tests.trace_backends.phoenix import Phoenix
from tests.trace_backends.shown import ShownTrace

PROFILES = pytest.mark.parametrize(
    "profile", [TraceProfile.OPENCODE, TraceProfile.OPENINFERENCE, TraceProfile.GEN_AI]
)


def shown(backend: Backend, recording: str, profile: TraceProfile, folder: Path) -> ShownTrace:
    """Deliver a recording of one turn, and return what is shown of it."""
    requests = payloads(folder / "1-1-a", recording, profile)
    for payload in requests:
        backend.send(payload)
    [trace] = {trace for payload in requests for trace in spans_in(payload)}
    return backend.trace(trace)


def told(recording: str) -> tuple[int, int, float, str]:
    """Return what OpenCode told: tokens read and written, cost in USD, the session at the top."""
    happening = happened(RECORDINGS[recording])
    found = happening.sums()
    written = {"output", "reasoning"}
    completion = sum(count for (*_, kind), count in found.tokens.items() if kind in written)
    [top] = [id_ for id_, info in happening.sessions.items() if "parentID" not in info]
    return sum(found.tokens.values()) - completion, completion, sum(found.cost.values()), top


@PROFILES
@pytest.mark.parametrize("recording", ["run_subagent", "run_two_models", "run_content"])
def test_totals_of_a_trace_are_those_of_the_recording(
    backend: Backend, recording: str, profile: TraceProfile, tmp_path: Path
) -> None:
    """Tokens of all calls, those of sub-agents too, in the session at the top."""
    trace = shown(backend, recording, profile, tmp_path)

    prompt, completion, _, session = told(recording)
    assert (prompt, completion, session) == (trace.tokens.prompt, trace.tokens.completion, trace.session)


@PROFILES
@pytest.mark.parametrize("recording", ["run_subagent", "run_two_models"])
def test_mlflow_shows_opencodes_own_cost(
    mlflow: MLflow, recording: str, profile: TraceProfile, tmp_path: Path
) -> None:
    """Nothing is priced a second time, and nothing below a tool call is left out."""
    trace = shown(mlflow, recording, profile, tmp_path)

    assert pytest.approx(told(recording)[2]) == trace.cost_usd


@PROFILES
def test_subagent_is_shown_below_the_tool_that_started_it(
    backend: Backend, profile: TraceProfile, tmp_path: Path
) -> None:
    """Agent, model call, tool, and the sub-agent's own agent in it."""
    lines = shown(backend, "run_subagent", profile, tmp_path).outline()

    assert [
        "AGENT",
        "  LLM",
        "    TOOL",
        "      AGENT",
        "        LLM",
        "          TOOL",
        "        LLM",
        "  LLM",
    ] == [line[: len(line) - len(line.lstrip())] + line.split()[0] for line in lines]


@PROFILES
def test_prompt_and_answer_of_a_turn_are_listed(
    backend: Backend, profile: TraceProfile, tmp_path: Path
) -> None:
    """The list of traces shows what was asked and what was answered last."""
    trace = shown(backend, "run_content", profile, tmp_path)

    assert "Do it [[scenario:commit]]" in (trace.input or "")
    assert "Committed." in (trace.output or "")


@PROFILES
def test_words_of_every_call_are_shown(backend: Backend, profile: TraceProfile, tmp_path: Path) -> None:
    """What the model read and said stands on the pages of its calls."""
    trace = shown(backend, "run_content", profile, tmp_path)
    first, second = sorted(
        (span for span in trace.spans if span.kind == "LLM"), key=lambda span: span.start_ns
    )

    assert "I write a file and commit it." in f"{first.output}{first.messages_out}"
    assert "32c14a86a19dbe47c8c7eb2976fc4d850e282c14" in f"{second.input}{second.messages_in}"
    assert "Committed." in f"{second.output}{second.messages_out}"


def test_phoenix_shows_what_arizes_own_tracing_had(phoenix: Phoenix, tmp_path: Path) -> None:
    """Turns as chains, by their name, with tokens, session, prompt and answer."""
    trace = shown(phoenix, "run_content", TraceProfile.ARIZE, tmp_path)

    prompt, completion, _, session = told("run_content")
    assert (prompt, completion, session) == (trace.tokens.prompt, trace.tokens.completion, trace.session)
    assert ["CHAIN Turn", "  LLM LLM: large", "    TOOL bash", "  LLM LLM: large"] == trace.outline()
    assert "Do it [[scenario:commit]]" in (trace.input or "")
    assert "Committed." in (trace.output or "")
