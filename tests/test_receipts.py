"""Receipts: what became of journals whose folders are gone."""

import stat
from pathlib import Path

from otel_agent import receipts
from otel_agent.receipts import FOLDER, KEPT, Receipt


def receipt(journal: str) -> Receipt:
    """Return a receipt."""
    return Receipt(journal=journal, opened_ms=1, closed_ms=2, counts={"events": 3}, last_error="x")


def test_receipts_are_read_newest_first(tmp_path: Path) -> None:
    """A journal's id begins with the time at which it was opened."""
    for number in (1, 3, 2):
        receipts.write(tmp_path, receipt(f"{number}-1-a"))

    assert [receipt("3-1-a"), receipt("2-1-a"), receipt("1-1-a")] == receipts.read(tmp_path)


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    """The folder does not grow."""
    for number in range(1000, 1000 + KEPT + 5):
        receipts.write(tmp_path, receipt(f"{number}-1-a"))
    kept = receipts.read(tmp_path)

    assert (KEPT, "1104-1-a", "1005-1-a") == (len(kept), kept[0].journal, kept[-1].journal)
    assert KEPT == len(list((tmp_path / FOLDER).iterdir()))


def test_file_that_is_no_receipt_is_left_out(tmp_path: Path) -> None:
    """What somebody else put there is not shown, and stays."""
    receipts.write(tmp_path, receipt("1-1-a"))
    (tmp_path / FOLDER / "2-1-b.json").write_bytes(b"\xff{")

    assert [receipt("1-1-a")] == receipts.read(tmp_path)


def test_without_receipts_there_are_none(tmp_path: Path) -> None:
    """The folder is made with the first receipt."""
    assert [] == receipts.read(tmp_path)


def test_receipt_is_the_users_alone(tmp_path: Path) -> None:
    """Others can read neither the folder nor the file."""
    receipts.write(tmp_path, receipt("1-1-a"))
    folder = tmp_path / FOLDER

    assert [0o700, 0o600] == [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "1-1-a.json")]


def test_receipt_stays_in_its_folder(tmp_path: Path) -> None:
    """A journal's id is no path."""
    receipts.write(tmp_path, receipt("../../../1-1-a"))

    assert [f"{FOLDER}/1-1-a.json"] == [
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")
    ]
