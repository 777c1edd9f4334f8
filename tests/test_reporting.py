"""The agent's own metrics: what it did, what it lost and what waits, told with the session's metrics."""

from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.settings import Signal
from otel_agent.sink.decode import Point
from otel_agent.sink.script import Fault, Partial
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import settings_for
from tests.workers import opened, work

REFUSED = Fault(status=400, message="not like this")


def journal(tmp_path: Path, sink: Sink, writer: dict[str, object], **environ: str) -> Path:
    """Make a journal."""
    settings = {**settings_for(sink), **environ}
    return journals.make(tmp_path / journals.HOST / "1-1-a", **writer, settings=settings)


def finish(folder: Path) -> receipts.Receipt:
    """Deliver a whole journal, and return its receipt."""
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    worker.close()
    [receipt] = receipts.read(folder.parent)
    return receipt


def own(sink: Sink) -> list[Point]:
    """Return the points of the agent's own metrics."""
    return [point for point in sink.metric_points() if point.name.startswith("otel_agent.")]


def last(sink: Sink, name: str, **attributes: str) -> object:
    """Return the last value of one of the agent's own series."""
    return [p.value for p in own(sink) if (p.name, p.attributes) == (f"otel_agent.{name}", attributes)][-1]


def test_metrics_of_the_agent_go_with_those_of_the_session(tmp_path: Path, sink: Sink) -> None:
    """They have no prefix and no session, and the number of events is that of the receipt."""
    receipt = finish(journal(tmp_path, sink, journals.dead()))

    assert receipt.counts["events"] == last(sink, "events")
    assert {"otel_agent.events", "otel_agent.lag", "otel_agent.outbox.size"} < {p.name for p in own(sink)}
    assert not [p for p in own(sink) if "session.id" in p.attributes or "project.id" in p.attributes]


def test_deliveries_cause_no_reports(tmp_path: Path, sink: Sink) -> None:
    """A report tells of deliveries only when there is something else to tell: else it would never end."""
    worker = opened(journal(tmp_path, sink, journals.living()))
    worker.end_input()
    work(worker, lambda: worker.is_done)
    sent = len(sink.attempts())
    for _ in range(50):
        worker.step()
    is_done, sent_later = worker.is_done, len(sink.attempts())
    worker.close()

    assert (True, sent) == (is_done, sent_later)


@pytest.mark.parametrize("signal", [Signal.METRICS, Signal.LOGS, Signal.TRACES])
def test_loss_is_told_after_the_last_request(tmp_path: Path, sink: Sink, signal: Signal) -> None:
    """What the backend refuses for good is told by reason, also when nothing else is left to say."""
    sink.fail_next(1, REFUSED, signal)

    receipt = finish(journal(tmp_path, sink, journals.dead()))

    assert receipt.dropped["rejected"] == last(sink, "dropped", reason="rejected")
    assert 1 == last(sink, "requests", outcome="rejected")


def test_part_that_was_refused_is_told(tmp_path: Path, sink: Sink) -> None:
    """A backend's partial success is a loss with a reason of its own."""
    sink.leave_out_next(1, Partial(rejected=2, message="too old"), Signal.LOGS)

    finish(journal(tmp_path, sink, journals.dead()))

    assert 2 == last(sink, "dropped", reason="partial_success")


def test_backend_that_refuses_everything_gets_an_end(tmp_path: Path, sink: Sink) -> None:
    """The report of a loss may be lost as well; it is not tried again and again."""
    sink.fail_next(1000, REFUSED)

    receipt = finish(journal(tmp_path, sink, journals.dead()))

    assert receipt.counts["requests.rejected"] == len(sink.attempts())
    assert 0 == receipt.delivered_items


def test_next_agent_goes_on_where_the_last_report_ended(tmp_path: Path, sink: Sink) -> None:
    """An agent that is killed after a report has told nothing that the next one tells again."""
    folder = journal(tmp_path, sink, journals.living())
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    worker.close()
    journals.append(folder, "".join(f"{line}\n" for line in journals.lines_of("run_simple")))
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: worker.is_done)
    counts = worker.outbox.counts()
    worker.close()
    points = [point for point in own(sink) if point.name == "otel_agent.events"]

    assert counts["events"] == points[-1].value
    assert 1 == len({point.start_ns for point in points})


def test_outage_shows_in_what_waits(tmp_path: Path, sink: Sink) -> None:
    """What waits is told as it was at the moment of the report, with its age."""
    sink.fail_next(2, Fault(status=503))
    folder = journal(tmp_path, sink, journals.living())
    worker = opened(folder)
    worker.end_input()
    work(worker, lambda: len(sink.attempts()) >= 2)
    journals.append(folder, "".join(f"{line}\n" for line in journals.lines_of("run_simple")))
    work(worker, lambda: worker.is_done)
    worker.close()

    assert max(int(str(p.value)) for p in own(sink) if p.name == "otel_agent.outbox.size") > 0
    assert max(int(str(p.value)) for p in own(sink) if p.name == "otel_agent.outbox.bytes") > 0
    assert 2 == last(sink, "requests", outcome="retried")


def test_single_ones_can_be_turned_off(tmp_path: Path, sink: Sink) -> None:
    """They are disabled by their names, as every metric."""
    finish(journal(tmp_path, sink, journals.dead(), OPENCODE_DISABLE_METRICS="otel_agent.lag"))

    assert own(sink)
    assert "otel_agent.lag" not in {point.name for point in own(sink)}
