"""Waiting by condition: every test waits for what it needs to see and never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")
TICK_S = 0.05


def wait_until(look: Callable[[], Seen], *, what: str, timeout_s: float = 30.0) -> Seen:
    """Look again until the answer is truthy, and give it; else raise TimeoutError that says `what`."""
    end = time.monotonic() + timeout_s
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout_s} s for {what}")
        time.sleep(TICK_S)
