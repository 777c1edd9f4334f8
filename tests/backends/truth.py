"""What happened in the week, by OpenCode's own events: the numbers that the boards have to show."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tests.backends.week import Journal
from tests.e2e.truth import kinds
from tests.otlp.happened import PULL, SHA, Happened, Json, happened, succeeded

Labels = Mapping[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something that can be added up, by whom, where and of what; labels are as Prometheus writes them.

    `at_ms` is when a model call was completed, 0 of anything else.
    """

    labels: Labels
    number: float
    at_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A journal of the week, and what happened in it; `quiet` is the longest time without a line."""

    journal: Journal
    what: Happened
    begin_ms: int
    end_ms: int
    quiet: tuple[int, int]
    places: Mapping[str, str]

    def labels(self, session: str) -> dict[str, str]:
        """Give what every number of a session is told with."""
        return {
            "session_id": session,
            "user_id": self.journal.person.id,
            "vcs_repository_name": self.places[session],
            "vcs_ref_head_name": self.journal.branch,
        }

    def steps(self) -> Iterator[tuple[Row, Json]]:
        """Yield the finished steps of model calls, and what a row of each begins with."""
        for part in self.what.of("step-finish"):
            info = self.what.messages[part["messageID"]]
            if info["role"] == "assistant":
                named = {"model": info["modelID"], "provider": info["providerID"], "agent": info["agent"]}
                labels = {**self.labels(info["sessionID"]), **named}
                yield Row(labels=labels, number=0, at_ms=info["time"].get("completed", 0)), part

    def of_session(self, session: str, number: float = 1, **labels: str) -> Row:
        """Give a row of a session."""
        return Row(labels={**self.labels(session), **labels}, number=number)


def lived(journal: Journal, folder: Path) -> Lived:
    """Read what happens in a journal, which is written into a folder."""
    lines = list(journal.lines())
    directories = {line["i"]: line["instance"]["directory"] for line in lines if "instance" in line}
    places: dict[str, str] = {}
    for line in lines:
        session = line.get("event", {}).get("properties", {}).get("sessionID")
        if session is not None:
            places.setdefault(session, journal.repositories[directories[line["i"]]])
    times = [line["t"] for line in lines if "t" in line]
    return Lived(
        journal=journal,
        what=happened(journal.write(folder)),
        begin_ms=journal.move.to_ms,
        end_ms=max(times),
        quiet=max(pairwise(times), key=lambda pair: pair[1] - pair[0]),
        places=places,
    )


def within(days: Iterable[Lived], start_s: float, end_s: float) -> list[Lived]:
    """Give what happened in a range; ValueError where it cuts a journal."""
    found = list[Lived]()
    for one in days:
        begins, ends = one.begin_ms > start_s * 1000, one.end_ms <= end_s * 1000
        if begins and ends:
            found.append(one)
        elif one.begin_ms < end_s * 1000 and one.end_ms > start_s * 1000:
            raise ValueError(f"{one.journal.id}: expected to be in the range or outside, got one that is cut")
    return found


def tokens(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the tokens of each step by type."""
    for one in days:
        for row, part in one.steps():
            for kind, count in kinds(part["tokens"]).items():
                yield replace(row, labels={**row.labels, "type": kind}, number=count)


def cost(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield what each step cost, in US dollars."""
    for one in days:
        yield from (replace(row, number=part["cost"]) for row, part in one.steps())


def sessions(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the sessions that began, and those that went on."""
    for one in days:
        for session, info in one.what.sessions.items():
            start = "fresh" if session in one.what.created else "resume"
            is_subagent = str("parentID" in info).lower()
            yield one.of_session(session, start_type=start, is_subagent=is_subagent)


def lines(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the lines that edits and writes added and removed, by journal and type."""
    for one in days:
        owner = {"user_id": one.journal.person.id}
        for (kind,), count in one.what.churn().items():
            yield Row(labels={**owner, "type": str(kind)}, number=count)


def commits(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the commits whose names were printed, by journal."""
    for one in days:
        yield Row(labels={"user_id": one.journal.person.id}, number=one.what.printed(SHA))


def pull_requests(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the pull requests whose addresses were printed, by journal."""
    for one in days:
        yield Row(labels={"user_id": one.journal.person.id}, number=one.what.printed(PULL))


def tool_calls(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the calls that are over; a tool that does not exist is `invalid`."""
    for one in days:
        for part in one.what.calls():
            is_success = succeeded(part) and part["tool"] != "invalid"
            yield one.of_session(part["sessionID"], tool_name=part["tool"], success=str(is_success).lower())


def edits(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the calls that would change files: every recorded one was allowed."""
    for one in days:
        for part in one.what.calls("write", "edit"):
            yield one.of_session(part["sessionID"], tool_name=part["tool"], decision="accept")


def decisions(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the answers to permission questions, and the calls that a rule denied."""
    for one in days:
        for (tool, decision, source), count in one.what.decisions().items():
            labels = {"tool_name": str(tool), "decision": str(decision), "source": str(source)}
            yield Row(labels=labels, number=count)


def errors(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the errors that OpenCode told of, by session."""
    for one in days:
        for told in one.what.named("session.error"):
            yield one.of_session(told["sessionID"])


def retries(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the retries that OpenCode announced, by session."""
    for one in days:
        for told in one.what.named("session.status"):
            if told["status"]["type"] == "retry":
                yield one.of_session(told["sessionID"])


def added(rows: Iterable[Row], *by: str) -> dict[Key, float]:
    """Add rows up by labels; what comes to nothing is left out."""
    found: dict[Key, float] = defaultdict(float)
    for row in rows:
        found[tuple(row.labels[label] for label in by)] += row.number
    return {key: number for key, number in found.items() if number}


def only(rows: Iterable[Row], **labels: str) -> Iterator[Row]:
    """Yield the rows that have these labels."""
    wanted = labels.items()
    return (row for row in rows if wanted <= dict(row.labels).items())


def summed(rows: Iterable[Row]) -> float:
    """Add up all rows."""
    return sum(row.number for row in rows)
