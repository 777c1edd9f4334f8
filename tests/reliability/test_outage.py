"""A backend that is away: for a whole run and longer, again and again, or while it limits who comes back."""

import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from otel_agent import receipts
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.owners import lock_holder
from otel_agent.settings import Protocol
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import EXIT_WAIT_S, World, expected, settings_for
from tests.reliability.rules import Rule, RuledSink, at_most
from tests.reliability.verdict import judge

RECORDING = "demo"
QUICK = {"OPENCODE_OTLP_LOGS_INTERVAL": "1", "OPENCODE_OTLP_METRICS_INTERVAL": "1"}
PIECES = 24
PER_SECOND = 10
DRAIN_S = 50.0


def recorded(world: World, settings: dict[str, str]) -> Path:
    """Let a session run to its end while its agent works, and end both; return the journal that is left."""
    lines = journals.lines_of(RECORDING)
    with subprocess.Popen(["sleep", "60"]) as writer:
        fields = {**journals.living_of(writer.pid), "settings": {**settings, **QUICK}}
        folder = world.journal("1-1-a", RECORDING, **fields)
        journals.write(folder, 0, [journals.header("1-1-a", **fields)])
        agent = world.start(folder, poll_s=0.01)
        for number in range(PIECES):
            piece = lines[number * len(lines) // PIECES : (number + 1) * len(lines) // PIECES]
            journals.append(folder, "".join(f"{line}\n" for line in piece))
            wait_until_read(folder, number)
        agent.send_signal(signal.SIGTERM)
        agent.wait(EXIT_WAIT_S)
        writer.kill()
    return folder


def wait_until_read(folder: Path, number: int) -> None:
    """Wait until the agent has stored requests for more than so many pieces."""
    deadline_s = time.monotonic() + EXIT_WAIT_S
    size = (folder / "0.ndjson").stat().st_size
    while position(folder) < size:
        assert time.monotonic() < deadline_s, f"piece {number} was not read"
        time.sleep(0.005)


def position(folder: Path) -> int:
    """Return how many bytes of a journal's first segment are folded and stored."""
    if not (folder / FILE_NAME).exists():
        return 0
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        try:
            stored = outbox.meta("position")
        except sqlite3.OperationalError:
            return 0  # the agent is just making its tables
    return int(msgspec.msgpack.decode(stored)[1]) if stored else 0


@pytest.mark.parametrize("protocol", [Protocol.GRPC, Protocol.HTTP_JSON])
def test_server_that_is_down_for_a_run_and_longer_gets_everything(
    tmp_path: Path, world: World, protocol: Protocol
) -> None:
    """The session and its agent end before the backend is there; the next agent delivers all, in order."""
    sent = expected(tmp_path / "1-1-a", RECORDING)
    with Sink() as sink:
        sink.stop()
        folder = recorded(world, settings_for(sink, protocol))
        waiting, holder = backlog(folder), lock_holder(folder)
        sink.start()

        assert (0, "") == world.run(folder, drain_s=DRAIN_S)

        verdict = judge(sent, sink)
        print(f"{waiting} requests waited: {verdict}")  # noqa: T201 - the figures of docs/reliability.md
    assert waiting > PIECES
    assert holder is None
    assert (0, 0, 0, 0) == (verdict.lost, verdict.doubled, verdict.backwards, verdict.repeats)
    assert [receipts.FOLDER] == [path.name for path in world.host_dir.iterdir()]


def backlog(folder: Path) -> int:
    """Return how many requests wait in a journal."""
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        return outbox.backlog().requests


def test_server_with_a_limit_refuses_few_after_an_outage(tmp_path: Path, world: World) -> None:
    """Of what waited little is refused by a server that takes ten requests a second, and all arrives."""
    sent = expected(tmp_path / "1-1-a", RECORDING)
    rule = Rule(at_most(PER_SECOND, Fault(status=429, message="slow down", retry_after_s=1)))
    with RuledSink(rule) as sink:
        sink.stop()
        folder = recorded(world, settings_for(sink, Protocol.HTTP_PROTOBUF))
        sink.start()

        assert (0, "") == world.run(folder, drain_s=DRAIN_S)

        verdict = judge(sent, sink)
    refused, taken = len(rule.refused()), len(rule.answers) - len(rule.refused())
    print(f"{taken} requests taken, {refused} refused: {verdict}")  # noqa: T201 - figures, see above
    assert (0, 0, 0) == (verdict.lost, verdict.doubled, verdict.backwards)
    assert refused <= taken / 5


@contextmanager
def flapping(sink: Sink, *, times: int, period_s: float) -> Iterator[None]:
    """Stop and start a server again and again beside what is done; it is up in the end."""

    def flap() -> None:
        for _ in range(times):
            time.sleep(period_s)
            sink.stop()
            time.sleep(period_s)
            sink.start()

    thread = threading.Thread(target=flap)
    thread.start()
    yield
    thread.join()


def test_flapping_server_gets_everything(tmp_path: Path, world: World) -> None:
    """A backend that goes away and comes back each second gets all; a repeat is of a cut request only."""
    times = 4
    sent = expected(tmp_path / "1-1-a", RECORDING)
    with Sink() as sink:
        with flapping(sink, times=times, period_s=0.5):
            folder = recorded(world, settings_for(sink, Protocol.GRPC))
        code = world.run(folder, drain_s=DRAIN_S)
        verdict = judge(sent, sink)
    print(verdict)  # noqa: T201 - figures, see above

    assert ((0, ""), 0, 0) == (code, verdict.lost, verdict.backwards)
    assert verdict.repeats <= 3 * times
    assert verdict.doubled == 0 or verdict.repeats > 0
