"""The week that the boards are tested with."""

import re
from collections import Counter
from pathlib import Path

from tests.backends.moved import DAY_MS, ID
from tests.backends.truth import lived
from tests.backends.week import MONDAY_MS, week


def test_week_is_the_same_every_time() -> None:
    """No clock and no randomness is in it."""
    assert week() == week()


def test_week_has_a_team_of_journals() -> None:
    """More than forty processes, each with an id of its own, every day and by everybody."""
    journals = week()

    assert len(journals) >= 40
    assert len(journals) == len({journal.id for journal in journals})
    assert set(range(7)) == {(journal.move.to_ms - MONDAY_MS) // DAY_MS for journal in journals}
    assert 5 == len({journal.person for journal in journals})


def test_sessions_are_never_the_same(tmp_path: Path) -> None:
    """An id belongs to one piece of work, however often its recording happens."""
    owners: dict[str, set[str]] = {}
    for journal in week():
        for found in ID.finditer(journal.write(tmp_path).read_text(encoding="utf-8")):
            owners.setdefault(found[0], set()).add(journal.move.tag)

    assert owners
    assert [] == [id_ for id_, tags in owners.items() if len(tags) > 1]


def test_moved_ids_are_as_many_as_the_recorded_ones(tmp_path: Path) -> None:
    """No two ids of a journal become one."""
    for journal in week():
        before = set(re.findall(ID, journal.recording.read_text(encoding="utf-8")))
        after = set(re.findall(ID, journal.write(tmp_path).read_text(encoding="utf-8")))

        assert len(before) == len(after)


def test_some_work_at_the_same_time_and_nobody_over_midnight(tmp_path: Path) -> None:
    """So that days can be told apart exactly, and series of several processes lie beside each other."""
    days = [lived(journal, tmp_path) for journal in week()]
    overlaps = Counter(
        one.journal.id
        for one in days
        for other in days
        if one is not other and other.begin_ms < one.begin_ms < other.end_ms
    )

    assert overlaps
    assert [] == [one.journal.id for one in days if one.begin_ms // DAY_MS != one.end_ms // DAY_MS]
