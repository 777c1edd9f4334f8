"""What really happened, read from OpenCode's own database: the numbers that telemetry has to equal."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Tokens by (session, model, type) and USD by (session, model) of the finished steps."""

    tokens: Mapping[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    cost: Mapping[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])


def sums(messages: Iterable[Json], parts: Iterable[Json]) -> Sums:
    """Add up the step-finish parts, whether or not their message was completed before OpenCode ended."""
    calls = {info["id"]: info for info in messages if info["role"] == "assistant"}
    tokens: dict[tuple[str, str, str], int] = defaultdict(int)
    cost: dict[tuple[str, str], float] = defaultdict(float)
    for part in parts:
        info = calls.get(part["messageID"])
        if info is not None and part["type"] == "step-finish":
            cost[info["sessionID"], info["modelID"]] += part["cost"]
            for kind, count in kinds(part["tokens"]).items():
                tokens[info["sessionID"], info["modelID"], kind] += count
    return Sums(
        tokens={key: count for key, count in tokens.items() if count},
        cost={key: usd for key, usd in cost.items() if usd},
    )


def kinds(tokens: Json) -> dict[str, int]:
    """Name OpenCode's token counts as the telemetry's `type` attribute does."""
    return {
        "input": tokens["input"],
        "output": tokens["output"],
        "reasoning": tokens["reasoning"],
        "cacheRead": tokens["cache"]["read"],
        "cacheCreation": tokens["cache"]["write"],
    }


def rows(database: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database, which other processes may be writing."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as link:
        return link.execute(query, values).fetchall()


def final_truth(database: Path) -> Sums:
    """Sum up everything that OpenCode has stored."""
    found = rows(database, "select id, session_id, data from message")
    messages = [{"id": id_, "sessionID": session, **json.loads(data)} for id_, session, data in found]
    held = rows(database, "select message_id, data from part")
    return sums(messages, [{"messageID": id_, **json.loads(data)} for id_, data in held])


def own_truth(database: Path) -> Sums:
    """Sum up what OpenCode has stored, without the messages that a fork copied from another session."""
    created = dict(rows(database, "select id, time_created from session"))
    found = rows(database, "select id, session_id, data from message")
    messages = [{"id": id_, "sessionID": session, **json.loads(data)} for id_, session, data in found]
    own = [one for one in messages if one["time"]["created"] >= created[one["sessionID"]]]
    held = rows(database, "select message_id, data from part")
    return sums(own, [{"messageID": id_, **json.loads(data)} for id_, data in held])


def durable_events(database: Path) -> list[tuple[str, str, Json]]:
    """Give OpenCode's own journal as (event id, type without version, data), in the order of writing."""
    found = rows(database, "select id, type, data from event order by rowid")
    return [(id_, kind.rpartition(".")[0], json.loads(data)) for id_, kind, data in found]


def truth_until(database: Path, last: str) -> Sums:
    """Sum up OpenCode's events up to and with the event whose id is `last`."""
    messages: dict[str, Json] = {}
    parts: dict[str, Json] = {}
    for id_, kind, data in durable_events(database):
        if kind == "message.updated":
            messages[data["info"]["id"]] = data["info"]
        elif kind == "message.part.updated":
            parts[data["part"]["id"]] = data["part"]
        if id_ == last:
            break
    return sums(messages.values(), parts.values())


def journal_events(segment: Path) -> list[Json]:
    """Give the events of a journal's segment; the last line may be torn and is skipped then."""
    whole = segment.read_text(encoding="utf-8").split("\n")[:-1]
    lines = [json.loads(line) for line in whole if line]
    return [line["event"] for line in lines if "event" in line]


def last_durable(database: Path, segment: Path) -> str:
    """Give the id of the journal's last event that OpenCode has stored too."""
    stored = {id_ for id_, _, _ in durable_events(database)}
    return str([event["id"] for event in journal_events(segment) if event["id"] in stored][-1])
