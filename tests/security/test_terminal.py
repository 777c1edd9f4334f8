"""What is shown on a terminal: no text of a backend, a journal or a folder's name gives it orders."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from otel_agent import receipts
from otel_agent.cli.app import build
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.receipts import Receipt
from otel_agent.settings import Signal
from tests import journals

ORDERS = "\x1b]0;title\x07\x1b[2J\x1b[8mhidden\x9b31m\u202egnirts\r\nok    forged"
MARKUP = "[/closed] [bold]loud[/] [link=file:///x]here[/link]"
HOSTILE = f"{ORDERS} {MARKUP}"


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A state directory in which every text that is shown is hostile."""
    folder = tmp_path / "state" / f"host{ORDERS}" / f"1-1-{ORDERS}"
    journals.make(folder, "run_simple", **{**journals.dead(), "subcommand": HOSTILE})
    with closing(Outbox(folder / FILE_NAME)) as outbox:
        outbox.put(Signal.LOGS, "here", b"x", items=1, created_ms=1)
        request = outbox.oldest(Signal.LOGS)
        assert request is not None
        outbox.postpone(request, HOSTILE, {}, not_before_ms=5)
    ended = Receipt(
        journal=HOSTILE,
        opened_ms=0,
        closed_ms=1,
        subcommand=HOSTILE,
        counts={f"dropped.{HOSTILE}": 1},
        last_error=HOSTILE,
        problems=(HOSTILE,),
    )
    receipts.write(folder.parent, ended)
    shutil.copytree(folder, folder.parent / "broken")
    (folder.parent / "broken" / FILE_NAME).write_bytes(b"no database" * 1000)
    return tmp_path / "state"


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_no_text_gives_the_terminal_orders(state_dir: Path, tmp_path: Path, command: str) -> None:
    """Control characters are not printed, a line cannot be forged, and brackets are text."""
    environ = {
        "HOME": str(tmp_path),
        "OPENCODE_OTEL_STATE_DIR": str(state_dir),
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OPENCODE_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OPENCODE_METRIC_PREFIX": HOSTILE,
    }
    done = CliRunner().invoke(build(), [command], env=environ)
    lines = done.output.splitlines()

    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "forged" in done.output
    assert "[/closed] [bold]loud[/]" in done.output
    assert [] == [line for line in lines if not line.isprintable()]
    assert [] == [line for line in lines if line.startswith("ok    forged")]


def test_settings_that_cannot_be_used_give_no_orders(tmp_path: Path) -> None:
    """A problem shows the value that was set."""
    environ = {"HOME": str(tmp_path), "OPENCODE_OTLP_PROTOCOL": HOSTILE}
    shown = CliRunner().invoke(build(), ["status"], env=environ).output

    assert "OPENCODE_OTLP_PROTOCOL" in shown
    assert [] == [line for line in shown.splitlines() if not line.isprintable()]
