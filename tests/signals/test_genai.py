"""The metrics of the GenAI conventions: names, units, boundaries and attributes of version 1.41."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from otel_agent.facts import Fact, Failure
from otel_agent.receiver.testing import MemorySequences
from otel_agent.signals import genai
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.projector import Projector
from otel_agent.tables import rows
from tests.pipelines import settings_of
from tests.signals.golden import sent
from tests.signals.samples import CALLED

CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "fake",
    "gen_ai.request.model": "large",
}
COMMON = {"session.id": "ses_a", "project.id": "p", "user.id": "u", "vcs.repository.name": "example/x"}


def measured(fact: Fact, **environ: str) -> dict[str, list[tuple[float, dict[str, Any]]]]:
    """Return the values and attributes that a fact adds to the GenAI metrics."""
    projector = Projector(settings_of(**environ), MemorySequences())
    found: dict[str, list[tuple[float, dict[str, Any]]]] = {}
    for one in projector.measurements(fact, None):
        if one.suffix.startswith("gen_ai."):
            own = {key: value for key, value in one.attributes.items() if key not in COMMON}
            found.setdefault(one.suffix, []).append((one.value, own))
    return found


def test_metrics_are_off_unless_wanted() -> None:
    """OPENCODE_GENAI_METRICS turns them on; the disable list knows them by their whole names."""
    some = measured(CALLED, OPENCODE_GENAI_METRICS="1", OPENCODE_DISABLE_METRICS="gen_ai.client.token.usage")

    assert {} == measured(CALLED)
    assert {"gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk"} == set(some)


def test_tokens_are_inclusive() -> None:
    """Input has the cache in it, output has reasoning in it: not as OpenCode's own disjoint counts."""
    usage = measured(CALLED, OPENCODE_GENAI_METRICS="1")["gen_ai.client.token.usage"]

    assert [
        (1207, {**CHAT, "gen_ai.token.type": "input"}),
        (80, {**CHAT, "gen_ai.token.type": "output"}),
    ] == usage


def test_durations_are_seconds() -> None:
    """A call's duration and the time to its first chunk."""
    found = measured(CALLED, OPENCODE_GENAI_METRICS="1")

    assert [(0.9, CHAT)] == found["gen_ai.client.operation.duration"]
    assert [(0.08, CHAT)] == found["gen_ai.client.operation.time_to_first_chunk"]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Failure(name="APIError", message="secret words", status_code=429), "429"),
        (Failure(name="MessageAbortedError"), "MessageAbortedError"),
    ],
)
def test_error_type_is_a_class(failure: Failure, expected: str) -> None:
    """The HTTP status, else OpenCode's name of the error, and never its words."""
    failed = replace(CALLED, failure=failure)
    [(_, attributes)] = measured(failed, OPENCODE_GENAI_METRICS="1")["gen_ai.client.operation.duration"]

    assert {**CHAT, "error.type": expected} == attributes


@pytest.mark.parametrize(
    ("provider", "expected"),
    [("google-vertex", "gcp.vertex_ai"), ("amazon-bedrock", "aws.bedrock"), ("anthropic", "anthropic")],
)
def test_provider_has_its_conventional_name(provider: str, expected: str) -> None:
    """OpenCode's provider id is mapped; one that the map does not know passes."""
    found = measured(replace(CALLED, provider=provider), OPENCODE_GENAI_METRICS="1")

    names = {attributes["gen_ai.provider.name"] for values in found.values() for _, attributes in values}
    assert {expected} == names


def test_unknown_times_are_not_measured() -> None:
    """A call that was cut has neither duration nor first chunk, and a zero is not made up."""
    cut = replace(CALLED, duration_ms=None, ttft_ms=None)

    assert {"gen_ai.client.token.usage"} == set(measured(cut, OPENCODE_GENAI_METRICS="1"))


def test_rows_are_as_the_conventions_say() -> None:
    """Units and bucket boundaries; each row lists its attributes."""
    table = {
        row.suffix: (row.unit, row.boundaries[0], row.boundaries[-1], len(row.boundaries)) for row in ROWS
    }

    assert {
        "gen_ai.client.token.usage": ("{token}", 1, 67_108_864, 14),
        "gen_ai.client.operation.duration": ("s", 0.01, 81.92, 14),
        "gen_ai.client.operation.time_to_first_chunk": ("s", 0.01, 81.92, 14),
    } == table
    for row in ROWS:
        assert all(set(row.attributes) >= set(attributes) for _, attributes in row.observe(CALLED))


def test_names_arrive_without_the_prefix(tmp_path: Path) -> None:
    """The prefix is ours; these names belong to the conventions."""
    environ = {"OPENCODE_METRIC_PREFIX": "acme.", "OPENCODE_GENAI_METRICS": "1"}
    points = sent(tmp_path / "1-1-a", "demo", **environ).points

    assert {row.suffix for row in ROWS} == {p.name for p in points if not p.name.startswith("acme.")}


ROWS = rows(genai, Instrument)
