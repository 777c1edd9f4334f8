"""The settings of traces: what is read, what is refused, which parent holds."""

import pytest

from otel_agent.errors import SettingsError
from otel_agent.tracing import Incoming, SamplerName, TraceProfile, Tracing, incoming
from tests.pipelines import settings_of

OURS, THEIRS = "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "00-" + "c" * 32 + "-" + "d" * 16 + "-01"


def tracing_of(**environ: str) -> Tracing:
    """Return what an environment says about traces."""
    return settings_of(**environ).tracing


def test_nothing_set_is_everything_sampled_in_our_own_names() -> None:
    """The defaults of the table."""
    assert Tracing() == tracing_of()
    assert (TraceProfile.OPENCODE, SamplerName.PARENT_ALWAYS_ON, 1.0) == (
        tracing_of().profile,
        tracing_of().sampler,
        tracing_of().sampled_share,
    )


@pytest.mark.parametrize("value", ["all", "*", "true", "1", "session,llm,tool"])
def test_every_type_can_be_turned_off_at_once(value: str) -> None:
    """One word for all, or all words."""
    assert {"session", "llm", "tool"} == tracing_of(OPENCODE_DISABLE_TRACES=value).disabled


def test_profile_follows_the_prefix_unless_it_is_set() -> None:
    """With `claude_code.` spans are Claude Code's; their own setting wins."""
    prefix = {"OPENCODE_METRIC_PREFIX": "claude_code."}

    assert TraceProfile.CLAUDE_CODE is tracing_of(**prefix).profile
    assert TraceProfile.GEN_AI is tracing_of(**prefix, OPENCODE_TRACE_PROFILE="gen_ai").profile


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENCODE_TRACE_PROFILE", "genai"),
        ("OPENCODE_DISABLE_TRACES", "sessions"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ("OTEL_TRACES_SAMPLER_ARG", "-0.1"),
        ("OTEL_TRACES_SAMPLER_ARG", "nan"),
        ("OTEL_TRACES_SAMPLER_ARG", "half"),
        ("OPENCODE_SPAN_ATTRIBUTES", "team"),
    ],
)
def test_value_that_means_nothing_is_a_problem(name: str, value: str) -> None:
    """It is named, with what was expected."""
    with pytest.raises(SettingsError, match=name):
        tracing_of(**{name: value})


@pytest.mark.parametrize(
    ("environ", "subcommand", "expected"),
    [
        ({}, "run", None),
        ({"OPENCODE_TRACEPARENT": OURS}, "serve", Incoming(traceparent=OURS)),
        ({"OPENCODE_TRACEPARENT": OURS}, None, Incoming(traceparent=OURS)),
        ({"TRACEPARENT": THEIRS}, "run", Incoming(traceparent=THEIRS)),
        ({"TRACEPARENT": THEIRS}, "serve", None),
        ({"TRACEPARENT": THEIRS}, "tui", None),
        ({"TRACEPARENT": THEIRS}, None, None),
        ({"OPENCODE_TRACEPARENT": OURS, "TRACEPARENT": THEIRS}, "run", Incoming(traceparent=OURS)),
        (
            {"OPENCODE_TRACEPARENT": OURS, "TRACEPARENT": THEIRS, "TRACESTATE": "their=s"},
            "run",
            Incoming(traceparent=OURS),
        ),
        (
            {"OPENCODE_TRACEPARENT": OURS, "OPENCODE_TRACESTATE": "our=s", "TRACESTATE": "their=s"},
            "run",
            Incoming(traceparent=OURS, tracestate="our=s"),
        ),
        ({"TRACEPARENT": THEIRS, "TRACESTATE": "s=1"}, "run", Incoming(traceparent=THEIRS, tracestate="s=1")),
        ({"OPENCODE_TRACESTATE": "s=1"}, "run", None),
        ({"OPENCODE_TRACEPARENT": "", "TRACEPARENT": THEIRS}, "run", Incoming(traceparent=THEIRS)),
    ],
)
def test_parent_is_ours_or_in_run_the_shells(
    environ: dict[str, str], subcommand: str | None, expected: Incoming | None
) -> None:
    """A state belongs to its own parent; TRACEPARENT counts in `opencode run` only."""
    assert expected == incoming(tracing_of(**environ), subcommand)
