"""Model requests: which span a provider that is listed is told."""

import pytest

from tests.plugin.host import Host
from tests.plugin.tracing import Span, traceparent
from tests.plugin.turns import CALL, REMOTE, REMOTE_TRACE, TURN, Session, begun, process


def test_a_request_is_below_its_model_call(host: Host) -> None:
    """The message that is open names the model call; a title is asked for beside it, in the turn."""
    session = begun(host, OPENCODE_TRACE_PROPAGATION_PROVIDERS="other, fake")

    assert {"traceparent": traceparent(CALL[:2])} == session.request()
    assert {"traceparent": traceparent(TURN)} == session.request("title")
    session.answer("a1", "p1", is_over=True)
    assert {"traceparent": traceparent(TURN)} == session.request()


def test_the_newest_message_that_is_open_is_asked_for(host: Host) -> None:
    """A message that OpenCode never ended is not taken for the one that it works on."""
    session = begun(host, OPENCODE_TRACE_PROPAGATION_PROVIDERS="*")
    session.answer("a2", "p1")

    assert {"traceparent": traceparent((*TURN, ("llm", "ses_1", "a2")))} == session.request()


@pytest.mark.parametrize(
    ("disabled", "span"),
    [("llm", ("compaction", "ses_1", "a1")), ("llm,session", None), ("session", CALL[1])],
)
def test_a_summary_is_below_its_compaction(host: Host, disabled: str, span: Span | None) -> None:
    """With model calls off, a summary's request is below the compaction, which goes with turns."""
    environ = {"OPENCODE_TRACE_PROPAGATION_PROVIDERS": "*", "OPENCODE_DISABLE_TRACES": disabled}
    session = Session(host=host, instance=process(host, **environ))
    session.prompt("p1")
    session.answer("a1", "p1", agent="compaction", summary=True)

    assert ({"traceparent": traceparent((*TURN, span))} if span else {}) == session.request("compaction")


def test_a_request_carries_the_parents_state(host: Host) -> None:
    """The trace is the parent's; a state that no header can hold is left out."""
    environ = {"OPENCODE_TRACE_PROPAGATION_PROVIDERS": "*", "OPENCODE_TRACEPARENT": REMOTE}
    session = begun(host, OPENCODE_TRACESTATE="a=1,b=2", **environ)
    broken = begun(host, OPENCODE_TRACESTATE="a=1\r\nx: y", **environ)

    expected = traceparent(CALL[:2], trace=REMOTE_TRACE)
    assert {"traceparent": expected, "tracestate": "a=1,b=2"} == session.request()
    assert {"traceparent": expected} == broken.request()


@pytest.mark.parametrize("listed", ["", "other", "fake2,fak"])
def test_a_provider_that_is_not_listed_is_told_nothing(host: Host, listed: str) -> None:
    """A trace's id goes to no provider that nobody named."""
    session = begun(host, OPENCODE_TRACE_PROPAGATION_PROVIDERS=listed, OPENCODE_TRACEPARENT=REMOTE)

    assert {} == session.request()


def test_a_request_of_a_session_without_turn_is_told_nothing(host: Host) -> None:
    """There is no guess at a turn."""
    session = Session(host=host, instance=process(host, OPENCODE_TRACE_PROPAGATION_PROVIDERS="*"))

    assert {} == session.request()


def test_the_provider_is_not_looked_at(host: Host) -> None:
    """Its API key can be in no header and in no journal, for it is never read."""
    session = begun(host, OPENCODE_TRACE_PROPAGATION_PROVIDERS="*")
    provider = "get provider() { throw new Error('read') }"
    call = f"{{sessionID: 'ses_1', agent: 'build', model: {{providerID: 'fake'}}, {provider}}}"
    told = host.call("hook", instance=session.instance, name="chat.headers", js=call, output={"headers": {}})
    value = {
        "sessionID": "ses_1",
        "agent": "build",
        "model": {"providerID": "fake"},
        "provider": {"key": "canary"},
    }
    host.call("hook", instance=session.instance, name="chat.headers", value=value, output={"headers": {}})

    assert {"traceparent": traceparent(CALL[:2])} == told["output"]["headers"]
    assert "canary" not in host.text()
