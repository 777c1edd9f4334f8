"""A recording at another time, under other names: what really happened once happens again on another day."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

# OpenCode's ids: twelve hexadecimal digits are (ms * 4096 + counter) mod 2^48, inverted in those of sessions.
ID = re.compile(r"\b(evt|msg|per|prt|que|ses)_([0-9a-f]{12})([0-9A-Za-z]{14})\b")
BITS = 48
COUNTER_BITS = 12
PERIOD_MS = 1 << (BITS - COUNTER_BITS)
DAY_MS = 86_400_000
NEAR_MS = DAY_MS
"""A number that is so near to a recording's beginning is a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a recording's time goes: what lasted a second lasts `pace` seconds; `tag` makes its ids new."""

    from_ms: int
    to_ms: int
    pace: int
    tag: str

    def time(self, ms: int) -> int:
        """Give when something happens that was at a time of the recording."""
        return self.to_ms + (ms - self.from_ms) * self.pace

    def line(self, text: str) -> Json:
        """Give a line of the recording as it is written at the new time."""
        moved: Json = self._value(json.loads(ID.sub(self._id, text)))
        return moved

    def _value(self, value: Any) -> Any:  # noqa: ANN401 (any JSON)
        """Move the times in a value."""
        if isinstance(value, dict):
            return {key: self._value(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._value(one) for one in value]
        is_time = isinstance(value, int) and abs(value - self.from_ms) < NEAR_MS
        return self.time(value) if is_time else value

    def _id(self, found: re.Match[str]) -> str:
        """Move the time in an id, and make it another one."""
        kind, digits, tail = found.groups()
        mask = (1 << BITS) - 1 if kind == "ses" else 0
        number = int(digits, 16) ^ mask
        latest_ms = self.from_ms + DAY_MS
        ms = latest_ms - (latest_ms - (number >> COUNTER_BITS)) % PERIOD_MS
        counter = number % (1 << COUNTER_BITS)
        moved = ((self.time(ms) << COUNTER_BITS) + counter) % (1 << BITS) ^ mask
        return f"{kind}_{moved:012x}{tail[: -len(self.tag)]}{self.tag}"


def began_ms(recording: Path) -> int:
    """Give when a recording's first line was written."""
    with recording.open(encoding="utf-8") as lines:
        opened: int = json.loads(next(lines))["journal"]["opened_ms"]
    return opened


def moved(recording: Path, move: Move) -> Iterator[Json]:
    """Yield a recording's lines as they are written at the new time, without what was observed then."""
    for text in recording.read_text(encoding="utf-8").splitlines():
        line = move.line(text)
        if "observed" not in line:
            yield line
