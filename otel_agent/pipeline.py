"""One journal on its way: lines are folded, facts projected, signals encoded, requests stored.

Everything that a batch of lines changes is committed in one transaction with the journal's position, so a
process that is killed at any instruction has lost and doubled nothing. Nothing here waits for the network.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import structlog

from otel_agent.errors import JournalError
from otel_agent.exporter.damage import is_damage
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.exporter.packing import MAX_ITEMS
from otel_agent.facts import Fact
from otel_agent.header import Header
from otel_agent.journal import Fault, RawLine, Tail, delete_read_segments
from otel_agent.logfile import told
from otel_agent.memory import Memory
from otel_agent.observe import Observer
from otel_agent.projection import Projection
from otel_agent.receipts import DROPPED, EVENTS
from otel_agent.receiver.tracker import UNUSABLE_LINE, Tracker
from otel_agent.reporting import Reporter
from otel_agent.ways import Way

READ_BYTES = 1024 * 1024
NEVER = float("inf")
GONE = "destination_gone"
RETRY_MS = 1000
"""How soon records are packed again after the disk was full."""

log = structlog.get_logger(__name__)


class Pipeline:
    """Folds one journal into stored requests; the caller holds the journal's lock.

    Each of the `ways` gets its own projection of every fact; the first one's settings say how often requests
    are made. While `is_stuck` something that was folded is not stored: the disk is full, or not writable.
    """

    def __init__(
        self,
        folder: Path,
        header: Header,
        ways: Sequence[Way],
        *,
        observer: Observer | None,
        now_ms: Callable[[], int],
    ) -> None:
        """Go on where the database says; without an observer, as in a replay, no reports are made.

        Raises sqlite3.Error and JournalError, then and later, when the database cannot be used.
        """
        self.folder, self.header = folder, header
        self.outbox = Outbox(folder / FILE_NAME)
        self.places: dict[str, str] = {}
        self._ways, self._settings = ways, ways[0].settings
        self._observer, self._now_ms = observer, now_ms
        self._reporter = Reporter(self.outbox, now_ms=now_ms)
        self.is_stuck = False
        with self.outbox.closed_at_error():
            self._load()
            self._queues = [queue for projection in self._projections for queue in projection.queues]
            self._pending = sum(len(self.outbox.held(queue)) for queue in self._queues)
        self._metrics_due_ms = now_ms() if self._has_changed else NEVER
        self._logs_due_ms = now_ms() if self._pending else NEVER

    def _load(self) -> None:
        """Take up the state that is stored; what was only in memory is forgotten."""
        self._memory = Memory(self.outbox)
        self._tracker = Tracker(self._memory.journal, self._memory.sessions, self._memory.seen)
        self._projections = [Projection(way, self.header, self._memory) for way in self._ways]
        self._totals = {
            way.name: projection.totals for way, projection in zip(self._ways, self._projections, strict=True)
        }
        self._tail = Tail(self.folder, self._memory.position)
        self._end = self._memory.position
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
        return is_stored and self.flush() and self._abandon()

    def close(self) -> None:
        """Close the database."""
        self.outbox.close()

    def _abandon(self) -> bool:
        """Count what was for destinations that the settings no longer have; tell whether it is counted."""
        try:
            with self.outbox.transaction():
                self.outbox.count({f"{DROPPED}{GONE}": self._memory.abandon(self._totals)})
        except sqlite3.Error as error:
            self._tell_failure(error)
            return False
        return True

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

    @property
    def _has_changed(self) -> bool:
        """Whether a series has changed since its last export."""
        return any(totals.changed for totals in self._totals.values())

    def _stage(self, facts: Iterable[Fact]) -> None:
        """Measure and record facts."""
        for fact in facts:
            for projection in self._projections:
                projection.take(fact)
        if self._metrics_due_ms == NEVER and self._has_changed:
            self._metrics_due_ms = self._now_ms() + self._settings.metrics_interval_ms
        if self._logs_due_ms == NEVER and any(projection.has_items for projection in self._projections):
            self._logs_due_ms = self._now_ms() + self._settings.logs_interval_ms

    def _commit(self) -> bool:
        """Write everything that is staged in one transaction; tell whether it is stored now."""
        rows = [row for projection in self._projections for row in projection.rows()]
        dropped = {f"{DROPPED}{reason}": number for reason, number in self._tracker.dropped.items()}
        try:
            with self.outbox.transaction():
                self._memory.save(self._totals, self._end)
                self.outbox.hold(rows)
                for projection in self._projections:
                    projection.put_collected(self.outbox, created_ms=self._now_ms())
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
        for projection in self._projections:
            projection.saved()
        self._tracker.dropped.clear()
        self._tracker.events = 0
        if has_left_segment and self.outbox.make_durable():
            delete_read_segments(self.folder, self._end)

    def _build_due(self) -> None:
        """Build the requests whose interval is over, or that are full."""
        now_ms = self._now_ms()
        if now_ms >= self._metrics_due_ms or any(projection.is_full for projection in self._projections):
            self._build_metrics()
        if self._pending >= MAX_ITEMS or now_ms >= self._logs_due_ms:
            self._build_logs()

    def _build_metrics(self) -> None:
        """Store requests for the series that changed: new series' zero points before their first ones."""
        if self._observer is not None:
            self._report()
        self._metrics_due_ms = NEVER
        for projection in self._projections:
            projection.collect()
        if any(projection.has_requests for projection in self._projections):
            self._commit()

    def _report(self) -> None:
        """Measure the agent's own work, with the other metrics or when there is news."""
        fact = self._reporter.report(self._memory.told, has_others=self._has_changed)
        if fact is not None:
            self._stage([fact])
            self._memory.told = self.outbox.counts()

    def _build_logs(self) -> None:
        """Store requests for the records and spans that wait."""
        self._logs_due_ms = NEVER
        if not self._pending:
            return
        try:
            with self.outbox.transaction():
                for projection in self._projections:
                    projection.put_held(self.outbox, created_ms=self._now_ms())
                self.outbox.release(self._queues)
        except sqlite3.Error as error:
            self._tell_failure(error)
            self._logs_due_ms = self._now_ms() + RETRY_MS
            return
        self._pending = 0
