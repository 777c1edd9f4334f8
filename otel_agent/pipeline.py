"""One journal on its way: lines are folded, facts projected, signals encoded, requests stored.

Everything that a batch of lines changes is committed in one transaction with the journal's position, so a
process that is killed at any instruction has lost and doubled nothing. Nothing here waits for the network.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from otel_agent.errors import JournalError
from otel_agent.exporter.damage import is_damage
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.exporter.packing import MAX_ITEMS, Packed, pack
from otel_agent.exporter.storing import store
from otel_agent.exporter.trees import tree_of
from otel_agent.facts import Fact
from otel_agent.header import Header
from otel_agent.journal import Fault, RawLine, Tail, delete_read_segments
from otel_agent.logfile import told
from otel_agent.memory import Memory
from otel_agent.observe import Observer
from otel_agent.receipts import DROPPED, EVENTS
from otel_agent.receiver.tracker import UNUSABLE_LINE, Tracker
from otel_agent.reporting import Reporter
from otel_agent.resource import resource_attributes
from otel_agent.settings import Settings, Signal
from otel_agent.signals.model import Record, Span
from otel_agent.signals.profile import SCOPE_NAME
from otel_agent.signals.projector import Projector, content_of

if TYPE_CHECKING:
    from otel_agent.exporter.encode import Encoder

READ_BYTES = 1024 * 1024
NEVER = float("inf")
RETRY_MS = 1000
"""How soon records are packed again after the disk was full."""

log = structlog.get_logger(__name__)


class Pipeline:
    """Folds one journal into stored requests; the caller holds the journal's lock.

    `destinations` has for each signal that is on the fingerprint of where its requests belong. While
    `is_stuck` something that was folded is not stored: the disk is full, or not writable.
    """

    def __init__(  # noqa: PLR0913 - a composition root: each part is named
        self,
        folder: Path,
        header: Header,
        settings: Settings,
        *,
        destinations: Mapping[Signal, str],
        observer: Observer | None,
        now_ms: Callable[[], int],
    ) -> None:
        """Go on where the database says; without an observer, as in a replay, no reports are made.

        Raises sqlite3.Error and JournalError, then and later, when the database cannot be used.
        """
        self.folder, self.header = folder, header
        self.outbox = Outbox(folder / FILE_NAME)
        self.places: dict[str, str] = {}
        self._settings = settings
        self._destinations = destinations
        self._observer, self._now_ms = observer, now_ms
        self._reporter = Reporter(self.outbox, now_ms=now_ms)
        self.is_stuck = False
        self._tree = tree_of(settings.tracing, header.subcommand)
        with self.outbox.closed_at_error():
            self._pending = self.outbox.held_items()
            self._load()
        self._metrics_due_ms = now_ms() if self._totals.changed else NEVER
        self._logs_due_ms = now_ms() if self._pending else NEVER

    def _load(self) -> None:
        """Take up the state that is stored; what was only in memory is forgotten."""
        settings = self._settings
        self._memory = Memory(self.outbox)
        self._tracker = Tracker(self._memory.journal, self._memory.sessions, self._memory.seen)
        self._projector = Projector(settings, self._memory.sequences, content_of(settings), self._tree)
        self._totals = self._projector.totals(self._memory.load_series)
        self._memory.restore(self._totals)
        self._tail = Tail(self.folder, self._memory.position)
        self._end = self._memory.position
        self._items: list[tuple[Signal, Record | Span]] = []
        self._requests: list[Packed] = []
        self.places.update(self._memory.journal.folders)

    def step(self) -> bool:
        """Fold what was written since, and build what is due; tell whether there may be more to read.

        A full disk is waited out: nothing more is read until what was folded is committed.
        Raises OSError when the journal cannot be read.
        """
        if self.is_stuck and not self._commit():
            return False
        lines = list(self._tail.read(READ_BYTES))
        is_at_end = self._tail.is_at_end
        if lines:
            self._fold_all(lines)
        if not self.is_stuck:
            self._build_due()
        return bool(lines) or not is_at_end

    def flush(self) -> bool:
        """Store requests for everything that was folded; tell whether they are stored now."""
        if self.is_stuck and not self._commit():
            return False
        self._build_metrics()
        self._build_logs()
        return not self.is_stuck and not self._pending

    def finish(self) -> bool:
        """Fold the end of input: OpenCode's process is gone and every line was read.

        Tell whether all of it is stored now; else this is to be called again.
        """
        try:
            for line in self._tail.cut_line():
                self._fold(line)
            self._stage(self._tracker.finish())
            is_stored = self._commit()
        except (sqlite3.Error, JournalError):
            raise
        except Exception as error:  # noqa: BLE001 - as for a line: the requests that are there must go out
            self._forget(error)
            is_stored = self._commit()
        return is_stored and self.flush()

    def close(self) -> None:
        """Close the database."""
        self.outbox.close()

    def _fold_all(self, lines: Sequence[RawLine]) -> None:
        """Fold and commit a batch; when something in it cannot be folded, line by line without that line."""
        try:
            self._fold_and_commit(lines)
        except (sqlite3.Error, JournalError):
            raise
        except Exception:  # noqa: BLE001 - whatever a line contains, it costs only itself; it is logged below
            self._load()
            for line in lines:
                self._fold_alone(line)
                if self.is_stuck:
                    break
            # The tail has read on; what was not committed is read again.
            self._load()
            self.is_stuck = False

    def _fold_alone(self, line: RawLine) -> None:
        """Fold and commit one line, or nothing of it but its end."""
        try:
            self._fold_and_commit([line])
        except (sqlite3.Error, JournalError):
            raise
        except Exception as error:  # noqa: BLE001 - see above
            self._forget(error)
            self._end = line.end
            self._commit()

    def _fold_and_commit(self, lines: Sequence[RawLine]) -> None:
        """Fold lines and store what they change."""
        for line in lines:
            self._fold(line)
        self._commit()

    def _forget(self, error: Exception) -> None:
        """Go back to what is stored, and count what could not be folded; its text is not for the log."""
        log.error("line_not_folded", journal=self.header.id, **told(error))
        self._load()
        self._tracker.dropped[UNUSABLE_LINE] += 1

    def _fold(self, raw: RawLine) -> None:
        """Fold one line; the plugin begins a line anew after one that it could not end."""
        self._end = raw.end
        if isinstance(raw.data, Fault):
            self._tracker.dropped[raw.data.value] += 1
            return
        line = self._tracker.decode(raw.data) if raw.data else None
        if line is None:
            return
        self._reporter.note(line.t)
        if self._observer is not None and self._tracker.is_unobserved(line):
            instance = self._memory.journal.instances.get(line.i)
            self._tracker.observe(line.i, self._observer.observe(instance.directory if instance else None))
        self._stage(self._tracker.fold(line))
        if line.instance is not None:
            self.places.update(self._memory.journal.folders)

    def _stage(self, facts: Iterable[Fact]) -> None:
        """Measure and record facts."""
        version = self._memory.journal.version
        for fact in facts:
            for measurement in self._projector.measurements(fact, version):
                self._totals.measure(measurement)
            self._items.extend((Signal.LOGS, record) for record in self._projector.records(fact))
            self._items.extend((Signal.TRACES, span) for span in self._projector.spans(fact))
        if self._totals.changed and self._metrics_due_ms == NEVER:
            self._metrics_due_ms = self._now_ms() + self._settings.metrics_interval_ms
        if self._items and self._logs_due_ms == NEVER:
            self._logs_due_ms = self._now_ms() + self._settings.logs_interval_ms

    def _commit(self) -> bool:
        """Write everything that is staged in one transaction; tell whether it is stored now."""
        rows = [(signal.value, msgspec.msgpack.encode(item)) for signal, item in self._items]
        dropped = {f"{DROPPED}{reason}": number for reason, number in self._tracker.dropped.items()}
        try:
            with self.outbox.transaction():
                self._memory.save(self._totals, self._end)
                self.outbox.hold(rows)
                self._put_all(Signal.METRICS, self._requests)
                self.outbox.count(dropped | {EVENTS: self._tracker.events})
        except sqlite3.Error as error:
            self._tell_failure(error)
            self.is_stuck = True
            return False
        self._pending += len(rows)
        self._committed()
        return True

    def _tell_failure(self, error: sqlite3.Error) -> None:
        """Tell of a commit that is to be tried again; raises the error when it is one of damage."""
        if is_damage(error):
            raise error
        log.warning("commit_failed", journal=self.header.id, error=str(error))

    def _committed(self) -> None:
        """Forget what is stored."""
        self.is_stuck = False
        has_left_segment = self._end.segment > self._memory.position.segment
        self._memory.saved(self._totals, self._end)
        self._items.clear()
        self._requests.clear()
        self._tracker.dropped.clear()
        self._tracker.events = 0
        if has_left_segment and self.outbox.make_durable():
            delete_read_segments(self.folder, self._end)

    def _build_due(self) -> None:
        """Build the requests whose interval is over, or that are full."""
        now_ms = self._now_ms()
        if len(self._totals.changed) >= MAX_ITEMS or now_ms >= self._metrics_due_ms:
            self._build_metrics()
        if self._pending >= MAX_ITEMS or now_ms >= self._logs_due_ms:
            self._build_logs()

    def _build_metrics(self) -> None:
        """Store requests for the series that changed: new series' zero points before their first ones."""
        if self._observer is not None:
            self._report()
        self._metrics_due_ms = NEVER
        export = self._totals.collect()
        for points in (export.zeros, export.points):
            self._requests.extend(pack(points, self._encoder().metrics) if points else ())
        if self._requests:
            self._commit()

    def _report(self) -> None:
        """Measure the agent's own work, with the other metrics or when there is news."""
        fact = self._reporter.report(self._memory.told, has_others=bool(self._totals.changed))
        if fact is not None:
            self._stage([fact])
            self._memory.told = self.outbox.counts()

    def _build_logs(self) -> None:
        """Store requests for the records and spans that wait."""
        self._logs_due_ms = NEVER
        if not self._pending:
            return
        encoder = self._encoder()
        try:
            with self.outbox.transaction():
                self._put_all(Signal.LOGS, pack(self._memory.held(Signal.LOGS, Record), encoder.logs))
                self._put_all(Signal.TRACES, pack(self._memory.held(Signal.TRACES, Span), encoder.traces))
                self.outbox.release()
        except sqlite3.Error as error:
            self._tell_failure(error)
            self._logs_due_ms = self._now_ms() + RETRY_MS
            return
        self._pending = 0

    def _put_all(self, signal: Signal, requests: Iterable[Packed]) -> None:
        """Store requests for their destination; of a signal that is off there are none."""
        store(self.outbox, signal, self._destinations.get(signal, ""), requests, created_ms=self._now_ms())

    def _encoder(self) -> "Encoder":
        """Return an encoder for the resource as it is now known: OpenCode's version comes a little later."""
        from otel_agent.exporter.encode import Encoder  # noqa: PLC0415 - 80 ms that OpenCode's start can spare

        attributes = resource_attributes(self._settings, self._memory.journal, self.header.id)
        projector = self._projector
        return Encoder.of(attributes, projector.profile, projector.span_profile.scope or SCOPE_NAME)
