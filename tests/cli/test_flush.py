"""`flush` as a real process: what nobody works on goes out now, the rest is waited for and explained."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.owners import lock_holder
from otel_agent.routes import KEY_FILE, fingerprint
from otel_agent.settings import Protocol
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import World, arrived, expected, settings_for, uids

LIMIT_S = 60.0
HEADERS = "OPENCODE_OTLP_HEADERS"
QUICK = {"OPENCODE_OTLP_LOGS_INTERVAL": "1", "OPENCODE_OTLP_METRICS_INTERVAL": "1"}
KEY = b"k" * 32
UNPRIVILEGED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.getuid() == 0 else ()
"""What makes root obey the rights of files."""


def started(
    world: World, *arguments: str, before: tuple[str, ...] = (), **environ: str
) -> "subprocess.Popen[str]":
    """Start the command in a shell with this environment."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "otel_agent", "flush", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=world.root,
        env={
            "HOME": str(world.root),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "OPENCODE_OTEL_STATE_DIR": str(world.state_dir),
            **environ,
        },
    )


def flush(world: World, *arguments: str, before: tuple[str, ...] = (), **environ: str) -> tuple[int, str]:
    """Run the command to its end; return its exit code and what it printed."""
    with started(world, *arguments, before=before, **environ) as running:
        out, err = running.communicate(timeout=LIMIT_S)
    return running.returncode, out + err


def rotated(world: World, name: str, sink: Sink, protocol: Protocol = Protocol.HTTP_PROTOBUF) -> Path:
    """Make a journal that was written with a key which has changed since."""
    (world.state_dir / KEY_FILE).write_bytes(KEY)
    credentials = {HEADERS: fingerprint(KEY, "x-key=old")}
    return world.journal(name, settings=settings_for(sink, protocol), credentials=credentials)


def requests(folder: Path) -> int:
    """Return how many requests wait in a journal."""
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        return outbox.backlog().requests


@pytest.mark.parametrize("protocol", Protocol)
def test_left_journals_are_delivered(tmp_path: Path, world: World, sink: Sink, protocol: Protocol) -> None:
    """What nobody works on is folded to its end and arrives once; the folders go."""
    sent = uids(expected(tmp_path / "1-1-a", "run_tools"))
    folders = [world.journal(name, settings=settings_for(sink, protocol)) for name in ("1-1-a", "2-1-b")]

    code, said = flush(world)

    assert (0, "Nothing waits") == (code, said.splitlines()[-1])
    assert f"{2 * len(sent)} log records" in said
    assert said.splitlines()[0].endswith("of 2 journals")
    assert 2 * len(sent) == len(uids(arrived(sink)))
    assert [False, False] == [folder.exists() for folder in folders]


def test_without_journals_there_is_nothing_to_do(tmp_path: Path) -> None:
    """Not even a state directory has to be there."""
    world = World(tmp_path)

    assert (0, "There is no journal, so nothing waits\n") == flush(world)
    assert not world.state_dir.exists()


@pytest.mark.parametrize("protocol", Protocol)
def test_rotated_key_waits_and_is_adopted_when_asked(world: World, sink: Sink, protocol: Protocol) -> None:
    """Without --adopt nothing is tried; with it today's key is sent instead of the old one."""
    sink.require({"x-key": "new"})
    today = {**settings_for(sink, protocol), HEADERS: "x-key=new"}
    folder = rotated(world, "1-1-a", sink, protocol)
    kept_back, waiting, tried = flush(world, **today), requests(folder), len(sink.attempts())
    adopted = flush(world, "--adopt", **today)

    assert (1, 0) == (kept_back[0], tried)
    assert f"{HEADERS} has another value here than when OpenCode ran" in kept_back[1]
    assert f"otel-agent flush --adopt sends them with today's value of {HEADERS}" in kept_back[1]
    assert f"{waiting} requests wait for {protocol.value} to " in kept_back[1]
    assert (0, "Nothing waits") == (adopted[0], adopted[1].splitlines()[-1])
    assert {"new"} == {one.headers["x-key"] for one in sink.attempts()}
    assert not folder.exists()


def test_key_is_adopted_for_no_server_but_this_shells(world: World, sink: Sink) -> None:
    """What waits for another server than the one that this shell names is told, and the key stays here."""
    folder = rotated(world, "1-1-a", sink)
    with Sink() as other:
        code, said = flush(world, "--adopt", **settings_for(other), **{HEADERS: "x-key=new"})

        assert (1, [], []) == (code, sink.attempts(), other.attempts())
    assert f"{HEADERS} is not for that server" in said
    assert "set OPENCODE_OTLP_ENDPOINT for that server and run otel-agent flush --adopt" in said
    assert requests(folder) > 0


def test_adoption_says_which_variable_is_missing(world: World, sink: Sink) -> None:
    """A variable of the journal that is not set today keeps its requests waiting."""
    folder = rotated(world, "1-1-a", sink)

    code, said = flush(world, "--adopt")

    assert (1, []) == (code, sink.attempts())
    assert f"{HEADERS} is not set here" in said
    assert f"set {HEADERS} and run otel-agent flush --adopt" in said
    assert requests(folder) > 0


def test_adoption_with_a_value_that_cannot_be_sent_keeps_the_journal(world: World, sink: Sink) -> None:
    """A header's name that gRPC refuses is a good one for this shell; the journal, never read, stays."""
    folder = rotated(world, "1-1-a", sink, Protocol.GRPC)
    today = {HEADERS: "x-key-bin=new", "OPENCODE_OTLP_PROTOCOL": "http/protobuf"}

    code, said = flush(world, "--adopt", **today)

    assert (1, []) == (code, sink.attempts())
    assert f"{HEADERS} has a value that the journal's settings cannot have" in said
    assert requests(folder) > 0


def test_dead_backend_ends_the_command_in_time(tmp_path: Path, world: World, sink: Sink) -> None:
    """With 1, and all of it kept; a later flush tries at once, whatever delay was noted."""
    sent = uids(expected(tmp_path / "1-1-a", "run_tools"))
    sink.stop()
    folder = world.journal("1-1-a", settings=settings_for(sink))
    dead = flush(world, "--timeout", "3")
    sink.start()
    later_ms = int(time.time() * 1000) + 3_000_000
    with closing(Outbox(folder / FILE_NAME)) as outbox:
        oldest = "SELECT min(id) FROM requests GROUP BY signal"
        query = f"UPDATE requests SET not_before_ms=?, attempts=20 WHERE id IN ({oldest})"  # noqa: S608 - a constant
        outbox.connection.execute(query, (later_ms,))
    well = flush(world)

    assert (1, 0) == (dead[0], well[0])
    assert "connection refused" in dead[1]
    assert "→ kept and tried again" in dead[1]
    assert sent == uids(arrived(sink))


def test_time_that_the_server_names_is_kept(world: World, sink: Sink) -> None:
    """One attempt for each signal, however long the flush goes on."""
    sink.fail_next(100, Fault(status=429, retry_after_s=600))
    world.journal("1-1-a", settings=settings_for(sink))

    code, said = flush(world, "--timeout", "3")

    assert 1 == code
    assert "HTTP 429" in said
    assert ["logs", "metrics", "traces"] == sorted(one.signal for one in sink.attempts())


@pytest.mark.parametrize("protocol", Protocol)
def test_hanging_server_cannot_hold_the_command(world: World, sink: Sink, protocol: Protocol) -> None:
    """A request under way is left alone when the time is over; it stays stored."""
    sink.hang(LIMIT_S, 10)
    settings = {**settings_for(sink, protocol), "OTEL_EXPORTER_OTLP_TIMEOUT": "60000"}
    folder = world.journal("1-1-a", settings=settings)

    code, said = flush(world, "--timeout", "3")

    assert 1 == code
    assert "not tried yet" in said
    assert 4 == requests(folder)


def test_living_agent_is_waited_for_and_left_alone(world: World, sink: Sink) -> None:
    """It delivers its journal itself; what OpenCode did so far counts as nothing that waits."""
    settings = {**settings_for(sink), **QUICK}
    folder = world.journal("1-1-a", **{**journals.living(), "settings": settings})
    agent = world.start(folder)

    code, said = flush(world, "--timeout", str(LIMIT_S / 2))

    assert (0, agent.pid) == (code, lock_holder(folder))
    assert ["1 journal of a running OpenCode: delivered so far", "Nothing waits"] == said.splitlines()
    assert "journal_adopted" not in world.log()


def test_opencode_that_has_not_delivered_is_told(world: World, sink: Sink) -> None:
    """Its journal is not touched, not even its lock, and the exit code says that something waits."""
    folder = world.journal("1-1-a", **journals.living(), settings=settings_for(sink))

    code, said = flush(world, "--timeout", "0.5")

    assert 1 == code
    assert "1 journal of a running OpenCode: not all of it is delivered yet" in said
    assert ["0.ndjson"] == [path.name for path in folder.iterdir()]


def test_agent_that_finishes_is_waited_for(tmp_path: Path, world: World, sink: Sink) -> None:
    """OpenCode is gone and its agent is not: when it ends nothing waits, and nothing came twice."""
    sent = uids(expected(tmp_path / "1-1-a", "run_tools"))
    folder = world.journal("1-1-a", settings=settings_for(sink))
    agent = world.start(folder)
    while lock_holder(folder) != agent.pid:
        time.sleep(0.01)
    with started(world, "--timeout", str(LIMIT_S)) as running:
        assert agent.stdin is not None
        agent.stdin.close()
        out, _ = running.communicate(timeout=LIMIT_S)

    # An agent that was faster has left no journal at all.
    assert (0, True) == (running.returncode, out.lower().endswith("nothing waits\n"))
    assert sent == uids(arrived(sink))


def test_journals_of_others_are_left_alone(world: World, sink: Sink) -> None:
    """Another host's journal is not ours to judge; it is said, and is no reason to fail."""
    folder = world.journal("1-1-a", host="another", settings=settings_for(sink))

    code, said = flush(world)

    assert (0, []) == (code, sink.attempts())
    assert said.startswith("1 journal left alone: run otel-agent flush where its OpenCode ran")
    assert ["0.ndjson"] == [path.name for path in folder.iterdir()]


def test_broken_journals_do_not_hold_up_the_good_ones(tmp_path: Path, world: World, sink: Sink) -> None:
    """Each is told with its reason, and the good one arrives."""
    sent = uids(expected(tmp_path / "9-1-a", "run_tools"))
    journals.write(world.journal("1-1-a"), 0, ["{"])
    (world.journal("2-1-a", settings=settings_for(sink)) / FILE_NAME).mkdir()
    world.journal("3-1-a", settings={**journals.ON, "OPENCODE_OTLP_ENDPOINT": "x"})
    world.journal("9-1-a", settings=settings_for(sink))

    code, said = flush(world)

    assert (1, sent) == (code, uids(arrived(sink)))
    assert "Cannot be delivered: journal 1-1-a: expected a header" in said
    assert "Cannot be delivered: journal 2-1-a: " in said
    assert "Removed journal 3-1-a, of which nothing can ever be sent: OPENCODE_OTLP_ENDPOINT" in said


def test_state_directory_that_cannot_be_written_is_told(world: World, sink: Sink) -> None:
    """Nothing can be taken over, and nothing is changed."""
    folder = world.journal("1-1-a", settings=settings_for(sink))
    folder.chmod(0o500)

    code, said = flush(world, before=UNPRIVILEGED)

    assert (1, []) == (code, sink.attempts())
    assert "Cannot be delivered: journal 1-1-a: Permission denied" in said
    assert ["0.ndjson"] == [path.name for path in folder.iterdir()]


def test_many_journals_that_wait_make_room_for_the_others(world: World, sink: Sink) -> None:
    """However many wait for a backend that is gone, each is tried, and the last one is delivered."""
    gone = {**settings_for(sink), "OPENCODE_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    left = [world.journal(f"{number}-1-a", "run_simple", settings=gone) for number in range(10, 30)]
    late = world.journal("99-1-a", "run_simple", settings=settings_for(sink))

    with started(world, "--timeout", str(LIMIT_S)) as running:
        while late.exists() and running.poll() is None:
            time.sleep(0.05)
        is_delivered = not late.exists()
        running.terminate()

    assert is_delivered
    assert len(left) == sum(folder.exists() for folder in left)


@pytest.mark.parametrize("timeout", ["0", "-1", "nan", "inf", "3601", "soon"])
def test_wrong_timeout_is_a_usage_error(world: World, timeout: str) -> None:
    """The exit code is 2, and what was expected is said."""
    code, said = flush(world, "--timeout", timeout)

    assert 2 == code
    assert "Invalid value for '--timeout'" in said


def test_invalid_settings_of_the_shell_are_told(world: World) -> None:
    """As in every command."""
    code, said = flush(world, OPENCODE_OTLP_ENDPOINT="x")

    assert (2, True) == (code, said.startswith("OPENCODE_OTLP_ENDPOINT: expected a URL"))
