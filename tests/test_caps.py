"""The outbox's caps: what goes when too much waits, or for too long."""

import math
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.caps import EVERY_S, Caps, last_to_go, remove_strangers
from otel_agent.exporter.outbox import FILE_NAME, Outbox, Waiting
from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import read_header
from otel_agent.owners import Lock
from otel_agent.settings import Signal
from otel_agent.worker import Held, Process, Worker, open_worker
from tests import journals
from tests.pipelines import settings_of

NOW_MS = 1_000_000_000_000
OTHERS = "other"
"""The destination of requests that no lane leads to, so that nothing sends them meanwhile."""


@dataclass
class World:
    """A state directory with journals, and the caps of an agent that holds some of them."""

    state_dir: Path
    clock: FakeClock = field(default_factory=FakeClock)
    workers: list[Worker] = field(default_factory=list)
    now_ms: int = NOW_MS

    def __post_init__(self) -> None:
        """Begin without journals."""
        self.host_dir = self.state_dir / journals.HOST
        self.host_dir.mkdir()
        self.caps = Caps(self.host_dir, journals.HOST, monotonic_s=self.clock, now_ms=lambda: self.now_ms)

    def hold(self, name: str, **settings: str) -> Outbox:
        """Make an empty journal that the agent holds, with settings of the outbox."""
        chosen = {f"OPENCODE_OTEL_OUTBOX_{key.upper()}": value for key, value in settings.items()}
        fields = {**journals.living(), "settings": {**journals.ON, **chosen}}
        folder = self.host_dir / name
        folder.mkdir()
        journals.write(folder, 0, [journals.header(name, **fields)])
        lock = Lock(folder)
        assert lock.take()
        process = Process(state_dir=self.state_dir, host=journals.HOST, environ={}, wake=lambda: None)
        worker = open_worker(Held(folder=folder, header=read_header(folder), lock=lock), process)
        self.workers.append(worker)
        return worker.outbox

    def other(self, name: str) -> Outbox:
        """Make a journal that another agent holds."""
        (self.host_dir / name).mkdir()
        return Outbox(self.host_dir / name / FILE_NAME)

    def apply(self) -> None:
        """Let the caps do what is due."""
        self.caps.apply(self.workers)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A state directory of one host."""
    made = World(tmp_path)
    yield made
    for worker in made.workers:
        worker.close()


def put(
    outbox: Outbox,
    *ages_s: float,
    size: int = 1000,
    signal: Signal = Signal.LOGS,
    destination: str = OTHERS,
) -> None:
    """Store requests of three items that are so old, in this order."""
    for age_s in ages_s:
        outbox.put(signal, destination, bytes(size), items=3, created_ms=NOW_MS - int(age_s * 1000))


def ages(outbox: Outbox) -> list[float]:
    """Return how old the requests are that wait, in the order of the queue."""
    rows = outbox.connection.execute("SELECT created_ms FROM requests ORDER BY place")
    return [(NOW_MS - created_ms) / 1000 for (created_ms,) in rows]


def test_oldest_requests_of_all_signals_go_when_there_is_no_room(world: World) -> None:
    """What is left fits, and the items that went are counted by their reason."""
    outbox = world.hold("1-1-a", max_bytes="3000")
    put(outbox, 500, 300, 100)
    put(outbox, 400, 200, signal=Signal.METRICS)

    world.apply()

    assert [300, 100, 200] == ages(outbox)
    assert {"dropped.outbox_full": 6} == outbox.counts()


def test_requests_of_a_dead_destination_go_before_those_of_a_living_one(world: World) -> None:
    """All destinations share the room, and what a living one has not got yet is new."""
    outbox = world.hold("1-1-a", max_bytes="2000")
    put(outbox, 500, 300, 100, destination="dead")
    put(outbox, 1, destination="living")

    world.apply()

    rows = outbox.connection.execute("SELECT destination FROM requests ORDER BY place").fetchall()
    assert [("dead",), ("living",)] == rows


def test_journal_that_was_just_taken_over_is_looked_at(world: World) -> None:
    """An agent of a short run takes over what others have left after it has looked for the first time."""
    world.hold("1-1-a", max_bytes="2000")
    world.apply()
    old = world.hold("2-1-b", max_bytes="2000")
    put(old, 300, 200, 100)

    world.apply()

    assert [200, 100] == ages(old)


def test_nothing_goes_while_all_of_it_fits(world: World) -> None:
    """A database is larger than its requests; only these count."""
    outbox = world.hold("1-1-a", max_bytes="3000")
    put(outbox, 300, 200, 100)

    world.apply()

    assert ([300, 200, 100], {}) == (ages(outbox), outbox.counts())


def test_journals_of_other_agents_take_room_and_are_not_touched(world: World) -> None:
    """Each agent removes from its own journals what is older than what fits of all of them."""
    outbox = world.hold("1-1-a", max_bytes="3000")
    put(outbox, 500, 300, 100)
    with closing(world.other("2-1-b")) as other:
        put(other, 400, 200)

        world.apply()

        assert ([300, 100], [400, 200]) == (ages(outbox), ages(other))


def test_agents_that_hold_different_journals_come_to_the_same_end(world: World) -> None:
    """When both have removed what is theirs, the sum fits."""
    first, second = world.hold("1-1-a", max_bytes="3000"), world.hold("2-1-b", max_bytes="3000")
    put(first, 500, 300, 100)
    put(second, 400, 200)

    world.caps.apply(world.workers[:1])
    world.clock.advance(EVERY_S)
    world.caps.apply(world.workers[1:])

    assert ([300, 100], [200]) == (ages(first), ages(second))


def test_each_journal_has_the_caps_of_its_own_settings(world: World) -> None:
    """One project's small cap costs another one nothing."""
    small, large = world.hold("1-1-a", max_bytes="2000"), world.hold("2-1-b", max_bytes="9000")
    put(small, 300, 100)
    put(large, 400, 200)

    world.apply()

    assert ([100], [400, 200]) == (ages(small), ages(large))


def test_requests_that_wait_for_too_long_go(world: World) -> None:
    """The age cap counts from when a request was stored."""
    outbox = world.hold("1-1-a", max_age="5m")
    put(outbox, 301, 299)

    world.apply()

    assert ([299], {"dropped.outbox_age": 3}) == (ages(outbox), outbox.counts())


def test_request_under_way_stays(tmp_path: Path) -> None:
    """Its outcome is still to be stored, whatever its age."""
    with closing(Outbox(tmp_path / FILE_NAME)) as outbox:
        put(outbox, 300, 200)
        request = outbox.oldest(Signal.LOGS)
        assert request is not None

        removed = outbox.drop("outbox_age", until=(NOW_MS, math.inf), but={request.id})

        assert (1, [300]) == (removed, ages(outbox))


def test_caps_are_looked_at_once_a_minute(world: World) -> None:
    """What grows old in between goes a little later."""
    outbox = world.hold("1-1-a", max_age="5m")
    world.apply()
    put(outbox, 400)
    world.apply()
    before = ages(outbox)
    world.clock.advance(EVERY_S)
    world.apply()

    assert ([400], []) == (before, ages(outbox))


def test_journal_that_alone_has_no_room_is_looked_at_at_once(world: World) -> None:
    """A burst within a minute does not fill the disk."""
    outbox = world.hold("1-1-a", max_bytes="3000")
    world.apply()
    put(outbox, 4, 3, 2)
    world.apply()
    before = ages(outbox)
    put(outbox, 1)
    world.apply()

    assert ([4, 3, 2], [3, 2, 1]) == (before, ages(outbox))


def test_halves_of_a_request_go_in_their_order(world: World) -> None:
    """Requests of one moment go as they stand in the queue."""
    outbox = world.hold("1-1-a", max_bytes="2000")
    put(outbox, 1, 1, 1)
    outbox.connection.execute("UPDATE requests SET place=1.5, items=7 WHERE id=3")

    world.apply()
    items = [row[0] for row in outbox.connection.execute("SELECT items FROM requests ORDER BY place")]

    assert [7, 3] == items


def test_broken_journal_of_another_agent_keeps_nothing(world: World) -> None:
    """It is left out of the sum."""
    outbox = world.hold("1-1-a", max_bytes="1000")
    put(outbox, 2, 1)
    (world.host_dir / "2-1-b").mkdir()
    (world.host_dir / "2-1-b" / FILE_NAME).write_bytes(b"no database" * 1000)

    world.apply()

    assert [1] == ages(outbox)


def test_full_disk_is_waited_out(world: World) -> None:
    """Nothing fails; it is tried again a minute later."""
    outbox = world.hold("1-1-a", max_age="5m")
    put(outbox, 400)
    outbox.connection.execute("PRAGMA query_only=ON")
    world.apply()
    outbox.connection.execute("PRAGMA query_only=OFF")
    before = ages(outbox)
    world.clock.advance(EVERY_S)
    world.apply()

    assert ([400], []) == (before, ages(outbox))


requests = st.lists(
    st.tuples(st.integers(0, 200_000), st.integers(0, 2), st.integers(1, 50)), min_size=1, max_size=30
)


@given(rows=requests, max_bytes=st.integers(0, 900))
def test_what_is_left_fits_and_one_more_would_not(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]], max_bytes: int
) -> None:
    """Exactly as much goes as must, the oldest first, however the requests are spread over journals."""
    host_dir = tmp_path_factory.mktemp("host")
    outboxes = [_opened(host_dir / str(number)) for number in range(3)]
    for created_ms, number, size in rows:
        outboxes[number].put(Signal.LOGS, OTHERS, bytes(size), items=1, created_ms=created_ms)
    waiting = sorted(
        row
        for number, outbox in enumerate(outboxes)
        for minute in outbox.minutes()
        for row in outbox.waiting(str(number), minute)
    )
    last = last_to_go(host_dir, max_bytes)
    for outbox in outboxes:
        outbox.close()
    kept = [row for row in waiting if last is None or row > last]

    assert len(rows) == len(waiting)
    assert sum(row.size_bytes for row in kept) <= max_bytes
    assert last is None or _bytes([last, *kept]) > max_bytes


def _opened(folder: Path) -> Outbox:
    """Return the outbox of a new journal."""
    folder.mkdir()
    return Outbox(folder / FILE_NAME)


def _bytes(rows: list[Waiting]) -> int:
    """Return how much requests are together."""
    return sum(row.size_bytes for row in rows)


def stranger(host_dir: Path, name: str, age_s: float, **fields: object) -> Path:
    """Make a journal of another host, or of the given writer, that was last written so long ago."""
    folder = journals.make(host_dir / name, **{"host": "another", "pid": 1, **fields})
    for path in folder.iterdir():
        os.utime(path, (0, NOW_MS / 1000 - age_s))
    return folder


@pytest.mark.parametrize(
    ("fields", "is_left"),
    [
        ({}, False),
        ({"host": journals.HOST, "pid_ns": "pid:[1]", "pid_start": "1"}, False),
        (journals.living(), True),
        ({"settings": {"OPENCODE_OTEL_OUTBOX_MAX_AGE": "1h"}}, True),
        ({"settings": {"OPENCODE_OTEL_OUTBOX_MAX_AGE": "ever"}}, False),
    ],
)
def test_journal_that_nobody_can_take_over_goes_at_its_age_cap(
    tmp_path: Path, fields: dict[str, object], *, is_left: bool
) -> None:
    """Another host's or another pid namespace's; those of this machine are taken over instead."""
    settings = settings_of(OPENCODE_OTEL_OUTBOX_MAX_AGE="5m")
    own = {"OPENCODE_OTEL_OUTBOX_MAX_AGE": "5m"}
    folder = stranger(tmp_path / "elsewhere", "1-1-a", 301, **{"settings": own, **fields})

    remove_strangers(tmp_path, journals.HOST, settings, NOW_MS)

    assert is_left == folder.exists()


@pytest.mark.parametrize("is_held", [True, False])
def test_stranger_that_is_young_or_held_stays(tmp_path: Path, *, is_held: bool) -> None:
    """An agent that works on it, or a line that was written lately, keeps it."""
    settings = {"OPENCODE_OTEL_OUTBOX_MAX_AGE": "5m"}
    folder = stranger(tmp_path / "elsewhere", "1-1-a", 301 if is_held else 299, settings=settings)
    lock = Lock(folder)
    if is_held:
        lock.take()
        os.utime(folder / "lock", (0, 0))

    remove_strangers(tmp_path, journals.HOST, settings_of(), NOW_MS)
    lock.release()

    assert folder.exists()


def test_folders_of_strangers_that_cannot_be_removed_are_left(tmp_path: Path) -> None:
    """Neither a link nor an empty folder is followed or touched."""
    target = stranger(tmp_path / "real", "1-1-a", 10**9)
    state_dir = tmp_path / "state"
    (state_dir / "host" / "empty").mkdir(parents=True)
    (state_dir / "host" / "link").symlink_to(target)

    remove_strangers(state_dir, journals.HOST, settings_of(), NOW_MS)

    assert ["0.ndjson"] == [path.name for path in target.iterdir()]


def test_caps_open_no_database_while_the_files_fit(tmp_path: Path) -> None:
    """The usual minute costs a look at the files' sizes."""
    folder = tmp_path / "1-1-a"
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"never opened")

    assert last_to_go(tmp_path, 12) is None
    assert ["agent.db"] == [path.name for path in folder.iterdir()]


def test_reading_a_journal_of_another_agent_changes_nothing(world: World) -> None:
    """It is opened to be read only."""
    with closing(world.other("2-1-b")) as other:
        put(other, 2, 1)

        assert last_to_go(world.host_dir, 0) is not None
        assert [2, 1] == ages(other)
        with pytest.raises(sqlite3.OperationalError):
            Outbox(world.host_dir / "2-1-b" / FILE_NAME, is_read_only=True).drop("x", until=(1, 1), but=())
