"""A worker whose database is damaged: nothing that the segments still have is lost."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from otel_agent.errors import JournalError
from otel_agent.exporter.damage import kept_in
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.worker import DAMAGED, Worker
from tests import journals
from tests.pipelines import Sent, sent_of
from tests.workers import opened

SETTINGS = {**journals.ON, "OPENCODE_OTLP_ENDPOINT": "http://127.0.0.1:9", "OPENCODE_OTLP_HEADERS": "token=x"}
"""A journal whose credentials are not at hand: its requests wait, and nothing is sent."""


def made(host_dir: Path, **fields: object) -> Path:
    """Make a journal whose requests stay."""
    told = {key: value for key, value in SETTINGS.items() if key != "OPENCODE_OTLP_HEADERS"}
    credentials = {"OPENCODE_OTLP_HEADERS": "0" * 64}
    return journals.make(
        host_dir / "1-1-a", **{**journals.dead(), "settings": told, "credentials": credentials, **fields}
    )


def worked(folder: Path) -> Sent:
    """Let a worker fold the journal to its end; return what waits then."""
    work(folder)
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        return sent_of(outbox)


def work(folder: Path) -> None:
    """Let a worker fold the journal to its end."""
    worker = opened(folder)
    worker.end_input()
    for _ in range(20):
        worker.step()
    worker.close()


def uids(sent: Sent) -> set[object]:
    """Return the ids of the records that wait."""
    return {record.attributes["log.record.uid"] for record in sent.records}


class Half:
    """A journal, the database that it has of its first half, and what all of it gives."""

    def __init__(self, folder: Path, database: bytes, whole: Sent) -> None:
        """Keep them; a dataclass would be shown with all of it where a test fails."""
        self.folder = folder
        self.database = database
        self.whole = whole


@pytest.fixture(scope="module")
def half_done(tmp_path_factory: pytest.TempPathFactory) -> Half:
    """A journal with a database of half of it, the database's bytes, and what all of it gives."""
    host_dir = tmp_path_factory.mktemp("state") / journals.HOST
    folder = made(host_dir)
    whole = worked(folder)
    shutil.rmtree(folder)
    folder = made(host_dir)
    lines = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()
    journals.write(folder, 0, lines[: len(lines) // 2])
    worker = opened(folder)
    worker.step()
    worker.stop()
    worker.close()
    journals.write(folder, 0, lines)
    return Half(folder, (folder / FILE_NAME).read_bytes(), whole)


def put_back(folder: Path, database: bytes) -> None:
    """Give a journal another database."""
    for path in folder.iterdir():
        if path.name != "0.ndjson":
            path.unlink()
    (folder / FILE_NAME).write_bytes(database)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
def test_database_that_ends_anywhere_loses_nothing(half_done: Half, share: float) -> None:
    """What the segments have waits in the end, with the same ids."""
    folder, database, whole = half_done.folder, half_done.database, half_done.whole
    put_back(folder, database[: int(share * len(database))])

    sent = worked(folder)

    assert uids(whole) <= uids(sent)
    assert {point.name for point in whole.points} <= {point.name for point in sent.points}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_flipped_byte_crashes_nothing(half_done: Half, share: float, mask: int) -> None:
    """The database is used as it is, built again with all that there is, or left for another version."""
    folder, database, whole = half_done.folder, half_done.database, half_done.whole
    place = int(share * len(database))
    flipped = bytearray(database)
    flipped[place] ^= mask
    put_back(folder, bytes(flipped))

    with suppress(JournalError):  # the byte is in the version
        work(folder)
    if kept_in(folder):
        with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
            assert uids(whole) <= uids(sent_of(outbox))
    assert (folder / "0.ndjson").exists()


def spoil_sessions(worker: Worker) -> None:
    """Make the state undecodable."""
    worker.outbox.connection.execute("UPDATE sessions SET state=x'00'")
    worker._pipeline._memory.sessions._cache.clear()


def spoil_schema(worker: Worker) -> None:
    """Take a table away."""
    worker.outbox.connection.execute("DROP TABLE meta")


def spoil_pages(worker: Worker) -> None:
    """Write zeros over the pages of the file, behind the back of SQLite."""
    worker.outbox.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = (worker.folder / FILE_NAME).stat().st_size
    with (worker.folder / FILE_NAME).open("r+b") as file:
        file.seek(4096)
        file.write(bytes(size - 4096))
    worker.outbox.connection.execute("PRAGMA shrink_memory")


@pytest.mark.parametrize("spoil", [spoil_sessions, spoil_schema, spoil_pages])
def test_damage_in_the_middle_is_seen_to(tmp_path: Path, spoil: Callable[[Worker], None]) -> None:
    """The database is set aside while the worker goes on, and nothing is missing in the end."""
    whole = worked(made(tmp_path / "first" / journals.HOST))
    folder = made(tmp_path / "second" / journals.HOST)
    lines = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()
    journals.write(folder, 0, lines[:20])
    worker = opened(folder)
    worker.step()
    spoil(worker)
    journals.write(folder, 0, lines)
    worker.end_input()
    for _ in range(20):
        worker.step()
    sent = sent_of(worker.outbox)
    worker.close()

    assert 1 == sent.counts[DAMAGED]
    assert uids(whole) == uids(sent)
    assert 1 == len(kept_in(folder))


def test_damage_that_comes_back_is_not_seen_to_again(tmp_path: Path) -> None:
    """Else a fault of ours, or of the disk, would make one database after the other."""
    worker = opened(made(tmp_path / journals.HOST))
    worker.outbox.connection.execute("DROP TABLE meta")
    worker.step()
    worker.outbox.connection.execute("DROP TABLE meta")
    with pytest.raises(sqlite3.OperationalError):
        worker.step()
    worker.close()

    assert 1 == len(kept_in(worker.folder))


def test_segments_that_are_gone_are_counted(tmp_path: Path) -> None:
    """What only the damaged database had cannot be built again."""
    folder = made(tmp_path / journals.HOST)
    (folder / "0.ndjson").rename(folder / "3.ndjson")
    (folder / FILE_NAME).write_bytes(b"no database" * 1000)

    counts = worked(folder).counts

    assert (1, 3) == (counts[DAMAGED], counts["dropped.lost_segments"])
    assert counts["events"] > 0


def test_undecodable_position_is_damage(tmp_path: Path) -> None:
    """The journal is read from its start again."""
    folder = made(tmp_path / journals.HOST)
    before = worked(folder)
    outbox = Outbox(folder / FILE_NAME)
    outbox.connection.execute("UPDATE meta SET value=x'00' WHERE key='position'")
    outbox.close()

    after = worked(folder)

    assert (uids(before), 1) == (uids(after), after.counts[DAMAGED])
