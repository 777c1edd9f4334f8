"""Files of the state directory: used only as ordinary files of this user, and through no link.

Whoever can put something into the state directory can then neither have another file read, written or
changed, nor let the agent wait for the other end of a pipe. Settings files are read with like care.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

ROOT = 0
"""What the system's administrator has put there counts as ours: nothing is kept from that user anyway."""


def opened(path: Path, *, user_id: int | None = None) -> BinaryIO:
    """Open a file to read it; raises OSError also when it is a link, no ordinary file, or another user's.

    `user_id` is that of this process where it is not given.
    """
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not _is_usable(os.fstat(file), user_id):
        os.close(file)
        raise OSError(errno.EPERM, "expected an ordinary file of this user")
    return os.fdopen(file, "rb")


def trusted(path: Path, *, limit_bytes: int, not_writable: int, flags: int = 0) -> tuple[bytes, int]:
    """Return the bytes of a file and its mode; raises OSError also when it is not to be trusted.

    That is when it is no ordinary file of this user or root, is writable for one of the mode's bits in
    `not_writable`, or is too long. `flags` are added to those that it is opened with.
    """
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    with os.fdopen(file, "rb") as stream:
        found = os.fstat(file)
        if fault := _fault(found, not_writable):
            raise OSError(errno.EPERM, fault)
        text = stream.read(limit_bytes + 1)
    if len(text) > limit_bytes:
        raise OSError(errno.EFBIG, f"expected at most {limit_bytes} bytes, got more")
    return text, stat.S_IMODE(found.st_mode)


def _fault(found: os.stat_result, not_writable: int) -> str:
    """Return why a file is not to be trusted, nothing when it is."""
    if not _is_usable(found, None):
        return "expected an ordinary file of this user or root, got another one"
    if found.st_mode & not_writable:
        return "expected a file that nobody else may write, got one that others may; run chmod go-w"
    return ""


def is_usable(path: Path, *, user_id: int | None = None) -> bool:
    """Tell whether a file is an ordinary one of this user, or is not there."""
    try:
        return _is_usable(path.lstat(), user_id)
    except FileNotFoundError:
        return True


def size_bytes(path: Path) -> int:
    """Return a file's size, 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def made(path: Path) -> BinaryIO:
    """Make a new file, readable by its user alone, in the place of one that may be there; raises OSError."""
    path.unlink(missing_ok=True)
    return created(path)


def created(path: Path) -> BinaryIO:
    """Make a new file, readable by its user alone; raises OSError, also when there is one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _is_usable(found: os.stat_result, user_id: int | None) -> bool:
    """Tell whether a file's kind and owner are those that we make."""
    own = os.geteuid() if user_id is None else user_id
    return stat.S_ISREG(found.st_mode) and found.st_uid in {own, ROOT}
