"""Take-over: who takes a left journal gets a worker for it; what cannot be taken is left as it is."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from otel_agent.adoption import Adoption, is_empty, is_going
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.owners import LOCK_NAME, Lock, lock_holder
from otel_agent.receipts import FOLDER as RECEIPTS
from otel_agent.sink.server import Sink
from otel_agent.worker import Process
from tests import journals
from tests.agents import World, settings_for

WAIT_S = 20.0
NOWHERE = {
    **journals.ON,
    "OPENCODE_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OPENCODE_OTLP_PROTOCOL": "http/json",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A state directory."""
    made = World(tmp_path / "world")
    made.host_dir.mkdir(parents=True)
    return made


def adoption(world: World, *but: Path, max_workers: int = 4) -> Adoption:
    """Return an adoption of the journals of this host."""
    process = Process(state_dir=world.state_dir, host=journals.HOST, environ={}, wake=lambda: None)
    return Adoption(process, [world.host_dir], max_workers=max_workers, but=but)


def names(paths: list[Path]) -> list[str]:
    """Return the names of folders."""
    return [path.name for path in paths]


def work(adopting: Adoption, until: Callable[[], bool]) -> None:
    """Work until something is true."""
    deadline_s = time.monotonic() + WAIT_S
    while not until():
        assert time.monotonic() < deadline_s
        adopting.step()
        time.sleep(0.001)


def test_left_journal_is_taken_and_delivered(world: World, sink: Sink) -> None:
    """Its folder goes when it is released, and it is no candidate any more."""
    folder = world.journal("1-1-a", settings=settings_for(sink))
    adopting = adoption(world)

    [worker] = adopting.look(adopting.candidates())
    work(adopting, lambda: worker.is_done)
    adopting.release_done()

    assert ([], [], False) == (adopting.workers, adopting.candidates(), folder.exists())
    assert sink.log_records()


def test_two_adoptions_share_nothing(world: World, sink: Sink) -> None:
    """A journal that one of them holds is not taken by the other until it is put back."""
    world.journal("1-1-a", settings=settings_for(sink))
    first, second = adoption(world), adoption(world)

    taken = first.look(first.candidates())
    refused = second.look(second.candidates())
    first.close()
    after = second.look(second.candidates())
    second.close()

    assert [1, 0, 1] == [len(taken), len(refused), len(after)]


def test_living_and_foreign_journals_and_receipts_are_left_alone(world: World) -> None:
    """They may become ours later, so they stay candidates; nothing in them is touched."""
    world.journal("1-1-a", **journals.living())
    world.journal("2-1-b", host="another")
    world.journal("3-1-c", **{**journals.dead(), "pid_ns": "pid:[1]"})
    (world.host_dir / RECEIPTS).mkdir()
    adopting = adoption(world)

    taken = adopting.look(adopting.candidates())

    assert ([], {}) == (taken, adopting.problems)
    assert ["1-1-a", "2-1-b", "3-1-c"] == sorted(names(adopting.candidates()))
    assert [] == list(world.host_dir.glob(f"*/{LOCK_NAME}"))


def test_own_journal_is_no_candidate(world: World) -> None:
    """What the process was started for is nothing to take over."""
    own, other = world.journal("1-1-a"), world.journal("2-1-b")

    assert [other] == adoption(world, own).candidates()


def test_least_recently_worked_on_comes_first(world: World) -> None:
    """So that every journal has its turn; one that nobody ever took is the first of all."""
    folders = [world.journal(name) for name in ("1-1-a", "2-1-b", "3-1-c")]
    for time_s, folder in zip((200, 100), folders, strict=False):
        (folder / LOCK_NAME).touch()
        os.utime(folder / LOCK_NAME, (time_s, time_s))

    assert ["3-1-c", "2-1-b", "1-1-a"] == names(adoption(world).candidates())


def test_full_adoption_makes_room_only_when_it_looks(world: World) -> None:
    """What only waits for its backend is put back for the next one, and its lock is free."""
    first, second = (world.journal(name, settings=NOWHERE) for name in ("1-1-a", "2-1-b"))
    adopting = adoption(world, max_workers=1)
    [worker] = adopting.fill(adopting.candidates())
    is_too_early = adopting.look([second])
    work(adopting, lambda: worker.is_resting)

    filled = adopting.fill([second])
    looked = adopting.look([second])

    assert ([], [], [second]) == (is_too_early, filled, [one.folder for one in looked])
    assert (None, os.getpid()) == (lock_holder(first), lock_holder(second))
    assert [first] == adopting.candidates()
    adopting.close()


def test_journal_that_cannot_be_used_is_given_up_with_its_reason(world: World, sink: Sink) -> None:
    """It is not looked at again, its lock is free, and the next one is taken."""
    broken = world.journal("1-1-a", settings=settings_for(sink))
    (broken / FILE_NAME).mkdir()
    invalid = world.journal("2-1-b", settings={**journals.ON, "OPENCODE_OTLP_ENDPOINT": "x"})
    headless = world.journal("3-1-c")
    journals.write(headless, 0, ["{"])
    good = world.journal("4-1-d", settings=settings_for(sink))
    adopting = adoption(world)

    taken = adopting.look(adopting.candidates())

    assert [good] == [one.folder for one in taken]
    assert {broken, invalid, headless} == adopting.problems.keys()
    assert "OPENCODE_OTLP_ENDPOINT: expected a URL" in adopting.problems[invalid]
    assert "expected a header" in adopting.problems[headless]
    assert ([], None) == (adopting.candidates(), lock_holder(broken))
    adopting.close()


def test_journal_that_is_gone_is_no_problem(world: World) -> None:
    """Somebody else has delivered it since we looked."""
    adopting = adoption(world)

    assert [] == adopting.look([world.host_dir / "1-1-a"])
    assert {} == adopting.problems


def test_files_that_are_away_for_a_moment_are_tried_again(world: World, sink: Sink) -> None:
    """An error of the disk costs a step, not the journal."""
    folder = world.journal("1-1-a", settings=settings_for(sink))
    adopting = adoption(world)
    [worker] = adopting.look(adopting.candidates())
    away = folder.rename(world.root / "away")
    has_more = adopting.step()
    away.rename(folder)
    work(adopting, lambda: worker.is_done)
    adopting.close()

    assert (False, False) == (has_more, folder.exists())
    assert sink.log_records()


def test_folder_without_a_journal_is_going(tmp_path: Path) -> None:
    """A folder that is empty or not there; a file that somebody put there is none."""
    (tmp_path / "1-1-a").mkdir()
    (tmp_path / "file").touch()

    assert [True, True, False] == [is_going(tmp_path / name) for name in ("1-1-a", "gone", "file")]


def test_journal_that_is_being_deleted_is_no_problem(world: World) -> None:
    """Its segments go first: what is left has no header, and may come back as somebody else's journal."""
    folder = world.journal("1-1-a")
    (folder / "0.ndjson").rename(folder / LOCK_NAME)
    adopting = adoption(world)

    assert ([], {}) == (adopting.look([folder]), adopting.problems)
    assert [folder] == adopting.candidates()


def test_old_leftover_is_deleted_and_a_young_one_is_not(world: World) -> None:
    """A folder without a segment may be a journal that is just being made."""
    for name, time_s in {"1-1-old": 0.0, "2-1-young": time.time()}.items():
        (world.host_dir / name).mkdir()
        (world.host_dir / name / FILE_NAME).touch()
        os.utime(world.host_dir / name, (time_s, time_s))
    adopting = adoption(world)

    assert [] == adopting.look(adopting.candidates())
    assert ["2-1-young"] == [path.name for path in world.host_dir.iterdir()]
    assert is_empty(world.host_dir / "2-1-young")


def test_held_journal_is_taken_when_its_lock_is_free(world: World, sink: Sink) -> None:
    """Whoever looks again finds it then."""
    folder = world.journal("1-1-a", settings=settings_for(sink))
    adopting, lock = adoption(world), Lock(folder)
    lock.take()

    held = adopting.look(adopting.candidates())
    lock.release()
    free = adopting.look(adopting.candidates())
    adopting.close()

    assert ([], 1) == (held, len(free))
