"""What became of one life: what OpenCode's table and an undisturbed fold say, against what arrived."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from otel_agent.journal import read_header
from otel_agent.settings import parse
from tests.e2e.kill_matrix.arrived import Arrived, arrived, counted, decoded
from tests.e2e.kill_matrix.lives import Lived
from tests.e2e.kill_matrix.server import Taken
from tests.e2e.kill_matrix.table import Amounts, Table, amounts, journaled_ids, table_of
from tests.e2e.truth import rows
from tests.pipelines import Sent, finished

BEYOND_LIMIT_MS = 50.0
"""The most that OpenCode's table may have beyond a journal, before OpenCode was killed."""
CLOCK_MS = 2**36
"""An event's id has so many milliseconds of the clock."""
SHOWN = 8
NO_SESSION = "None"
OWN_COUNT = "otel_agent.events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was lost and doubled, each told in a line, and the requests that came again as they were.

    `compared` is how many amounts and ids were looked at. `beyond_ms` is how long
    before the kill of OpenCode each event was made that is in no journal.
    """

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    repeats: int
    beyond_ms: tuple[float, ...]
    compared: int

    @property
    def is_good(self) -> bool:
        """Whether all arrived, once."""
        return not self.lost and not self.doubled and max(self.beyond_ms, default=0.0) <= BEYOND_LIMIT_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What there is at a round's end: OpenCode's database, what was journaled, folded and taken.

    `events` is how many events an undisturbed fold counts in all journals.
    """

    database: Path
    journaled: frozenset[str]
    folded: Arrived
    events: int
    came: Arrived
    repeats: Mapping[str, int]


def gathered(database: Path, journals: Iterable[Path], taken: Taken) -> Evidence:
    """Read everything, and fold the journals in one go."""
    folders = list(journals)
    sent = folds(folders)
    repeats: Counter[str] = Counter()
    for request in taken.repeated:
        repeats.update(sorted(sessions_in(decoded([request])) - {NO_SESSION})[:1])
    return Evidence(
        database=database,
        journaled=journaled_ids(folders),
        folded=together(sent),
        events=sum(one.counts["events"] for one in sent),
        came=decoded(taken.requests),
        repeats=repeats,
    )


def folds(journals: Iterable[Path]) -> list[Sent]:
    """Fold journals without a disturbance, each with its own settings."""
    return [finished(folder, parse({"HOME": "/", **read_header(folder).settings})) for folder in journals]


def together(sent: Sequence[Sent]) -> Arrived:
    """Sort what several folds gave."""
    return arrived(
        [point for one in sent for point in one.points],
        [record for one in sent for record in one.records],
        [span for one in sent for span in one.spans],
    )


def sessions_in(found: Arrived) -> AbstractSet[str]:
    """Give the sessions that something is about."""
    return {str(key[1]) for key in found.series} | {key[0] for key in (*found.records, *found.spans)}


def judged(lived: Lived, evidence: Evidence) -> Verdict:
    """Compare everything that is about the sessions of one life."""
    query = "select id from session where directory = ?"
    sessions = {session for (session,) in rows(evidence.database, query, str(lived.folder))}
    table = table_of(evidence.database, lived.folder, evidence.journaled)
    lost = [f"{event.type} {event.id} is in no journal" for event in table.holes]
    doubled: list[str] = []
    compared = 0
    for expected, came in pairs(table, evidence):
        mine = of(expected, sessions)
        compared += len(mine)
        fewer, more = differences(mine, of(came, sessions))
        lost += fewer
        doubled += more
    if lived.ended_ms is None:
        lost += [f"{event.type} {event.id} is in no journal" for event in table.beyond]
    return Verdict(
        lost=tuple(lost),
        doubled=tuple(doubled),
        repeats=sum(evidence.repeats.get(session, 0) for session in sessions),
        beyond_ms=ages(table, lived.ended_ms),
        compared=compared,
    )


def own_differences(evidence: Evidence) -> list[str]:
    """Tell whether all agents together have counted another number of events than the journals have."""
    told = evidence.came.series.get((OWN_COUNT, NO_SESSION), 0)
    return [] if told == evidence.events else [f"{OWN_COUNT}: expected {evidence.events}, got {told}"]


def pairs(table: Table, evidence: Evidence) -> Iterable[tuple[Amounts, Amounts]]:
    """Give each truth with what it is compared with."""
    yield amounts(table), counted(evidence.came)
    yield evidence.folded.series, evidence.came.series
    for expected, came in (
        (evidence.folded.records, evidence.came.records),
        (evidence.folded.spans, evidence.came.spans),
    ):
        yield (
            {("id", session, name): float(count) for (session, name), count in expected.items()},
            {("id", session, name): float(count) for (session, name), count in came.items()},
        )


def of(found: Amounts, sessions: AbstractSet[str]) -> Amounts:
    """Give the amounts of these sessions."""
    return {key: value for key, value in found.items() if key[1] in sessions}


def differences(expected: Amounts, came: Amounts) -> tuple[list[str], list[str]]:
    """Tell where less arrived than is true, and where more."""
    fewer: list[str] = []
    more: list[str] = []
    for key in sorted(expected.keys() | came.keys(), key=repr):
        wanted, got = expected.get(key), came.get(key)
        if wanted is None or got is None or abs(wanted - got) > 1e-9 * max(1.0, abs(wanted)):
            text = f"{' '.join(map(str, key))}: expected {wanted}, got {got}"
            (fewer if got is None or (wanted is not None and got < wanted) else more).append(text)
    return fewer, more


def ages(table: Table, ended_ms: float | None) -> tuple[float, ...]:
    """Give how long before the kill of OpenCode the events were made that no journal has."""
    if ended_ms is None:
        return ()
    passed_ms = [(ended_ms - event.made_ms) % CLOCK_MS for event in table.beyond]
    # One that was made between the look at the clock and the signal seems to be as old as the clock goes.
    return tuple(0.0 if age > CLOCK_MS / 2 else age for age in passed_ms)
