"""What the agent keeps, as the doctor sees it."""

import shutil
from pathlib import Path

from otel_agent import receipts
from otel_agent.doctor.check import Verdict
from otel_agent.doctor.state import outbox_healthy, sessions_delivered, state_writable
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.receipts import Receipt
from otel_agent.settings import Signal
from tests import journals, pipelines
from tests.doctor.patients import looked, patient

RECORDING = Path(__file__).parents[1] / "recordings" / "run_simple.ndjson"


def state(home: Path) -> Path:
    """Return one host's folder of a home."""
    folder = home / ".local" / "state" / "otel-agent" / "host"
    folder.mkdir(parents=True)
    return folder


def test_nothing_waits_on_a_new_machine(tmp_path: Path) -> None:
    """Before the first session there is nothing to complain of."""
    whom = patient(tmp_path)

    assert [("ok", "can be written")] == looked(state_writable, whom)
    assert [("ok", "nothing waits")] == looked(outbox_healthy, whom)
    assert "unknown" == looked(sessions_delivered, whom)[0][0]


def test_requests_that_wait_for_long_are_said(tmp_path: Path) -> None:
    """With how long, and why."""
    folder = state(tmp_path) / "1-1-a"
    folder.mkdir(mode=0o700)
    shutil.copy(RECORDING, folder / "0.ndjson")
    outbox = Outbox(folder / FILE_NAME)
    outbox.put(Signal.LOGS, "here", b"x", items=1, created_ms=1)
    request = outbox.oldest(Signal.LOGS)
    assert request is not None
    outbox.postpone(request, "connection refused", {}, not_before_ms=5)
    outbox.close()

    [(verdict, said)] = looked(outbox_healthy, patient(tmp_path))

    assert "warning" == verdict
    assert said.startswith("1 requests wait for ")
    assert said.endswith("connection refused")


def test_requests_that_wait_for_a_secret_are_said(tmp_path: Path) -> None:
    """With the variable whose value is needed, and the command that sends them with today's."""
    credentials = {"OPENCODE_OTLP_HEADERS": "00ff" * 16}
    folder = journals.make(state(tmp_path) / "1-1-a", **{**journals.dead(), "credentials": credentials})
    pipelines.folded(folder)

    [finding] = outbox_healthy.look(patient(tmp_path))

    assert "OPENCODE_OTLP_HEADERS is not set here" in finding.said
    assert "set OPENCODE_OTLP_HEADERS and run otel-agent flush --adopt" in finding.remedy
    assert Verdict.WARNING is finding.verdict


def test_requests_of_a_journal_without_header_are_said(tmp_path: Path) -> None:
    """Nobody can tell where they go."""
    folder = state(tmp_path) / "1-1-a"
    folder.mkdir(mode=0o700)
    outbox = Outbox(folder / FILE_NAME)
    outbox.put(Signal.LOGS, "here", b"x", items=1, created_ms=1)
    outbox.close()

    assert [("unknown", "1-1-a: 1 requests wait: not tried yet")] == looked(outbox_healthy, patient(tmp_path))


def test_database_that_cannot_be_read_fails(tmp_path: Path) -> None:
    """And the other journals are looked at."""
    folder = state(tmp_path) / "1-1-a"
    folder.mkdir(mode=0o700)
    (folder / FILE_NAME).write_bytes(b"no database at all" * 100)

    assert ("failed", "the database of 1-1-a cannot be read") in looked(outbox_healthy, patient(tmp_path))


def test_journals_that_others_may_read_are_said(tmp_path: Path) -> None:
    """Prompts may be in them."""
    (state(tmp_path) / "1-1-a").mkdir(mode=0o755)

    assert [("warning", "others may read journals in it")] == looked(state_writable, patient(tmp_path))


def test_folder_that_others_may_write_is_said(tmp_path: Path) -> None:
    """They can delete journals; what they put there is not used."""
    state(tmp_path).chmod(0o775)

    assert [("warning", "others may write in it, and so delete journals")] == (
        looked(state_writable, patient(tmp_path))
    )


def test_last_session_is_told(tmp_path: Path) -> None:
    """What was delivered, and what was dropped for which reason."""
    host = state(tmp_path)
    whom = patient(tmp_path)
    receipts.write(host, Receipt(journal="a", opened_ms=0, closed_ms=1, counts={"delivered.items.logs": 5}))
    well = looked(sessions_delivered, whom)
    counts = {"delivered.items.logs": 5, "dropped.rejected": 2}
    receipts.write(host, Receipt(journal="b", opened_ms=0, closed_ms=2, counts=counts))
    ill = looked(sessions_delivered, whom)
    receipts.write(host, Receipt(journal="c", opened_ms=0, closed_ms=3, problems=("OPENCODE_X: wrong",)))
    off = looked(sessions_delivered, whom)
    left_out = Receipt(
        journal="d",
        opened_ms=0,
        closed_ms=4,
        problems=("PHOENIX_X: wrong",),
        counts={"delivered.items.logs": 5},
    )
    receipts.write(host, left_out)

    assert [("ok", "5 items delivered, none dropped")] == well
    assert [("warning", "5 items delivered, dropped: 2 rejected")] == ill
    assert [("failed", "OPENCODE_X: wrong")] == off
    assert [("failed", "PHOENIX_X: wrong"), *well] == looked(sessions_delivered, whom)
