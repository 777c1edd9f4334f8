"""Several destinations at once, by real agents and real servers: each gets all that it gets alone."""

import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from otel_agent import receipts
from otel_agent.cli.app import build
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.routes import KEY_FILE, fingerprint
from otel_agent.settings import Signal
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from otel_agent.worker import now_ms
from tests import journals
from tests.agents import World, expected, totals, uids
from tests.destinations.several import Sinks, got, ids, settings_of, waiting_for

RECORDING = "run_subagent"
KEY = b"k" * 32
PHOENIX_KEY = "PHOENIX_API_KEY"
LONG = {"drain_s": 600.0, "failing_s": 0.5}
"""An agent that a failing destination held up would not end before the test gives up."""
QUICK = {"hanging.OTEL_EXPORTER_OTLP_TIMEOUT": "500"}
"""Only who never answers is given up soon: on a busy machine a living server may need longer."""


class Silent(Sink):
    """A server that takes connections and answers nothing."""

    def start(self) -> None:
        """Listen."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.http_port = self._socket.getsockname()[1]

    def stop(self) -> None:
        """Listen no more, and cut what nobody has answered."""
        self._socket.close()


@pytest.fixture
def sinks() -> Iterator[Sinks]:
    """A server for each destination; all but the generic one and `backup` fail, each in its own way."""
    with ExitStack() as stack:
        names = ("", "backup", "phoenix", "hanging", "busy", "denied")
        running = {name: stack.enter_context(Silent() if name == "hanging" else Sink()) for name in names}
        running["phoenix"].stop()
        running["busy"].fail_next(1000, Fault(status=503))
        running["denied"].require({"x-key": "right"})
        yield running


@pytest.fixture
def pair() -> Iterator[Sinks]:
    """A server for the generic destination and one for Phoenix."""
    with Sink() as generic, Sink() as phoenix:
        yield {"": generic, "phoenix": phoenix}


def test_living_destinations_get_everything_beside_failing_ones(
    tmp_path: Path, world: World, sinks: Sinks
) -> None:
    """One refuses connections, one never answers, one is busy, one denies: nothing is delayed by them.

    The agent ends when these have everything: what fails is tried for a moment only, and waits.
    """
    alone = expected(tmp_path / "1-1-a", RECORDING)
    folder = world.journal("1-1-a", RECORDING, settings=settings_of(sinks, **QUICK))

    assert (0, "") == world.run(folder, **LONG)

    for name in ("", "backup"):
        found = got(sinks[name])
        assert (totals(alone), uids(alone)) == (totals(found), uids(found))
        assert len(set(ids(found))) == len(ids(found))
        assert {span.span_id for span in alone.spans} == {span.span_id for span in found.spans}
    assert {"phoenix", "hanging", "busy", "denied"} == waiting_for(folder).keys()


def test_destinations_that_come_back_get_everything_once(world: World, sinks: Sinks) -> None:
    """The next agent delivers what waits, each request to its own destination, and nobody gets one again."""
    settings = settings_of(sinks, **QUICK)
    folder = world.journal("1-1-a", RECORDING, settings=settings)
    first = world.run(folder, **LONG)
    before = ids(got(sinks["backup"]))
    with back(sinks) as well:
        second = world.run(
            world.journal("2-1-b", "run_simple", settings=settings), drain_s=600.0, failing_s=600.0
        )
        after = {name: ids(got(sink)) for name, sink in well.items()}
        spans = {name: sorted(span.span_id for span in sink.spans()) for name, sink in well.items()}

    assert [(0, "")] * 2 == [first, second]
    assert not folder.exists()
    assert set(before) < set(after["backup"])
    assert len(set(after[""])) == len(after[""])
    assert after[""] == after["backup"] == after["hanging"] == after["busy"] == after["denied"]
    assert spans[""] == spans["phoenix"]
    assert len(after["phoenix"]) == len(spans["phoenix"])


@contextmanager
def back(sinks: Sinks) -> Iterator[Sinks]:
    """Let every server work."""
    for sink in (sinks["hanging"], sinks["busy"]):
        sink.stop()
    with ExitStack() as stack:
        names = ("hanging", "busy", "phoenix")
        new = {name: stack.enter_context(Sink(http_port=sinks[name].http_port)) for name in names}
        sinks["denied"].require({})
        yield {**sinks, **new}


def test_key_that_is_not_at_hand_holds_its_own_destination_only(world: World, pair: Sinks) -> None:
    """An agent without it, as one that takes a journal over, delivers the others; with it the rest goes."""
    folder = keyed(world, pair)
    without = world.run(folder)
    waiting, why = waiting_for(folder), reasons(folder)
    others = ids(got(pair[""]))
    world.environ[PHOENIX_KEY] = "right"
    again = world.run(folder)

    assert [(0, "")] * 2 == [without, again]
    assert {"phoenix": 1} == waiting
    assert {f"waits for {PHOENIX_KEY} with the value that it had when OpenCode ran"} == why
    assert others == ids(got(pair[""]))
    assert not folder.exists()
    assert {span.span_id for span in pair[""].spans()} == {span.span_id for span in pair["phoenix"].spans()}


def keyed(world: World, pair: Sinks) -> Path:
    """Make a journal that was written with Phoenix's right key, which Phoenix asks for."""
    (world.state_dir / KEY_FILE).write_bytes(KEY)
    pair["phoenix"].require({"authorization": "Bearer right"})
    credentials = {PHOENIX_KEY: fingerprint(KEY, "right")}
    return world.journal("1-1-a", RECORDING, settings=settings_of(pair), credentials=credentials)


def reasons(folder: Path) -> set[str]:
    """Return why requests of a journal wait."""
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        return {row[0] for row in outbox.connection.execute("SELECT last_error FROM requests")}


@pytest.mark.parametrize(("named", "arrives"), [("phoenix", True), ("other", False)])
def test_adopting_flush_sends_a_key_where_this_shell_sends_that_destination(
    world: World, pair: Sinks, named: str, *, arrives: bool
) -> None:
    """Today's key of Phoenix goes to the Phoenix of this shell, and to no other server that it names."""
    folder = keyed(world, pair)
    pair["phoenix"].require({"authorization": "Bearer new"})
    world.run(folder)
    url = pair["phoenix"].http_url
    shell = {"PHOENIX_ENDPOINT": url} if named == "phoenix" else {"OPENCODE_OTLP_ENDPOINT": url}
    environ = {**journals.ON, PHOENIX_KEY: "new", "OPENCODE_OTEL_STATE_DIR": str(world.state_dir), **shell}
    done = CliRunner().invoke(build(), ["flush", "--adopt", "--timeout", "20"], env=environ)

    assert (0 if arrives else 1) == done.exit_code, done.output
    assert arrives == bool(pair["phoenix"].spans())
    assert arrives == (len(pair["phoenix"].attempts()) > 0)
    assert arrives == ("set PHOENIX_ENDPOINT for that server" not in done.output)


def test_what_waits_for_a_dead_destination_costs_no_other_one_a_request(
    tmp_path: Path, world: World, pair: Sinks
) -> None:
    """Over the cap the oldest requests go, whose ever they are: what is new is delivered before it is old."""
    pair["phoenix"].stop()
    settings = settings_of(pair, OPENCODE_OTEL_OUTBOX_MAX_BYTES="1MiB")
    folder = world.journal("1-1-a", RECORDING, settings=settings)
    first = world.run(folder, **LONG)
    with closing(Outbox(folder / FILE_NAME)) as outbox:
        [there] = outbox.connection.execute("SELECT destination FROM requests").fetchone()
        for _ in range(3):
            outbox.put(Signal.TRACES, there, bytes(400_000), items=1, created_ms=now_ms() - 3_600_000)
    second = world.run(world.journal("2-1-b", "run_simple", settings=settings), **LONG)
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        size_bytes, counts = outbox.size()[1], outbox.counts()
    found = got(pair[""])

    assert [(0, "")] * 2 == [first, second]
    assert 500_000 < size_bytes < 2**20
    assert 1 == counts["dropped.outbox_full"]
    assert {"phoenix": 1} == waiting_for(world.host_dir / "2-1-b")
    alone = [expected(tmp_path / name, name) for name in (RECORDING, "run_simple")]
    assert sorted(uid for sent in alone for uid in uids(sent)) == uids(found)
    assert len(set(ids(found))) == len(ids(found))


def test_destination_that_is_left_out_is_told_once(world: World, pair: Sinks) -> None:
    """In the log and in the receipt; the others get everything."""
    settings = settings_of(pair, PHOENIX_ENDPOINT="no-url")
    assert (0, "") == world.run(world.journal("1-1-a", RECORDING, settings=settings))

    [told] = [line for line in world.log().splitlines() if "destinations_left_out" in line]
    [receipt] = receipts.read(world.host_dir)
    assert "PHOENIX_ENDPOINT: expected" in told
    assert [problem.partition(":")[0] for problem in receipt.problems] == ["PHOENIX_ENDPOINT"]
    assert receipt.counts["delivered.items.logs"] == len(pair[""].log_records()) > 0


def test_killed_agents_lose_nothing_of_any_destination(tmp_path: Path, world: World, pair: Sinks) -> None:
    """Agents that are killed at any moment while the journal grows: every destination is whole in the end."""
    alone = expected(tmp_path / "1-1-a", RECORDING)
    seed = random.randrange(2**32)  # noqa: S311 - chooses moments
    print(f"seed {seed}")  # noqa: T201 - whoever sees this test fail wants to see it fail again
    chance = random.Random(seed)  # noqa: S311 - chooses moments
    quick = {"OPENCODE_OTLP_LOGS_INTERVAL": "1", "OPENCODE_OTLP_METRICS_INTERVAL": "1"}
    folder = world.journal("1-1-a", RECORDING, settings=settings_of(pair, **quick))
    header, *lines = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()
    journals.write(folder, 0, [header])
    while lines:
        count = chance.randrange(5, 25)
        batch, lines = lines[:count], lines[count:]
        agent = world.start(folder, poll_s=0.01)
        journals.append(folder, "".join(f"{line}\n" for line in batch))
        time.sleep(chance.uniform(0.0, 1.2))
        agent.kill()
        agent.communicate()
    last = world.run(folder)

    found = got(pair[""])
    spans = {span.span_id for span in alone.spans}
    assert ((0, ""), False) == (last, folder.exists())
    assert (totals(alone), set(uids(alone))) == (totals(found), set(uids(found)))
    assert [spans, spans] == [{span.span_id for span in sink.spans()} for sink in pair.values()]
