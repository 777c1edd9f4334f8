"""A worker: when a journal's folder goes, and when it must stay."""

from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.errors import SettingsError
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.owners import lock_holder
from otel_agent.settings import Signal
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from otel_agent.worker import removal_order, remove
from tests import journals
from tests.agents import settings_for
from tests.workers import opened, work


def journal(tmp_path: Path, sink: Sink, **fields: object) -> Path:
    """Make a journal whose writer is gone, if the fields do not say otherwise."""
    settings = settings_for(sink)
    return journals.make(
        tmp_path / journals.HOST / "1-1-a", **{**journals.dead(), "settings": settings, **fields}
    )


def test_settled_journal_leaves_its_receipt_only(tmp_path: Path, sink: Sink) -> None:
    """When the writer is gone and everything is delivered, the folder goes and says what became of it."""
    folder = journal(tmp_path, sink)
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    worker.close()
    [receipt] = receipts.read(folder.parent)

    assert not folder.exists()
    assert ("1-1-a", 1_000, "run", None, ()) == (
        receipt.journal,
        receipt.opened_ms,
        receipt.subcommand,
        receipt.last_error,
        receipt.problems,
    )
    assert len(sink.log_records()) == receipt.counts["delivered.items.logs"]
    assert receipt.last_delivery_ms is not None


def test_destination_that_is_left_out_is_told_in_the_receipt(tmp_path: Path, sink: Sink) -> None:
    """Its variables cannot be used: the others get everything, and `status` and `doctor` say what to do."""
    wrong = {"MLFLOW_TRACKING_URI": "databricks", "MLFLOW_EXPERIMENT_ID": "1"}
    folder = journal(tmp_path, sink, settings={**settings_for(sink), **wrong})
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    worker.close()
    [receipt] = receipts.read(folder.parent)

    assert sink.log_records()
    assert ["MLFLOW_TRACKING_URI"] == [problem.partition(":")[0] for problem in receipt.problems]


def test_journal_of_a_living_writer_stays(tmp_path: Path, sink: Sink) -> None:
    """Delivered or not, its writer may go on with it; the lock is free for the next agent."""
    folder = journal(tmp_path, sink, **journals.living())
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    worker.close()

    assert (True, None, []) == (folder.exists(), lock_holder(folder), receipts.read(folder.parent))
    assert sink.log_records()


def test_lines_after_the_end_of_input_are_delivered(tmp_path: Path, sink: Sink) -> None:
    """A writer that lives may write after it closed our input; that goes out too before we are done."""
    folder = journal(tmp_path, sink, **journals.living())
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    early = len(sink.log_records())
    journals.append(folder, "".join(f"{line}\n" for line in journals.lines_of("run_simple")))
    worker.step()
    was_done = worker.is_done
    work(worker, lambda: worker.is_done)
    worker.close()

    assert not was_done
    assert len(sink.log_records()) > early


def test_undelivered_journal_stays(tmp_path: Path, sink: Sink) -> None:
    """While a request waits the folder stays, with the reason."""
    sink.fail_next(100, Fault(status=503, message="not today"))
    folder = journal(tmp_path, sink)
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: len(sink.attempts()) >= 2)
    worker.close()

    assert (folder / FILE_NAME).exists()
    assert [] == receipts.read(folder.parent)


def test_answers_to_what_is_under_way_are_taken_in(tmp_path: Path, sink: Sink) -> None:
    """A worker that is closed in mid-request does not leave it to the next one, which would send it again."""
    sink.hang(0.2, 3)
    worker = opened(journal(tmp_path, sink))
    worker.end_input()
    work(worker, lambda: len(worker.under_way) == len(Signal))
    worker.close()
    again = opened(tmp_path / journals.HOST / "1-1-a")
    again.end_input()
    work(again, lambda: again.is_done)
    again.close()

    uids = [record.attributes["log.record.uid"] for record in sink.log_records()]
    assert len(set(uids)) == len(uids)
    assert 1 == len(sink.requests(Signal.LOGS))


def test_journal_that_cannot_be_stored_stays(tmp_path: Path, sink: Sink) -> None:
    """With a full disk nothing is finished, however little there is to deliver."""
    folder = journal(tmp_path, sink)
    worker = opened(folder)
    worker._pipeline.outbox.connection.execute("PRAGMA query_only=ON")
    worker.end_input()
    for _ in range(3):
        worker.step()
    was_done = worker.is_done
    worker.close()

    assert (False, True) == (was_done, (folder / "0.ndjson").exists())


def test_work_goes_on_when_the_disk_has_room_again(tmp_path: Path, sink: Sink) -> None:
    """What waited for room is folded, finished and delivered."""
    folder = journal(tmp_path, sink)
    worker = opened(folder)
    connection = worker._pipeline.outbox.connection
    connection.execute("PRAGMA query_only=ON")
    worker.end_input()
    worker.step()
    connection.execute("PRAGMA query_only=OFF")
    work(worker, lambda: worker.is_done)
    worker.close()

    assert not folder.exists()
    assert set(Signal) == {one.signal for one in sink.attempts()}


def test_invalid_settings_remove_a_new_journal(tmp_path: Path, sink: Sink) -> None:
    """Nothing of it can ever be sent; the receipt has the problems."""
    folder = journal(tmp_path, sink, settings={**journals.ON, "OPENCODE_OTLP_ENDPOINT": "x"})

    with pytest.raises(SettingsError):
        opened(folder)

    [receipt] = receipts.read(folder.parent)
    assert (False, 1) == (folder.exists(), len(receipt.problems))


def test_invalid_settings_keep_a_journal_that_was_worked_on(tmp_path: Path, sink: Sink) -> None:
    """A certificate that is missing today may be there tomorrow: what was stored is not thrown away."""
    certificate = tmp_path / "ca.pem"
    certificate.write_text("", encoding="utf-8")
    settings = {**settings_for(sink), "OTEL_EXPORTER_OTLP_CERTIFICATE": str(certificate)}
    folder = journal(tmp_path, sink, settings=settings)
    opened(folder).close()
    certificate.unlink()

    with pytest.raises(SettingsError):
        opened(folder)

    assert (folder / FILE_NAME).exists()


def test_telemetry_that_is_off_sends_nothing_and_leaves_nothing(tmp_path: Path, sink: Sink) -> None:
    """OTEL_SDK_DISABLED is no error: the journal is read to its end and goes."""
    folder = journal(tmp_path, sink, settings={**settings_for(sink), "OTEL_SDK_DISABLED": "true"})
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    worker.close()

    assert ([], False) == (sink.attempts(), folder.exists())


def test_segments_go_before_what_says_that_they_were_read(tmp_path: Path) -> None:
    """Killed in between, nobody finds a journal to be sent again; the lock guards it to the end."""
    names = ["lock", "agent.db", "10.ndjson", "agent.db-wal", "9.ndjson"]
    for name in names:
        (tmp_path / name).touch()

    order = [path.name for path in removal_order(tmp_path)]
    assert {"9.ndjson", "10.ndjson"} == set(order[:2])
    assert "lock" == order[-1]
    assert sorted(names) == sorted(order)


def test_removing_what_is_gone_is_no_error(tmp_path: Path) -> None:
    """Somebody else may have deleted the folder."""
    remove(tmp_path / "gone")

    assert [] == list(tmp_path.iterdir())
