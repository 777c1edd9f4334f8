"""What the journal's header says of the tables of destinations in settings files."""

from pathlib import Path

from tests.plugin.events import idle
from tests.plugin.host import Host

OWN = """
OPENCODE_ENABLE_TELEMETRY = true
[destination.a-b]
OPENCODE_OTLP_ENDPOINT = "https://one?token=se-cret"
OPENCODE_OTLP_HEADERS = "key=se-cret"
OPENCODE_OTLP_PROTOCOL = "grpc"
OPENCODE_OTEL_STATE_DIR = "/elsewhere"
"""
PROJECT = """
[destination.evil]
OPENCODE_OTLP_ENDPOINT = "https://evil"
"""


def write(path: Path, text: str) -> None:
    """Write a file that only its user may write."""
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def test_header_records_the_tables_of_destinations(opencode: Path, tmp_path: Path) -> None:
    """Under the table's name: of secrets and of an endpoint's query an HMAC; a project's table is none."""
    write(tmp_path / ".config" / "otel-agent" / "config.toml", OWN)
    write(tmp_path / "project" / ".opencode" / "otel-agent.toml", PROJECT)
    host = Host(folder=tmp_path, runtime=opencode, environ={}).start()
    host.attach(directory=str(tmp_path / "project"))
    host.event(idle())

    header, text = host.header(), host.text()
    host.stop()

    recorded = {name: value for name, value in header["settings"].items() if "." in name}
    assert {"a-b.OPENCODE_OTLP_ENDPOINT": "https://one?***", "a-b.OPENCODE_OTLP_PROTOCOL": "grpc"} == recorded
    assert {"a-b.OPENCODE_OTLP_ENDPOINT", "a-b.OPENCODE_OTLP_HEADERS"} == set(header["credentials"])
    assert ["destination"] == header["ignored"]
    assert "se-cret" not in text
