"""The agent's own log: key=value lines in one file, repeated warnings at most once a minute."""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TextIO, cast

import structlog

from otel_agent.errors import JournalError

FILE_NAME = "agent.log"
MAX_BYTES = 5 * 1024 * 1024
REPEAT_S = 60.0


class RepeatFilter:
    """Drops a line that differs from an earlier one of the last minute only in its time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._last: dict[str, float] = {}

    def __call__(
        self, _logger: object, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        """Let a line pass, or raise DropEvent."""
        now_s, key = self._clock(), repr(sorted(event.items(), key=lambda pair: pair[0]))
        if now_s - self._last.get(key, -REPEAT_S) < REPEAT_S:
            raise structlog.DropEvent
        self._last = {name: time for name, time in self._last.items() if now_s - time < REPEAT_S}
        self._last[key] = now_s
        return event


class LogFile:
    """One file that several agents append to, and that is set aside when it has grown large.

    The file is opened for each line: there are few, and any process may have set it aside meanwhile.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        """Write to a path; it need not exist yet."""
        self._path = path
        self._max_bytes = max_bytes

    def write(self, text: str) -> int:
        """Append a text; a disk that is full or gone takes no log, and that must not end the agent."""
        with contextlib.suppress(OSError):  # there is no other place to say it
            self._append(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: every text is written at once."""

    def _append(self, text: str) -> None:
        """Append a text, readable by the user alone; a file that has grown large is set aside first."""
        if self._path.exists() and self._path.stat().st_size > self._max_bytes:
            self._path.replace(self._path.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        file = os.open(self._path, flags, 0o600)
        try:
            os.write(file, text.encode(errors="backslashreplace"))
        finally:
            os.close(file)


def told(error: BaseException) -> dict[str, str]:
    """Return what a log may say of an error: its kind and place, and no path, prompt or value.

    The words of a JournalError and of SQLite are made for it; those of others may contain anything.
    """
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last is not None else ""
    words = str(error) if isinstance(error, JournalError | sqlite3.Error) else type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        words = error.strerror
    return {"error": words, "where": where}


def configure(state_dir: Path, level: str, *, clock: Callable[[], float]) -> None:
    """Log to the state directory's file; an unknown level is `info`, and the settings report it."""
    levels = logging.getLevelNamesMapping()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            RepeatFilter(clock),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(levels.get(level.upper(), logging.INFO)),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", LogFile(state_dir / FILE_NAME))),
        cache_logger_on_first_use=False,
    )
