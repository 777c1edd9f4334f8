"""One agent, many journals, and behind each a server that is bad in its own way: all of it arrives."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import formatdate
from itertools import pairwise

import pytest

from otel_agent import receipts
from otel_agent.settings import Protocol, Signal
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import World, expected, settings_for
from tests.reliability.rules import Hanging, RuledSink
from tests.reliability.verdict import judge
from tests.reliability.wire import Trouble, Wire

RECORDING = "run_subagent"
TROUBLED = 3
"""So many requests or connections are troubled: one of each signal, or one three times."""
TIMEOUT_MS = 2000
DRAIN_S = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A way to be bad: faults of the server, or a trouble on the way.

    Requests `may_repeat` where answers get lost; `after_s` is when the server wants to be asked again.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    trouble: Trouble = Trouble.NONE
    may_repeat: bool = False
    after_s: int = 0
    protocols: frozenset[Protocol] = frozenset(Protocol)


HTTP = frozenset({Protocol.HTTP_PROTOBUF, Protocol.HTTP_JSON})
CASES = (
    Case(name="429, seconds", faults=(Fault(status=429, retry_after_s=2),) * TROUBLED, after_s=2),
    Case(name="429, no time", faults=(Fault(status=429),) * TROUBLED),
    Case(name="503", faults=(Fault(status=503),) * TROUBLED),
    Case(name="503, seconds", faults=(Fault(status=503, retry_after_s=2),) * TROUBLED, after_s=2),
    Case(name="502, 504", faults=(Fault(status=502), Fault(status=504), Fault(status=502))),
    Case(name="no answer", faults=(Fault(status=0),) * TROUBLED),
    Case(name="lost answer", faults=(Fault(status=503, is_stored=True),) * TROUBLED, may_repeat=True),
    Case(name="reset in request", trouble=Trouble.RESET_IN_REQUEST),
    Case(name="reset in response", trouble=Trouble.RESET_IN_RESPONSE, may_repeat=True),
    Case(name="slow reader", trouble=Trouble.SLOW_REQUEST),
    Case(name="slow writer", trouble=Trouble.SLOW_RESPONSE, may_repeat=True),
    Case(name="silence", trouble=Trouble.SILENCE),
)


def dated() -> Case:
    """Return the case of a server that names the time of day at which to come back."""
    fault = Fault(status=429, headers={"Retry-After": formatdate(time.time() + 2, usegmt=True)})
    return Case(name="429, a date", faults=(fault,) * TROUBLED, protocols=HTTP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A case's server and the way to it."""

    case: Case
    sink: Sink
    wire: Wire


@pytest.fixture
def backends() -> Iterator[ExitStack]:
    """What ends every server."""
    with ExitStack() as stack:
        yield stack


def begun(stack: ExitStack, protocol: Protocol) -> list[Backend]:
    """Start a server for each case of a protocol."""
    cases = [case for case in (*CASES, dated()) if protocol in case.protocols]
    return [_backend(stack, case, protocol) for case in cases]


def _backend(stack: ExitStack, case: Case, protocol: Protocol) -> Backend:
    """Start the server of a case."""
    sink = stack.enter_context(Sink())
    for fault in case.faults:
        sink.fail_next(1, fault)
    port = sink.grpc_port if protocol is Protocol.GRPC else sink.http_port
    wire = Wire(port, case.trouble, TROUBLED, arrivals=lambda: len(sink.attempts()))
    return Backend(case=case, sink=sink, wire=stack.enter_context(wire))


def filled(world: World, backends: Iterable[Backend], protocol: Protocol) -> None:
    """Make a journal for each server."""
    for number, backend in enumerate(backends):
        settings = {
            **settings_for(backend.sink, protocol),
            "OPENCODE_OTLP_ENDPOINT": backend.wire.url,
            "OTEL_EXPORTER_OTLP_TIMEOUT": str(TIMEOUT_MS),
        }
        world.journal(f"{number:02}-1-a", RECORDING, settings=settings)


@pytest.mark.parametrize("protocol", Protocol)
def test_bad_servers_get_everything(
    world: World, backends: ExitStack, protocol: Protocol, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is lost or out of order at any of them; what came twice is a request whose answer got lost."""
    sent = expected(tmp_path_factory.mktemp("undisturbed") / "1-1-a", RECORDING)
    servers = begun(backends, protocol)
    filled(world, servers, protocol)
    first = min(world.host_dir.iterdir())

    assert (0, "") == world.run(first, drain_s=DRAIN_S, max_adopted=len(servers))

    verdicts = {server.case.name: judge(sent, server.sink) for server in servers}
    print(verdicts)  # noqa: T201 - the figures of docs/reliability.md
    met = {server.case.name for server in servers if server.wire.troubles or server.case.faults}
    assert met == set(verdicts)
    assert dict.fromkeys(verdicts, (0, 0)) == {
        name: (one.lost, one.backwards) for name, one in verdicts.items()
    }
    may_repeat = {server.case.name for server in servers if server.case.may_repeat}
    assert {name for name, one in verdicts.items() if one.doubled or one.repeats} <= may_repeat
    assert [] == [
        server.case.name for server in servers if shortest_pause_s(server.sink) < server.case.after_s
    ]
    assert [receipts.FOLDER] == [path.name for path in world.host_dir.iterdir()]


def shortest_pause_s(sink: Sink) -> float:
    """Return the shortest time from a refusal to the next request of its signal."""
    return min(
        (
            after.arrived_s - before.arrived_s
            for signal in Signal
            for before, after in pairwise(sink.attempts(signal))
            if not before.is_stored
        ),
        default=0.0,
    )


@pytest.mark.parametrize("protocol", Protocol)
def test_hanging_signal_holds_only_itself(
    world: World, tmp_path_factory: pytest.TempPathFactory, protocol: Protocol
) -> None:
    """While a backend never answers for metrics, its logs and traces and all of another journal's arrive."""
    with Sink() as other, RuledSink(Hanging(Signal.METRICS)) as hanging:
        sent = expected(tmp_path_factory.mktemp("undisturbed") / "1-1-a", RECORDING)
        settings = {**settings_for(hanging, protocol), "OPENCODE_OTLP_LOGS_INTERVAL": "1"}
        held = world.journal("1-1-a", RECORDING, **{**journals.living(), "settings": settings})
        world.journal("2-1-b", RECORDING, settings=settings_for(other, protocol))
        world.start(held)
        is_delivered = other.wait_for(lambda: not judge(sent, other).lost, 30.0)
        has_rest = hanging.wait_for(lambda: _is_there(hanging, len(sent.records), len(sent.spans)), 30.0)

        told = hanging.metric_points()

    assert (True, True, []) == (is_delivered, has_rest, told)


def _is_there(sink: Sink, records: int, spans: int) -> bool:
    """Tell whether so many log records and spans have arrived."""
    return (records, spans) == (len(sink.log_records()), len(sink.spans()))
