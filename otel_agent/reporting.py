"""What the agent says of itself with the other metrics: the counts of a journal's database as a fact."""

from collections.abc import Callable, Mapping

from otel_agent.exporter.outbox import Outbox
from otel_agent.facts import Origin, Reported, Surroundings
from otel_agent.receipts import DROPPED, named

EVENTS = "events"
REQUESTS = "requests."
"""How the names of counts begin that are of requests by outcome."""


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

    def report(self, told: Mapping[str, int]) -> Reported:
        """Return what was counted beyond the counts that were told before, and what waits now."""
        lag_ms, self._lag_ms = self._lag_ms, None
        return _report(self._outbox, told, now_ms=self._now_ms(), lag_ms=lag_ms)


def _report(outbox: Outbox, told: Mapping[str, int], *, now_ms: int, lag_ms: int | None) -> Reported:
    """Return a report."""
    fresh = {name: number - told.get(name, 0) for name, number in outbox.counts().items()}
    requests, size_bytes, oldest_ms = _waiting(outbox)
    return Reported(
        origin=_origin(now_ms),
        events=fresh.get(EVENTS, 0),
        requests=named(fresh, REQUESTS),
        dropped=named(fresh, DROPPED),
        waiting_requests=requests,
        waiting_bytes=size_bytes,
        oldest_ms=None if oldest_ms is None else max(0, now_ms - oldest_ms),
        lag_ms=lag_ms,
    )


def _waiting(outbox: Outbox) -> tuple[int, int, int | None]:
    """Return how many requests wait, their bytes and when the oldest was made, reading no payload."""
    query = "SELECT count(*), coalesce(sum(length(payload)), 0) FROM requests"
    requests, size_bytes = outbox.connection.execute(query).fetchone()
    oldest = outbox.connection.execute("SELECT created_ms FROM requests ORDER BY id LIMIT 1").fetchone()
    return requests, size_bytes, oldest[0] if oldest else None


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
