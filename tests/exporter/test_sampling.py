"""Remote parents and samplers: what the standard says, held against the SDK itself."""

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    ParentBased,
    Sampler,
    TraceIdRatioBased,
)

from otel_agent.exporter.sampling import remote_parent, sampled
from otel_agent.exporter.trees import tree_of
from otel_agent.tracing import Incoming, SamplerName, Tracing
from tests.pipelines import settings_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{SPAN}-01"


class GivenIds(RandomIdGenerator):
    """Gives a trace id that a test has chosen."""

    def __init__(self, trace_id: int) -> None:
        """Take the trace id."""
        self.trace_id = trace_id

    def generate_trace_id(self) -> int:
        """Return the chosen id."""
        return self.trace_id


def asked_sdk(sampler: Sampler, trace_id: str, flags: int | None) -> bool:
    """Tell what a tracer of the SDK does with a new span, below a remote parent with these flags."""
    provider = TracerProvider(
        sampler=sampler, id_generator=GivenIds(int(trace_id, 16)), shutdown_on_exit=False
    )
    context = Context()
    if flags is not None:
        above = trace.SpanContext(int(trace_id, 16), 1, is_remote=True, trace_flags=trace.TraceFlags(flags))
        context = trace.set_span_in_context(trace.NonRecordingSpan(above), context)
    return provider.get_tracer("t").start_span("s", context).get_span_context().trace_flags.sampled


ORACLES = {
    SamplerName.ALWAYS_ON: lambda _share: ALWAYS_ON,
    SamplerName.ALWAYS_OFF: lambda _share: ALWAYS_OFF,
    SamplerName.RATIO: TraceIdRatioBased,
    SamplerName.PARENT_ALWAYS_ON: lambda _share: ParentBased(ALWAYS_ON),
    SamplerName.PARENT_ALWAYS_OFF: lambda _share: ParentBased(ALWAYS_OFF),
    SamplerName.PARENT_RATIO: lambda share: ParentBased(TraceIdRatioBased(share)),
}
trace_ids = st.integers(1, 2**128 - 1).map(lambda number: f"{number:032x}")


@given(st.sampled_from(SamplerName), st.floats(0, 1), trace_ids, st.none() | st.sampled_from((0, 1)))
def test_decision_is_that_of_the_sdks_tracer(
    name: SamplerName, share: float, trace_id: str, flags: int | None
) -> None:
    """Whatever the sampler, the share, the trace and the parent's flags."""
    found = Incoming(traceparent=f"00-{trace_id}-{SPAN}-0{flags}") if flags is not None else None
    decide = sampled(Tracing(sampler=name, sampled_share=share), found)

    assert asked_sdk(ORACLES[name](share), trace_id, flags) == decide(trace_id)


def test_share_of_nothing_and_share_of_all() -> None:
    """0 takes no trace, 1 every one."""
    borders = ("0" * 31 + "1", "f" * 32)
    shares = {
        share: [
            sampled(Tracing(sampler=SamplerName.RATIO, sampled_share=share), None)(trace_)
            for trace_ in borders
        ]
        for share in (0.0, 1.0)
    }

    assert {0.0: [False, False], 1.0: [True, True]} == shares


def test_remote_parent_is_read() -> None:
    """Its ids, its flag, and the state that belongs to it."""
    found = remote_parent(Incoming(traceparent=VALID, tracestate="k=v, w=x"))

    assert found is not None
    assert (TRACE, SPAN, "k=v,w=x", True) == (
        found.trace_id,
        found.span_id,
        found.trace_state,
        found.is_sampled,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no parent",
        VALID.upper(),
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"{VALID}-more",
        f"00-{TRACE}-{SPAN}",
    ],
)
def test_invalid_parent_is_logged_and_ignored(text: str) -> None:
    """The log says what was expected and never what there was; roots then have no parent."""
    with structlog.testing.capture_logs() as logs:
        tree = tree_of(Tracing(traceparent=text or "-"), "serve")

    assert (None, True) == (tree.remote, tree.is_sampled(TRACE))
    assert ["traceparent_invalid"] == [line["event"] for line in logs]
    assert not text or f"'{text}'" not in str(logs)


def test_invalid_state_is_left_out() -> None:
    """The parent holds without it."""
    found = remote_parent(Incoming(traceparent=VALID, tracestate="no state at all"))

    assert ("", SPAN) == (found and found.trace_state, found and found.span_id)


def test_parent_that_is_not_sampled_silences_its_children() -> None:
    """The default sampler follows the parent; always_on does not."""
    environ = {"OPENCODE_TRACEPARENT": f"00-{TRACE}-{SPAN}-00"}
    follows, insists = (
        tree_of(settings_of(**environ, **more).tracing, "serve")
        for more in ({}, {"OTEL_TRACES_SAMPLER": "always_on"})
    )

    assert (False, True) == (follows.is_sampled(TRACE), insists.is_sampled(TRACE))
    assert follows.remote == insists.remote
