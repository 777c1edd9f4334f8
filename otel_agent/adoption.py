"""Take-over: journals whose OpenCode and whose agent are gone get a worker in this process."""

import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import structlog

from otel_agent.errors import SettingsError
from otel_agent.exporter.damage import MARK
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.journal import read_header
from otel_agent.logfile import told
from otel_agent.owners import LOCK_NAME, Lock, is_writer_gone
from otel_agent.receipts import FOLDER as RECEIPTS
from otel_agent.worker import Held, Process, Worker, open_worker

LEFTOVERS = frozenset({LOCK_NAME, FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", "0.ndjson.new"})
LEFTOVER_S = 3600.0
"""A folder that has had no segment for so long is no journal that is just being made."""

log = structlog.get_logger(__name__)


class Adoption:
    """The workers of the journals that this process took over; for one thread.

    `problems` has for each folder that was given up because of an error what to tell of it.
    """

    def __init__(
        self, process: Process, places: Sequence[Path], *, max_workers: int, but: Collection[Path] = ()
    ) -> None:
        """Take nothing over yet; journals lie in `places`, and those in `but` are others' business."""
        self.workers: list[Worker] = []
        self.problems: dict[Path, str] = {}
        self._process = process
        self._places = places
        self._max_workers = max_workers
        self._given_up = set(but)

    def look(self, folders: Iterable[Path]) -> list[Worker]:
        """Take journals over, a few at a time, and return their workers.

        Those that wait for their backend make room, so that none keeps the others from being delivered.
        """
        return self._look(folders, [worker for worker in self.workers if worker.is_resting])

    def fill(self, folders: Iterable[Path]) -> list[Worker]:
        """Take journals over while there is room, and return their workers."""
        return self._look(folders, [])

    def _look(self, folders: Iterable[Path], resting: list[Worker]) -> list[Worker]:
        """Take journals over; each of the resting ones makes room for one."""
        taken: list[Worker] = []
        for folder in folders:
            is_full = len(self.workers) >= self._max_workers
            if is_full and not resting:
                break
            worker = self._try_to_take(folder)
            if worker is not None:
                taken.append(worker)
                if is_full:
                    self._put_back(resting.pop(0))
        return taken

    def candidates(self) -> list[Path]:
        """Return the folders that may be journals to take over, least recently worked on first."""
        known = self._given_up | {worker.folder for worker in self.workers}
        found = [path for place in self._places for path in place.iterdir() if path not in known]
        return sorted(
            (path for path in found if path.name != RECEIPTS),
            key=lambda path: (_last_taken_s(path), path.name),
        )

    def step(self) -> bool:
        """Let every worker do what there is to do; tell whether one has more to read."""
        has_more = [self._stepped(worker) for worker in tuple(self.workers)]
        return any(has_more)

    def release_done(self) -> None:
        """Give up the journals that are delivered as far as this process can."""
        for worker in [worker for worker in self.workers if worker.is_done]:
            self._give_up(worker)

    def close(self) -> None:
        """Give up every journal; what is not delivered stays for whoever takes it next."""
        for worker in tuple(self.workers):
            self._give_up(worker)

    def _stepped(self, worker: Worker) -> bool:
        """Let one worker do what there is to do; what fails is tried again at the next step."""
        try:
            return worker.step()
        except (OSError, sqlite3.Error) as error:
            not_usable(worker, error)
        except Exception as error:  # noqa: BLE001 - whatever is there, it costs only itself
            self._note(worker.folder, error)
            log.warning("journal_given_up", journal=worker.header.id, **told(error))
            self._put_back(worker)
        return False

    def _try_to_take(self, folder: Path) -> Worker | None:
        """Take one journal over, if its writer is surely gone and nobody else works on it."""
        lock = Lock(folder)
        try:
            if is_empty(folder):
                _sweep(folder)
                return None
            # Before its lock is touched: an agent that is just starting would find it taken.
            header = read_header(folder)
            if not is_writer_gone(header, host=self._process.host) or not lock.take():
                return None
            worker = open_worker(Held(folder=folder, header=read_header(folder), lock=lock), self._process)
        except Exception as error:  # noqa: BLE001 - as for a step
            lock.release()
            self._note(folder, error)
            log.warning("journal_not_adopted", journal=folder.name, **told(error))
            return None
        log.info("journal_adopted", journal=folder.name)
        worker.end_input()
        self.workers.append(worker)
        return worker

    def _note(self, folder: Path, error: Exception) -> None:
        """Give a folder up because of an error."""
        # The words of a SettingsError name variables and what was expected, and no secret.
        words = str(error) if isinstance(error, SettingsError) else told(error)["error"]
        if isinstance(error, SettingsError) or not is_going(folder):
            self._given_up.add(folder)
            self.problems[folder] = words

    def _give_up(self, worker: Worker) -> None:
        """Let another agent have a journal, or delete what is settled."""
        self._given_up.add(worker.folder)
        worker.stop()
        self._put_back(worker)

    def _put_back(self, worker: Worker) -> None:
        """Leave a journal that was taken over to whoever takes it next."""
        self.workers.remove(worker)
        worker.close()


def not_usable(worker: Worker, error: Exception) -> None:
    """Tell that a journal's files cannot be used at the moment."""
    log.warning("journal_not_usable", journal=worker.header.id, **told(error))


def _sweep(folder: Path) -> None:
    """Delete what is left of a journal that was deleted, or that never began, once it is old."""
    if time.time() - folder.stat().st_mtime > LEFTOVER_S:
        shutil.rmtree(folder, ignore_errors=True)


def is_empty(folder: Path) -> bool:
    """Tell whether a folder has nothing of a journal: it is just being made or deleted, or a leftover."""
    names = {entry.name for entry in os.scandir(folder)}
    return {name for name in names if not name.startswith(f"{FILE_NAME}{MARK}")} <= LEFTOVERS


def is_going(folder: Path) -> bool:
    """Tell whether a folder is gone or has nothing of a journal any more: somebody is done with it."""
    try:
        return is_empty(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _last_taken_s(folder: Path) -> float:
    """Return when any process last took a journal's lock, seconds since 1970; 0 when none ever did."""
    try:
        return (folder / LOCK_NAME).stat().st_mtime
    except OSError:
        return 0.0
