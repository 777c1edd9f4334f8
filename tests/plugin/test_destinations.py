"""Destinations beside the generic one: what starts the plugin, and how much is kept for them."""

from pathlib import Path

import pytest

from otel_agent.capture import Content
from otel_agent.destinations.views import views
from otel_agent.settings import parse
from tests.plugin.conftest import HostFactory
from tests.plugin.events import completed, part

OFF = {"OPENCODE_ENABLE_TELEMETRY": ""}
PHOENIX = {**OFF, "PHOENIX_ENDPOINT": "http://localhost:6006"}
MLFLOW = {**OFF, "MLFLOW_TRACKING_URI": "http://localhost:5000"}
LANGFUSE = {**OFF, "LANGFUSE_PUBLIC_KEY": "a-key", "LANGFUSE_SECRET_KEY": "a-key"}
WORDS = {
    Content.PROMPTS: "a prompt",
    Content.TOOL_DETAILS: "a description",
    Content.TOOL_CONTENT: "a file's text",
}
"""What stands in the events; prompts and answers are kept together."""


@pytest.mark.parametrize(
    ("environ", "is_on"),
    [
        (PHOENIX, True),
        ({**OFF, "PHOENIX_ENDPOINT": "off"}, False),
        ({**PHOENIX, "OPENCODE_OTEL_DESTINATIONS": "none"}, False),
        ({**OFF, "OPENCODE_OTEL_DESTINATIONS": " phoenix ,x"}, True),
        ({**PHOENIX, "OPENCODE_OTEL_DESTINATIONS": ""}, True),
        ({**OFF, "PHOENIX_API_KEY": "key"}, False),
        ({**MLFLOW, "MLFLOW_EXPERIMENT_ID": "7"}, True),
        ({**MLFLOW, "MLFLOW_EXPERIMENT_ID": "0"}, True),
        (MLFLOW, False),
        (LANGFUSE, True),
        ({**LANGFUSE, "TRACE_TO_LANGFUSE": "0"}, False),
        ({**LANGFUSE, "TRACE_TO_LANGFUSE": "0", "OPENCODE_OTEL_DESTINATIONS": "langfuse"}, False),
    ],
)
def test_destinations_variables_start_the_plugin(
    new_host: HostFactory, environ: dict[str, str], *, is_on: bool
) -> None:
    """Whoever uses a destination by its own variables needs no other; without them nothing is begun."""
    host = new_host(environ).start()

    assert is_on == bool(host.attach()["hooks"])


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OPENCODE_CAPTURE_LEVEL": "details"},
        {"OPENCODE_CAPTURE_LEVEL": "content"},
        {"OPENCODE_CAPTURE_LEVEL": "content", "OPENCODE_LOG_PROMPTS": "0"},
        {"OPENCODE_CAPTURE_LEVEL": "content", "OPENCODE_LOG_TOOL_CONTENT": "off"},
        {"OPENCODE_LOG_RESPONSES": "1"},
        PHOENIX,
        {**PHOENIX, "OPENCODE_PHOENIX_CAPTURE_LEVEL": "metadata"},
        {**PHOENIX, "OPENCODE_PHOENIX_CAPTURE_LEVEL": " Details "},
        {**PHOENIX, "OPENCODE_CAPTURE_LEVEL": "metadata"},
        {**PHOENIX, "OPENCODE_CAPTURE_LEVEL": "metadata", "OPENCODE_PHOENIX_CAPTURE_LEVEL": "content"},
        {**PHOENIX, "OPENCODE_PHOENIX_CAPTURE_LEVEL": "metadata", "OPENCODE_LOG_PROMPTS": "1"},
        {**PHOENIX, "OPENCODE_LOG_PROMPTS": "0", "OPENCODE_LOG_TOOL_DETAILS": "0"},
        {**PHOENIX, "OPENCODE_OTEL_DESTINATIONS": "none", "OPENCODE_ENABLE_TELEMETRY": "1"},
    ],
)
def test_what_is_kept_is_what_some_destination_gets(new_host: HostFactory, environ: dict[str, str]) -> None:
    """The plugin and the agent read the same levels: what leaves for none is not in the journal."""
    host = new_host(environ).start()
    host.attach()
    host.event(part("text", text="a prompt"))
    host.event(completed("read", {"filePath": "/x", "description": "a description"}, output="a file's text"))

    told = {"HOME": "/home/dev", "OPENCODE_ENABLE_TELEMETRY": "1", **environ}
    base = parse(told)
    settings = [*([base] if base.enabled else []), *views(told, base).settings.values()]
    wanted = {kind for kind in Content for each in settings if getattr(each, kind.value)}
    if Content.RESPONSES in wanted:
        wanted.add(Content.PROMPTS)
    if Content.TOOL_CONTENT in wanted:
        wanted.add(Content.TOOL_DETAILS)
    assert wanted - {Content.RESPONSES} == {kind for kind, word in WORDS.items() if word in host.text()}


def written(folder: Path, name: str, text: str) -> None:
    """Write a file of Arize's coding harness tracing into a home folder."""
    path = folder / ".arize" / "harness" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [("config.yaml", "harnesses:\n  opencode:\n"), ("config.json", '{"harnesses": {"opencode": {}}}')],
)
def test_file_of_arizes_tracing_starts_the_plugin(
    new_host: HostFactory, tmp_path: Path, name: str, text: str
) -> None:
    """It is there because its user has OpenCode traced."""
    written(tmp_path, name, text)

    assert new_host(OFF).start().attach()["hooks"]


@pytest.mark.parametrize(
    ("name", "text", "environ"),
    [
        ("config.json", '{"harnesses": {"codex": {}}}', {}),
        ("state.json", "opencode", {}),
        ("config.yaml", "opencode", {"ARIZE_TRACE_ENABLED": "false"}),
        ("config.yaml", "opencode", {"OPENCODE_ARIZE_HARNESS_FILE": "0"}),
        ("config.yaml", "opencode", {"OPENCODE_OTEL_DESTINATIONS": "none"}),
    ],
)
def test_file_of_arizes_tracing_starts_nothing(
    new_host: HostFactory, tmp_path: Path, name: str, text: str, environ: dict[str, str]
) -> None:
    """Where it is about other agents alone, or somebody said no."""
    written(tmp_path, name, text)

    assert not new_host({**OFF, **environ}).start().attach()["hooks"]


@pytest.mark.parametrize(
    ("line", "is_on"),
    [
        ("OPENCODE_METRIC_PREFIX = 'a.'", True),
        ("OPENCODE_ARIZE_HARNESS_FILE = '0'", False),
        ("ARIZE_TRACE_ENABLED = false", False),
    ],
)
def test_settings_file_keeps_the_file_of_arizes_tracing_out(
    new_host: HostFactory, tmp_path: Path, line: str, *, is_on: bool
) -> None:
    """Its word counts as that of the environment does."""
    written(tmp_path, "config.yaml", "harnesses:\n  opencode:\n")
    own = tmp_path / ".config" / "otel-agent" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text(line, encoding="utf-8")
    own.chmod(0o600)

    assert is_on == bool(new_host(OFF).start().attach()["hooks"])


def test_header_names_the_file_of_arizes_tracing(new_host: HostFactory, tmp_path: Path) -> None:
    """The newer one, by its path; no word of it is in the journal."""
    for name in ("config.yaml", "config.json"):
        written(tmp_path, name, '{"harnesses": {"opencode": {"api_key": "the-key"}}}')
    host = new_host(OFF).start()
    host.attach()
    host.event(part("text", text="a prompt"))

    path = str(tmp_path / ".arize" / "harness" / "config.json")
    assert path == host.header()["settings"]["OPENCODE_ARIZE_HARNESS_FILE"]
    assert "the-key" not in host.text()


def test_query_of_a_vendors_address_is_masked(new_host: HostFactory) -> None:
    """A proxy in front of a vendor may take its token there."""
    url = "https://proxy.example/langfuse?token=canary"
    host = new_host(
        {**OFF, "LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_HOST": url}
    ).start()
    host.attach()
    host.event(part("text", text="a prompt"))

    assert "https://proxy.example/langfuse?***" == host.header()["settings"]["LANGFUSE_HOST"]
    assert {"LANGFUSE_HOST", "LANGFUSE_SECRET_KEY"} == set(host.header()["credentials"])
    assert "canary" not in host.text()
