"""The exporter's own test doubles."""

from otel_agent.exporter.testing import FakeClock, ScriptedTransport, Sent
from otel_agent.exporter.transport import Delivered, Retry, Transport


def test_scripted_transport_gives_its_outcomes_then_delivers() -> None:
    """Outcomes come in order; after the script everything is delivered, and all is recorded."""
    transport: Transport = (scripted := ScriptedTransport([Retry(reason="busy")]))

    outcomes = [transport.send(payload, {"a": "b"}) for payload in (b"1", b"2")]
    transport.close()

    assert outcomes == [Retry(reason="busy"), Delivered()]
    assert scripted.sent == [Sent(payload=payload, headers={"a": "b"}) for payload in (b"1", b"2")]
    assert scripted.is_closed


def test_fake_clock_stands_still_until_it_is_moved() -> None:
    """The clock gives what it was set to, and goes on by what it is moved."""
    clock = FakeClock(5.0)

    before = clock()
    clock.advance(2.5)

    assert (before, clock()) == (5.0, 7.5)
