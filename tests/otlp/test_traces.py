"""Traces after the agent's whole path: what settings do to them, and log records that point into them."""

import itertools
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.otlp.golden_traces import RECORDINGS
from tests.pipelines import Sent, finished, settings_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"
CHOSEN = ("demo", "run_subagent", "serve_compact", "serve_permission_edit", "run_e429_e401")
TYPES = ("session", "llm", "tool")
DISABLED = [",".join(row) for count in range(3) for row in itertools.combinations(TYPES, count)]


@pytest.fixture
def sent(tmp_path: Path) -> "Sending":
    """Replays recordings."""
    return Sending(tmp_path)


class Sending:
    """Replays recordings, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Write into a folder."""
        self._folder = folder
        self._number = 0

    def __call__(self, recording: str, environ: Mapping[str, str] | None = None) -> Sent:
        """Return what a recording gives under an environment."""
        self._number += 1
        folder = self._folder / f"{self._number}-1-a"
        folder.mkdir()
        _ = (folder / "0.ndjson").write_bytes(_bytes_of(recording))
        return finished(folder, settings_of(**environ or {}))


@cache
def _bytes_of(recording: str) -> bytes:
    return RECORDINGS[recording].read_bytes()


def pointed(found: Sent) -> set[tuple[str, str]]:
    """Return the ids that log records carry."""
    return {(row.trace_id, row.span_id) for row in found.records if row.trace_id}


@pytest.mark.parametrize("recording", CHOSEN)
def test_log_records_point_to_spans_that_are_sent(sent: Sending, recording: str) -> None:
    """Whatever types are off, a record carries the ids of the nearest span that there is."""
    for profile, disabled in itertools.product(("opencode", "claude_code"), DISABLED):
        environ = {"OPENCODE_TRACE_PROFILE": profile, "OPENCODE_DISABLE_TRACES": disabled}
        found = sent(recording, environ)

        assert pointed(found) <= {(span.trace_id, span.span_id) for span in found.spans}


@pytest.mark.parametrize("recording", sorted(RECORDINGS))
def test_log_records_of_a_turn_carry_its_trace(sent: Sending, recording: str) -> None:
    """Everything but the beginning of a session happens in a turn."""
    found = sent(recording)

    outside = {row.name for row in found.records if not row.trace_id}
    assert outside <= {"opencode.session.created"}


def test_log_record_belongs_to_the_span_that_it_tells_of(sent: Sending) -> None:
    """A request to its model call, a result to its tool, idle to its turn."""
    found = sent("run_commit")
    names = {span.span_id: span.name for span in found.spans}

    belongs = {row.name.removeprefix("opencode."): names[row.span_id] for row in found.records if row.span_id}
    assert {
        "user_prompt": "opencode.session",
        "api_request": "opencode.llm",
        "tool_result": "opencode.tool.bash",
        "session.idle": "opencode.session",
    }.items() <= belongs.items()


@pytest.mark.parametrize(
    "environ",
    [
        {"OPENCODE_DISABLE_TRACES": "all"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_SAMPLER": "always_off"},
        {"OPENCODE_TRACEPARENT": UNSAMPLED},
        {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"},
    ],
    ids="-".join,
)
def test_without_spans_no_log_record_points_anywhere(sent: Sending, environ: dict[str, str]) -> None:
    """Off, or not sampled: neither spans nor ids; the records themselves are all there."""
    found, usual = sent("demo", environ), sent("demo")

    assert ([], set()) == (found.spans, pointed(found))
    assert len(usual.records) == len(found.records)
    assert usual.totals().keys() == found.totals().keys()


def test_sampled_parent_is_that_of_every_root(sent: Sending) -> None:
    """One trace, the parent's; its state is on every span."""
    found = sent("demo", {"OPENCODE_TRACEPARENT": SAMPLED, "OPENCODE_TRACESTATE": "k=v,w=x"})
    known = {span.span_id for span in found.spans}

    assert {TRACE} == {span.trace_id for span in found.spans}
    assert {SPAN} == {span.parent_id for span in found.spans} - known
    assert {"k=v,w=x"} == {span.trace_state for span in found.spans}


def test_shells_parent_counts_in_run_only(sent: Sending) -> None:
    """In a server or a terminal a stale TRACEPARENT of some shell would catch every turn."""
    environ = {"TRACEPARENT": SAMPLED}

    assert {TRACE} == {span.trace_id for span in sent("run_simple", environ).spans}
    assert TRACE not in {span.trace_id for span in sent("serve_compact", environ).spans}


def test_parent_that_is_not_valid_is_ignored(sent: Sending) -> None:
    """The traces are those without a parent."""
    found, usual = sent("demo", {"OPENCODE_TRACEPARENT": f"{SAMPLED}-more"}), sent("demo")

    assert usual.spans == found.spans


def test_ratio_takes_whole_traces(sent: Sending) -> None:
    """A trace is sent with all its spans, or not at all; records point into those that are."""
    environ = {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.5"}
    usual, found = sent("demo"), sent("demo", environ)
    traces = {span.trace_id for span in found.spans}

    assert 0 < len(traces) < len({span.trace_id for span in usual.spans})
    expected = [(span.trace_id, span.span_id) for span in usual.spans if span.trace_id in traces]
    assert expected == [(span.trace_id, span.span_id) for span in found.spans]
    assert {trace for trace, _ in pointed(found)} <= traces


def test_users_attributes_are_on_every_span(sent: Sending) -> None:
    """OPENCODE_SPAN_ATTRIBUTES, percent-decoded, and no metric has them."""
    found = sent("demo", {"OPENCODE_SPAN_ATTRIBUTES": "team=core,cost%20centre=a%2Cb"})

    assert {("core", "a,b")} == {
        (span.attributes["team"], span.attributes["cost centre"]) for span in found.spans
    }
    assert [] == [point for point in found.points if "team" in point.attributes]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "opencode-otel-agent"),
        ({"OPENCODE_TRACE_PROFILE": "gen_ai"}, "opencode-otel-agent"),
        ({"OPENCODE_METRIC_PREFIX": "claude_code."}, "com.anthropic.claude_code.tracing"),
    ],
)
def test_scope_is_that_of_the_profile(sent: Sending, environ: dict[str, str], expected: str) -> None:
    """Claude Code's spans are in its own scope."""
    assert {expected} == {span.scope for span in sent("run_simple", environ).spans}


def test_prefix_of_claude_code_selects_its_spans(sent: Sending) -> None:
    """One setting gives Claude Code's metrics, events and spans."""
    found = sent("serve_permission_edit", {"OPENCODE_METRIC_PREFIX": "claude_code."})

    names = ["interaction", "llm_request", "tool", "tool.blocked_on_user", "tool.execution"]
    assert {f"claude_code.{name}" for name in names} == {span.name for span in found.spans}


PROMPT = "Do it [[scenario:commit]]"


@pytest.mark.parametrize("profile", ["opencode", "gen_ai", "openinference", "claude_code"])
def test_recorded_words_stay_here_unless_they_are_asked_for(sent: Sending, profile: str) -> None:
    """The journal has prompts, answers, commands and results; no span of the default has any of them."""
    found = sent("run_content", {"OPENCODE_TRACE_PROFILE": profile})
    said = repr([(span.name, span.attributes, span.events, span.status_message) for span in found.spans])

    words = (PROMPT, "Committed.", "I write a file", "git commit", "32c14a86a19d")
    assert [] == [word for word in words if word in said]
