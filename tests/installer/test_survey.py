"""What is found on a machine before a plan is made."""

from pathlib import Path

import pytest

from otel_agent import plugin
from otel_agent.errors import InstallError
from otel_agent.installer.plan import File
from otel_agent.installer.survey import (
    opencode_version,
    plugin_in,
    read,
    survey_global,
    survey_project,
)
from otel_agent.opencode import Ended
from tests.installer.recording import RecordingRunner

TEXT = plugin.render(["python"])


def put(path: Path, text: str = TEXT) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_file_is_read(tmp_path: Path) -> None:
    """A text file is there with its text."""
    path = put(tmp_path / "file.js", "text")

    assert File(path=path, exists=True, text="text") == read(path)


def test_missing_file_is_absent(tmp_path: Path) -> None:
    """Neither the file nor its folder need be there."""
    path = tmp_path / "none" / "file.js"

    assert File(path=path) == read(path)


def test_link_and_folder_and_bytes_are_not_ours(tmp_path: Path) -> None:
    """Whatever is no text file of its own is there without text, also a link to a plugin of ours."""
    link, folder, data = (tmp_path / name for name in ("link.js", "folder.js", "data.js"))
    link.symlink_to(put(tmp_path / "ours.js"))
    folder.mkdir()
    data.write_bytes(b"\xff\xfe")

    assert [File(path=path, exists=True) for path in (link, folder, data)] == [
        read(path) for path in (link, folder, data)
    ]


def test_unreadable_place_is_an_error(tmp_path: Path) -> None:
    """A file in the place of a folder is named."""
    put(tmp_path / "plugin", "a file")

    with pytest.raises(InstallError, match="expected a file that you may read"):
        read(tmp_path / "plugin" / "file.js")


def test_global_plugin_is_looked_for_in_the_global_folder(tmp_path: Path) -> None:
    """The plugin's place is below the configuration folder."""
    path = put(plugin_in(tmp_path / ".config" / "opencode"))

    found = survey_global({}, tmp_path)

    assert (File(path=path, exists=True, text=TEXT), None) == (found.plugin, found.elsewhere)
    assert [tmp_path / ".config" / "opencode"] == [packages.folder for packages in found.packages]


def test_project_is_prepared_together_with_the_global_folder(tmp_path: Path) -> None:
    """OpenCode runs its npm step in both, so both are looked at."""
    found = survey_project({}, tmp_path, tmp_path / "project")

    assert found.plugin.path == plugin_in(tmp_path / "project" / ".opencode")
    assert [tmp_path / ".config" / "opencode", tmp_path / "project" / ".opencode"] == [
        packages.folder for packages in found.packages
    ]


def test_global_plugin_is_seen_from_a_project(tmp_path: Path) -> None:
    """A project that has no .opencode folder then gets none."""
    path = put(plugin_in(tmp_path / ".config" / "opencode"))

    found = survey_project({}, tmp_path, tmp_path / "project")

    assert path == found.elsewhere
    assert [tmp_path / ".config" / "opencode"] == [packages.folder for packages in found.packages]


def test_foreign_global_plugin_does_not_serve_projects(tmp_path: Path) -> None:
    """Only a plugin of ours makes a project's superfluous."""
    put(plugin_in(tmp_path / ".config" / "opencode"), "export const Mine = 1\n")

    assert survey_project({}, tmp_path, tmp_path / "project").elsewhere is None


def test_version_needs_opencode(tmp_path: Path) -> None:
    """Without OpenCode nothing is run; with it, it is asked."""
    runner = RecordingRunner(ended=Ended(code=0, out="1.18.33\n"))
    program = put(tmp_path / "bin" / "opencode", "#!/bin/sh\n")
    program.chmod(0o755)
    path = str(tmp_path / "bin")

    versions = [opencode_version({"PATH": each}, tmp_path / "home", runner) for each in ("", path)]

    assert [None, "1.18.33"] == versions
    assert [(str(program), "--version")] == runner.commands
