"""Totals that only MLflow reads, and counts that other backends add up without counting twice."""

import json
from pathlib import Path

import pytest

from otel_agent.settings import TraceProfile
from otel_agent.sink.spans import Span
from tests.signals.golden import sent
from tests.trace_backends.recorded import Turn, the_turn, turns

RECORDINGS = ["run_subagent", "run_two_models", "run_commit", "serve_compact", "run_e401"]
# Where each profile has the counts of a model call: what it read and what it wrote.
COUNTS = {
    TraceProfile.OPENCODE: ("llm.token_count.prompt", "llm.token_count.completion"),
    TraceProfile.OPENINFERENCE: ("llm.token_count.prompt", "llm.token_count.completion"),
    TraceProfile.GEN_AI: ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"),
    TraceProfile.MLFLOW: ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"),
}
TOTALS = "mlflow.chat.tokenUsage"


def spans(folder: Path, recording: str, profile: TraceProfile) -> list[Span]:
    """Give the spans of a recording in a profile."""
    return sent(folder / "1-1-a", recording, OPENCODE_TRACE_PROFILE=profile.value).spans


def added(found: list[Span], key: str) -> int:
    """Add up an attribute over all spans, as most backends do."""
    counts = (span.attributes.get(key, 0) for span in found)
    return sum(count for count in counts if isinstance(count, int))


def whole(recording: str) -> Turn:
    """Give all calls of a recording as one turn."""
    calls = tuple(call for turn in turns(recording) for call in turn.calls)
    return Turn(session="", trace="", calls=calls)


@pytest.mark.parametrize("profile", COUNTS, ids=lambda one: one.value)
@pytest.mark.parametrize("recording", RECORDINGS)
def test_counts_of_all_spans_add_up_to_what_was_used(
    recording: str, profile: TraceProfile, tmp_path: Path
) -> None:
    """A backend that adds up the usage of every span of a trace counts nothing twice."""
    found = spans(tmp_path, recording, profile)

    read, wrote = COUNTS[profile]
    expected = whole(recording).tokens
    assert (expected.prompt, expected.completion) == (added(found, read), added(found, wrote))


@pytest.mark.parametrize("profile", COUNTS, ids=lambda one: one.value)
def test_turn_tells_the_total_of_its_tree(profile: TraceProfile, tmp_path: Path) -> None:
    """The outer turn has what it and the sub-agent used and cost, the sub-agent's turn has its own."""
    found = spans(tmp_path, "run_subagent", profile)
    inner, outer = (span for span in found if TOTALS in span.attributes)

    turn = the_turn("run_subagent")
    used = json.loads(str(outer.attributes[TOTALS]))
    assert (turn.tokens.prompt, turn.tokens.completion, turn.tokens.cache_read) == (
        used["input_tokens"],
        used["output_tokens"],
        used["cache_read_input_tokens"],
    )
    assert json.loads(str(outer.attributes["mlflow.llm.cost"])) == {
        "total_cost": pytest.approx(turn.cost_usd)
    }
    assert json.loads(str(inner.attributes[TOTALS]))["total_tokens"] == sum(
        call.tokens.total for call in turn.calls[1:3] if call.tokens
    )


def test_failed_turn_tells_no_total(tmp_path: Path) -> None:
    """Of a turn that used nothing a total of zero would say that it was free."""
    found = spans(tmp_path, "run_e401", TraceProfile.GEN_AI)

    assert [] == [span.name for span in found if TOTALS in span.attributes]


def test_only_the_turn_at_the_top_names_the_trace(tmp_path: Path) -> None:
    """A sub-agent's turn comes first and must not give its own name."""
    found = spans(tmp_path, "run_subagent", TraceProfile.GEN_AI)

    names = [span.attributes.get("mlflow.traceTag.mlflow.traceName") for span in found]
    assert ["invoke_agent build"] == [name for name in names if name is not None]
