"""Many journals and a few agents: every sum is exact, with the server up and with it down at first.

The full size, a million events in 50 journals, is `bench/load/load.py`.
"""

from pathlib import Path

import pytest

from bench.load.load import measure, rows

EVENTS, JOURNALS, AGENTS = 3_000, 5, 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize("is_down_at_first", [False, True])
def test_many_journals_arrive_exactly(tmp_path: Path, is_down_at_first: bool) -> None:  # noqa: FBT001 - a case
    """All counters, histograms, records and spans are those of the recordings, times the copies."""
    result = measure(tmp_path, (EVENTS, JOURNALS, AGENTS), is_down_at_first=is_down_at_first)

    print(dict(rows(result)))  # noqa: T201 - the figures of docs/reliability.md
    assert ({}, 0) == (result.differences, result.found.repeats)
    assert result.found.records > 0
    assert result.found.spans > 0
    assert (result.waiting_bytes > 0) is is_down_at_first
