"""The agent: composition root and main loop of `otel-agent run`, one process for one OpenCode process.

Exit codes: 0 everything was delivered or is kept for the next agent; 1 something failed that may go by;
2 the settings cannot be used; 75 another agent owns the journal.
"""

import os
import select
import signal
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog

from otel_agent import effective, logfile
from otel_agent.adoption import Adoption, not_usable
from otel_agent.caps import Caps
from otel_agent.errors import JournalError, SettingsError
from otel_agent.header import Header
from otel_agent.journal import read_header
from otel_agent.owners import Lock
from otel_agent.routes import project_fault
from otel_agent.worker import Held, Process, Worker, open_worker

EXIT_FAILED = 1
EXIT_UNUSABLE = 2
EXIT_LOCKED = 75
USAGE = "usage: otel-agent run --journal FOLDER"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the agent waits for what, in seconds.

    `poll_s` is how often a journal is looked at: a line is folded well within a second. `drain_s` is how
    long delivery is tried after the end of input; what is left waits for the next agent. `lock_wait_s`
    outlasts whoever only looks whether a lock is held. `writer_exit_s` is what a process takes from closing
    its files to being gone (a few milliseconds, measured); the plugin may be waiting for our exit meanwhile.
    `failing_s` is how long, of `drain_s`, a destination that fails is tried when another one has everything:
    a moment's failure is over by then, and a backend that is away costs no job its whole wait.
    """

    poll_s: float = 0.25
    drain_s: float = 30.0
    failing_s: float = 3.0
    header_wait_s: float = 5.0
    lock_wait_s: float = 0.2
    writer_exit_s: float = 0.1
    adopt_every_s: float = 60.0
    max_adopted: int = 4


def main(arguments: Sequence[str]) -> int:
    """Run the agent of one journal until its OpenCode process is gone and its requests are delivered."""
    match list(arguments):
        case ["run", "--journal", folder]:
            return run(Path(folder), effective.environ(), Pace())
        case _:
            os.write(2, f"{USAGE}\n".encode())
            return EXIT_UNUSABLE


def run(folder: Path, environ: Mapping[str, str], pace: Pace) -> int:
    """Own the journal and work until the end of standard input, and then until delivery is done."""
    folder = folder.absolute()
    state_dir = folder.parent.parent
    logfile.configure(state_dir, "info", clock=time.monotonic)
    try:
        lock = Lock(folder)
        if not lock.take(patience_s=pace.lock_wait_s):
            return EXIT_LOCKED
        header = _wait_for_header(folder, pace.header_wait_s)
        level = header.settings.get("OPENCODE_OTEL_LOG_LEVEL", "info")
        logfile.configure(state_dir, level, clock=time.monotonic)
        agent = Agent(Held(folder=folder, header=header, lock=lock), environ, pace)
        agent.loop()
    except SettingsError as error:
        return _ended_by(error, EXIT_UNUSABLE)
    except Exception as error:  # noqa: BLE001 - the last place that can tell of it
        return _ended_by(error, EXIT_FAILED)
    return 0


def _ended_by(error: Exception, code: int) -> int:
    """Tell why the agent ends, and return its exit code."""
    log.error("agent_failed", **logfile.told(error))
    os.write(2, f"otel-agent: {error}\n".encode())
    return code


def _wait_for_header(folder: Path, wait_s: float) -> Header:
    """Return the header, which the plugin writes about when it starts the agent."""
    deadline_s = time.monotonic() + wait_s
    while True:
        try:
            return read_header(folder)
        except JournalError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.02)


def _tell_of_project(header: Header) -> None:
    """Log what of the project's own file does not count."""
    if header.ignored:
        log.warning("project_settings_ignored", names=",".join(header.ignored))
    for fault in filter(None, (project_fault(header, name) for name in header.settings)):
        log.warning("project_setting_invalid", reason=fault)


class Agent:
    """The workers of one process: its own journal's, and those of journals that it took over."""

    def __init__(self, held: Held, environ: Mapping[str, str], pace: Pace) -> None:
        """Take the journal that this process was started for; `environ` is where secrets come from.

        Raises SettingsError, JournalError and sqlite3.Error when it cannot be worked on.
        """
        self._pace = pace
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_writer, False)
        os.set_blocking(self._wake_reader, False)
        # The plugin has just asked for the host's name. It may change while OpenCode runs.
        self._process = Process(
            state_dir=held.folder.parent.parent,
            host=held.header.host or "",
            environ=environ,
            wake=self._wake,
        )
        self._own = open_worker(held, self._process)
        self._caps = Caps(held.folder.parent, self._process.host, monotonic_s=time.monotonic)
        self._adoption = Adoption(
            self._process, [held.folder.parent], max_workers=pace.max_adopted, but=[held.folder]
        )
        self._is_stopped = False
        self._adopt_at_s = 0.0
        _tell_of_project(held.header)
        log.info("agent_started", journal=held.header.id, subcommand=held.header.subcommand)
        if self._own.problems:
            log.warning("destinations_left_out", problems="; ".join(self._own.problems))

    def loop(self) -> None:
        """Work until the input ends or a signal comes, then until delivery is done or time is up."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._follow()
        self._drain()
        self._own.stop()
        self._own.close()
        self._adoption.close()
        log.info("agent_ended", is_stopped=self._is_stopped)

    def _follow(self) -> None:
        """Work until OpenCode closes our standard input, or its folder is gone."""
        while self._may_go_on():
            has_more = self._step()
            self._adopt()
            readable = self._wait([0, self._wake_reader], 0.0 if has_more else self._pace.poll_s)
            if 0 in readable and not os.read(0, 4096):
                return

    def _drain(self) -> None:
        """Deliver what there is; what other journals left only while nobody waits for this process's exit."""
        self._own.end_input()
        begin_s = time.monotonic()
        while self._may_go_on() and time.monotonic() - begin_s < self._pace.drain_s:
            has_more, passed_s = self._step(), time.monotonic() - begin_s
            if self._is_over(passed_s):
                return
            wait_s = 0.01 if passed_s < self._pace.writer_exit_s else self._pace.poll_s / 2
            self._wait([self._wake_reader], 0.0 if has_more else wait_s)

    def _may_go_on(self) -> bool:
        """Tell whether nobody stops us: no signal came, and nobody has deleted our journal."""
        return not self._is_stopped and self._own.folder.exists()

    def _is_over(self, passed_s: float) -> bool:
        """Tell whether nothing is left to do: a writer that still lives after a moment has only paused."""
        if not self._is_through(self._own, passed_s):
            return False
        if self._own.is_writer_gone:
            return all(self._is_through(worker, passed_s) for worker in self._adoption.workers)
        return passed_s > self._pace.writer_exit_s

    def _is_through(self, worker: Worker, passed_s: float) -> bool:
        """Tell whether a worker is done, or waits only for what fails beside a destination that does not."""
        return worker.is_done or (passed_s > self._pace.failing_s and worker.is_held_up)

    def _step(self) -> bool:
        """Let every worker do what there is to do; tell whether one has more to read."""
        has_more = [self._step_own(), self._adoption.step()]
        self._adoption.release_done()
        self._caps.apply([self._own, *self._adoption.workers])
        return any(has_more)

    def _step_own(self) -> bool:
        """Work on the own journal; what fails is tried again at the next step."""
        try:
            return self._own.step()
        except (OSError, sqlite3.Error) as error:
            not_usable(self._own, error)
        return False

    def _adopt(self) -> None:
        """Take over journals whose agent and OpenCode are gone; now and then."""
        now_s = time.monotonic()
        if now_s >= self._adopt_at_s:
            self._adopt_at_s = now_s + self._pace.adopt_every_s
            self._adoption.look(self._adoption.candidates())

    def _wait(self, files: Sequence[int], wait_s: float) -> list[int]:
        """Wait for one of the files, which may be the wake pipe; return those that can be read."""
        readable, _, _ = select.select(files, [], [], wait_s)
        if self._wake_reader in readable:
            os.read(self._wake_reader, 4096)
        return readable

    def _wake(self) -> None:
        """End the main thread's wait; called from the lanes' threads and from a signal's handler."""
        try:
            os.write(self._wake_writer, b".")
        except BlockingIOError:
            return  # enough wakes are waiting already

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Note that the system wants the process to end."""
        self._is_stopped = True
        self._wake()
