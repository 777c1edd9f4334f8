"""OpenCode, the plugin, npm's step and the settings, as the doctor sees them."""

from pathlib import Path

import pytest

from otel_agent import plugin
from otel_agent.doctor.installation import npm_step_avoided, opencode_found, plugin_installed, settings_valid
from tests.doctor.patients import looked, patient


def program(home: Path) -> str:
    """Put an opencode on a PATH."""
    folder = home / "bin"
    folder.mkdir()
    (folder / "opencode").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "opencode").chmod(0o755)
    return str(folder)


def plugin_file(home: Path) -> Path:
    """Return where the plugin is looked for."""
    file = home / ".config" / "opencode" / "plugin" / plugin.FILE_NAME
    file.parent.mkdir(parents=True)
    return file


@pytest.mark.parametrize(
    ("version", "verdict", "said"),
    [
        ("1.18.33", "ok", "found, version 1.18.33"),
        ("0.9.1", "warning", "found, version 0.9.1"),
        ("local", "unknown", "found; it does not tell a version"),
    ],
)
def test_opencode_is_asked_for_its_version(tmp_path: Path, version: str, verdict: str, said: str) -> None:
    """Versions before 1.0 send events that nobody here knows."""
    assert [(verdict, said)] == looked(opencode_found, patient(tmp_path, version, PATH=program(tmp_path)))


def test_opencode_that_is_missing_is_said(tmp_path: Path) -> None:
    """It may be on another shell's PATH: that is no failure."""
    assert [("warning", "not found on PATH")] == looked(opencode_found, patient(tmp_path, PATH="/nowhere"))


def test_plugin_of_this_version_is_well(tmp_path: Path) -> None:
    """As otel-agent install writes it."""
    plugin_file(tmp_path).write_text(plugin.render(["otel-agent"]), encoding="utf-8")

    [(verdict, _)] = looked(plugin_installed, patient(tmp_path))

    assert "ok" == verdict


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("// @bun opencode-otel-agent plugin 0.0.0-old\n", "version 0.0.0-old"),
        ("// somebody else's\n", "another file is in its place"),
        (None, "not installed for every project"),
    ],
)
def test_plugin_that_would_not_work_fails(tmp_path: Path, text: str | None, said: str) -> None:
    """Each with its own words."""
    if text is not None:
        plugin_file(tmp_path).write_text(text, encoding="utf-8")

    [(verdict, words)] = looked(plugin_installed, patient(tmp_path))

    assert "failed" == verdict
    assert words.startswith(said)


def test_npm_that_would_be_waited_for_is_said(tmp_path: Path) -> None:
    """A configuration folder without the package costs a start its npm step."""
    (tmp_path / ".config" / "opencode").mkdir(parents=True)

    assert [("warning", "OpenCode waits for npm in 1 of its configuration folders")] == looked(
        npm_step_avoided, patient(tmp_path)
    )


def test_settings_are_echoed_without_secrets(tmp_path: Path) -> None:
    """A header's value and the user of a proxy are masked."""
    whom = patient(
        tmp_path,
        OPENCODE_OTLP_HEADERS="x-token=geheim",
        https_proxy="me:pw@proxy:3128",
        OPENCODE_OTLP_PROTOCOL="grpc",
    )

    said = [words for _, words in looked(settings_valid, whom)]

    expected = {"OPENCODE_OTLP_HEADERS=***", "https_proxy=***@proxy:3128", "OPENCODE_OTLP_PROTOCOL=grpc"}
    assert expected <= set(said)


def test_every_problem_of_the_settings_fails(tmp_path: Path) -> None:
    """In the words that the settings have for it."""
    whom = patient(tmp_path, OPENCODE_OTLP_ENDPOINT="no-scheme:4317", OPENCODE_COST_USAGE_SCALE="-1")

    found = looked(settings_valid, whom)

    assert ["failed"] * 2 == [verdict for verdict, _ in found]


def test_telemetry_that_is_off_fails(tmp_path: Path) -> None:
    """It is what users forget."""
    assert ("failed", "telemetry is off in this shell") in looked(
        settings_valid, patient(tmp_path, OPENCODE_ENABLE_TELEMETRY="")
    )
