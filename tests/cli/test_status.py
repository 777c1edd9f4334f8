"""`status` shows agents, journals, what waits, what was delivered and what went wrong."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from otel_agent import receipts
from otel_agent.cli.app import build
from otel_agent.cli.words import duration, size
from otel_agent.exporter.damage import set_aside
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.header import Header
from otel_agent.journal import read_header
from otel_agent.receipts import Receipt
from otel_agent.routes import destination, standing_of
from otel_agent.settings import Signal
from tests import journals, pipelines

RECORDING = Path(__file__).parent.parent / "recordings" / "run_simple.ndjson"


def _status(state_dir: Path, **environment: str) -> str:
    """Run the command and return what it prints."""
    environment = {"OPENCODE_OTEL_STATE_DIR": str(state_dir), **environment}
    done = CliRunner().invoke(build(), ["status"], env=environment)

    assert (0, None) == (done.exit_code, done.exception)
    return done.output


def test_empty_state_directory_is_no_error(tmp_path: Path) -> None:
    """Before the first session there is nothing to show, and the shell's own state is said."""
    shown = _status(tmp_path, OPENCODE_ENABLE_TELEMETRY="")

    assert "Telemetry is off in this shell" in shown
    assert "Last delivery: none" in shown


def test_destination_of_arizes_file_is_shown(tmp_path: Path) -> None:
    """It is on as soon as the file is there, so it is not said to be off."""
    file = tmp_path / ".arize" / "harness" / "config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("harnesses: {opencode: {target: phoenix, endpoint: http://a:6006}}", encoding="utf-8")
    file.chmod(0o600)

    shown = _status(tmp_path / "state", HOME=str(tmp_path), OPENCODE_ENABLE_TELEMETRY="")

    assert "Telemetry is on in this shell" in shown
    assert "http/protobuf to http://a:6006" in shown


def test_waiting_requests_are_shown_with_their_error(tmp_path: Path) -> None:
    """A journal that is not delivered shows how much waits, and why."""
    folder = tmp_path / "host" / "1-1-a"
    folder.mkdir(parents=True)
    shutil.copy(RECORDING, folder / "0.ndjson")
    outbox = Outbox(folder / FILE_NAME)
    outbox.put(Signal.LOGS, "here", b"x" * 2048, items=3, created_ms=1)
    request = outbox.oldest(Signal.LOGS)
    if request is not None:
        outbox.postpone(request, "connection refused", {}, not_before_ms=5)
    outbox.close()

    shown = _status(tmp_path, OPENCODE_ENABLE_TELEMETRY="1")

    assert "0 agents at work, 1 journals" in shown
    assert "2 KiB" in shown
    assert "connection refused" in shown


def test_requests_say_where_they_go_and_whose_secret_they_need(tmp_path: Path) -> None:
    """With what sends them; the secret itself, and what may be one, is not shown."""
    header = _waiting(tmp_path, OPENCODE_OTLP_ENDPOINT="https://otlp.example/a?token=s3cr3t")
    shown = _status(tmp_path, OPENCODE_OTLP_HEADERS="x-key=t0day")

    assert "1 request waits for http/protobuf to https://otlp.example/a, the oldest for " in shown
    assert "OPENCODE_OTLP_HEADERS has another value here than when OpenCode ran" in shown
    assert "→ otel-agent flush --adopt sends them with today's value of OPENCODE_OTLP_HEADERS" in shown
    assert [] == [text for text in ("s3cr3t", "t0day", *header.credentials.values()) if text in shown]


def test_journals_are_readable_at_a_hundred_columns(tmp_path: Path) -> None:
    """A server's long words stand below the table and do not squeeze it."""
    _waiting(tmp_path, error="no " * 66)
    shown = _status(tmp_path, COLUMNS="100").splitlines()
    [head] = [number for number, line in enumerate(shown) if line.startswith("begun")]

    names = "begun opencode agent events delivered dropped waiting size oldest"
    assert names == " ".join(shown[head].split())
    assert ["run,", "ended", "none", "0", "0", "0", "1"] == shown[head + 1].split()[2:9]
    assert [] == [line for line in shown[head : head + 2] if len(line) > 100]


def _waiting(state_dir: Path, *, error: str = "", **settings: str) -> Header:
    """Make a journal in which a request waits, and return its header."""
    ours = {**journals.ON, "OPENCODE_OTLP_PROTOCOL": "http/protobuf", **settings}
    credentials = {"OPENCODE_OTLP_HEADERS": "00ff" * 16}
    folder = journals.make(
        state_dir / journals.HOST / "1-1-a",
        **{**journals.dead(), "settings": ours, "credentials": credentials},
    )
    header = read_header(folder)
    delivery = standing_of(header, {}, state_dir).settings.deliveries[Signal.LOGS]
    outbox = Outbox(folder / FILE_NAME)
    outbox.put(Signal.LOGS, destination(delivery, header), b"x", items=1, created_ms=1)
    request = outbox.oldest(Signal.LOGS)
    if request is not None and error:
        outbox.postpone(request, error, {}, not_before_ms=5)
    outbox.close()
    return header


def test_destinations_of_the_shell_are_listed(tmp_path: Path) -> None:
    """Each with its server, its signals, how much content it gets, and since when requests wait for it."""
    phoenix = {"PHOENIX_ENDPOINT": "http://127.0.0.1:1/?token=s3cr3t", "PHOENIX_API_KEY": "s3cr3t"}
    folder = journals.make(
        tmp_path / journals.HOST / "1-1-a",
        **{**journals.dead(), "settings": {**journals.ON, "PHOENIX_ENDPOINT": "http://127.0.0.1:1/?***"}},
    )
    pipelines.folded(folder)
    shown = _status(tmp_path, **journals.ON, **phoenix)
    head = next(number for number, line in enumerate(shown.splitlines()) if line.startswith("destination"))
    rows = [" ".join(line.split()) for line in shown.splitlines()[head + 1 : head + 3]]

    assert "generic grpc to http://localhost:4317 metrics, logs, traces metadata 4 requests, for" in rows[0]
    assert "phoenix http/protobuf to http://127.0.0.1:1 traces content 1 request, for" in rows[1]
    assert "1 request waits for phoenix: http/protobuf to http://127.0.0.1:1" in shown
    assert "s3cr3t" not in shown


def test_destination_that_is_left_out_says_why(tmp_path: Path) -> None:
    """The others are on."""
    shown = _status(tmp_path, **journals.ON, PHOENIX_ENDPOINT="no-url")

    assert "Telemetry is on in this shell" in shown
    assert "Left out: PHOENIX_ENDPOINT: expected" in shown


def test_databases_that_were_set_aside_are_told(tmp_path: Path) -> None:
    """Whoever looks sees that one was damaged."""
    folder = tmp_path / "host" / "1-1-a"
    folder.mkdir(parents=True)
    shutil.copy(RECORDING, folder / "0.ndjson")
    (folder / FILE_NAME).write_bytes(b"no database" * 1000)
    set_aside(folder / FILE_NAME, 7)
    Outbox(folder / FILE_NAME).close()

    assert "1 damaged databases were set aside and built again" in _status(tmp_path)


def test_ended_journals_show_what_became_of_them(tmp_path: Path) -> None:
    """Receipts keep delivered and dropped numbers and the last error."""
    host = tmp_path / "host"
    host.mkdir()
    counts = {"events": 7, "delivered.items.logs": 5, "dropped.rejected": 2}
    receipts.write(host, Receipt(journal="a", opened_ms=0, closed_ms=1, counts=counts, last_error="no room"))
    receipts.write(host, Receipt(journal="b", opened_ms=0, closed_ms=2, problems=("OPENCODE_X: wrong",)))

    shown = _status(tmp_path)

    assert "rejected=2" in shown
    assert "OPENCODE_X: wrong" in shown
    assert "Last error: no room" in shown


def test_invalid_settings_of_the_shell_are_all_shown(tmp_path: Path) -> None:
    """Whoever asks for the status sees why nothing is sent."""
    shown = _status(tmp_path, OPENCODE_OTLP_ENDPOINT="localhost:4317", OPENCODE_COST_USAGE_SCALE="-1")

    assert "OPENCODE_OTLP_ENDPOINT" in shown
    assert "OPENCODE_COST_USAGE_SCALE" in shown


def test_numbers_are_shown_with_the_unit_that_suits_them() -> None:
    """Durations and sizes are for people."""
    shown = (duration(0.25), duration(5), duration(600), duration(9000), size(5), size(5000), size(5e6))

    assert ("250 ms", "5.0 s", "10 min", "2 h", "5 B", "5 KiB", "4.8 MiB") == shown
