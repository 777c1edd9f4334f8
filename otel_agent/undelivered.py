"""What waits for its delivery: where it goes, since when, why it waits, and what to do."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from otel_agent.destinations.catalogue import switches_of
from otel_agent.exporter.damage import ERRORS
from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.header import Header
from otel_agent.journal import Position, segment_path, segments
from otel_agent.owners import is_foreign
from otel_agent.routes import Standing, destinations, waiting_reason
from otel_agent.settings import Delivery, Signal

ADOPT = "otel-agent flush --adopt"
AGAIN = "kept and tried again, by otel-agent flush at once; otel-agent doctor checks the way there"
ELSEWHERE = "run otel-agent flush where its OpenCode ran: on another host, or in another container"
UNTRIED = "not tried yet"
UNNAMED = "a destination that the journal's settings no longer name"
LEFT_OUT = "kept for OPENCODE_OTEL_OUTBOX_MAX_AGE, and sent when the journal's settings can be used again"

_POSITION = msgspec.msgpack.Decoder(tuple[int, int])
_QUEUES = """
SELECT signal, destination, count(*), min(CAST(coalesce(created_ms, 0) AS INTEGER)), (
    SELECT CAST(last_error AS TEXT) FROM requests AS one
    WHERE one.signal=requests.signal AND one.destination=requests.destination AND last_error IS NOT NULL
    ORDER BY place LIMIT 1)
FROM requests GROUP BY signal, destination ORDER BY min(created_ms)
"""
_LEFT = """
SELECT (SELECT count(*) FROM requests),
    (SELECT count(*) FROM pending) + (SELECT count(*) FROM series WHERE is_changed)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """Requests that wait for the same; `where` is destination, protocol and endpoint, `remedy` what to do.

    `lacks_credentials` when they wait for secrets or proxies that this process has not.
    """

    where: str
    why: str
    remedy: str
    requests: int
    oldest_ms: int
    lacks_credentials: bool


def undelivered(folder: Path, header: Header, standing: Standing, *, host: str) -> list[Undelivered]:
    """Return what waits in a journal, oldest first; raises sqlite3.Error when its database is not readable.

    `standing` says whether this process, which runs on `host`, may send it.
    """
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        rows = outbox.connection.execute(_QUEUES).fetchall()
    names = {
        (signal.value, there): (name, each)
        for name, each in standing.each().items()
        for signal, there in destinations(each, header, name).items()
    }
    is_elsewhere = is_foreign(header, host=host)
    found: list[Undelivered] = []
    for signal, there, requests, oldest_ms, error in rows:
        if (signal, there) in names:
            name, each = names[signal, there]
            row = _named(name, each, Signal(signal), None if error == waiting_reason(header, name) else error)
        else:
            row = _unnamed(standing, error)
        remedy = ELSEWHERE if is_elsewhere else row.remedy
        found.append(replace(row, remedy=remedy, requests=requests, oldest_ms=oldest_ms))
    return gathered(found)


def _named(name: str, standing: Standing, signal: Signal, error: str | None) -> Undelivered:
    """Return what a destination's requests wait for; their number and age are not known here."""
    return Undelivered(
        where=where(name, standing.settings.deliveries[signal]),
        why=_why(standing, error),
        remedy=_remedy(name, standing),
        requests=0,
        oldest_ms=0,
        lacks_credentials=not standing.has_credentials,
    )


def _unnamed(standing: Standing, error: str | None) -> Undelivered:
    """Return what requests wait for that no destination is for; it may have been left out for a problem."""
    return Undelivered(
        where=UNNAMED,
        why="; ".join(standing.problems) or error or UNTRIED,
        remedy=LEFT_OUT,
        requests=0,
        oldest_ms=0,
        lacks_credentials=False,
    )


def where(name: str, delivery: Delivery) -> str:
    """Return a destination's name, protocol and endpoint; the generic one goes without its name."""
    return f"{name}: {shown(delivery)}" if name else shown(delivery)


def shown(delivery: Delivery) -> str:
    """Return protocol and endpoint, without a signal's path, and without what may hold a secret."""
    parts = urlsplit(delivery.endpoint)
    path = parts.path.removesuffix(f"/v1/{delivery.signal}")
    return f"{delivery.protocol.value} to {parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


def gathered(rows: Iterable[Undelivered]) -> list[Undelivered]:
    """Return what waits for the same as one row, oldest first."""
    found: dict[tuple[str, str, str], Undelivered] = {}
    for row in rows:
        key = (row.where, row.why, row.remedy)
        same = found.get(key)
        found[key] = row if same is None else _sum(same, row)
    return sorted(found.values(), key=lambda row: row.oldest_ms)


def _sum(one: Undelivered, other: Undelivered) -> Undelivered:
    """Return both as one row."""
    oldest_ms = min(one.oldest_ms, other.oldest_ms)
    return replace(one, requests=one.requests + other.requests, oldest_ms=oldest_ms)


def _why(standing: Standing, error: str | None) -> str:
    """Return why requests wait: the credentials that are lacking, else the server's words."""
    if standing.has_credentials:
        return error or UNTRIED
    lack = standing.lack
    words = [f"{name} is not set here" for name in lack.unset]
    words += [f"{name} has another value here than when OpenCode ran" for name in lack.changed]
    words += [f"{name} has a value that the journal's settings cannot have" for name in lack.unusable]
    words += [f"{name} is not for that server: this shell's settings name another" for name in lack.withheld]
    return "; ".join(words) or "the proxies here are others than when OpenCode ran"


def _remedy(name: str, standing: Standing) -> str:
    """Return what to do about a destination's requests that wait."""
    lack = standing.lack
    if standing.has_credentials:
        return AGAIN
    if lack.unset or lack.unusable:
        return f"set {', '.join(lack.unset or lack.unusable)} and run {ADOPT}: it sends with today's values"
    if lack.withheld:
        own = " and ".join(switches_of(name))
        return f"set {own} for that server and run {ADOPT}: it sends with today's values"
    if lack.changed:
        return f"{ADOPT} sends them with today's value of {', '.join(lack.changed)}"
    return f"{ADOPT} sends them through the proxies of this shell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What an agent has still to do for a journal: `is_unread` when not all is made into requests yet."""

    requests: int
    is_unread: bool

    @property
    def is_anything(self) -> bool:
        """Whether anything that was written so far is not delivered."""
        return self.requests > 0 or self.is_unread


def left_in(folder: Path) -> Left:
    """Return what is left to do for a journal; one whose database cannot be read counts as not read."""
    try:
        with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
            requests, unbuilt = outbox.connection.execute(_LEFT).fetchone()
            stored = outbox.meta("position")
        position = Position(*_POSITION.decode(stored)) if stored else Position()
        is_behind = any(_is_behind(folder, number, position) for number in segments(folder))
        return Left(requests=requests, is_unread=unbuilt > 0 or is_behind)
    except (OSError, *ERRORS, msgspec.DecodeError):
        return Left(requests=0, is_unread=True)


def _is_behind(folder: Path, number: int, position: Position) -> bool:
    """Tell whether a segment has lines behind a position."""
    offset = position.offset if number == position.segment else 0
    return number >= position.segment and segment_path(folder, number).stat().st_size > offset
