"""The outbox's caps: how much may wait for delivery in all journals of a host, and for how long.

Each agent removes only from the journals whose locks it holds; what the others hold is looked at, so that
all agents come to the same moment before which everything must go.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import structlog

from otel_agent.errors import JournalError, SettingsError
from otel_agent.exporter.damage import ERRORS
from otel_agent.exporter.outbox import FILE_NAME, Outbox, Waiting
from otel_agent.files import size_bytes
from otel_agent.journal import header_of
from otel_agent.logfile import told
from otel_agent.owners import Lock, is_foreign
from otel_agent.settings import Settings, parse
from otel_agent.variables import rows_of
from otel_agent.worker import Worker, now_ms, remove

EVERY_S = 60.0
SLACK = 20
"""A full journal is looked at after each twentieth of its cap: a look at 256 MiB takes a second."""
FULL = "outbox_full"
AGE = "outbox_age"

log = structlog.get_logger(__name__)


class Caps:
    """Keeps what waits in one host's folder within the caps of each journal's settings; for one thread."""

    def __init__(
        self,
        host_dir: Path,
        host: str,
        *,
        monotonic_s: Callable[[], float],
        now_ms: Callable[[], int] = now_ms,
    ) -> None:
        """Look at a host's folder for the first time when `apply` is called for the first time."""
        self._host_dir = host_dir
        self._host = host
        self._monotonic_s = monotonic_s
        self._now_ms = now_ms
        self._due_s = -math.inf
        self._looked: dict[str, tuple[int, int]] = {}
        self._known: set[str] = set()

    def apply(self, workers: Sequence[Worker]) -> None:
        """Remove what is too old or too much from the journals that are held, when it is time to look.

        A journal that was just taken over is looked at: many an agent has ended before it is time again.
        """
        names = {worker.folder.name for worker in workers}
        is_due = self._monotonic_s() >= self._due_s or not names <= self._known
        self._known = names
        if not is_due and not any(self._is_overfull(worker) for worker in workers):
            return
        try:
            self._apply(workers)
            if is_due:
                self._due_s = self._monotonic_s() + EVERY_S
                remove_strangers(self._host_dir.parent, self._host, workers[0].settings, self._now_ms())
        except (OSError, *ERRORS) as error:
            self._due_s = self._monotonic_s() + EVERY_S
            log.warning("caps_not_applied", **told(error))

    def _is_overfull(self, worker: Worker) -> bool:
        """Tell whether a journal alone may be over the cap by what was stored since it was looked at."""
        max_bytes = worker.settings.outbox_max_bytes
        size_bytes, added_bytes = self._looked.get(worker.folder.name, (0, 0))
        added_since = worker.outbox.added_bytes - added_bytes
        return added_since > max_bytes // SLACK and size_bytes + added_since > max_bytes

    def _apply(self, workers: Sequence[Worker]) -> None:
        """Remove what is too old, and then what is too much."""
        for worker in workers:
            oldest_ms = self._now_ms() - int(worker.settings.outbox_max_age_s * 1000)
            _drop(worker, AGE, (oldest_ms, math.inf))
        for max_bytes in {worker.settings.outbox_max_bytes for worker in workers}:
            last = last_to_go(self._host_dir, max_bytes)
            for worker in workers:
                if last is not None and worker.settings.outbox_max_bytes == max_bytes:
                    _drop(worker, FULL, _until(last, worker.folder.name))
        self._looked = {
            worker.folder.name: (worker.outbox.size()[1], worker.outbox.added_bytes) for worker in workers
        }


def _drop(worker: Worker, reason: str, until: tuple[int, float]) -> None:
    """Remove a journal's requests up to a moment; one that is under way stays."""
    removed = worker.outbox.drop(reason, until=until, but=worker.under_way)
    if removed:
        log.warning("requests_dropped", journal=worker.header.id, requests=removed, reason=reason)


def _until(last: Waiting, journal: str) -> tuple[int, float]:
    """Return up to which time and place the requests of a journal go, `last` being the last one of all."""
    if journal == last.journal:
        return last.created_ms, last.place
    return last.created_ms, math.inf if journal < last.journal else -math.inf


def last_to_go(host_dir: Path, max_bytes: int) -> Waiting | None:
    """Return the newest request that must go so that what waits in all journals fits; None when it does.

    A database is no smaller than its requests, so as long as the files fit none of them is opened.
    """
    paths = [path for path in host_dir.glob(f"*/{FILE_NAME}") if path.is_file()]
    if sum(_file_bytes(path) for path in paths) <= max_bytes:
        return None
    with ExitStack() as stack:
        outboxes: dict[str, Outbox] = {}
        minutes: Counter[int] = Counter()
        for path in paths:
            try:
                outbox = stack.enter_context(closing(Outbox(path, is_read_only=True)))
                minutes.update(outbox.minutes())
            except ERRORS as error:
                log.info("outbox_not_counted", journal=path.parent.name, **told(error))
                continue
            outboxes[path.parent.name] = outbox
        return _last_to_go(outboxes, minutes, max_bytes)


def _last_to_go(outboxes: Mapping[str, Outbox], minutes: Counter[int], max_bytes: int) -> Waiting | None:
    """Return the newest request that must go: one of the minute in which the rest begins to fit.

    Minutes first and single requests of one minute then: an outage may leave very many.
    """
    excess = minutes.total() - max_bytes
    if excess <= 0:
        return None
    for minute in sorted(minutes):
        if excess <= minutes[minute]:
            return _last_within(outboxes, minute, excess)
        excess -= minutes[minute]
    return None


def _last_within(outboxes: Mapping[str, Outbox], minute: int, excess: int) -> Waiting | None:
    """Return the request of a minute with which at least `excess` bytes of it are gone."""
    last = None
    for last in sorted(
        row for journal, outbox in outboxes.items() for row in outbox.waiting(journal, minute)
    ):
        excess -= last.size_bytes
        if excess <= 0:
            break
    return last


def _file_bytes(path: Path) -> int:
    """Return the size of a database with what is not yet written into it."""
    return size_bytes(path) + size_bytes(path.with_name(f"{path.name}-wal"))


def remove_strangers(state_dir: Path, host: str, own: Settings, time_ms: int) -> None:
    """Remove the journals that nobody here can take over and that nobody has written for their age cap.

    Their writers are on another host or in another pid namespace and cannot be judged.
    """
    for folder, max_age_s in _strangers(state_dir, host, own):
        lock = Lock(folder)
        try:
            if time_ms / 1000 - _written_s(folder) > max_age_s and lock.take():
                log.warning("journal_removed", journal=folder.name, reason=AGE)
                remove(folder)
        except (JournalError, OSError) as error:
            log.info("journal_not_removed", journal=folder.name, **told(error))
        finally:
            lock.release()


def _strangers(state_dir: Path, host: str, own: Settings) -> Iterator[tuple[Path, float]]:
    """Yield the journals whose writers cannot be judged from here, each with its age cap in seconds."""
    for folder in state_dir.glob("*/*"):
        header = header_of(folder)
        if header is not None and is_foreign(header, host=host):
            yield folder, _max_age_s(header.settings, own)


def _max_age_s(environ: Mapping[str, str], own: Settings) -> float:
    """Return the age cap of a journal's settings; when it cannot be used, our own."""
    names = rows_of(Settings)["outbox_max_age_s"].names
    try:
        return parse(
            {"HOME": "/", **{name: environ[name] for name in names if name in environ}}
        ).outbox_max_age_s
    except SettingsError:
        return own.outbox_max_age_s


def _written_s(folder: Path) -> float:
    """Return when anything of a journal was last written, seconds since 1970."""
    return max(path.stat().st_mtime for path in folder.iterdir())
