"""What one destination is told of a journal: its own projection of the facts, on its way into the outbox."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.packing import MAX_ITEMS, Packed, pack
from otel_agent.exporter.storing import store
from otel_agent.exporter.trees import tree_of
from otel_agent.facts import Fact
from otel_agent.header import Header
from otel_agent.memory import Memory
from otel_agent.resource import resource_attributes
from otel_agent.settings import Signal
from otel_agent.signals.model import Record, Span
from otel_agent.signals.profile import SCOPE_NAME
from otel_agent.signals.projector import Projector, content_of
from otel_agent.ways import Way

if TYPE_CHECKING:
    from otel_agent.exporter.encode import Encoder


class Projection:
    """One way's signals: staged, held and packed. It knows no transaction and no time of its own."""

    def __init__(self, way: Way, header: Header, memory: Memory) -> None:
        """Take up what is stored for the way; raises DamagedError when that cannot be read."""
        self._way = way
        self._header = header
        self._memory = memory
        settings = way.settings
        self._projector = Projector(
            settings,
            memory.sequences_of(way.name),
            content_of(settings),
            tree_of(settings.tracing, header.subcommand),
        )
        self.totals = self._projector.totals(memory.series_of(way.name))
        memory.restore(way.name, self.totals)
        self._items: list[tuple[Signal, Record | Span]] = []
        self._requests: list[Packed] = []

    @property
    def is_full(self) -> bool:
        """Whether there are as many changed series as one request takes."""
        return len(self.totals.changed) >= MAX_ITEMS

    @property
    def has_requests(self) -> bool:
        """Whether requests wait to be stored."""
        return bool(self._requests)

    @property
    def queues(self) -> tuple[str, ...]:
        """Where its records and spans are held."""
        return self._queue(Signal.LOGS), self._queue(Signal.TRACES)

    @property
    def has_items(self) -> bool:
        """Whether records or spans wait to be stored."""
        return bool(self._items)

    def take(self, fact: Fact) -> None:
        """Measure and record a fact."""
        for measurement in self._projector.measurements(fact, self._memory.journal.version):
            self.totals.measure(measurement)
        self._items.extend((Signal.LOGS, record) for record in self._projector.records(fact))
        self._items.extend((Signal.TRACES, span) for span in self._projector.spans(fact))

    def rows(self) -> list[tuple[str, bytes]]:
        """Return the staged records and spans, encoded, each with its queue."""
        return [(self._queue(signal), msgspec.msgpack.encode(item)) for signal, item in self._items]

    def collect(self) -> None:
        """Make requests of the series that changed: new series' zero points before their first ones."""
        export = self.totals.collect()
        for points in (export.zeros, export.points):
            self._requests.extend(pack(points, self._encoder().metrics) if points else ())

    def put_collected(self, outbox: Outbox, *, created_ms: int) -> None:
        """Store the requests that were collected; within a transaction."""
        self._put(outbox, Signal.METRICS, self._requests, created_ms)

    def put_held(self, outbox: Outbox, *, created_ms: int) -> None:
        """Store requests with the records and spans that are held; within a transaction."""
        if records := self._memory.held(self._queue(Signal.LOGS), Record):
            self._put(outbox, Signal.LOGS, pack(records, self._encoder().logs), created_ms)
        if spans := self._memory.held(self._queue(Signal.TRACES), Span):
            self._put(outbox, Signal.TRACES, pack(spans, self._encoder().traces), created_ms)

    def saved(self) -> None:
        """Forget what is stored."""
        self._items.clear()
        self._requests.clear()

    def _queue(self, signal: Signal) -> str:
        """Return where a signal's items are held."""
        return f"{signal.value}@{self._way.name}" if self._way.name else signal.value

    def _put(self, outbox: Outbox, signal: Signal, requests: Iterable[Packed], created_ms: int) -> None:
        """Store requests for their destination; of a signal that is off there are none."""
        destination = self._way.destinations.get(signal, "")
        store(outbox, signal, destination, requests, created_ms=created_ms)

    def _encoder(self) -> "Encoder":
        """Return an encoder for the resource as it is now known: OpenCode's version comes a little later."""
        from otel_agent.exporter.encode import Encoder  # noqa: PLC0415 - 80 ms that OpenCode's start can spare

        attributes = resource_attributes(self._way.settings, self._memory.journal, self._header.id)
        projector = self._projector
        return Encoder.of(attributes, projector.profile, projector.span_profile.scope or SCOPE_NAME)
