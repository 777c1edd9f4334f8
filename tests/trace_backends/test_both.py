"""What Phoenix and MLflow do alike with a turn that arrives as our agent sends it: a span when it is over."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.trace_backends.backend import Backend
from tests.trace_backends.expected import calls
from tests.trace_backends.made import Made, request
from tests.trace_backends.samples import (
    ASKED,
    CALLED,
    CHILD,
    FIRST,
    LAST,
    REMOTE_SPAN,
    SESSION,
    TOTAL,
    TRACE,
    USER,
    gen_ai,
    openinference,
    outline,
    sent,
)

PROFILES = pytest.mark.parametrize("profile", [openinference, gen_ai])
Spans = dict[str, Made]
Profile = Callable[..., Spans]


def deliver(backend: Backend, spans: Spans) -> None:
    """Send every span in a request of its own."""
    for payload in sent(spans):
        backend.send(payload)


@PROFILES
def test_turn_arrives_as_it_was_sent(backend: Backend, profile: Profile) -> None:
    """Tree, kinds, totals, session and user are there, though every child came before its parent."""
    deliver(backend, profile())

    trace = backend.trace(TRACE)
    assert outline() == tuple(trace.outline())
    assert (TOTAL.prompt, TOTAL.completion) == (trace.tokens.prompt, trace.tokens.completion)
    assert (SESSION, USER) == (trace.session, trace.user)
    assert [TRACE] == backend.listed()


@PROFILES
def test_model_calls_show_their_tokens(backend: Backend, profile: Profile) -> None:
    """Each call has its own counts, the cache's among them."""
    deliver(backend, profile())

    assert [FIRST, CHILD, LAST] == [call.tokens for call in calls(backend.trace(TRACE))]
    assert ["gpt-4o", "no-such-model", "gpt-4o"] == [call.model for call in calls(backend.trace(TRACE))]


def test_messages_of_a_call_are_shown(backend: Backend) -> None:
    """The GenAI conventions' messages are a dialogue in both, tool call included."""
    deliver(backend, gen_ai())

    first = calls(backend.trace(TRACE))[0]
    assert ((ASKED,), (CALLED,)) == (first.messages_in, first.messages_out)


@PROFILES
def test_session_adds_up_its_traces(backend: Backend, profile: Profile) -> None:
    """The page of sessions has the turn and its tokens under the root session, and no other session."""
    deliver(backend, profile())
    backend.trace(TRACE)

    (session,) = backend.sessions().values()
    assert (SESSION, (TRACE,)) == (session.id, session.traces)
    assert TOTAL.total == session.tokens.total


def test_first_span_that_arrives_names_the_session(backend: Backend) -> None:
    """A sub-agent's own session id would take the whole trace: why every span names the root session."""
    spans = openinference()
    own = {**spans["child_llm"].attributes, "session.id": "ses_child"}
    deliver(backend, {**spans, "child_llm": replace(spans["child_llm"], attributes=own)})

    assert "ses_child" == backend.trace(TRACE).session


@PROFILES
def test_turn_under_a_remote_parent_is_shown(backend: Backend, profile: Profile) -> None:
    """The parent never arrives; the tree stands without it, totals and session are the same."""
    deliver(backend, profile(REMOTE_SPAN))

    trace = backend.trace(TRACE)
    assert outline() == tuple(trace.outline())
    assert REMOTE_SPAN == trace.span("root").parent
    assert (TOTAL.total, SESSION) == (trace.tokens.total, trace.session)
    assert [TRACE] == backend.listed()


def test_span_that_is_sent_again_counts_once(backend: Backend) -> None:
    """A request whose answer got lost is sent again and changes nothing."""
    deliver(backend, gen_ai())
    deliver(backend, gen_ai())

    trace = backend.trace(TRACE)
    assert len(outline()) == len(trace.spans)
    assert TOTAL.total == trace.tokens.total


def test_failure_is_shown_with_its_words(backend: Backend) -> None:
    """Status, message and exception event are on the span's page."""
    backend.send(
        request(
            TRACE, Made(id="11" * 8, name="tool", error="It broke.", exception=("ToolError", "no such file"))
        )
    )

    (span,) = backend.trace(TRACE).spans
    assert ("ERROR", "It broke.") == (span.status, span.status_message)
    assert ("exception: no such file",) == span.events
