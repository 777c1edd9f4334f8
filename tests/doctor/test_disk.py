"""The disk of the state directory, as the doctor sees it; tests/reliability has disks that cannot be used."""

from pathlib import Path

from otel_agent.doctor.disk import disk_usable
from tests.doctor.patients import looked, patient


def test_usual_disk_is_well(tmp_path: Path) -> None:
    """There is room, a file can be locked, and looking leaves nothing behind."""
    whom = patient(tmp_path, OPENCODE_OTEL_STATE_DIR=str(tmp_path))

    assert [("ok", "has room, and files can be locked on it")] == looked(disk_usable, whom)
    assert [] == list(tmp_path.iterdir())


def test_disk_is_looked_at_before_the_first_session(tmp_path: Path) -> None:
    """The state directory need not exist yet: the nearest folder is on its disk."""
    whom = patient(tmp_path, OPENCODE_OTEL_STATE_DIR=str(tmp_path / "a" / "b"))

    assert ["ok"] == [verdict for verdict, _ in looked(disk_usable, whom)]


def test_without_settings_there_is_no_disk_to_look_at(tmp_path: Path) -> None:
    """Which directory it would be is not known."""
    assert [] == looked(disk_usable, patient(tmp_path, OPENCODE_OTLP_ENDPOINT="x"))
