"""The times in OpenCode's ids: when a session was created, which event came first."""

import re

# Twelve hexadecimal digits: (ms·4096 + counter) mod 2^48; inverted in sessions: the newest comes first.
_EVENT = re.compile(r"evt_([0-9a-f]{12})[0-9A-Za-z]{14}").fullmatch
_SESSION = re.compile(r"ses_([0-9a-f]{12})[0-9A-Za-z]{14}")
_PERIOD = 2**48
_PERIOD_MS = _PERIOD >> 12
_SLACK_MS = 1000


def session_created_ms(session_id: str, event_ms: int) -> int | None:
    """Return when a session was created, at most a little after one of its events; None for another id.

    Ids repeat after 2.2 years: a session older than that seems younger, which nothing depends on.
    """
    found = _SESSION.fullmatch(session_id)
    if found is None:
        return None
    inverted = ~int(found[1], 16) % _PERIOD
    latest_ms = event_ms + _SLACK_MS
    return max(0, latest_ms - (latest_ms - (inverted >> 12)) % _PERIOD_MS)


def event_order(event_id: str | None) -> int | None:
    """Return the place of an event in the order of sending, None for an id that does not tell."""
    found = _EVENT(event_id or "")
    return int(found[1], 16) if found else None


def is_later(order: int | None, than: int | None) -> bool:
    """Tell whether an event was sent after another one, as far as both tell their order."""
    return order is None or than is None or 0 < (order - than) % _PERIOD < _PERIOD // 2
