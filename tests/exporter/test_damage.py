"""Damage of a journal's database: how it is told from other failures, and what becomes of the files."""

import sqlite3
import stat
from pathlib import Path

import pytest

from otel_agent.exporter.damage import DamagedError, is_damage, kept_in, set_aside
from otel_agent.exporter.outbox import Outbox
from otel_agent.settings import Signal


def error_of(path: Path, statement: str = "SELECT 1") -> Exception:
    """Return how opening a database, or a statement on it, fails."""
    try:
        outbox = Outbox(path)
    except (sqlite3.Error, DamagedError) as error:
        return error
    try:
        with pytest.raises(sqlite3.Error) as caught:
            outbox.connection.execute(statement)
    finally:
        outbox.close()
    return caught.value


@pytest.mark.parametrize("size", [100, 5000, 9000])
def test_truncated_database_is_damaged(tmp_path: Path, size: int) -> None:
    """Wherever it ends."""
    path = tmp_path / "agent.db"
    Outbox(path).close()
    path.write_bytes(path.read_bytes()[:size])

    assert is_damage(error_of(path))


def test_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    """Something else was written over it."""
    path = tmp_path / "agent.db"
    path.write_bytes(b"no database" * 1000)

    assert is_damage(error_of(path))


def test_missing_column_is_damage(tmp_path: Path) -> None:
    """A flipped byte in the schema gives a table other columns."""
    assert is_damage(error_of(tmp_path / "agent.db", "SELECT plbce FROM requests"))


@pytest.mark.parametrize("limit", ["PRAGMA max_page_count=1", "PRAGMA query_only=ON"])
def test_full_or_read_only_disk_is_no_damage(tmp_path: Path, limit: str) -> None:
    """It goes by."""
    outbox = Outbox(tmp_path / "agent.db")
    outbox.connection.execute(limit)
    with pytest.raises(sqlite3.Error) as caught:
        outbox.put(Signal.LOGS, "here", bytes(1_000_000), items=1, created_ms=1)
    outbox.close()

    assert not is_damage(caught.value)


def test_request_of_other_types_is_damage(tmp_path: Path) -> None:
    """A flipped byte can make a number a text."""
    outbox = Outbox(tmp_path / "agent.db")
    outbox.put(Signal.LOGS, "here", b"x", items=1, created_ms=1)
    outbox.connection.execute("UPDATE requests SET attempts='many'")
    with pytest.raises(DamagedError, match="expected a request"):
        outbox.oldest(Signal.LOGS)
    outbox.close()


def test_database_is_set_aside_with_its_log(tmp_path: Path) -> None:
    """A new database never meets the old one's log, and only the user can read what is kept."""
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"agent.db{suffix}").write_text(suffix, encoding="utf-8")

    assert "agent.db.corrupt-7" == set_aside(tmp_path / "agent.db", 7)
    assert {"agent.db.corrupt-7": "", "agent.db.corrupt-7-wal": "-wal"} == {
        path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()
    }
    assert 0o600 == stat.S_IMODE((tmp_path / "agent.db.corrupt-7").stat().st_mode)
    assert [tmp_path / "agent.db.corrupt-7"] == kept_in(tmp_path)
