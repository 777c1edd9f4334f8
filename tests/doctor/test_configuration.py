"""Settings files as the doctor sees them."""

from dataclasses import replace
from pathlib import Path

from otel_agent.configuration import Place, Source, merged
from otel_agent.doctor.configuration import settings_files
from tests.configurations import NAMES
from tests.doctor.patients import looked, patient


def seen(home: Path, *sources: Source) -> list[tuple[str, str]]:
    """Return what the doctor finds of files."""
    return looked(settings_files, replace(patient(home), configuration=merged(sources, {}, NAMES)))


def test_without_files_all_is_well(tmp_path: Path) -> None:
    """Nobody needs one."""
    assert [("ok", "none; the settings come from the environment")] == seen(tmp_path)


def test_each_file_is_said_with_what_does_not_count(tmp_path: Path) -> None:
    """A wrong name in one's own file is a failure, what a project may not set is a warning."""
    own = Source(place=Place.USER, path=Path("/u"), text='OTEL_SERVICE_NAME = "x"\nOTEL_SERVICE_NAM = "x"\n')
    project = Source(place=Place.PROJECT, path=Path("/p"), text='OPENCODE_OTLP_ENDPOINT = "http://x"\n')

    found = seen(tmp_path, own, project)

    assert ["failed", "warning", "ok", "ok"] == [verdict for verdict, _ in found]
    assert "did you mean OTEL_SERVICE_NAME?" in found[0][1]
    assert "/p: OPENCODE_OTLP_ENDPOINT: a project's file may not set it" in found[1][1]
    assert ["/u: 2 set", "/p: 1 set"] == [said for _, said in found[2:]]


def test_file_that_is_not_read_is_a_failure(tmp_path: Path) -> None:
    """With the reason; a broken one too."""
    refused = Source(place=Place.MANAGED, path=Path("/m"), fault="expected x, got y")
    broken = Source(place=Place.USER, path=Path("/u"), text="x")

    found = seen(tmp_path, refused, broken)

    assert ["failed", "failed"] == [verdict for verdict, _ in found]
    assert "/m: expected x, got y" == found[0][1]


def test_secret_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    """The variable is named, its value is not; also one in a destination's table."""
    text = (
        'OPENCODE_OTLP_HEADERS = "key=se-cret"\n[destination.a]\nOTEL_EXPORTER_OTLP_HEADERS = "key=se-cret"\n'
    )
    modes = (0o600, 0o640, 0o644)

    found = [
        seen(tmp_path, Source(place=Place.USER, path=Path("/u"), text=text, mode=mode)) for mode in modes
    ]

    warning = ("warning", "/u: others can read OPENCODE_OTLP_HEADERS, a.OTEL_EXPORTER_OTLP_HEADERS")
    assert [[], [warning], [warning]] == [rows[1:] for rows in found]
    assert "se-cret" not in str(found)
