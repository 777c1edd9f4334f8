"""Whose a journal is: the agent's that holds its lock, and the OpenCode process's that writes it."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from otel_agent.errors import JournalError
from otel_agent.header import Header

LOCK_NAME = "lock"
LOCAL_DISK = "set OPENCODE_OTEL_STATE_DIR to a folder on a disk of this machine"

_DEAD_STATES = frozenset("ZXx")


class Lock:
    """The ownership of a journal, or of another folder: held by one process until it ends."""

    def __init__(self, folder: Path) -> None:
        """Do not take it yet."""
        self._path = folder / LOCK_NAME
        self._file: int | None = None

    def take(self, *, patience_s: float = 0.0) -> bool:
        """Take the lock if nobody holds it for longer than `patience_s`; tell whether it is held now.

        Raises OSError when there is no such folder or it may not be written, and JournalError where files
        cannot be locked, as on some network file systems.
        """
        deadline_s = time.monotonic() + patience_s
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        while not _is_locked_now(file):
            if time.monotonic() >= deadline_s:
                os.close(file)
                return False
            time.sleep(0.01)
        self._file = file
        with contextlib.suppress(OSError):  # a full disk: the pid is only what `status` shows
            os.truncate(file, 0)
            os.pwrite(file, str(os.getpid()).encode(), 0)
        return True

    def release(self) -> None:
        """Let another process take it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _is_locked_now(file: int) -> bool:
    """Try to lock an open file; tell whether it is ours now. It is closed before JournalError is raised."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        os.close(file)
        words = f"lock: expected a disk on which files can be locked, got: {error.strerror}; {LOCAL_DISK}"
        raise JournalError(words) from error
    return True


def lock_holder(folder: Path) -> int | None:
    """Return the pid of the process that holds a folder's lock, None when nobody does or none can."""
    path = folder / LOCK_NAME
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None  # there is none, or something else of this name, which no agent can hold
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        digits = os.pread(file, 32, 0)
        return int(digits) if digits.isdigit() else 0
    except OSError:
        return None  # files cannot be locked there, which the agent's log and the doctor say
    finally:
        os.close(file)
    return None


def is_foreign(header: Header, *, host: str) -> bool:
    """Tell whether a writer cannot be judged from here: it is on another host or in another pid namespace."""
    return header.host != host or header.pid is None or header.pid_ns not in {None, _own_pid_namespace()}


def is_writer_gone(header: Header, *, host: str) -> bool:
    """Tell whether the OpenCode process that wrote a journal is surely gone; a foreign one never is."""
    if header.pid is None or is_foreign(header, host=host):
        return False
    if header.pid_ns is None or header.pid_start is None:
        return not _exists(header.pid)
    return _started(header.pid) != header.pid_start


def _own_pid_namespace() -> str | None:
    """Return this process's pid namespace, None where the system has none."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return None


def _started(pid: int) -> str | None:
    """Return when a process started, in clock ticks since boot; None when it is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # Behind the name, which is any bytes, the parentheses of a name included.
    fields = text.rpartition(b")")[2].decode().split()
    return None if fields[0] in _DEAD_STATES else fields[19]


def _exists(pid: int) -> bool:
    """Tell whether a process with this pid exists, on systems without /proc."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
