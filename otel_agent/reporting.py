"""What the agent says of itself with the other metrics: the counts of a journal's database as a fact."""

from collections.abc import Callable, Mapping

from otel_agent.exporter.outbox import Outbox
from otel_agent.facts import Origin, Reported, Surroundings
from otel_agent.receipts import DROPPED, EVENTS, REQUESTS, named


class Reporter:
    """Makes the reports on one journal."""

    def __init__(self, outbox: Outbox, *, now_ms: Callable[[], int]) -> None:
        """Report what an outbox has counted, and what waits in it."""
        self._outbox = outbox
        self._now_ms = now_ms
        self._lag_ms: int | None = None

    def note(self, written_ms: int) -> None:
        """Note a line that is being folded; one without a time says nothing of the lag."""
        if written_ms:
            self._lag_ms = max(self._lag_ms or 0, self._now_ms() - written_ms)

    def report(self, told: Mapping[str, int], *, has_others: bool) -> Reported | None:
        """Return what was counted beyond the counts that were told before, and what waits now.

        None where nothing was folded or lost and no other metrics go: requests alone are no reason, or each
        would cause the next.
        """
        counts = self._outbox.counts()
        fresh = {name: number - told.get(name, 0) for name, number in counts.items()}
        events, lost = fresh.get(EVENTS, 0), named(fresh, DROPPED)
        if not (has_others or events or lost):
            return None
        lag_ms, self._lag_ms = self._lag_ms, None
        now_ms, oldest_ms = self._now_ms(), self._oldest_ms()
        requests, size_bytes = self._outbox.size()
        return Reported(
            origin=_origin(now_ms),
            events=events,
            requests=named(fresh, REQUESTS),
            dropped=lost,
            waiting_requests=requests,
            waiting_bytes=size_bytes,
            oldest_ms=None if oldest_ms is None else max(0, now_ms - oldest_ms),
            lag_ms=lag_ms,
        )

    def _oldest_ms(self) -> int | None:
        """Return when the oldest request that waits was made."""
        query = "SELECT created_ms FROM requests ORDER BY id LIMIT 1"
        oldest = self._outbox.connection.execute(query).fetchone()
        return oldest[0] if oldest else None


def _origin(time_ms: int) -> Origin:
    """Return the origin of what belongs to no session."""
    return Origin(
        uid="",
        time_ms=time_ms,
        session_id="",
        project_id=None,
        root_session_id=None,
        is_subagent=None,
        agent=None,
        prompt_id=None,
        surroundings=Surroundings(),
    )
