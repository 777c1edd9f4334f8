"""Projections: each destination is told of a journal as if it were the only one, however often agents die."""

import json
import tempfile
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from otel_agent.destinations.views import views
from otel_agent.exporter.testing import FakeClock
from otel_agent.pipeline import Pipeline
from otel_agent.settings import Signal
from otel_agent.ways import Way
from tests import journals
from tests.lives import Life
from tests.pipelines import Sent, finished, opened, sent_of, settings_of

GENERIC = "there"
BACKUP = Way(
    name="backup",
    settings=settings_of(
        OPENCODE_METRIC_PREFIX="acme.",
        OPENCODE_OTLP_METRICS_TEMPORALITY="delta",
        OPENCODE_DISABLE_METRICS="cost.usage",
    ),
    destinations=dict.fromkeys(Signal, "backup"),
)
PHOENIX = Way(
    name="phoenix",
    settings=views({"PHOENIX_ENDPOINT": "http://localhost:6006"}, settings_of()).settings["phoenix"],
    destinations={Signal.TRACES: "phoenix"},
)


@pytest.mark.parametrize("name", ["run_tools", "run_subagent", "run_cut"])
@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_destination_gets_what_it_gets_alone(name: str, data: st.DataObject) -> None:
    """With its own prefix, temporality, metrics and profile, also when agents are killed at any commit."""
    with tempfile.TemporaryDirectory() as scratch:
        generic = finished(journals.make(Path(scratch) / "generic" / "1-1-a", name))
        backup = finished(journals.make(Path(scratch) / "backup" / "1-1-a", name), BACKUP.settings)
        phoenix = finished(journals.make(Path(scratch) / "phoenix" / "1-1-a", name), PHOENIX.settings)
        born = partial(opened, beside=[BACKUP, PHOENIX])
        with closing(Life(Path(scratch) / "1-1-a", name, data, born).live()) as outbox:
            found = {there: sent_of(outbox, there) for there in (GENERIC, "backup", "phoenix")}
            counts = outbox.counts()

    assert generic.totals() == found[GENERIC].totals()
    assert backup.sums() == found["backup"].sums()
    assert (generic.told(), backup.told()) == (found[GENERIC].told(), found["backup"].told())
    assert shapes(generic) == shapes(found[GENERIC])
    assert shapes(backup) == shapes(found["backup"])
    assert shapes(phoenix) == shapes(found["phoenix"])
    assert ([], []) == (found["phoenix"].points, found["phoenix"].records)
    assert [] == [name for name in counts if name.startswith("dropped.")]


def shapes(sent: Sent) -> Counter[tuple[str, str, str]]:
    """Return how often each span is there."""
    return Counter(
        (span.span_id, span.name, json.dumps(dict(span.attributes), sort_keys=True)) for span in sent.spans
    )


def test_events_are_numbered_for_each_destination(tmp_path: Path) -> None:
    """In each of them a session's numbers are 1, 2, 3, whatever others get, also after a restart."""
    folder = journals.make(tmp_path / "1-1-a", "run_subagent")
    lines = journals.lines_of("run_subagent")
    journals.write(folder, 0, [journals.header("1-1-a"), *lines[:40]])
    quiet = Way(name="quiet", settings=settings_of(OPENCODE_DISABLE_LOGS="1"), destinations={})
    beside = [BACKUP, quiet]
    pipeline = opened(folder, FakeClock(), beside=beside)
    pipeline.step()
    pipeline.close()
    journals.append(folder, "".join(f"{line}\n" for line in lines[40:]))
    pipeline = opened(folder, FakeClock(), beside=beside)
    end(pipeline)

    generic, backup = (sent_of(pipeline.outbox, there) for there in (GENERIC, "backup"))
    pipeline.close()
    assert numbers(generic) == numbers(backup)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers(generic).values())
    assert len(numbers(generic)) > 1


def numbers(sent: Sent) -> dict[object, list[object]]:
    """Return the numbers of each session's events in their order."""
    found: dict[object, list[object]] = {}
    for record in sent.records:
        found.setdefault(record.attributes["session.id"], []).append(record.attributes["event.sequence"])
    return found


def end(pipeline: Pipeline) -> None:
    """Fold all that is left, as when OpenCode is gone."""
    while pipeline.step():
        continue
    assert pipeline.finish()


def rows(pipeline: Pipeline) -> set[tuple[str, str]]:
    """Return signal and destination of what is stored."""
    return set(pipeline.outbox.connection.execute("SELECT DISTINCT signal, destination FROM requests"))


def test_held_items_go_only_where_they_belong(tmp_path: Path) -> None:
    """An agent that dies before records and spans are packed leaves them to the same destinations."""
    folder = journals.make(tmp_path / "1-1-a")
    first = opened(folder, FakeClock(), beside=[BACKUP, PHOENIX])
    first.step()
    before = rows(first)
    first.close()
    second = opened(folder, FakeClock(), beside=[BACKUP, PHOENIX])
    assert second.flush()

    found = rows(second)
    second.close()
    assert set() == before
    everywhere = {(signal.value, there) for signal in Signal for there in (GENERIC, "backup")}
    assert everywhere | {("traces", "phoenix")} == found


def test_destination_that_is_left_out_for_a_while_loses_nothing_that_was_held(tmp_path: Path) -> None:
    """An agent that cannot use its settings leaves what is held to one that can."""
    expected = finished(journals.make(tmp_path / "alone" / "1-1-a"), BACKUP.settings)
    folder = journals.make(tmp_path / "1-1-a")
    for beside in ([BACKUP], [], [BACKUP]):
        pipeline = opened(folder, FakeClock(), beside=beside)
        pipeline.step()
        if not beside:
            assert pipeline.flush()
        pipeline.close()
    pipeline = opened(folder, FakeClock(), beside=[BACKUP])
    end(pipeline)

    sent, counts = sent_of(pipeline.outbox, "backup"), pipeline.outbox.counts()
    pipeline.close()
    assert (expected.sums(), expected.told()) == (sent.sums(), sent.told())
    assert "dropped.destination_gone" not in counts


def test_what_was_held_for_a_destination_that_is_gone_is_counted(tmp_path: Path) -> None:
    """When the journal ends without it, records, spans and changed series are a loss with a reason."""
    expected = finished(journals.make(tmp_path / "alone" / "1-1-a"))
    folder = journals.make(tmp_path / "1-1-a")
    first = opened(folder, FakeClock(), beside=[BACKUP])
    first.step()
    first.close()
    held = len(expected.records) + len(expected.spans)
    second = opened(folder, FakeClock())
    end(second)

    sent, counts = sent_of(second.outbox), second.outbox.counts()
    left = second.outbox.connection.execute(
        "SELECT (SELECT count(*) FROM pending) + (SELECT count(*) FROM series WHERE is_changed)"
    ).fetchone()
    second.close()
    assert (expected.totals(), expected.told()) == (sent.totals(), sent.told())
    assert counts["dropped.destination_gone"] > held
    assert (0,) == left


def test_disk_that_is_full_at_the_end_counts_the_loss_later(tmp_path: Path) -> None:
    """The journal is not over until what was lost with it is counted."""
    folder = journals.make(tmp_path / "1-1-a")
    first = opened(folder, FakeClock(), beside=[BACKUP])
    first.step()
    first.close()
    second = opened(folder, FakeClock())
    assert second.flush()
    second.outbox.connection.execute("PRAGMA query_only=ON")
    is_refused = not second.finish()
    second.outbox.connection.execute("PRAGMA query_only=OFF")

    assert is_refused
    assert second.finish()
    assert "dropped.destination_gone" in second.outbox.counts()
    second.close()
