"""The pipeline: what it stores is the same however often its process dies on the way."""

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from otel_agent.exporter.testing import FakeClock
from otel_agent.header import Header
from otel_agent.pipeline import Pipeline
from otel_agent.settings import Settings
from otel_agent.ways import Way
from tests import journals
from tests.lives import Life
from tests.pipelines import DESTINATIONS, Sent, finished, identity, opened, sent_of, settings_of

RECORDINGS = sorted(path.stem for path in journals.RECORDINGS.glob("*.ndjson"))
EVENTFUL = ("run_tools", "run_subagent", "run_cut", "run_e429", "serve_two_directories")


def prompt(number: int, text: str = "") -> str:
    """Return the line of a session's error, which gives one record."""
    error = {"name": "UnknownError", "data": {"message": text or f"number {number}"}}
    properties = {"sessionID": "ses_1", "error": error}
    event = {"id": f"evt_{number}", "type": "session.error", "properties": properties}
    return json.dumps({"t": 1_795_217_848_029 + number, "i": 0, "event": event})


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recording_is_folded_without_loss(tmp_path: Path, name: str) -> None:
    """No line of the real OpenCode is dropped, and something of each recording goes out."""
    sent = finished(journals.make(tmp_path / "1-1-a", name))

    assert {} == {reason: n for reason, n in sent.counts.items() if reason.startswith("dropped.")}
    assert sent.records
    assert sent.counts["events"] > 0


@pytest.mark.parametrize("name", EVENTFUL)
@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_kill_at_any_point_loses_and_doubles_nothing(name: str, data: st.DataObject) -> None:
    """Totals, start times and records are those of a run that nobody disturbed; no record comes twice."""
    with tempfile.TemporaryDirectory() as scratch:
        expected = finished(journals.make(Path(scratch) / "undisturbed" / "1-1-a", name))
        sent = sent_of_life(Path(scratch) / "1-1-a", name, data)

    assert expected.totals() == sent.totals()
    assert expected.told() == sent.told()
    assert {1} == set(sent.told().values())


def test_whole_numbers_stay_whole_after_a_take_over(tmp_path: Path) -> None:
    """A series does not change from int to double points when another agent goes on with it."""
    folder = journals.make(tmp_path / "1-1-a")
    first = finished(folder)
    journals.append(folder, "".join(f"{line}\n" for line in journals.lines_of("run_simple")))
    kinds = {identity(point): {type(point.value)} for point in first.points if point.value}
    for point in finished(folder).points:
        if point.value:
            kinds.setdefault(identity(point), set()).add(type(point.value))

    assert {1} == {len(found) for found in kinds.values()}


def sent_of_life(folder: Path, recording: str, data: st.DataObject, settings: Settings | None = None) -> Sent:
    """Return what is stored at the end of a life that is full of deaths."""
    with closing(Life(folder, recording, data, partial(opened, settings=settings)).live()) as outbox:
        return sent_of(outbox)


@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_delta_points_add_up_to_the_totals(data: st.DataObject) -> None:
    """However often they are stored, delta points are neither lost nor doubled by a kill."""
    with tempfile.TemporaryDirectory() as scratch:
        delta = settings_of(OPENCODE_OTLP_METRICS_TEMPORALITY="delta")
        expected = finished(journals.make(Path(scratch) / "undisturbed" / "1-1-a"), delta)
        sent = sent_of_life(Path(scratch) / "1-1-a", "run_tools", data, settings=delta)

    assert expected.sums() == sent.sums()


def test_zero_points_are_stored_before_the_first_points(tmp_path: Path) -> None:
    """Each cumulative series begins with ten zeros in a request before that of its first value."""
    sent = finished(journals.make(tmp_path / "1-1-a"))
    sums_at = [
        {identity(point): point.value for point in request if point.kind == "sum"} for request in sent.metrics
    ]

    assert 2 == len(sums_at)
    assert sums_at[0].keys() == sums_at[1].keys()
    assert {0} == set(sums_at[0].values())
    assert 0 not in sums_at[1].values()
    series = identity(next(point for point in sent.metrics[0] if point.kind == "sum"))
    assert 10 == sum(identity(point) == series for point in sent.metrics[0])


def test_requests_have_at_most_512_items(tmp_path: Path) -> None:
    """A busy journal gives several requests, and records are packed as soon as one is full."""
    folder = journals.make(tmp_path / "1-1-a")
    prompts = [prompt(number) for number in range(1300)]
    journals.append(folder, "".join(f"{line}\n" for line in prompts))

    pipeline = opened(folder, FakeClock())
    pipeline.step()
    sent = sent_of(pipeline.outbox)

    assert [512, 512] == [len(request) for request in sent.logs][:2]
    assert 0 == pipeline.outbox.connection.execute("SELECT count(*) FROM pending").fetchone()[0]
    pipeline.close()


def test_many_changed_series_are_stored_before_their_interval(tmp_path: Path) -> None:
    """A journal of many sessions, as after an outage of the agent, does not pile up in memory."""
    folder = journals.make(tmp_path / "1-1-a")
    for number in range(60):
        lines = [line.replace("ses_", f"ses_{number}") for line in journals.lines_of("run_simple")]
        lines = [line.replace("prt_", f"prt_{number}") for line in lines]
        journals.append(folder, "".join(f"{line.replace('msg_', f'msg_{number}')}\n" for line in lines))
    pipeline = opened(folder, FakeClock())
    while pipeline.step():
        continue
    stored = stored_signals(pipeline)
    pipeline.close()

    assert "metrics" in stored


def test_requests_are_at_most_one_mebibyte(tmp_path: Path) -> None:
    """Large records are packed fewer to a request."""
    folder = journals.make(tmp_path / "1-1-a")
    journals.append(folder, "".join(f"{prompt(n, 'y' * 90_000)}\n" for n in range(25)))

    sent = finished(folder)

    assert 3 <= len(sent.logs)
    assert max(sent.sizes) <= 1024 * 1024
    assert 25 == sum(record.name == "opencode.session.error" for record in sent.records)


def test_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A database that takes no more is waited for: nothing more is read, and all is stored afterwards."""
    expected = finished(journals.make(tmp_path / "undisturbed" / "1-1-a", "run_subagent"))
    pipeline = opened(journals.make(tmp_path / "1-1-a", "run_subagent"), FakeClock())
    pages = pipeline.outbox.connection.execute("PRAGMA page_count").fetchone()[0]
    pipeline.outbox.connection.execute(f"PRAGMA max_page_count={pages}")
    refused = [pipeline.step(), pipeline.step(), pipeline.finish(), pipeline.flush()]
    was_stuck = pipeline.is_stuck
    pipeline.outbox.connection.execute("PRAGMA max_page_count=100000")
    while pipeline.step():
        continue

    assert [True, False, False, False] == refused
    assert was_stuck
    assert pipeline.finish()
    sent = sent_of(pipeline.outbox)
    pipeline.close()
    assert (expected.totals(), expected.told()) == (sent.totals(), sent.told())


def test_disk_that_fills_while_records_are_packed_loses_nothing(tmp_path: Path) -> None:
    """The records stay where they are until there is room for their request."""
    pipeline = opened(journals.make(tmp_path / "1-1-a"), FakeClock())
    pipeline.step()
    pipeline.outbox.connection.execute("PRAGMA query_only=ON")
    is_refused = not pipeline.flush()
    pipeline.outbox.connection.execute("PRAGMA query_only=OFF")

    assert is_refused
    assert pipeline.finish()
    assert finished(journals.make(tmp_path / "b" / "1-1-a")).told() == sent_of(pipeline.outbox).told()
    pipeline.close()


def test_finished_journal_does_nothing_twice(tmp_path: Path) -> None:
    """Whoever finishes a finished journal again stores nothing more."""
    folder = journals.make(tmp_path / "1-1-a", "run_cut")
    first = finished(folder)
    again = finished(folder)

    assert first == again


def test_resource_has_opencodes_version_as_soon_as_it_is_known(tmp_path: Path) -> None:
    """What is stored before the version is known goes without it; what comes later has it."""
    folder = tmp_path / "1-1-a"
    folder.mkdir()
    lines = [line for line in journals.lines_of("resume") if '"opencode":{' not in line]
    lines = [line.replace('"version":"1.18.33",', "") for line in lines]
    journals.write(folder, 0, [journals.header("1-1-a"), *lines[:12]])
    clock = FakeClock()
    pipeline = opened(folder, clock)
    pipeline.step()
    pipeline.flush()
    journals.append(folder, '{"t":1,"opencode":{"version":"9.9.9"}}\n')
    journals.append(folder, "".join(f"{line}\n" for line in lines[12:]))
    pipeline.step()
    pipeline.finish()
    versions = [record.resource.get("service.version") for record in sent_of(pipeline.outbox).records]
    pipeline.close()

    assert {None, "9.9.9"} == set(versions)
    assert versions == sorted(versions, key=lambda version: version is not None)


def test_requests_wait_for_their_interval(tmp_path: Path) -> None:
    """Records go out after the logs interval, points after that of metrics; nothing goes out early."""
    clock = FakeClock()
    pipeline = opened(journals.make(tmp_path / "1-1-a"), clock)
    pipeline.step()
    stored = [stored_signals(pipeline)]
    for seconds in (4.9, 0.2, 54.8, 0.2):
        clock.advance(seconds)
        pipeline.step()
        stored.append(stored_signals(pipeline))
    pipeline.close()

    slow = {"logs", "traces"}
    assert [set(), set(), slow, slow, slow | {"metrics"}] == stored


def stored_signals(pipeline: Pipeline) -> set[str]:
    """Return the signals of the stored requests."""
    rows = pipeline.outbox.connection.execute("SELECT DISTINCT signal FROM requests").fetchall()
    return {row[0] for row in rows}


@pytest.mark.parametrize(
    ("environ", "signals"),
    [
        ({}, {"logs", "metrics", "traces"}),
        ({"OTEL_LOGS_EXPORTER": "none"}, {"metrics", "traces"}),
        ({"OPENCODE_DISABLE_LOGS": "1"}, {"metrics", "traces"}),
        ({"OTEL_METRICS_EXPORTER": "none"}, {"logs", "traces"}),
        ({"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}, {"traces"}),
        ({"OTEL_TRACES_EXPORTER": "none"}, {"logs", "metrics"}),
        ({"OPENCODE_DISABLE_TRACES": "all", "OPENCODE_DISABLE_LOGS": "1"}, {"metrics"}),
    ],
)
def test_signal_that_is_off_is_not_stored(tmp_path: Path, environ: dict[str, str], signals: set[str]) -> None:
    """No request is made for a signal that has no delivery."""
    pipeline = opened(journals.make(tmp_path / "1-1-a"), FakeClock(), settings_of(**environ))
    pipeline.step()
    pipeline.finish()
    stored = stored_signals(pipeline)
    pipeline.close()

    assert signals == stored


def test_disabled_metric_is_not_stored(tmp_path: Path) -> None:
    """A metric that is off has no points, the others have."""
    folder = journals.make(tmp_path / "1-1-a")
    sent = finished(folder, settings_of(OPENCODE_DISABLE_METRICS="cost.usage"))
    names = {point.name for point in sent.points}

    assert ("opencode.cost.usage" in names, "opencode.token.usage" in names) == (False, True)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "null",
        '{"t":"x"}',
        '{"t":1,"i":0,"event":{"type":"session.error","properties":7}}',
        '{"t":1e300,"i":0}',
        prompt(0).replace("1795217848029", "123456789012345678901234567890"),
        "[" * 50_000,
        '{"t":1,"journal":{"id":1}}',
    ],
)
def test_broken_line_costs_only_itself(tmp_path: Path, line: str) -> None:
    """A line that cannot be used is counted, and all others are folded as if it were not there."""
    expected = finished(journals.make(tmp_path / "undisturbed" / "1-1-a"))
    folder = tmp_path / "1-1-a"
    folder.mkdir()
    lines = journals.lines_of("run_tools")
    journals.write(folder, 0, [journals.header("1-1-a"), *lines[:20], line, *lines[20:]])
    sent = finished(folder)

    assert expected.totals() == sent.totals()
    assert expected.told() == sent.told()
    assert 1 == sum(number for reason, number in sent.counts.items() if reason.startswith("dropped."))


def test_empty_line_is_no_loss(tmp_path: Path) -> None:
    """The plugin begins a line anew after one that a full disk cut."""
    folder = journals.make(tmp_path / "1-1-a")
    journals.append(folder, "\n\n")

    assert not [name for name in finished(folder).counts if name.startswith("dropped.")]


def test_lines_that_were_cut_or_lost_are_counted(tmp_path: Path) -> None:
    """The last line of a killed writer, and those that the plugin could not write, are named by reason."""
    folder = journals.make(tmp_path / "1-1-a")
    journals.append(folder, '{"t":1,"lost":{"lines":3}}\n{"t":1,"i":0,"event":{"id":"e')
    first = finished(folder)
    again = finished(folder)
    dropped = {name: number for name, number in first.counts.items() if name.startswith("dropped.")}

    assert {"dropped.journal_write_failed": 3, "dropped.truncated_line": 1} == dropped
    assert first.counts == again.counts


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths_of(value: object) -> list[tuple[object, ...]]:
    """Return the paths to all values inside a value."""
    pairs = list(value.items()) if isinstance(value, dict) else []
    return [(key, *rest) for key, inner in pairs for rest in [(), *paths_of(inner)]]


def changed(line: str, data: st.DataObject) -> str:
    """Return a line with one value in it replaced by another one."""
    tree: Any = json.loads(line)
    *path, last = data.draw(st.sampled_from(paths_of(tree)))
    holder = tree
    for key in path:
        holder = holder[key]
    huge = st.sampled_from([2**63, 2**64, -(2**70), 10**400, 1e308, -1, "", "\ud800", [[]]])
    holder[last] = data.draw(JSON | huge)
    return json.dumps(tree)


@settings(max_examples=60, deadline=None, phases=[Phase.generate, Phase.shrink])
@given(data=st.data())
def test_no_value_in_an_event_ends_the_agent(data: st.DataObject) -> None:
    """Whatever stands in a field, the journal is folded to its end, and can be taken up again."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "1-1-a"
        folder.mkdir()
        lines = journals.lines_of(data.draw(st.sampled_from(EVENTFUL)))
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(lines) - 1))
            lines[at] = changed(lines[at], data)
        journals.write(folder, 0, [journals.header("1-1-a"), *lines])
        first = finished(folder)
        again = finished(folder)

    assert first.counts == again.counts
    assert len(first.records) == len({record.attributes["log.record.uid"] for record in first.records})


def test_places_of_a_helper_are_those_of_the_first_directory(tmp_path: Path) -> None:
    """A headers helper's path may name the project, which the first instance tells; later agents know it."""
    folder = journals.make(tmp_path / "1-1-a")
    pipeline = opened(folder, FakeClock())
    before = dict(pipeline.places)
    pipeline.step()
    pipeline.close()
    later = opened(folder, FakeClock())
    later.close()

    assert {} == before
    expected = dict.fromkeys(("PROJECT_ROOT", "WORKTREE", "DIRECTORY"), "/home/dev/project")
    assert (expected, expected) == (pipeline.places, later.places)


def test_read_segments_are_deleted_when_they_are_folded(tmp_path: Path) -> None:
    """A segment goes when the position has left it, also when it was read by an earlier pipeline."""
    folder = journals.make(tmp_path / "1-1-a")
    pipeline = opened(folder, FakeClock())
    pipeline.step()
    shutil.copy(folder / "0.ndjson", tmp_path / "old")
    journals.write(folder, 1, [journals.header("1-1-a")])
    pipeline.step()
    pipeline.close()

    assert ["1.ndjson"] == [path.name for path in folder.glob("*.ndjson")]


def test_segment_that_cannot_be_deleted_is_not_folded_again(tmp_path: Path) -> None:
    """What was committed stays committed: nothing of it is counted twice."""
    folder = journals.make(tmp_path / "1-1-a", "run_tools")
    pipeline = opened(folder, FakeClock())
    while pipeline.step():
        continue
    events = pipeline.outbox.counts()["events"]
    (folder / "0.ndjson").unlink()
    (folder / "0.ndjson").mkdir()
    journals.write(folder, 1, [journals.header("1-1-a"), *journals.lines_of("run_commit")])
    while pipeline.step():
        continue
    added = pipeline.outbox.counts()["events"] - events
    pipeline.close()

    assert sum('"event"' in line for line in journals.lines_of("run_commit")) == added


def test_database_that_is_none_is_an_error(tmp_path: Path) -> None:
    """A broken database is told of by SQLite's own error, for the agent to judge."""
    folder = journals.make(tmp_path / "1-1-a")
    (folder / "agent.db").write_bytes(b"no database" * 1000)

    with pytest.raises(sqlite3.DatabaseError):
        Pipeline(
            folder,
            Header(id="1-1-a"),
            [Way(settings=settings_of(), destinations=DESTINATIONS)],
            observer=None,
            now_ms=lambda: 0,
        )


def test_channels_of_attributes_stay_apart(tmp_path: Path) -> None:
    """Resource attributes are on the Resource, metric attributes on points, span attributes on neither."""
    environ = {
        "OPENCODE_RESOURCE_ATTRIBUTES": "of_resource=1",
        "OTEL_RESOURCE_ATTRIBUTES": "of_standard=1",
        "OPENCODE_METRIC_ATTRIBUTES": "of_metric=1",
        "OPENCODE_SPAN_ATTRIBUTES": "of_span=1",
    }
    sent = finished(journals.make(tmp_path / "1-1-a"), settings_of(**environ))
    channels = {
        "resource": {key for one in (*sent.points, *sent.records) for key in one.resource},
        "points": {key for point in sent.points for key in point.attributes},
        "records": {key for record in sent.records for key in record.attributes},
    }

    assert {"resource": {"of_resource", "of_standard"}, "points": {"of_metric"}, "records": set()} == {
        name: {key for key in keys if key.startswith("of_")} for name, keys in channels.items()
    }


@pytest.mark.parametrize(
    ("environ", "has_points", "has_records"),
    [
        ({"OTEL_METRICS_EXPORTER": "none"}, False, True),
        ({"OTEL_LOGS_EXPORTER": "none"}, True, False),
        ({"OPENCODE_DISABLE_LOGS": "1"}, True, False),
        ({"OPENCODE_DISABLE_TRACES": "all"}, True, True),
    ],
)
def test_each_signal_has_its_switch(
    tmp_path: Path, environ: dict[str, str], *, has_points: bool, has_records: bool
) -> None:
    """What is off is not sent, and the others are."""
    sent = finished(journals.make(tmp_path / "1-1-a"), settings_of(**environ))

    assert (has_points, has_records) == (bool(sent.points), bool(sent.records))
