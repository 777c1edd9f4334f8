"""The sender: what each outcome does to a request, with a scripted transport and a clock moved by hand."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest
from structlog.testing import capture_logs

from otel_agent.exporter.credentials import Credentials, Helper
from otel_agent.exporter.headers_helper import HelperError
from otel_agent.exporter.outbox import Outbox, Request
from otel_agent.exporter.pacing import GAP_S
from otel_agent.exporter.sender import HeaderSource, Route, Sender
from otel_agent.exporter.testing import FakeClock, ScriptedTransport
from otel_agent.exporter.transport import Delivered, Denied, Outcome, Rejected, Retry, TooLarge, Transport
from otel_agent.settings import Secret, Signal
from tests.exporter.samples import PAYLOADS

WAIT_S = 10.0
NO_CREDENTIALS = Credentials({}, None)


@dataclass
class World:
    """A sender over an outbox, whose lanes send through scripted transports."""

    outbox: Outbox
    clock: FakeClock = field(default_factory=FakeClock)
    wakes: "queue.SimpleQueue[None]" = field(default_factory=queue.SimpleQueue)
    jitter: float = 1.0
    sender: Sender = field(init=False)

    def start(
        self,
        transports: Mapping[Signal, Transport],
        credentials: HeaderSource = NO_CREDENTIALS,
        names: Mapping[Signal, str] = MappingProxyType({}),
    ) -> "World":
        """Begin to deliver to the destination `here`, or to others by the signal."""
        routes = [
            Route(
                name=names.get(signal, "here"),
                signal=signal,
                destination=f"{signal} here",
                open=opener(transport),
                credentials=credentials,
            )
            for signal, transport in transports.items()
        ]
        self.sender = Sender(
            self.outbox,
            routes,
            now_ms=self.now_ms,
            jitter=lambda: self.jitter,
            wake=lambda: self.wakes.put(None),
        )
        return self

    def now_ms(self) -> int:
        """Return the time in milliseconds."""
        return int(self.clock() * 1000)

    def put(self, *payloads: bytes, signal: Signal = Signal.LOGS, destination: str = "") -> None:
        """Store requests of three items each."""
        for payload in payloads:
            place = destination or f"{signal} here"
            self.outbox.put(signal, place, payload, items=3, created_ms=self.now_ms())

    def deliver(self, count: int) -> None:
        """Let `count` requests be sent and take in their outcomes."""
        for _ in range(count):
            self.sender.pump()
            self.wakes.get(timeout=WAIT_S)
        self.sender.pump()

    def oldest(self, signal: Signal = Signal.LOGS) -> Request:
        """Return the request that is next."""
        request = self.outbox.oldest(signal)
        assert request is not None
        return request

    def wait_s(self) -> float:
        """Return how long the oldest request still waits."""
        return (self.oldest().not_before_ms - self.now_ms()) / 1000


def opener(transport: Transport) -> Callable[[], Transport]:
    """Return a function that opens a transport which is there already."""
    return lambda: transport


@pytest.fixture
def world(tmp_path: Path) -> Iterable[World]:
    """A world with an empty outbox."""
    made = World(Outbox(tmp_path / "agent.db"))
    yield made
    made.sender.close()
    made.outbox.close()


def scripted(world: World, *outcomes: Outcome) -> ScriptedTransport:
    """Start a world whose log requests have these outcomes."""
    transport = ScriptedTransport(outcomes)
    world.start({Signal.LOGS: transport})
    return transport


def test_oldest_request_goes_first(world: World) -> None:
    """Requests of a signal arrive in the order in which they were stored."""
    transport = scripted(world)
    world.put(b"1", b"2", b"3")

    world.deliver(3)

    assert [b"1", b"2", b"3"] == [sent.payload for sent in transport.sent]
    assert world.sender.is_idle
    assert {
        "delivered.items.logs": 9,
        "delivered.requests.logs": 3,
        "requests.delivered": 3,
    } == world.outbox.counts()
    assert str(world.now_ms()).encode() == world.outbox.meta("last_delivery_ms")


def test_partial_success_is_counted(world: World) -> None:
    """What the backend has left out is counted apart, and its words are kept."""
    scripted(world, Delivered(rejected=2, message="too old"))
    world.put(b"1")

    world.deliver(1)

    expected = {"delivered.items.logs": 1, "delivered.requests.logs": 1, "dropped.partial_success": 2}
    assert expected | {"requests.delivered": 1} == world.outbox.counts()
    assert b"too old" == world.outbox.meta("last_error")


def test_backend_that_rejects_more_than_it_got_is_not_believed(world: World) -> None:
    """No count becomes negative."""
    scripted(world, Delivered(rejected=99))
    world.put(b"1")

    world.deliver(1)

    expected = {"delivered.requests.logs": 1, "dropped.partial_success": 3, "requests.delivered": 1}
    assert expected == world.outbox.counts()


@pytest.mark.parametrize(
    ("outcome", "reason"), [(Rejected(reason="bad"), "rejected"), (TooLarge(reason="big"), "too_large")]
)
def test_refused_for_good_is_dropped_and_counted(world: World, outcome: Outcome, reason: str) -> None:
    """What will never be taken makes room for the next request; the server's words are kept."""
    transport = scripted(world, outcome)
    world.put(b"1", b"2")

    world.deliver(2)

    assert [b"1", b"2"] == [sent.payload for sent in transport.sent]
    assert 3 == world.outbox.counts()[f"dropped.{reason}"]
    assert getattr(outcome, "reason").encode() == world.outbox.meta("last_error")  # noqa: B009 - a union


def test_retry_waits_longer_each_time_and_never_gives_up(world: World) -> None:
    """The delay doubles up to a minute and stays there; the same bytes are sent again."""
    transport = scripted(world, *[Retry(reason="down")] * 100)
    world.put(b"1", b"2")
    waits = []
    for _ in range(100):
        world.deliver(1)
        waits.append(world.wait_s())
        world.clock.advance(waits[-1])
    world.deliver(1)
    world.clock.advance(2 * GAP_S)
    world.deliver(1)

    assert [1, 2, 4, 8, 16, 32, 60, 60] == waits[:8]
    assert {60.0} == set(waits[6:])
    assert [b"1"] * 101 + [b"2"] == [sent.payload for sent in transport.sent]


def test_delays_are_spread(world: World) -> None:
    """The jitter is a factor of each delay, so that a thousand laptops do not come back together."""
    world.jitter = 0.75
    scripted(world, Retry(reason="down"))
    world.put(b"1")

    world.deliver(1)

    assert 0.75 == world.wait_s()


def test_nothing_is_sent_before_its_time(world: World) -> None:
    """A postponed request holds its signal until it is due."""
    transport = scripted(world, Retry(reason="down"))
    world.put(b"1", b"2")
    world.deliver(1)
    world.clock.advance(0.9)
    world.sender.pump()
    sent_early = len(transport.sent)
    world.clock.advance(0.2)

    world.deliver(1)

    assert (1, 2) == (sent_early, len(transport.sent))


def test_backlog_of_an_outage_is_not_poured_out(world: World) -> None:
    """After a failure the requests of a signal keep apart until none is left; then nothing holds the next."""
    transport = scripted(world, Retry(reason="down"))
    world.put(b"1", b"2", b"3")
    world.deliver(1)
    world.clock.advance(world.wait_s())
    world.deliver(1)
    sent_at_once = len(transport.sent)
    for _ in range(2):
        world.clock.advance(2 * GAP_S)
        world.deliver(1)
    world.clock.advance(2 * GAP_S)
    world.sender.pump()
    world.put(b"4", b"5")
    world.deliver(2)

    assert 2 == sent_at_once
    assert [b"1", b"1", b"2", b"3", b"4", b"5"] == [sent.payload for sent in transport.sent]


def test_backlog_of_another_agent_is_not_poured_out(world: World) -> None:
    """That a request was tried before tells of an outage also to the agent that takes it over."""
    scripted(world, Retry(reason="down"))
    world.put(b"1", b"2")
    world.deliver(1)
    world.sender.close()
    transport = scripted(world)
    world.clock.advance(2.0)
    world.deliver(1)

    assert [b"1"] == [sent.payload for sent in transport.sent]


@pytest.mark.parametrize(
    ("after_s", "wait_s"), [(7.5, 7.5), (0.1, 1.0), (10.0**12, 3600.0), (float("nan"), 3600.0)]
)
def test_servers_time_is_honoured(world: World, after_s: float, wait_s: float) -> None:
    """The server's time counts when it is later than ours, up to an hour."""
    scripted(world, Retry(reason="slow down", after_s=after_s))
    world.put(b"1")

    world.deliver(1)

    assert wait_s == world.wait_s()


def test_clock_that_was_set_back_does_not_stop_delivery(world: World) -> None:
    """A time that is farther away than any delay was noted by another clock."""
    transport = scripted(world, Retry(reason="down"))
    world.put(b"1")
    world.deliver(1)
    world.clock.advance(-1_000_000)

    world.deliver(1)

    assert 2 == len(transport.sent)


def test_back_off_outlives_the_process(world: World) -> None:
    """The next agent waits as long as this one would have."""
    scripted(world, Retry(reason="down"))
    world.put(b"1")
    world.deliver(1)
    world.sender.close()
    transport = scripted(world)
    world.sender.pump()
    sent_early = len(transport.sent)
    world.clock.advance(1.1)

    world.deliver(1)

    assert (0, 1) == (sent_early, len(transport.sent))


def test_denied_request_is_sent_again_with_fresh_credentials(world: World) -> None:
    """Credentials are fetched once after a denial, and the same request goes out with them at once."""
    tokens = iter([b'{"authorization":"old"}', b'{"authorization":"new"}'])
    helper = Helper("/helper", {}, clock=world.clock, run=lambda _path: next(tokens))
    transport = ScriptedTransport([Denied(reason="401")])
    world.start({Signal.LOGS: transport}, Credentials({"x-team": Secret("a")}, helper))
    world.put(b"1")

    world.deliver(1)

    assert [("old", b"1"), ("new", b"1")] == [
        (sent.headers["authorization"], sent.payload) for sent in transport.sent
    ]
    assert world.sender.is_idle


def test_denied_again_backs_off(world: World) -> None:
    """What stays denied waits like any other failure, and says why."""
    transport = scripted(world, *[Denied(reason="401 from host")] * 2)
    world.put(b"1")

    world.deliver(1)

    assert (1, 1.0, "401 from host") == (len(transport.sent), world.wait_s(), world.oldest().last_error)


def test_nothing_is_sent_without_the_helpers_headers(world: World) -> None:
    """Data never goes out without its credentials; the helper's fault is the reason that is shown."""

    def broken(_path: str) -> bytes:
        raise HelperError("headers helper: expected exit code 0, got 3")

    transport = ScriptedTransport()
    helper = Helper("/helper", {}, clock=world.clock, run=broken)
    world.start({Signal.LOGS: transport}, Credentials({}, helper))
    world.put(b"1")

    world.deliver(1)

    assert [] == transport.sent
    assert "headers helper: expected exit code 0, got 3" == world.oldest().last_error


def test_request_of_another_destination_waits(world: World) -> None:
    """It is not sent, and it does not hold up what may be sent."""
    transport = scripted(world)
    world.put(b"theirs", destination="there")
    world.put(b"ours")

    world.deliver(1)

    assert [b"ours"] == [sent.payload for sent in transport.sent]
    assert b"theirs" == world.oldest().payload
    assert world.sender.is_idle


class Hanging:
    """A transport that answers when it is told to."""

    def __init__(self) -> None:
        """Wait for `release`."""
        self.release = threading.Event()
        self.is_closed = False

    def send(self, payload: bytes, headers: Mapping[str, str]) -> Outcome:
        """Answer after the release."""
        del payload, headers
        self.release.wait(WAIT_S)
        return Delivered()

    def close(self) -> None:
        """Note it."""
        self.is_closed = True


def test_signals_do_not_wait_for_each_other(world: World) -> None:
    """While the server hangs at one signal's request, all of the other signal's arrive."""
    hanging, transport = Hanging(), ScriptedTransport()
    world.start({Signal.METRICS: hanging, Signal.LOGS: transport})
    world.put(b"m", signal=Signal.METRICS)
    world.put(b"1", b"2", b"3")

    world.deliver(3)
    is_idle_early = world.sender.is_idle
    hanging.release.set()
    world.wakes.get(timeout=WAIT_S)
    world.sender.pump()

    assert (3, False, True) == (len(transport.sent), is_idle_early, world.sender.is_idle)


def test_crash_between_sending_and_settling_sends_the_same_bytes_again(world: World) -> None:
    """The request stays stored until its outcome is: the next agent sends it once more."""
    first = scripted(world)
    world.put(b"1")
    world.sender.pump()
    world.wakes.get(timeout=WAIT_S)
    world.sender.close()
    second = scripted(world)

    world.deliver(1)

    assert ([b"1"], [b"1"]) == tuple([sent.payload for sent in one.sent] for one in (first, second))
    assert {
        "delivered.items.logs": 3,
        "delivered.requests.logs": 1,
        "requests.delivered": 1,
    } == world.outbox.counts()


def test_outcome_that_cannot_be_stored_is_kept(world: World) -> None:
    """On a full disk an acknowledged request is settled later, and not sent again."""
    transport = scripted(world)
    world.put(b"1")
    world.sender.pump()
    world.wakes.get(timeout=WAIT_S)
    world.outbox.connection.execute("PRAGMA query_only=ON")
    with pytest.raises(Exception, match="readonly"):
        world.sender.pump()
    world.outbox.connection.execute("PRAGMA query_only=OFF")

    world.sender.pump()

    assert (1, True) == (len(transport.sent), world.sender.is_idle)


@pytest.mark.parametrize("outcome", [Delivered(), Rejected(reason="bad")])
def test_outcome_is_not_counted_again_when_its_request_could_not_be_counted(
    world: World, outcome: Outcome
) -> None:
    """On a disk that is just full, one of two writes may fail: what became of the items is counted once."""
    scripted(world, outcome)
    world.put(b"1")
    world.sender.pump()
    world.wakes.get(timeout=WAIT_S)
    world.outbox.connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON counts WHEN NEW.name LIKE 'requests.%'"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    with pytest.raises(Exception, match="no room"):
        world.sender.pump()
    world.outbox.connection.execute("DROP TRIGGER full")

    world.sender.pump()

    counts = world.outbox.counts()
    assert 3 == counts.get("delivered.items.logs", 0) + counts.get("dropped.rejected", 0)


def test_request_is_not_split_again_when_it_could_not_be_counted(world: World) -> None:
    """Else its second half would be sent twice."""
    scripted(world, TooLarge(reason="big"))
    world.put(2 * PAYLOADS[Signal.LOGS])  # protobuf: two requests in a row are one with both
    world.sender.pump()
    world.wakes.get(timeout=WAIT_S)
    world.outbox.connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON counts WHEN NEW.name LIKE 'requests.%'"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    with pytest.raises(Exception, match="no room"):
        world.sender.pump()

    assert 1 == world.outbox.backlog().requests


class Broken(ScriptedTransport):
    """A transport with a programming error."""

    def send(self, payload: bytes, headers: Mapping[str, str]) -> Outcome:
        """Fail once."""
        outcome = super().send(payload, headers)
        if len(self.sent) == 1:
            raise KeyError(headers)
        return outcome


def test_error_of_a_transport_is_a_retry(world: World) -> None:
    """An error that nobody expected costs a delay and not the lane; its text may hold anything."""
    world.start({Signal.LOGS: Broken()}, Credentials({"token": Secret("s3cr3t")}, None))
    world.put(b"1")
    world.deliver(1)
    reason = world.oldest().last_error
    world.clock.advance(2.0)

    world.deliver(1)

    assert ("the agent failed to send: KeyError", True) == (reason, world.sender.is_idle)


def test_closed_sender_closes_its_transports(world: World) -> None:
    """A lane ends after what it is doing and closes its connection."""
    transport = scripted(world)
    world.put(b"1")
    world.deliver(1)
    world.sender.close()
    deadline_s = time.monotonic() + WAIT_S
    while not transport.is_closed and time.monotonic() < deadline_s:
        time.sleep(0.001)

    assert transport.is_closed


BOTH = {Signal.LOGS: "living", Signal.TRACES: "failing"}


def test_failing_destination_holds_up_beside_one_that_has_everything(world: World) -> None:
    """From its first failure on, until it has everything; one that was not tried yet does not."""
    failing = ScriptedTransport((Retry(reason="away"), Delivered()))
    world.start({Signal.LOGS: ScriptedTransport(()), Signal.TRACES: failing}, names=BOTH)
    found = [world.sender.is_held_up]
    world.put(b"1", signal=Signal.TRACES)
    found.append(world.sender.is_held_up)
    world.deliver(1)
    found.append(world.sender.is_held_up)
    world.put(b"1", signal=Signal.LOGS)
    found.append(world.sender.is_held_up)
    world.deliver(1)
    found.append(world.sender.is_held_up)
    world.clock.advance(1.0)
    world.deliver(1)

    assert [True, False, True, False, True] == found
    assert world.sender.is_idle


def test_destination_that_fails_alone_holds_nothing_up(world: World) -> None:
    """It is tried for the whole time, as are all when all fail."""
    scripted(world, Retry(reason="away"))
    world.put(b"1")
    world.deliver(1)

    assert not world.sender.is_held_up


def test_log_names_the_destination(world: World) -> None:
    """Whoever reads of a failure knows whose it is."""
    transports = {
        Signal.LOGS: ScriptedTransport((Retry(reason="away"),)),
        Signal.TRACES: ScriptedTransport(()),
    }
    world.start(transports, names=BOTH)
    world.put(b"1")
    with capture_logs() as told:
        world.deliver(1)

    found = [(row["destination"], row["signal"], row["reason"]) for row in told]
    assert [("living", "logs", "away")] == found
