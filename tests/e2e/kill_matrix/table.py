"""The truth: OpenCode's own `event` table, up to the last event of each session that is in a journal."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.kill_matrix.keeper import lines_of
from tests.e2e.truth import Json, rows, sums

Amounts = Mapping[tuple[object, ...], float]
"""What is compared: amounts by (metric, session, attributes …)."""
KEPT_PARTS = frozenset(
    {"text", "reasoning", "subtask", "step-finish", "step-start", "compaction", "file", "agent", "tool"}
)
KEPT_TYPES = frozenset({"session.created", "session.updated", "message.updated", "message.part.updated"})
"""Those that the plugin journals, of the types that OpenCode stores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the table; the type is without its version."""

    id: str
    session: str
    type: str
    data: Json

    @property
    def made_ms(self) -> float:
        """When OpenCode made it, milliseconds since 1970: its id begins with that, without the upper bits."""
        return int(self.id.removeprefix("evt_")[:12], 16) / 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The events of some sessions: those that telemetry has to tell, and those that no journal has.

    `beyond` came after their session's last journaled event, `holes` before.
    """

    told: tuple[Event, ...]
    beyond: tuple[Event, ...]
    holes: tuple[Event, ...]


def table_of(database: Path, folder: Path, journaled: frozenset[str]) -> Table:
    """Read the events of the sessions that worked in a folder; `journaled` are the ids in all journals."""
    query = (
        "select event.id, aggregate_id, type, event.data from event join session on session.id = aggregate_id"
        " where session.directory = ? order by event.rowid"
    )
    told, beyond, holes = [], [], []
    for events in by_session(rows(database, query, str(folder))).values():
        known = [number for number, event in enumerate(events) if event.id in journaled]
        count = known[-1] + 1 if known else 0
        missing = {event.id for event in awaited(events) if event.id not in journaled}
        told += events[:count]
        holes += [event for event in events[:count] if event.id in missing]
        beyond += [event for event in events[count:] if event.id in missing]
    return Table(told=tuple(told), beyond=tuple(beyond), holes=tuple(holes))


def by_session(found: Iterable[tuple[Any, ...]]) -> dict[str, list[Event]]:
    """Sort rows by their session."""
    events: dict[str, list[Event]] = defaultdict(list)
    for id_, session, kind, data in found:
        event = Event(id=id_, session=session, type=kind.rpartition(".")[0], data=json.loads(data))
        events[session].append(event)
    return events


def awaited(events: Sequence[Event]) -> list[Event]:
    """Give the events of a session that the plugin writes when it sees them."""
    running: set[object] = set()
    found = []
    for event in events:
        part = event.data.get("part") or {}
        if event.type not in KEPT_TYPES or (part and part["type"] not in KEPT_PARTS):
            continue
        state = part.get("state") or {}
        sign = (part.get("id"), (state.get("metadata") or {}).get("sessionId"))
        is_repeated = state.get("status") == "running" and sign in running
        if state.get("status") == "running":
            running.add(sign)
        if state.get("status") != "pending" and not is_repeated:
            found.append(event)
    return found


def journaled_ids(journals: Iterable[Path]) -> frozenset[str]:
    """Give the ids of the events in journals."""
    lines = (line for folder in journals for segment in folder.glob("*.ndjson") for line in lines_of(segment))
    return frozenset(line["event"]["id"] for line in lines if "event" in line and "id" in line["event"])


def amounts(table: Table) -> Amounts:
    """Count what the events tell."""
    messages: dict[str, Json] = {}
    parts: dict[str, Json] = {}
    found: Counter[tuple[object, ...]] = Counter()
    for event in table.told:
        if event.type == "session.created":
            found["session.count", event.session] += 1
        elif event.type == "message.updated":
            messages[event.data["info"]["id"]] = event.data["info"]
        elif event.type == "message.part.updated":
            parts[event.data["part"]["id"]] = event.data["part"]
    used = sums(messages.values(), parts.values())
    found.update({("token.usage", *key): count for key, count in used.tokens.items()})
    for row in called(messages.values(), parts.values()):
        found[row] += 1
    for part in parts.values():
        if part["type"] == "tool":
            found.update(worked(part))
    counts = {key: count for key, count in found.items() if count}
    return {**counts, **{("cost.usage", *key): usd for key, usd in used.cost.items()}}


def called(messages: Iterable[Json], parts: Iterable[Json]) -> Iterable[tuple[object, ...]]:
    """Give a row for each completed model call: `message.count` and `model.usage` count it."""
    with_steps = {part["messageID"] for part in parts if part["type"] in {"step-start", "step-finish"}}
    for info in messages:
        is_call = info.get("finish") or info.get("error") or info["id"] in with_steps
        if info["role"] == "assistant" and "completed" in info["time"] and is_call:
            yield "message.count", info["sessionID"], info["modelID"]
            yield "model.usage", info["sessionID"], info["modelID"]


def worked(part: Json) -> dict[tuple[object, ...], int]:
    """Count what one tool call did."""
    state, session = part["state"], part["sessionID"]
    if state["status"] not in {"completed", "error"}:
        return {}
    found: dict[tuple[object, ...], int] = {("tool.duration", session, part["tool"]): 1}
    if state["status"] == "error":
        return found
    given, metadata = state["input"], state["metadata"]
    if part["tool"] == "bash" and metadata["exit"] == 0 and "git commit" in given["command"]:
        found["commit.count", session] = 1
    if part["tool"] == "write":
        found["lines_of_code.count", session, "added"] = given["content"].count("\n")
    if part["tool"] == "edit":
        found["lines_of_code.count", session, "added"] = metadata["filediff"]["additions"]
        found["lines_of_code.count", session, "removed"] = metadata["filediff"]["deletions"]
    return found
