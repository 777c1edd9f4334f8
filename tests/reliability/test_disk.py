"""A state directory on a disk that is full, read-only, without file locks, or has damaged segments."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.doctor.disk import disk_usable
from otel_agent.doctor.state import state_writable
from otel_agent.sink.server import Sink
from tests import journals, pipelines
from tests.agents import EXIT_WAIT_S, World, expected, settings_for
from tests.doctor.patients import looked, patient
from tests.reliability.places import can_forbid_flock, fill, remount, run_without_flock, small_disk
from tests.reliability.verdict import judge

QUICK = {"OPENCODE_OTLP_LOGS_INTERVAL": "1", "OPENCODE_OTLP_METRICS_INTERVAL": "1"}
DISK_KIB = 1200
NO_LOCK = "expected a disk on which files can be locked, got: No locks available"


def doctor(state_dir: Path) -> list[tuple[str, str]]:
    """Return what the doctor says of the state directory and its disk."""
    whom = patient(state_dir, OPENCODE_OTEL_STATE_DIR=str(state_dir))
    return [*looked(state_writable, whom), *looked(disk_usable, whom)]


def doctor_without_flock(state_dir: Path) -> str:
    """Return what the doctor says of the disk where files cannot be locked."""
    code = (
        "import sys; from pathlib import Path; from otel_agent.doctor.disk import disk_usable;"
        "from tests.doctor.patients import looked, patient;"
        "from tests.reliability.places import forbid_flock;"
        "forbid_flock();"
        "print(looked(disk_usable, patient(Path(sys.argv[1]), OPENCODE_OTEL_STATE_DIR=sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(state_dir)]
    root = Path(__file__).parents[2]
    return subprocess.run(command, capture_output=True, check=True, text=True, cwd=root).stdout


def wait_until(is_true: Callable[[], bool]) -> bool:
    """Wait until something is true; False when it takes too long."""
    deadline_s = time.monotonic() + EXIT_WAIT_S
    while not is_true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def on(place: Path) -> Iterator[World]:
    """Give a world whose state directory is at a place; every agent is gone afterwards."""
    made = World(place / "world")
    made.host_dir.mkdir(parents=True)
    try:
        yield made
    finally:
        made.end()


def test_disk_that_is_full_from_the_start_keeps_the_journal(tmp_path: Path) -> None:
    """The agent ends and says why, as the doctor does; with room again everything arrives."""
    sent = expected(tmp_path / "1-1-a", "run_tools")
    with Sink() as sink, small_disk(tmp_path / "disk", DISK_KIB) as disk, on(disk) as world:
        folder = world.journal("1-1-a", settings=settings_for(sink))
        ballast = fill(disk)
        full, told = world.run(folder), doctor(world.state_dir)
        ballast.unlink()
        roomy = world.run(folder)
        verdict = judge(sent, sink)

    assert (1, "otel-agent: database or disk is full\n") == full
    assert ("failed", "has no room left, so nothing new is recorded") in told
    assert ((0, ""), 0, 0, 0) == (roomy, verdict.lost, verdict.doubled, verdict.repeats)


def test_disk_that_fills_in_mid_run_is_waited_out(tmp_path: Path) -> None:
    """Requests that were acknowledged meanwhile are not sent again, and the rest is folded later."""
    sent = expected(tmp_path / "1-1-a", "demo")
    lines = journals.lines_of("demo")
    with Sink() as sink, small_disk(tmp_path / "disk", DISK_KIB) as disk, on(disk) as world:
        settings = {**settings_for(sink), **QUICK}
        folder = world.journal("1-1-a", "demo", settings=settings)
        header = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()[0]
        # Written before the disk is full, and put in place then: the plugin's own loss is not the subject.
        rest = journals.write(disk, 1, [header, *lines[20:]])
        journals.write(folder, 0, [header, *lines[:20]])
        agent = world.start(folder, poll_s=0.01)
        assert sink.wait_for(lambda: bool(sink.log_records()), EXIT_WAIT_S)
        ballast = fill(disk)
        rest.rename(folder / "1.ndjson")
        time.sleep(1.0)
        is_alive = agent.poll() is None
        ballast.unlink()
        _, said = agent.communicate(timeout=EXIT_WAIT_S)
        verdict = judge(sent, sink)
        left = [path.name for path in world.host_dir.iterdir()]

    print(verdict)  # noqa: T201 - the figures of docs/reliability.md
    assert (True, b"", [receipts.FOLDER]) == (is_alive, said, left)
    assert (0, 0, 0) == (verdict.lost, verdict.doubled, verdict.backwards)


def test_read_only_disk_keeps_the_journal(tmp_path: Path) -> None:
    """The agent ends and says why, as the doctor does; when it can be written again everything arrives."""
    sent = expected(tmp_path / "1-1-a", "run_tools")
    with Sink() as sink, small_disk(tmp_path / "disk", DISK_KIB) as disk, on(disk) as world:
        folder = world.journal("1-1-a", settings=settings_for(sink))
        remount(disk, "ro")
        (code, said), told = world.run(folder), doctor(world.state_dir)
        remount(disk, "rw")
        writable = world.run(folder)
        verdict = judge(sent, sink)

    assert (1, True) == (code, "Read-only file system" in said)
    assert [("failed", "cannot be written")] == told
    assert ((0, ""), 0, 0, 0) == (writable, verdict.lost, verdict.doubled, verdict.repeats)


def test_disk_without_file_locks_is_told_and_keeps_the_journal(tmp_path: Path, world: World) -> None:
    """Two agents could not tell that they are two there: none works, log and doctor say what to do."""
    if not can_forbid_flock():
        pytest.skip("needs seccomp, which makes this kernel answer as a network file system without locks")
    sent = expected(tmp_path / "1-1-a", "run_tools")
    with Sink() as sink:
        folder = world.journal("1-1-a", settings=settings_for(sink))
        code, said = run_without_flock(folder, lock_wait_s=0.1)
        log = world.log()
        told = doctor_without_flock(world.state_dir)
        lockable = world.run(folder)
        verdict = judge(sent, sink)

    assert (1, True, True) == (code, NO_LOCK in said, NO_LOCK in log)
    assert 1 == log.count("agent_failed")
    assert "files cannot be locked on it (no locks available)" in told
    assert ((0, ""), 0, 0, 0) == (lockable, verdict.lost, verdict.doubled, verdict.repeats)


@pytest.mark.parametrize(
    "damage",
    [b"\0" * 4096, b"\xff\xfe{}", b'{"t":1,"event":', b"[]", b'{"t":"x","i":[]}', b"x" * (17 * 1024 * 1024)],
    ids=["zeros", "no UTF-8", "half a line", "no object", "other types", "17 MiB"],
)
def test_damaged_lines_cost_only_themselves(tmp_path: Path, world: World, damage: bytes) -> None:
    """What stands before and behind them arrives, and they are counted."""
    sent = expected(tmp_path / "1-1-a", "demo")
    with Sink() as sink:
        folder = world.journal("1-1-a", "demo", settings=settings_for(sink))
        segment = folder / "0.ndjson"
        lines = segment.read_bytes().splitlines(keepends=True)
        for number in (60, 20, 3):
            lines.insert(number, damage + b"\n")
        segment.write_bytes(b"".join(lines))
        ended = world.run(folder)
        verdict = judge(sent, sink)
    [receipt] = receipts.read(world.host_dir)

    assert ((0, ""), 0, 0) == (ended, verdict.lost, verdict.doubled)
    assert 3 == sum(receipt.dropped.values())


def test_lines_that_are_overwritten_cost_only_themselves(tmp_path: Path, world: World) -> None:
    """With a block of the disk gone the rest arrives, as if its lines had never been."""
    with Sink() as sink:
        folder = world.journal("1-1-a", "demo", settings=settings_for(sink))
        segment = folder / "0.ndjson"
        lines = segment.read_bytes().splitlines(keepends=True)
        whole = b"".join(lines[:30]), b"".join(lines[40:])
        twin = journals.make(tmp_path / "twin" / "1-1-a", "demo")
        header = json.dumps(json.loads(twin.joinpath("0.ndjson").read_bytes().splitlines()[0])).encode()
        twin.joinpath("0.ndjson").write_bytes(b"\n".join([header, *b"".join(whole).splitlines()[1:], b""]))
        sent = pipelines.finished(twin)
        segment.write_bytes(whole[0] + bytes(len(b"".join(lines[30:40])) - 1) + b"\n" + whole[1])
        ended = world.run(folder)
        verdict = judge(sent, sink)

    assert ((0, ""), 0, 0) == (ended, verdict.lost, verdict.doubled)
