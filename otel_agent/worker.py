"""One journal's work in an agent: its pipeline and its sender, until all is delivered or time is up."""

import contextlib
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from otel_agent import receipts
from otel_agent.errors import SettingsError
from otel_agent.exporter.damage import ERRORS, is_damage, set_aside
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.exporter.sender import Sender
from otel_agent.header import Header
from otel_agent.journal import segments
from otel_agent.logfile import told
from otel_agent.observe import Observer
from otel_agent.owners import LOCK_NAME, Lock, is_writer_gone
from otel_agent.pipeline import Pipeline
from otel_agent.receipts import Receipt
from otel_agent.routes import Standing, destinations, routes, standing_of, waiting_reason, ways

JITTER = (0.75, 1.25)
ANSWER_S = 0.5
"""Servers mostly answer within that; one that is dead holds the agent's end for so long a journal."""
DAMAGED = "databases_set_aside"
LAST_WORD = "last_word"
_OURS = re.compile(rf"\d+\.ndjson(\.new)?|{re.escape(FILE_NAME)}.*|{LOCK_NAME}")

log = structlog.get_logger(__name__)


def jitter() -> float:
    """Return a factor around 1, so that agents do not try again all at once."""
    return random.uniform(*JITTER)  # noqa: S311 - spreads retries, protects nothing


def now_ms() -> int:
    """Return the time of day in milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A journal whose lock this process holds."""

    folder: Path
    header: Header
    lock: Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What the workers of one process share.

    Secrets come from `environ`; `wake` ends the main thread's wait. `standing` says under which settings and
    with which secrets a journal is delivered; it raises SettingsError.
    """

    state_dir: Path
    host: str
    environ: Mapping[str, str]
    wake: Callable[[], None]
    standing: Callable[[Header, Mapping[str, str], Path], Standing] = standing_of


class Worker:
    """Folds and delivers one journal; holds its lock."""

    def __init__(self, held: Held, standing: Standing, process: Process) -> None:
        """Go on where the last agent ended; sqlite3.Error or JournalError when that cannot be read."""
        self.folder = held.folder
        self.header = held.header
        self.settings = standing.settings
        self.problems = standing.problems
        self.is_writer_gone = False
        self._standing = standing
        self._process = process
        self._lock = held.lock
        self._has_input_ended = self._is_rebuilt = False
        try:
            self._begin()
        except ERRORS as error:
            self._rebuild(error)

    def _begin(self) -> None:
        """Go on from what the database has."""
        header, settings = self.header, self.settings
        self._is_flushed = self._is_finished = False
        observer = Observer(settings.state_dir, is_email_wanted="user.email" in settings.metrics_include)
        self._pipeline = Pipeline(
            self.folder, header, ways(self._standing, header), observer=observer, now_ms=now_ms
        )
        self._sender = Sender(
            self._pipeline.outbox,
            routes(self._standing, header, self._pipeline.places),
            now_ms=now_ms,
            jitter=jitter,
            wake=self._process.wake,
        )

    def _rebuild(self, error: Exception) -> None:
        """Set a damaged database aside, which nobody has open, and begin anew with what the segments have.

        Raises the error again when it is none of damage, or when it has come back.
        """
        if not is_damage(error) or self._is_rebuilt:
            raise error
        self._is_rebuilt = True
        name = set_aside(self.folder / FILE_NAME, now_ms())
        log.error("database_set_aside", journal=self.header.id, kept=name, **told(error))
        lost = next(iter(segments(self.folder)), 0)
        self._begin()
        self.outbox.count({DAMAGED: 1, f"{receipts.DROPPED}lost_segments": lost})
        self.outbox.set_meta("last_error", f"agent.db was damaged and is set aside as {name}")

    def end_input(self) -> None:
        """Note that the agent was told that OpenCode is gone, or goes: what was folded goes out now."""
        self._has_input_ended = True

    def step(self) -> bool:
        """Send what is due and fold what was written; tell whether there may be more to read.

        Raises sqlite3.Error and OSError when the journal's files cannot be used; nothing is lost by it.
        A damaged database is set aside, and built again from the segments that are there.
        """
        try:
            return self._step()
        except ERRORS as error:
            if is_damage(error) and not self._is_rebuilt:
                self._sender.close()
                self._pipeline.close()
            self._rebuild(error)
            return True

    def _step(self) -> bool:
        """Do what `step` says."""
        self._sender.pump()
        has_more = not self._is_finished and self._read()
        if self._is_finished and self._sender.is_idle and self.outbox.meta(LAST_WORD) is None:
            # What was lost on the way is told once: else each report could be the next loss.
            self._pipeline.flush()
            self.outbox.set_meta(LAST_WORD, "")
        return has_more

    def _read(self) -> bool:
        """Fold what was written; tell whether there may be more to read."""
        # Asked before reading: what a writer wrote that is gone now is read then.
        self.is_writer_gone = self._has_input_ended and is_writer_gone(self.header, host=self._process.host)
        has_more = self._pipeline.step()
        if has_more:
            self._is_flushed = False
        elif self._has_input_ended and not self._pipeline.is_stuck:
            self._end()
            self._sender.pump()
        return has_more

    @property
    def is_done(self) -> bool:
        """Whether all that was written so far is delivered, as far as this process can."""
        return (self._is_flushed or self._is_finished) and self._sender.is_idle

    @property
    def is_held_up(self) -> bool:
        """Whether all that is not delivered goes to destinations that fail, while another has everything."""
        return (self._is_flushed or self._is_finished) and self._sender.is_held_up

    @property
    def is_resting(self) -> bool:
        """Whether nothing can be done now: all is read, and what is not delivered waits for later."""
        return (self._is_flushed or self._is_finished) and not self._sender.is_busy

    @property
    def outbox(self) -> Outbox:
        """Where the journal's requests wait."""
        return self._pipeline.outbox

    @property
    def under_way(self) -> frozenset[int]:
        """The ids of the requests that must stay: their outcome is not stored yet."""
        return self._sender.under_way

    def stop(self) -> None:
        """Store requests for what was folded; the next agent goes on, and sees to a damaged database."""
        try:
            self._pipeline.flush()
        except ERRORS as error:
            log.warning("journal_not_stored", journal=self.header.id, **told(error))

    def close(self) -> None:
        """Give the journal up; when its writer is gone and all of it is settled, only its receipt stays."""
        self._sender.close()
        outbox = self._pipeline.outbox
        try:
            self._take_in_answers()
            self._explain_waiting()
            is_over = self._is_finished and outbox.backlog().requests == 0
            if is_over:
                keep(self.folder.parent, receipt_of(self.header, outbox, self.problems))
        except ERRORS as error:
            log.warning("journal_not_closed", journal=self.header.id, **told(error))
            is_over = False
        self._pipeline.close()
        if is_over:
            remove(self.folder)
        self._lock.release()

    def _explain_waiting(self) -> None:
        """Note why requests wait whose credentials this process has not."""
        for name, standing in self._standing.each().items():
            if not standing.has_credentials:
                there = destinations(standing, self.header, name).values()
                self.outbox.explain(waiting_reason(self.header, name), list(there))

    def _take_in_answers(self) -> None:
        """Wait a moment for the answers to what is under way: the next agent would send it once more."""
        deadline_s = time.monotonic() + ANSWER_S
        while self._sender.is_busy and time.monotonic() < deadline_s:
            time.sleep(0.005)
            self._sender.take_in()

    def _end(self) -> None:
        """Take in the end of input: a writer that is gone writes no more, one that lives may go on later."""
        if self.is_writer_gone:
            self._is_finished = self._pipeline.finish()
        elif not self._is_flushed:
            self._is_flushed = self._pipeline.flush()


def keep(host_dir: Path, receipt: Receipt) -> None:
    """Write a receipt if that can be done."""
    try:
        receipts.write(host_dir, receipt)
    except OSError as error:
        log.warning("receipt_not_written", journal=receipt.journal, **told(error))


def remove(folder: Path) -> None:
    """Delete a journal, and its folder unless somebody else keeps something in it.

    What cannot be deleted now is a leftover for the next agent.
    """
    with contextlib.suppress(OSError):  # said above
        for path in removal_order(folder):
            path.unlink(missing_ok=True)
        folder.rmdir()


def removal_order(folder: Path) -> list[Path]:
    """Return a journal's files as they may go: whoever is killed in between leaves nothing to be sent again.

    Segments go before the database, which knows that they were read, and the lock goes last: while anything
    of the journal is there, nobody else may own it.
    """
    ours = (path for path in folder.iterdir() if _OURS.fullmatch(path.name))
    return sorted(ours, key=lambda path: (path.name == LOCK_NAME, path.suffix != ".ndjson"))


def receipt_of(header: Header, outbox: Outbox, problems: tuple[str, ...]) -> Receipt:
    """Return what became of a journal, and why destinations were left out."""
    last_delivery, last_error = outbox.meta("last_delivery_ms"), outbox.meta("last_error")
    return Receipt(
        journal=header.id,
        opened_ms=header.opened_ms,
        closed_ms=now_ms(),
        subcommand=header.subcommand,
        counts=outbox.counts(),
        last_delivery_ms=receipts.millis(last_delivery),
        last_error=last_error.decode(errors="replace") if last_error else None,
        problems=problems,
    )


def open_worker(held: Held, process: Process) -> Worker:
    """Return the worker of a journal; SettingsError when its settings cannot be used.

    Nothing of a journal that never had other settings can ever be sent: its folder is removed and the
    receipt says why. One that was worked on before is kept: a certificate's file may come back.
    """
    header = held.header
    try:
        return Worker(held, process.standing(header, process.environ, process.state_dir), process)
    except SettingsError as error:
        log.warning("settings_invalid", journal=header.id, problems="; ".join(error.problems))
        if not (held.folder / FILE_NAME).exists():
            receipt = Receipt(
                journal=header.id,
                opened_ms=header.opened_ms,
                closed_ms=now_ms(),
                subcommand=header.subcommand,
                problems=tuple(error.problems),
            )
            keep(held.folder.parent, receipt)
            remove(held.folder)
        raise
