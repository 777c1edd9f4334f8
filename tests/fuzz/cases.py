"""How many cases a fuzzer tries: a few in the ordinary tests, its share of FUZZ_CASES in the nightly ones."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

TOTAL = int(os.environ.get("FUZZ_CASES", "0"))
"""How many cases all fuzzers together are to try at least; `make fuzz` sets it."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of a test, with a random name of its own below it
TRIED: Counter[str] = Counter()
"""How many cases each fuzzer has tried."""


def cases(*, share: float, few: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a test try its share of all cases, or a few that are the same every time: the night finds more."""
    return settings(
        max_examples=max(few, round(share * TOTAL)),
        derandomize=not TOTAL,
        deadline=None,
        print_blob=True,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder for one case; in memory where the system has such a place."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)
