"""Any damage to a journal's database: the agent goes on, and what waits is delivered to a real server."""

import io
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.caps import last_to_go
from otel_agent.cli.status import _look, _show_journals, _show_last
from otel_agent.cli.words import PlainConsole
from otel_agent.errors import JournalError
from otel_agent.exporter.damage import kept_in
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.journal import read_header
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import settings_for
from tests.fuzz.cases import TRIED, cases, scratch
from tests.fuzz.damage import DAMAGES, Damage, damaged
from tests.test_damage import opened

WAL = f"{FILE_NAME}-wal"
LIMIT_S = 30.0
SCREEN = PlainConsole(file=io.StringIO(), width=100)


class Crashed:
    """What an agent left that was killed in the middle: segments, database and its log."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        """Fold half of a journal and take copies of the files while they are open."""
        self.sink = sink
        living = {**journals.dead(), "settings": settings_for(sink)}
        made = journals.make(folder / journals.HOST / "1-1-a", "run_simple", **living)
        lines = (made / "0.ndjson").read_text(encoding="utf-8").splitlines()
        journals.write(made, 0, lines[: len(lines) // 2])
        worker = opened(made)
        worker.outbox.connection.execute("PRAGMA wal_autocheckpoint=0")
        worker._pipeline.step()
        worker.outbox.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        worker.stop()
        journals.write(made, 0, lines)
        self.files = {name: (made / name).read_bytes() for name in ("0.ndjson", FILE_NAME, WAL)}
        worker.close()


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashed]:
    """One crash, which every case begins with."""
    with Sink() as sink:
        yield Crashed(tmp_path_factory.mktemp("state"), sink)


@cases(share=0.12, few=40)
@given(broken=st.sampled_from([(FILE_NAME,), (WAL,), (FILE_NAME, WAL)]), damages=DAMAGES)
def test_any_damage_is_survived(crashed: Crashed, broken: tuple[str, ...], damages: list[Damage]) -> None:
    """It is folded on, or built again, or left for another version; nothing raises, and the rest goes out."""
    with scratch() as state_dir:
        folder = state_dir / journals.HOST / "1-1-a"
        folder.mkdir(parents=True)
        for name, text in crashed.files.items():
            (folder / name).write_bytes(damaged(text, damages) if name in broken else text)
        show(folder)
        last_to_go(folder.parent, 1)
        with suppress(JournalError):  # the byte is in the version
            deliver(folder, crashed.sink)
        if folder.exists():
            show(folder)

    TRIED["outbox bytes"] += 1


def show(folder: Path) -> None:
    """Show a journal as `status` does."""
    found = [_look(folder, read_header(folder))]
    _show_journals(SCREEN, found)
    _show_last(SCREEN, found, [])


def deliver(folder: Path, sink: Sink) -> None:
    """Work on a journal until it is settled; where its database was set aside, all of it has arrived then."""
    sink.clear()
    worker = opened(folder)
    worker.end_input()
    end_s = time.monotonic() + LIMIT_S
    while not worker.is_done:
        assert time.monotonic() < end_s
        worker.step()
        time.sleep(0.001)
    is_rebuilt = bool(kept_in(folder))
    worker.close()

    if is_rebuilt:
        assert [] != sink.log_records()


BOOKS = (
    "UPDATE requests SET payload=NULL, created_ms=NULL",
    "UPDATE requests SET created_ms='soon', place='first', items='many', attempts=x'00', last_error=x'ff'",
    "UPDATE meta SET value=x'ff' WHERE key<>'agent'",
    "UPDATE counts SET number='many'",
)
"""What flipped bytes may make of single values, which SQLite's own check does not see."""


@pytest.mark.parametrize("change", BOOKS)
def test_values_of_other_types_are_survived(crashed: Crashed, tmp_path: Path, change: str) -> None:
    """They are shown, counted against the caps of all journals, and seen to by their own agent."""
    folder = tmp_path / journals.HOST / "1-1-a"
    folder.mkdir(parents=True)
    for name, text in crashed.files.items():
        (folder / name).write_bytes(text)
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        # A value that is missing where none may be cannot be written otherwise.
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_schema SET sql=replace(sql, ' NOT NULL', '') WHERE type='table'")
        connection.commit()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute(change)
        connection.commit()
    show(folder)
    last_to_go(folder.parent, 1)
    deliver(folder, crashed.sink)

    assert [] != crashed.sink.log_records()


def test_undamaged_crash_is_delivered_whole(crashed: Crashed, tmp_path: Path) -> None:
    """The control: without damage nothing is missing, and the journal is gone."""
    folder = tmp_path / journals.HOST / "1-1-a"
    folder.mkdir(parents=True)
    for name, text in crashed.files.items():
        (folder / name).write_bytes(text)
    deliver(folder, crashed.sink)

    assert not folder.exists()
    assert 0 < len(crashed.sink.log_records())
