"""What the agent says of its own work on a journal."""

from collections.abc import Mapping
from dataclasses import dataclass

from otel_agent.facts.values import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Fact):
    """What the agent did since its last report on the same journal, and what waits for delivery now.

    `requests` are by outcome, what was `dropped` (lines, events and items) by reason. `lag_ms` is the longest
    time from a line's writing to its storing; None where no line was stored. `oldest_ms` is how long the
    oldest request has waited; None where none waits.
    """

    events: int
    requests: Mapping[str, int]
    dropped: Mapping[str, int]
    waiting_requests: int
    waiting_bytes: int
    oldest_ms: int | None
    lag_ms: int | None
