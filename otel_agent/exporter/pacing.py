"""How far apart one signal's requests go: as fast as the server answers, until something has failed.

After an outage a backlog is not poured out, and where a server says that it is asked too often the pace
falls until it hardly says so any more.
"""

from otel_agent.exporter.transport import Delivered, Denied, Outcome, Rejected, Retry, TooLarge

GAP_S = 0.1
"""What lies between two requests after a failure: a day's backlog of one a minute goes in some minutes.

Without it 240 (HTTP) to 550 (gRPC) requests a second were measured, from each agent that was waiting.
"""
LONGEST_GAP_S = 10.0
RECOVERY = 0.97
"""How a longer gap shrinks with each delivery: a server that allows three a second refuses one in twenty."""


def gap_after(gap_s: float, outcome: Outcome, *, attempts: int) -> float:
    """Return the gap to the next request, in seconds; the last request was tried `attempts` times before."""
    match outcome:
        case Retry(is_throttled=True):
            return min(LONGEST_GAP_S, 2 * max(gap_s, GAP_S))
        case Retry() | Denied():
            return max(gap_s, GAP_S)
        case Delivered() | TooLarge() | Rejected():
            return max(GAP_S, gap_s * RECOVERY) if gap_s or attempts else 0.0
