"""The spans of every recording in every profile, as `python -m tests.otlp.golden_traces` wrote them."""

from pathlib import Path

import pytest

from otel_agent.exporter.testing import FakeClock
from otel_agent.replay import unpack
from otel_agent.settings import TraceProfile
from otel_agent.sink.spans import Span
from tests.otlp.golden_traces import EXPECTED, RECORDINGS, environ_of, rendered, spans_of
from tests.pipelines import opened, settings_of

every_recording = pytest.mark.parametrize("name", sorted(RECORDINGS))
every_profile = pytest.mark.parametrize("profile", list(TraceProfile))


@every_recording
def test_spans_are_the_expected_ones(name: str) -> None:
    """Names, parents, times, attributes, events and links are those that somebody has read."""
    assert (EXPECTED / f"{name}.json").read_text(encoding="utf-8") == rendered(name)


def test_every_expectation_has_its_recording() -> None:
    """Nothing is left of a recording that is gone."""
    assert sorted(RECORDINGS) == sorted(path.stem for path in EXPECTED.iterdir())


def payloads(folder: Path, recording: str, profile: TraceProfile) -> list[bytes]:
    """Return the stored requests of a recording, one signal after the other."""
    unpack(RECORDINGS[recording], folder)
    pipeline = opened(folder, FakeClock(), settings_of(**environ_of(recording, profile)))
    while pipeline.step():
        continue
    assert pipeline.finish()
    rows = pipeline.outbox.connection.execute(
        "SELECT payload FROM requests WHERE signal='traces' ORDER BY id"
    )
    found = [payload for (payload,) in rows]
    pipeline.close()
    return found


@every_profile
@pytest.mark.parametrize("name", ["demo", "run_content", "run_subagent", "serve_two_directories"])
def test_replay_gives_the_same_bytes(name: str, profile: TraceProfile, tmp_path: Path) -> None:
    """Ids, times and the order of everything come from the recording alone."""
    first, second = (payloads(tmp_path / folder, name, profile) for folder in ("1-1-a", "2-2-b"))

    assert first
    assert first == second


LAX_MS = 10
"""A question is told a moment before its tool call begins: OpenCode takes the two times at two places."""


def inside(inner: Span, outer: Span) -> bool:
    """Tell whether a span lies in another one."""
    lax_ns = LAX_MS * 1_000_000 if "wait" in inner.name or "blocked" in inner.name else 0
    return outer.start_ns - lax_ns <= inner.start_ns <= inner.end_ns <= outer.end_ns


@every_profile
@every_recording
def test_spans_lie_within_their_parents(name: str, profile: TraceProfile) -> None:
    """In what was recorded nothing went on in the background: a span is over before its parent is."""
    spans = spans_of(name, profile)
    parents = {(span.trace_id, span.span_id): span for span in spans}
    inner = [span for span in spans if span.parent_id]

    assert [] == [span.name for span in inner if not inside(span, parents[span.trace_id, span.parent_id])]


@every_profile
@every_recording
def test_children_are_sent_before_their_parents(name: str, profile: TraceProfile) -> None:
    """A span is sent when it is over, so the one that holds it comes later."""
    spans = spans_of(name, profile)
    place = {span.span_id: index for index, span in enumerate(spans)}

    assert [] == [
        span.name for span in spans if span.parent_id and place[span.span_id] > place[span.parent_id]
    ]


SECRETS = ("sk-", "Bearer", "ghp_", "/home/", "/tmp/", "/Users/")  # noqa: S108 - what must not be there


@every_recording
def test_expectations_have_no_secret_and_no_path(name: str) -> None:
    """What stands in the repository says nothing of a machine or a person."""
    text = (EXPECTED / f"{name}.json").read_text(encoding="utf-8")

    assert [] == [word for word in SECRETS if word in text]
