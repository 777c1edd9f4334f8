"""The check of the disk that the state directory lies on."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from otel_agent.doctor.check import Finding, Patient, check, failed, ok
from otel_agent.owners import LOCAL_DISK

LEAST_FREE_BYTES: Final = 1024 * 1024
"""A new database and a few minutes of a session take less."""


@check("disk")
def disk_usable(patient: Patient) -> Iterator[Finding]:
    """Look whether there is room, and whether files can be locked: not on every network file system."""
    if patient.settings is None:
        return
    folder = patient.settings.state_dir
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return  # the check of the state directory says it
    if shutil.disk_usage(nearest).free < LEAST_FREE_BYTES:
        yield failed("has no room left, so nothing new is recorded", "make room; what was recorded is kept")
    elif problem := _unlockable(nearest):
        yield failed(f"files cannot be locked on it ({problem}), so nothing is delivered", LOCAL_DISK)
    else:
        yield ok("has room, and files can be locked on it")


def _unlockable(folder: Path) -> str | None:
    """Return the system's words when a file cannot be made and locked in a folder."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return (error.strerror or type(error).__name__).lower()
    return None
