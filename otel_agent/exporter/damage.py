"""A journal's database that is damaged: how that is told, and how it is set aside."""

import contextlib
import sqlite3
from pathlib import Path

from otel_agent import files
from otel_agent.errors import JournalError

MARK = ".corrupt-"
CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""SQLITE_ERROR is a table or column that is not there: our statements never change, so the schema did.

https://sqlite.org/rescode.html
"""


class DamagedError(JournalError):
    """A database holds what no version of the agent has written."""


ERRORS = (sqlite3.Error, DamagedError, UnicodeDecodeError)
"""What damage may be raised as: Python cannot decode a message of SQLite that quotes a broken name."""


def is_damage(error: Exception) -> bool:
    """Tell whether an error comes from what a database's file holds, and so will come again."""
    if isinstance(error, sqlite3.Error):
        # Errors of Python's own module have no code of SQLite.
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in CODES
    return isinstance(error, ERRORS)


def check_file(path: Path) -> None:
    """Raise sqlite3.DatabaseError, as for damage, when a link, a pipe or another user's file is there."""
    if files.is_usable(path) or (path.is_dir() and not path.is_symlink()):
        return  # SQLite tells of a folder
    error = sqlite3.DatabaseError("database: expected an ordinary file of this user, got another one")
    error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
    raise error


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Read a database's pages and raise DamagedError, or sqlite3.Error, when they do not fit together.

    https://sqlite.org/pragma.html#pragma_quick_check
    """
    (words,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if words != "ok":
        raise DamagedError(f"database: expected sound pages, got: {words.splitlines()[-1]}")
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    wal = path.with_name(f"{path.name}-wal")
    # SQLite reads zeros for what is missing of a page; a page that was just being written is in the log.
    if path.stat().st_size % page_bytes and not (wal.exists() and wal.stat().st_size):
        raise DamagedError("database: expected whole pages, got a part of the last one")


def set_aside(path: Path, time_ms: int) -> str:
    """Rename a database that nobody has open, with what SQLite keeps beside it; return its new name.

    The log goes first: a new database must never meet the old one's.
    """
    kept = path.with_name(f"{path.name}{MARK}{time_ms}")
    for suffix in ("-wal", ""):
        with contextlib.suppress(FileNotFoundError):  # a log is not always there
            path.with_name(path.name + suffix).replace(kept.with_name(kept.name + suffix))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    if files.is_usable(kept):  # the rights of what a link leads to are not ours to change
        kept.chmod(0o600)
    return kept.name


def kept_in(folder: Path) -> list[Path]:
    """Return the databases of a journal that were set aside, oldest first."""
    return sorted(path for path in folder.glob(f"*{MARK}*") if not path.name.endswith("-wal"))
