"""Workers of journals, for tests that do without an agent's process."""

import time
from collections.abc import Callable
from pathlib import Path

from otel_agent.journal import read_header
from otel_agent.owners import Lock
from otel_agent.worker import Held, Process, Worker, open_worker
from tests import journals

WAIT_S = 10.0


def opened(folder: Path) -> Worker:
    """Return the worker of a journal; its lock is free again when there is none."""
    lock = Lock(folder)
    assert lock.take()
    process = Process(state_dir=folder.parent.parent, host=journals.HOST, environ={}, wake=lambda: None)
    try:
        return open_worker(Held(folder=folder, header=read_header(folder), lock=lock), process)
    except BaseException:
        lock.release()
        raise


def work(worker: Worker, until: Callable[[], bool]) -> None:
    """Let a worker work until something is true."""
    deadline_s = time.monotonic() + WAIT_S
    while not until():
        assert time.monotonic() < deadline_s
        worker.step()
        time.sleep(0.001)
