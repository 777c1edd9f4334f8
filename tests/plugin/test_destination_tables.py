"""What the journal's header says of the tables of destinations in settings files."""

from pathlib import Path

from tests.plugin.events import idle, part
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


def test_texts_are_kept_that_a_table_wants(opencode: Path, tmp_path: Path) -> None:
    """The top says nothing of texts, one destination of two wants five units of each: these are kept."""
    path = tmp_path / ".config" / "otel-agent" / "config.toml"
    write(
        path, f"{OWN}[destination.c]\nOPENCODE_CAPTURE_LEVEL = 'content'\nOPENCODE_CONTENT_MAX_LENGTH = 5\n"
    )
    host = Host(folder=tmp_path, runtime=opencode, environ={}).start()
    host.attach(directory=str(tmp_path / "project"))
    host.event(part("text", text="12345678"))

    (kept,) = host.events()
    host.stop()

    assert "12345" == kept["properties"]["part"]["text"]


def test_texts_are_not_kept_that_no_table_wants(opencode: Path, tmp_path: Path) -> None:
    """A table has what the top says."""
    write(tmp_path / ".config" / "otel-agent" / "config.toml", f"OPENCODE_LOG_PROMPTS = false{OWN}")
    host = Host(folder=tmp_path, runtime=opencode, environ={}).start()
    host.attach(directory=str(tmp_path / "project"))
    host.event(part("text", text="12345678"))

    (kept,) = host.events()
    host.stop()

    assert "" == kept["properties"]["part"]["text"]
