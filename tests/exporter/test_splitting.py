"""A request that is too large for a server goes in halves, down to single items."""

from pathlib import Path

import pytest

from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.splitting import halves
from otel_agent.settings import Signal
from otel_agent.sink import messages
from otel_agent.sink.decode import points_of, records_of
from otel_agent.sink.spans import spans_of
from tests import pipelines
from tests.signals import golden

ITEMS = {Signal.METRICS: points_of, Signal.LOGS: records_of, Signal.TRACES: spans_of}


def payloads(folder: Path, signal: Signal) -> list[bytes]:
    """Return the requests of a signal that a recording gives."""
    golden.unpack(golden.RECORDINGS / "demo.ndjson", folder)
    pipelines.finished(folder)
    outbox = Outbox(folder / "agent.db", is_read_only=True)
    query = "SELECT payload FROM requests WHERE signal=?"
    rows = outbox.connection.execute(query, (signal.value,)).fetchall()
    outbox.close()
    return [row[0] for row in rows]


def items(signal: Signal, payload: bytes) -> list[object]:
    """Return what a request carries."""
    return list(ITEMS[signal](messages.decode(signal, payload)))


@pytest.mark.parametrize("signal", list(Signal))
def test_halves_have_every_item_once_in_order(tmp_path: Path, signal: Signal) -> None:
    """With the resource and scope that it had."""
    for payload in payloads(tmp_path / "1-1-a", signal):
        parts = halves(signal, payload)
        assert parts is not None
        first, second = (items(signal, part.payload) for part in parts)

        assert items(signal, payload) == [*first, *second]
        assert [len(first), len(second)] == [part.items for part in parts]
        assert 1 >= abs(len(first) - len(second))


@pytest.mark.parametrize("signal", list(Signal))
def test_single_item_has_no_halves(tmp_path: Path, signal: Signal) -> None:
    """Halving ends."""
    payload = payloads(tmp_path / "1-1-a", signal)[0]
    while (parts := halves(signal, payload)) is not None:
        payload = parts[1].payload

    assert 1 == len(items(signal, payload))


def test_what_is_no_request_has_no_halves() -> None:
    """Nothing that is stored ends the agent."""
    assert halves(Signal.LOGS, b"\xff\xff") is None


def test_halves_take_the_place_of_their_request(tmp_path: Path) -> None:
    """What was stored later stays later, however often a request is halved."""
    folder = tmp_path / "1-1-a"
    payload = payloads(folder, Signal.LOGS)[0]
    outbox = Outbox(tmp_path / "agent.db")
    outbox.put(Signal.LOGS, "there", payload, items=len(items(Signal.LOGS, payload)), created_ms=1)
    outbox.put(Signal.LOGS, "there", b"later", items=1, created_ms=2)
    found: list[object] = []
    while (request := outbox.oldest(Signal.LOGS)) is not None and request.payload != b"later":
        parts = halves(Signal.LOGS, request.payload)
        if parts is None:
            found += items(Signal.LOGS, request.payload)
            outbox.settle(request, {}, {})
        else:
            outbox.split(request, *parts, {})
    outbox.close()

    assert items(Signal.LOGS, payload) == found
