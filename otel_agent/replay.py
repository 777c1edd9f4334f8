"""A recorded journal sent once more through the agent's own path: fold, store, deliver."""

import hashlib
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from otel_agent.errors import InputError
from otel_agent.exporter.outbox import Backlog
from otel_agent.exporter.sender import Sender
from otel_agent.header import Header, HeaderLine
from otel_agent.journal import read_header, segment_path
from otel_agent.pipeline import Pipeline
from otel_agent.routes import Standing, routes, ways
from otel_agent.settings import Settings
from otel_agent.worker import jitter, now_ms

PUMP_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one file; times in seconds, `backlog` is what could not be delivered in time."""

    counts: dict[str, int]
    backlog: Backlog
    fold_s: float
    delivery_s: float

    @property
    def is_delivered(self) -> bool:
        """Whether nothing waits."""
        return self.backlog.requests == 0


def unpack(file: Path, folder: Path) -> Header:
    """Make a journal folder of a file; raises InputError when the file cannot be read or holds no line.

    A file without a header (events as another plugin recorded them) gets one whose id is a hash of the file.
    """
    try:
        with file.open("rb") as stream:
            first = stream.readline()
            folder.mkdir(mode=0o700)
            with segment_path(folder, 0).open("wb") as segment:
                if b'"journal"' not in first[:16]:
                    segment.write(msgspec.json.encode(_header_of(file)) + b"\n")
                segment.write(first)
                shutil.copyfileobj(stream, segment)
    except OSError as error:
        message = f"{file.name}: expected a file that can be read, got: {error.strerror}"
        raise InputError(message) from error
    if not first.startswith(b"{"):
        message = f"{file.name}: expected a journal (one JSON object a line), got something else"
        raise InputError(message)
    return read_header(folder)


def _header_of(file: Path) -> HeaderLine:
    """Return a header for a recording that has none."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return HeaderLine(journal=Header(id=f"replay-{digest[:16]}"))


def replay(
    folder: Path,
    header: Header,
    settings: Settings,
    *,
    timeout_s: float,
    progress: Callable[[int], None] = lambda _done: None,
) -> Result:
    """Fold a whole journal and deliver what it gives, waiting at most `timeout_s` for the backend.

    `progress` is told after every step how many requests wait.
    """
    standing = Standing(settings=settings, has_credentials=True)
    begin_s = time.monotonic()
    pipeline = Pipeline(
        folder,
        header,
        ways(standing, header),
        observer=None,
        now_ms=now_ms,
    )
    try:
        while pipeline.step():
            progress(pipeline.outbox.backlog().requests)
        pipeline.finish()
        folded_s = time.monotonic()
        _deliver(pipeline, standing, header, folded_s + timeout_s, progress)
        return Result(
            counts=pipeline.outbox.counts(),
            backlog=pipeline.outbox.backlog(),
            fold_s=folded_s - begin_s,
            delivery_s=time.monotonic() - folded_s,
        )
    finally:
        pipeline.close()


def _deliver(
    pipeline: Pipeline, standing: Standing, header: Header, deadline_s: float, progress: Callable[[int], None]
) -> None:
    """Send the stored requests until none waits or time is up."""
    woken = threading.Event()
    sender = Sender(
        pipeline.outbox,
        routes(standing, header, pipeline.places),
        now_ms=now_ms,
        jitter=jitter,
        wake=woken.set,
    )
    while not sender.is_idle and time.monotonic() < deadline_s:
        sender.pump()
        progress(pipeline.outbox.backlog().requests)
        woken.wait(PUMP_S)
        woken.clear()
    sender.close()
