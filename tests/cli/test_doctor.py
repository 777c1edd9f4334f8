"""`doctor` prints every finding with what to do, and its exit code says whether something failed."""

from pathlib import Path

from typer.testing import CliRunner, Result

from otel_agent import plugin
from otel_agent.cli.app import build
from otel_agent.cli.doctor import CHECKS
from otel_agent.sink.server import Sink


def _doctor(home: Path, **environ: str) -> Result:
    """Run the command in a home of its own."""
    environment = {"HOME": str(home), "PATH": "/nowhere", "OPENCODE_ENABLE_TELEMETRY": "1", **environ}
    return CliRunner().invoke(build(), ["doctor"], env=environment)


def test_all_is_well(tmp_path: Path) -> None:
    """Installed, set up, and the backend takes what is sent."""
    file = tmp_path / ".config" / "opencode" / "plugin" / plugin.FILE_NAME
    file.parent.mkdir(parents=True)
    file.write_text(plugin.render(["otel-agent"]), encoding="utf-8")
    with Sink() as sink:
        done = _doctor(tmp_path, OPENCODE_OTLP_ENDPOINT=sink.http_url, OPENCODE_OTLP_PROTOCOL="http/protobuf")

    assert 0 == done.exit_code, done.output
    assert "All is well" in done.output


def test_what_fails_has_a_remedy_and_an_exit_code(tmp_path: Path) -> None:
    """CI can stop on it."""
    done = _doctor(tmp_path, OPENCODE_OTLP_ENDPOINT="no-scheme:4317")

    assert 1 == done.exit_code
    assert "FAIL plugin" in done.output
    assert "→ run otel-agent install" in done.output
    assert "FAIL settings" in done.output


def test_every_check_has_a_name_of_its_own() -> None:
    """The table is what the doctor looks at."""
    names = [row.name for row in CHECKS]

    assert len(names) == len(set(names))
    assert {"opencode", "plugin", "npm step", "settings", "outbox", "endpoint", "delivery"} <= set(names)
