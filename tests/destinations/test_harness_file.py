"""The file of Arize's coding harness tracing: what counts of it, who wins, and that it stops nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from otel_agent.capture import Content
from otel_agent.destinations.harness import FILE
from otel_agent.destinations.harness_file import joined, located, variables
from tests.destinations.users import endpoint, headers, viewed

YAML = """\
user_id: ada  # everybody's
logging:
  prompts: true
  tool_content: false
harnesses:
  claude-code:
    target: arize
    endpoint: otlp.arize.com:443
    api_key: another
    space_id: another
    collector: {host: 127.0.0.1, port: 4318}
  opencode:
    target: phoenix
    endpoint: "http://phoenix:6006"
    api_key: the-key
    project_name: 'mine'
"""
JSON = """{"harnesses": {"opencode": {"target": "arize", "endpoint": "otlp.example:443", "api_key": "the-key",
"space_id": "U3BhY2U6MQ==", "project_name": "mine", "user_id": "bob", "attributes": {"team": "core"}}},
"user_id": "ada", "logging": {"prompts": false}}"""
OF_YAML = {
    "PHOENIX_ENDPOINT": "http://phoenix:6006",
    "PHOENIX_API_KEY": "the-key",
    "PHOENIX_PROJECT": "mine",
    "ARIZE_LOG_PROMPTS": "True",
    "ARIZE_LOG_TOOL_CONTENT": "False",
    "ARIZE_USER_ID": "ada",
}
OF_JSON = {
    "ARIZE_OTLP_ENDPOINT": "otlp.example:443",
    "ARIZE_API_KEY": "the-key",
    "ARIZE_SPACE_ID": "U3BhY2U6MQ==",
    "ARIZE_PROJECT_NAME": "mine",
    "ARIZE_LOG_PROMPTS": "False",
    "ARIZE_USER_ID": "bob",
}


def named(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    """Write a file and return the environment that names it."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return {FILE: str(path)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (YAML, OF_YAML),
        (JSON, OF_JSON),
        ("{}", {}),
        ("harnesses:\n  codex:\n    target: phoenix\n    endpoint: http://phoenix:6006\n", {}),
        ("harnesses: {opencode: {target: elsewhere, endpoint: http://phoenix:6006}}", {}),
        ("user_id: ada\n", {}),
        ("", {}),
    ],
)
def test_file_is_read_as_variables(text: str, expected: Mapping[str, str]) -> None:
    """JSON and YAML, the section of OpenCode alone, and what is said for all agents."""
    assert expected == variables(text.encode())


def test_file_leads_to_its_target(tmp_path: Path) -> None:
    """Address, key, project, user and flags are the file's."""
    environ = named(tmp_path, YAML)
    found = viewed(environ)

    assert (["phoenix"], ()) == (list(found.settings), found.problems)
    assert "http://phoenix:6006/v1/traces" == endpoint("phoenix", environ)
    assert {"x-project-name": "mine", "authorization": "Bearer the-key"} == headers("phoenix", environ)
    assert {"user.id": "ada"} == found.settings["phoenix"].tracing.fixed_attributes
    assert {Content.TOOL_CONTENT} == {
        kind for kind in Content if not getattr(found.settings["phoenix"], kind.value)
    }


def test_other_target_is_arize(tmp_path: Path) -> None:
    """With the space that it needs."""
    environ = named(tmp_path, JSON)

    assert ["arize"] == list(viewed(environ).settings)
    assert {"space_id": "U3BhY2U6MQ==", "api_key": "the-key"} == headers("arize", environ)


def test_environment_wins(tmp_path: Path) -> None:
    """One variable over one line; a target of the environment's own over the whole target of the file."""
    file = named(tmp_path, YAML)
    project = headers("phoenix", {**file, "PHOENIX_PROJECT": "other"})["x-project-name"]
    elsewhere = {**file, "PHOENIX_ENDPOINT": "http://elsewhere:6006", "ARIZE_USER_ID": ""}
    found = viewed(elsewhere).settings["phoenix"].tracing.fixed_attributes

    assert "other" == project
    assert {"x-project-name": "opencode"} == headers("phoenix", elsewhere)
    assert {} == found


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("a: [", 0o600, "expected JSON or YAML"),
        ("[" * 5000, 0o600, "expected JSON or YAML"),
        ("- a", 0o600, "expected JSON or YAML"),
        ("harnesses: {opencode: {target: phoenix, api_key: 17}}", 0o600, "expected JSON or YAML"),
        (YAML, 0o622, "nobody else may write"),
    ],
)
def test_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, mode: int, words: str) -> None:
    """Without a word of it, for a key may be in it; the other destinations go on."""
    environ = {**named(tmp_path, text, mode), "LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk"}
    found = viewed(environ)

    assert ["langfuse"] == list(found.settings)
    assert [True] == [words in problem for problem in found.problems]
    assert "17" not in found.problems[0].replace(str(tmp_path), "")


@pytest.mark.parametrize("value", ["", "0", "none"])
def test_no_file(value: str) -> None:
    """A word that is no path names none, and stops nothing."""
    assert ({}, ()) == (joined({FILE: value}).environ, joined({FILE: value}).problems)


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """A journal may name one that was there when it was written."""
    found = viewed({FILE: str(tmp_path / "config.json")})

    assert {} == found.settings
    assert [f"{FILE}: {tmp_path / 'config.json'}: No such file or directory"] == list(found.problems)


@pytest.mark.parametrize(("there", "expected"), [((), None), (("yaml",), "yaml"), (("json", "yaml"), "json")])
def test_file_in_its_usual_place_is_named(
    tmp_path: Path, there: tuple[str, ...], expected: str | None
) -> None:
    """JSON goes before YAML, as in the plugin; what the environment says of it wins."""
    folder = tmp_path / ".arize" / "harness"
    folder.mkdir(parents=True)
    for ending in there:
        (folder / f"config.{ending}").write_text("harnesses: {opencode: {}}", encoding="utf-8")
    environ = {"HOME": str(tmp_path)}

    found = located(environ).get(FILE)

    assert (str(folder / f"config.{expected}") if expected else None) == found
    assert "0" == located({**environ, FILE: "0"})[FILE]


def test_file_of_other_agents_is_not_named(tmp_path: Path) -> None:
    """Without a word of OpenCode there is nothing for us in it."""
    file = tmp_path / ".arize" / "harness" / "config.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"harnesses": {"codex": {}}}', encoding="utf-8")
    environ = {"HOME": str(tmp_path)}

    assert environ == located(environ)
