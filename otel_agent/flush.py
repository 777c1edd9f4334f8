"""Everything out now: journals that nobody works on are taken over and delivered, the others waited for."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from otel_agent.adoption import Adoption, is_going
from otel_agent.errors import JournalError, SettingsError
from otel_agent.exporter.damage import ERRORS
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.header import Header
from otel_agent.journal import header_of
from otel_agent.logfile import told
from otel_agent.owners import is_foreign, is_writer_gone, lock_holder
from otel_agent.receipts import DELIVERED, DROPPED, named
from otel_agent.receipts import FOLDER as RECEIPTS
from otel_agent.undelivered import Undelivered, gathered, left_in, undelivered
from otel_agent.worker import Process, Worker

POLL_S = 0.1
MAX_WORKERS = 16
"""Each has up to three connections a destination; what waits makes room, so that everything is tried."""
SWAP_S = 5.0
"""How soon a journal that was tried already is tried again while more wait than are worked on."""

_AT_ONCE = """
UPDATE requests SET not_before_ms=0 WHERE not_before_ms>0 AND place=(
    SELECT min(place) FROM requests AS other
    WHERE other.signal=requests.signal AND other.destination=requests.destination)
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is left: `problems` are names of folders with what is wrong, the others numbers of journals.

    Of an OpenCode `at_work` not all is delivered, of an `idle` one it is. `held` are worked on by another
    process, `unread` were not read to their end in time, and `foreign` cannot be judged from here.
    """

    waiting: tuple[Undelivered, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    at_work: int = 0
    idle: int = 0
    held: int = 0
    unread: int = 0
    foreign: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nothing of this host's journals waits any more."""
        return not (self.waiting or self.problems or self.at_work or self.held or self.unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flushed:
    """What a flush has done: items by signal, losses by reason, and which journals were removed and why."""

    journals: int
    delivered: Mapping[str, int]
    dropped: Mapping[str, int]
    removed: Mapping[str, str]
    rest: Rest


class Flush:
    """Delivers what waits in a state directory; for one thread."""

    def __init__(self, process: Process, woken: threading.Event) -> None:
        """Take nothing over yet; `woken` is what the process's `wake` sets."""
        self._process = process
        self._woken = woken
        places = [path for path in sorted(process.state_dir.glob("*")) if path.is_dir()]
        self._adoption = Adoption(process, places, max_workers=MAX_WORKERS)
        self._tried: set[Path] = set()
        self._before: dict[Path, dict[str, int]] = {}
        self._after: dict[Path, dict[str, int]] = {}
        self._swap_at_s = 0.0

    def run(self, timeout_s: float, progress: Callable[[int], None]) -> Flushed:
        """Work until nothing waits any more or time is up; `progress` is told how many requests wait."""
        deadline_s = time.monotonic() + timeout_s
        try:
            while True:
                has_more = self._step()
                progress(self._requests())
                if time.monotonic() >= deadline_s or not (has_more or self._is_waited_for()):
                    break
                if not has_more:
                    self._woken.wait(min(POLL_S, max(0.0, deadline_s - time.monotonic())))
                    self._woken.clear()
        finally:
            self._adoption.close()
        return self._flushed()

    def _step(self) -> bool:
        """Take over what can be taken, and work on it; tell whether there is more to read."""
        self._take()
        has_more = self._adoption.step()
        for worker in self._adoption.workers:
            self._count(worker)
        self._adoption.release_done()
        return has_more

    def _take(self) -> None:
        """Take over what was not tried yet; what was, while there is room, and else now and then."""
        adoption, now_s = self._adoption, time.monotonic()
        candidates = adoption.candidates()
        taken = adoption.look([path for path in candidates if path not in self._tried])
        taken += adoption.fill([path for path in candidates if path in self._tried])
        if now_s >= self._swap_at_s:
            self._swap_at_s = now_s + SWAP_S
            taken += adoption.look(adoption.candidates())
        for worker in taken:
            if worker.folder not in self._tried:
                self._tried.add(worker.folder)
                self._begin(worker)

    def _begin(self, worker: Worker) -> None:
        """Let the first request of each queue be tried at once, whenever the last attempt was."""
        try:
            self._before[worker.folder] = worker.outbox.counts()
            worker.outbox.connection.execute(_AT_ONCE)
        except (*ERRORS, JournalError) as error:
            # The worker meets it too, and sees to it.
            log.info("delay_not_forgotten", journal=worker.header.id, **told(error))

    def _count(self, worker: Worker) -> None:
        """Remember a journal's numbers while its database is open."""
        with contextlib.suppress(*ERRORS):  # the worker sees to a damaged database; the last numbers stay
            self._after[worker.folder] = worker.outbox.counts()

    def _requests(self) -> int:
        """Return how many requests wait in the journals that are worked on."""
        number = 0
        for worker in self._adoption.workers:
            with contextlib.suppress(*ERRORS):  # as above
                (waiting,) = worker.outbox.connection.execute("SELECT count(*) FROM requests").fetchone()
                number += waiting
        return number

    def _is_waited_for(self) -> bool:
        """Tell whether something is worked on, here or by an agent, or can still be taken over."""
        return bool(self._adoption.workers) or any(
            self._is_unfinished(path) for path in self._adoption.candidates()
        )

    def _is_unfinished(self, folder: Path) -> bool:
        """Tell whether a journal is not delivered yet; one without its OpenCode is to go altogether."""
        header = header_of(folder)
        if header is None or is_foreign(header, host=self._process.host):
            return False
        return is_writer_gone(header, host=self._process.host) or left_in(folder).is_anything

    def _flushed(self) -> Flushed:
        """Return what was done and what is left."""
        problems = self._adoption.problems
        each = [Counter(after) - Counter(self._before.get(path)) for path, after in self._after.items()]
        done = sum(each, Counter[str]())
        return Flushed(
            journals=sum(bool(named(counts, DELIVERED)) for counts in each),
            delivered=named(done, DELIVERED),
            dropped=named(done, DROPPED),
            removed={path.name: words for path, words in problems.items() if not path.exists()},
            rest=rest_of(self._process, problems),
        )


def folders_in(state_dir: Path) -> Iterator[Path]:
    """Yield the folders of a state directory that may be journals."""
    for folder in sorted(state_dir.glob("*/*")):
        if folder.is_dir() and folder.name != RECEIPTS and not is_going(folder):
            yield folder


def rest_of(process: Process, problems: Mapping[Path, str]) -> Rest:
    """Return what is left in the state directory; `problems` says of folders why they were given up."""
    numbers: Counter[str] = Counter()
    waiting: list[Undelivered] = []
    told_of: dict[str, str] = {}
    for folder in folders_in(process.state_dir):
        header = header_of(folder)
        if folder in problems:
            told_of[folder.name] = problems[folder]
        elif header is None:
            if not is_going(folder):
                told_of[folder.name] = "it has no header that can be read"
        elif is_foreign(header, host=process.host):
            numbers["foreign"] += 1
        else:
            numbers[_kind_of(folder, header, process.host)] += 1
            try:
                waiting += _waiting_in(folder, header, process)
            except (*ERRORS, SettingsError) as error:
                if not is_going(folder):
                    told_of[folder.name] = str(error)
    del numbers["waiting"]
    return Rest(waiting=tuple(gathered(waiting)), problems=told_of, **numbers)


def _waiting_in(folder: Path, header: Header, process: Process) -> Iterable[Undelivered]:
    """Return what waits in a journal; raises sqlite3.Error and SettingsError."""
    if not (folder / FILE_NAME).exists():
        return ()
    standing = process.standing(header, process.environ, process.state_dir)
    return undelivered(folder, header, standing, host=process.host)


def _kind_of(folder: Path, header: Header, host: str) -> str:
    """Return which number of a `Rest` a journal belongs to; `waiting` when its requests say all."""
    if not is_writer_gone(header, host=host):
        return "at_work" if left_in(folder).is_anything else "idle"
    if lock_holder(folder) is not None:
        return "held"
    return "unread" if left_in(folder).is_unread else "waiting"
