"""The agent as a real process: it owns a journal, delivers it, takes over others, and leaves in time."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.exporter.outbox import FILE_NAME, Backlog, Outbox
from otel_agent.owners import Lock, lock_holder
from otel_agent.receipts import Receipt
from otel_agent.routes import KEY_FILE, fingerprint
from otel_agent.settings import Protocol, Signal
from otel_agent.sink.server import Sink
from tests import journals, pipelines
from tests.agents import EXIT_WAIT_S, World, arrived, expected, settings_for, totals, uids

HEADERS = "OPENCODE_OTLP_HEADERS"
QUICK = {"OPENCODE_OTLP_LOGS_INTERVAL": "1", "OPENCODE_OTLP_METRICS_INTERVAL": "1"}


def backlog(folder: Path) -> Backlog:
    """Return what waits in a journal."""
    outbox = Outbox(folder / FILE_NAME, is_read_only=True)
    found = outbox.backlog()
    outbox.close()
    return found


def receipt(world: World) -> Receipt:
    """Return the one receipt that there is."""
    [found] = receipts.read(world.host_dir)
    return found


@pytest.mark.parametrize("protocol", Protocol)
def test_ended_journal_is_delivered_and_removed(
    tmp_path: Path, world: World, sink: Sink, protocol: Protocol
) -> None:
    """At the end of input all of it arrives, once, and only the receipt stays."""
    sent = expected(tmp_path / "1-1-a", "run_subagent")
    folder = world.journal("1-1-a", "run_subagent", settings=settings_for(sink, protocol))

    assert (0, "") == world.run(folder)

    found = arrived(sink)
    assert (totals(sent), uids(sent)) == (totals(found), uids(found))
    assert [receipts.FOLDER] == [path.name for path in world.host_dir.iterdir()]
    assert len(sent.records) == receipt(world).counts["delivered.items.logs"]


def test_living_writers_journal_stays_for_the_next_agent(tmp_path: Path, world: World, sink: Sink) -> None:
    """A writer that paused goes on in its journal, with the same series; the journal goes in the end."""
    sent = expected(tmp_path / "1-1-a", "run_subagent")
    lines = journals.lines_of("run_subagent")
    with subprocess.Popen(["sleep", "60"]) as writer:
        fields = {**journals.living_of(writer.pid), "settings": settings_for(sink)}
        folder = world.journal("1-1-a", **fields)
        journals.write(folder, 0, [journals.header("1-1-a", **fields), *lines[:40]])
        first = world.run(folder)
        early = len(arrived(sink).records)
        journals.append(folder, "".join(f"{line}\n" for line in lines[40:]))
        second = world.run(folder)
        is_left = folder.exists()
        writer.kill()
    third = world.run(world.journal("2-1-b", "run_simple", settings=settings_for(sink)))

    found = arrived(sink)
    assert [(0, "")] * 3 == [first, second, third]
    assert (0 < early < len(sent.records), is_left, folder.exists()) == (True, True, False)
    assert set(uids(sent)) <= set(uids(found))
    assert len(uids(found)) == len(set(uids(found)))
    assert totals(sent).items() <= totals(found).items()


def test_killed_agents_lose_and_double_nothing(tmp_path: Path, world: World, sink: Sink) -> None:
    """Agents that are killed at any moment while the journal grows: the sums are exact in the end."""
    sent = expected(tmp_path / "1-1-a", "demo")
    seed = random.randrange(2**32)  # noqa: S311 - chooses moments
    print(f"seed {seed}")  # noqa: T201 - whoever sees this test fail wants to see it fail again
    chance = random.Random(seed)  # noqa: S311 - chooses moments
    lines = journals.lines_of("demo")
    settings = {**settings_for(sink), **QUICK}
    folder = world.journal("1-1-a", settings=settings)
    header = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()[0]
    journals.write(folder, 0, [header])
    while lines:
        agent = world.start(folder, poll_s=0.01)
        for _ in range(4):
            count = chance.randrange(1, 12)
            batch, lines = lines[:count], lines[count:]
            journals.append(folder, "".join(f"{line}\n" for line in batch))
            time.sleep(chance.uniform(0.0, 0.3))
        agent.kill()
        agent.communicate()
    last = world.run(folder)

    found = arrived(sink)
    assert (0, "") == last
    assert totals(sent) == totals(found)
    assert set(uids(sent)) == set(uids(found))
    assert not folder.exists()


def test_locked_journal_is_left_to_its_agent(world: World) -> None:
    """A second agent of a journal ends at once with 75."""
    folder = world.journal("1-1-a")
    lock = Lock(folder)
    lock.take()

    assert (75, "") == world.run(folder)
    lock.release()


def test_invalid_settings_end_the_agent_with_a_receipt(world: World) -> None:
    """The exit code is 2, the receipt has every problem, and the journal that nobody could send is gone."""
    settings = {**journals.ON, "OPENCODE_OTLP_ENDPOINT": "x", "OPENCODE_OTEL_LOG_LEVEL": "y"}
    folder = world.journal("1-1-a", settings=settings)

    code, said = world.run(folder)

    assert 2 == code
    assert "OPENCODE_OTLP_ENDPOINT" in said
    assert 2 == len(receipt(world).problems)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("first", "words"),
    [("nonsense", "expected a header"), (journals.header("a", format=2), "expected format 1, got 2")],
)
def test_journal_without_a_usable_header_ends_the_agent(world: World, first: str, words: str) -> None:
    """It says what is wrong once, and is left as it is for a version that can read it."""
    folder = world.journal("1-1-a")
    journals.write(folder, 0, [first])

    code, said = world.run(folder, header_wait_s=0.1)

    assert 1 == code
    assert words in said
    assert folder.exists()


def test_missing_folder_ends_the_agent(world: World) -> None:
    """The plugin may try again later."""
    code, said = world.run(world.host_dir / "none")

    assert (1, "otel-agent: ") == (code, said[:12])


def test_damaged_database_is_set_aside_and_built_again(tmp_path: Path, world: World, sink: Sink) -> None:
    """Everything that the segments have arrives; the log and the receipt say what happened."""
    sent = expected(tmp_path / "1-1-a", "run_tools")
    folder = world.journal("1-1-a", settings=settings_for(sink))
    (folder / FILE_NAME).write_bytes(b"no database" * 1000)

    assert (0, "") == world.run(folder)
    found = arrived(sink)
    assert (totals(sent), uids(sent)) == (totals(found), uids(found))
    assert 1 == receipt(world).counts["databases_set_aside"]
    assert "was damaged and is set aside as agent.db.corrupt-" in (receipt(world).last_error or "")
    assert "database_set_aside" in world.log()


def test_backend_that_is_down_holds_nobody(world: World, sink: Sink) -> None:
    """The agent leaves within its time, and everything waits for the next one, which delivers it."""
    sink.stop()
    folder = world.journal("1-1-a", settings=settings_for(sink))
    first = world.run(folder, drain_s=2.0)
    waiting = backlog(folder)
    sink.start()
    outbox = Outbox(folder / FILE_NAME)
    outbox.connection.execute("UPDATE requests SET not_before_ms=0")
    outbox.close()
    second = world.run(folder)

    assert [(0, "")] * 2 == [first, second]
    assert waiting.requests == 4
    assert "connection refused" in (waiting.last_error or "")
    assert not folder.exists()
    assert arrived(sink).records


@pytest.mark.parametrize("protocol", Protocol)
def test_server_that_hangs_cannot_hold_the_process(world: World, sink: Sink, protocol: Protocol) -> None:
    """A request under way is left alone when the time is over; it stays stored."""
    sink.hang(60.0, 10)
    settings = {**settings_for(sink, protocol), "OTEL_EXPORTER_OTLP_TIMEOUT": "60000"}
    folder = world.journal("1-1-a", settings=settings)
    begin_s = time.monotonic()

    assert (0, "") == world.run(folder, drain_s=0.3)
    assert time.monotonic() - begin_s < EXIT_WAIT_S / 2
    assert 4 == backlog(folder).requests


def test_terminated_agent_stores_and_leaves(world: World, sink: Sink) -> None:
    """On SIGTERM what was folded becomes requests, and the lock is free; nothing is waited for."""
    sink.hang(60.0, 10)
    folder = world.journal("1-1-a", **journals.living(), settings=settings_for(sink))
    agent = world.start(folder)
    assert wait_until(lambda: (folder / FILE_NAME).exists() and "agent_started" in world.log())
    agent.send_signal(signal.SIGTERM)

    assert 0 == agent.wait(EXIT_WAIT_S)
    assert lock_holder(folder) is None
    assert backlog(folder).requests
    assert "is_stopped=True" in world.log()


def wait_until(is_true: Callable[[], bool], timeout_s: float = EXIT_WAIT_S) -> bool:
    """Wait until something is true; False when the time is over before."""
    deadline_s = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.01)
    return True


def test_folder_that_is_deleted_ends_its_agent(world: World) -> None:
    """Whoever deletes a journal under its agent gets an agent that ends, not one that fails for ever."""
    folder = world.journal("1-1-a", **journals.living())
    agent = world.start(folder)
    assert wait_until(lambda: "agent_started" in world.log())
    folder.rename(world.root / "elsewhere")

    assert 0 == agent.wait(EXIT_WAIT_S)


def secret_journal(world: World, name: str, sink: Sink, secret: str, recording: str) -> Path:
    """Make a journal of a project with an endpoint and a secret of its own."""
    key_file = world.state_dir / KEY_FILE
    if not key_file.exists():
        key_file.write_bytes(b"k" * 32)
    credentials = {HEADERS: fingerprint(key_file.read_bytes(), secret)}
    return world.journal(name, recording, settings=settings_for(sink), credentials=credentials)


def test_adopted_journal_goes_to_its_own_backend_with_its_own_secret(tmp_path: Path, world: World) -> None:
    """Nothing of one project reaches another project's backend; without its secret it waits and says so."""
    with Sink(required_headers={"token": "a"}) as first, Sink(required_headers={"token": "b"}) as second:
        left = secret_journal(world, "1-1-a", first, "token=a", "run_edit")
        world.environ[HEADERS] = "token=b"
        code = world.run(secret_journal(world, "2-1-b", second, "token=b", "run_simple"))[0]
        waiting, reached = backlog(left), [len(first.attempts()), len(arrived(second).records)]
        simple = expected(tmp_path / "2-1-b", "run_simple")
        world.environ[HEADERS] = "token=a"
        world.run(secret_journal(world, "3-1-c", first, "token=a", "run_simple"))

        assert 0 == code
        assert [0, len(simple.records)] == reached
        assert waiting.requests > 0
        assert f"waits for {HEADERS} with the value that it had when OpenCode ran" == waiting.last_error
        assert not left.exists()
        assert len(uids(expected(tmp_path / "1-1-a", "run_edit"))) + len(simple.records) == len(
            arrived(first).records
        )
        assert {"b"} == {one.headers["token"] for one in second.attempts()}


def test_journal_is_adopted_once_by_agents_that_start_together(world: World, sink: Sink) -> None:
    """Three agents find five orphans; each orphan is delivered by one of them."""
    for number in range(5):
        world.journal(f"{number}-1-a", settings=settings_for(sink))
    alive = {**journals.living(), "settings": settings_for(sink)}
    own = [world.journal(f"9-1-{letter}", "run_simple", **alive) for letter in "abc"]
    running = [world.start(folder) for folder in own]
    assert wait_until(lambda: len(receipts.read(world.host_dir)) == 5)
    for agent in running:
        assert agent.stdin is not None
        agent.stdin.close()
    codes = [agent.wait(EXIT_WAIT_S) for agent in running]
    instances = [point.resource["service.instance.id"] for point in sink.metric_points()]

    assert [0, 0, 0] == codes
    assert 5 == world.log().count("journal_adopted")
    assert {receipts.FOLDER, *(folder.name for folder in own)} == {
        path.name for path in world.host_dir.iterdir()
    }
    assert {1} == {instances.count(f"{n}-1-a") // instances.count("0-1-a") for n in range(5)}


def test_journals_of_living_writers_and_other_hosts_are_left_alone(world: World, sink: Sink) -> None:
    """An agent takes over what is surely nobody's, and touches nothing else, not even the lock."""
    living = world.journal("1-1-a", **journals.living(), settings=settings_for(sink))
    foreign = world.journal("2-1-b", host="another", settings=settings_for(sink))

    world.run(world.journal("3-1-c", "run_simple", settings=settings_for(sink)))

    assert [["0.ndjson"], ["0.ndjson"]] == [
        [path.name for path in folder.iterdir()] for folder in (living, foreign)
    ]


def test_broken_neighbours_do_not_end_the_agent(tmp_path: Path, world: World, sink: Sink) -> None:
    """Journals with an unusable database, header or settings, and other files, cost a line in the log."""
    broken = world.journal("1-1-a", settings=settings_for(sink))
    (broken / FILE_NAME).mkdir()
    journals.write(world.journal("2-1-b"), 0, ["{"])
    invalid = world.journal("3-1-c", settings={**journals.ON, "OPENCODE_OTLP_ENDPOINT": "x"})
    (world.host_dir / "a file").write_text("", encoding="utf-8")

    code, said = world.run(world.journal("4-1-d", "run_simple", settings=settings_for(sink)))

    assert (0, "") == (code, said)
    assert len(arrived(sink).records) == len(expected(tmp_path / "4-1-d", "run_simple").records)
    assert 4 == world.log().count("journal_not_adopted")
    assert (True, False) == (broken.exists(), invalid.exists())


def test_neighbour_of_another_version_does_not_end_the_agent(
    tmp_path: Path, world: World, sink: Sink
) -> None:
    """State that this version cannot read stays for the one that can; our own journal is delivered."""
    old = world.journal("1-1-a", settings=settings_for(sink))
    pipelines.finished(old)
    with closing(sqlite3.connect(old / FILE_NAME)) as database, database:
        database.execute("UPDATE series SET state=x'00', is_changed=1")
        database.execute("UPDATE meta SET value='another' WHERE key='agent'")

    code, said = world.run(world.journal("2-1-b", "run_simple", settings=settings_for(sink)))

    assert (0, "") == (code, said)
    assert len(arrived(sink).records) == len(expected(tmp_path / "2-1-b", "run_simple").records)
    assert (old / FILE_NAME).exists()


def test_leftovers_of_a_deleted_journal_are_swept(world: World, sink: Sink) -> None:
    """What a killed agent left of a folder goes after an hour; a folder of others, or a young one, stays."""
    names = {"1-1-old": FILE_NAME, "2-1-young": FILE_NAME, "3-1-others": "notes.txt"}
    for name, file in names.items():
        (world.host_dir / name).mkdir()
        (world.host_dir / name / file).touch()
    (world.host_dir / "1-1-old" / "agent.db.corrupt-7").touch()
    for name in ("1-1-old", "3-1-others"):
        os.utime(world.host_dir / name, (0, 0))

    world.run(world.journal("4-1-a", "run_simple", settings=settings_for(sink)))

    assert ["2-1-young", "3-1-others"] == [name for name in names if (world.host_dir / name).exists()]


def test_journals_whose_backend_is_gone_do_not_hold_up_others(world: World, sink: Sink) -> None:
    """However many journals wait for a backend that is gone, a later one of another is delivered."""
    gone = {**settings_for(sink), "OPENCODE_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    for number in range(1, 4):
        world.journal(f"{number}-1-a", "run_simple", settings=gone)
    late = world.journal("4-1-a", "run_simple", settings=settings_for(sink))
    own = world.journal("5-1-a", "run_simple", **{**journals.living(), "settings": settings_for(sink)})

    world.start(own, adopt_every_s=0.1, max_adopted=2)

    assert wait_until(lambda: not late.exists())


def test_requests_that_have_waited_for_too_long_are_dropped(world: World, sink: Sink) -> None:
    """After an outage that was longer than the age cap nothing is left; receipt and backend are told why."""
    sink.stop()
    folder = world.journal("1-1-a", settings=settings_for(sink))
    world.run(folder, drain_s=0.3)
    later_ms = int(time.time() * 1000) + 8_000
    with closing(Outbox(folder / FILE_NAME)) as outbox:
        outbox.connection.execute("UPDATE requests SET created_ms=0, not_before_ms=?", (later_ms,))
        (items,) = outbox.connection.execute("SELECT sum(items) FROM requests").fetchone()
    sink.start()

    assert (0, "") == world.run(folder)
    assert not folder.exists()
    told = [point.value for point in sink.metric_points() if point.name == "otel_agent.dropped"]
    assert items == told[-1]
    assert items == receipt(world).counts["dropped.outbox_age"]
    assert "reason='outbox_age'" in world.log()


def test_state_directory_has_no_secret(world: World, sink: Sink) -> None:
    """Neither the journal, the outbox, the log nor a receipt contains a header's value."""
    secret = "s3cr3t-marked"
    world.environ[HEADERS] = f"authorization=Bearer {secret}"
    sink.require({"authorization": "another"})
    folder = secret_journal(world, "1-1-a", sink, world.environ[HEADERS], "run_simple")
    world.run(folder, drain_s=5.0)
    files = [path for path in world.state_dir.rglob("*") if path.is_file()]

    assert {FILE_NAME, "agent.log"} <= {path.name for path in files}
    assert "Bearer" in sink.attempts()[0].headers["authorization"]
    assert [] == [path.name for path in files if secret.encode() in path.read_bytes()]


def test_what_of_a_projects_file_does_not_count_is_logged(world: World, sink: Sink) -> None:
    """Names that it may not set, and a value that cannot be read; everything is delivered all the same."""
    settings = {**settings_for(sink), "OTEL_RESOURCE_ATTRIBUTES": "no list"}
    folder = world.journal(
        "1-1-a", settings=settings, project=["OTEL_RESOURCE_ATTRIBUTES"], ignored=["OPENCODE_OTLP_ENDPOINT"]
    )

    code, said = world.run(folder)

    assert (0, "") == (code, said)
    assert sink.metric_points()
    assert "project_settings_ignored" in world.log()
    assert "names='OPENCODE_OTLP_ENDPOINT'" in world.log()
    assert "OTEL_RESOURCE_ATTRIBUTES: expected a list k=v,k2=v2, got entry 1 without `=`" in world.log()


def test_credentials_of_the_users_file_are_used(world: World, sink: Sink) -> None:
    """Who keeps them there needs none in the environment, also to deliver what another process has left."""
    file = world.root / ".config" / "otel-agent" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'{HEADERS} = "x-key=from-the-file"\n', encoding="utf-8")
    file.chmod(0o600)
    sink.require({"x-key": "from-the-file"})
    folder = secret_journal(world, "1-1-a", sink, "x-key=from-the-file", "run_simple")

    code, _ = world.run(folder)

    assert 0 == code
    assert sink.metric_points()
    assert "from-the-file" not in world.log()


def test_log_has_no_path_and_no_prompt(world: World, sink: Sink) -> None:
    """What went wrong is told without saying where a person's files are or what he wrote."""
    sink.stop()
    settings = {**settings_for(sink), "OPENCODE_LOG_PROMPTS": "1", "OPENCODE_OTEL_LOG_LEVEL": "debug"}
    folder = world.journal("1-1-a", "run_content", settings=settings)
    broken = world.journal("0-1-a")
    (broken / FILE_NAME).mkdir()
    world.run(folder, drain_s=0.3)
    prompts = [
        part["text"]
        for line in journals.lines_of("run_content")
        if (part := json.loads(line).get("event", {}).get("properties", {}).get("part", {})).get("text")
    ]

    assert prompts
    assert "journal_not_adopted" in world.log()
    assert [] == [text for text in [*prompts, str(world.root), "/home"] if text in world.log()]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's memory")
@pytest.mark.parametrize("protocol", Protocol)
def test_agent_stays_small(world: World, sink: Sink, protocol: Protocol) -> None:
    """An agent runs beside every OpenCode: after a delivery it holds no more than 64 MB."""
    folder = world.journal(
        "1-1-a", "demo", **{**journals.living(), "settings": {**settings_for(sink, protocol), **QUICK}}
    )

    agent = world.start(folder)
    assert wait_until(lambda: {one.signal for one in sink.attempts()} == set(Signal))
    told = Path(f"/proc/{agent.pid}/status").read_text(encoding="utf-8")
    resident_kib = int(next(line for line in told.splitlines() if line.startswith("VmRSS")).split()[1])

    assert resident_kib <= 64 * 1024


def test_line_is_committed_within_a_second(world: World, sink: Sink) -> None:
    """What OpenCode wrote is safe from the agent's death soon after."""
    folder = world.journal("1-1-a", "demo", **{**journals.living(), "settings": settings_for(sink)})
    world.start(folder)
    assert wait_until(lambda: "agent_started" in world.log() and events(folder) > 0)
    before = events(folder)
    journals.append(folder, "".join(f"{line}\n" for line in journals.lines_of("run_simple")))

    assert wait_until(lambda: events(folder) > before, timeout_s=1.0)


def events(folder: Path) -> int:
    """Return how many events of a journal are committed."""
    outbox = Outbox(folder / FILE_NAME, is_read_only=True)
    found = outbox.counts().get("events", 0)
    outbox.close()
    return found


def test_wrong_arguments_are_told(world: World) -> None:
    """The command says how it is used."""
    done = subprocess.run(
        [sys.executable, "-m", "otel_agent", "run", "--folder", str(world.root)],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )

    assert (2, b"usage: otel-agent run --journal FOLDER\n") == (done.returncode, done.stderr)
