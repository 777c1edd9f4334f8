"""What happened in a recording, read from OpenCode's own events and never through the agent's code."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.truth import Sums, sums

Json = Mapping[str, Any]
Counts = dict[tuple[object, ...], int]
SHA = re.compile(r"^[0-9a-f]{40}$", re.MULTILINE)
PULL = re.compile(r"^https://github\.com/\S+/pull/\d+$", re.MULTILINE)
DESCRIBED = ("session.created", "session.updated")
ANSWERS = {
    "once": ("accept", "user_temporary"),
    "always": ("accept", "user_permanent"),
    "reject": ("reject", "user_reject"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A recording's last word on each session, message and part; what a fork copied is not in it.

    `created` and `sessions` are by id: the time of creation of those that began in the recording, and the
    last description of all; `events` are (type, properties) in their order.
    """

    events: tuple[tuple[str, Json], ...]
    answers_itself: bool
    created: Mapping[str, int]
    sessions: Mapping[str, Json]
    messages: Mapping[str, Json]
    parts: tuple[Json, ...]

    def sums(self) -> Sums:
        """Add up tokens and cost of the finished steps."""
        return sums(self.messages.values(), self.parts)

    def of(self, kind: str) -> list[Json]:
        """Give the parts of a type."""
        return [part for part in self.parts if part["type"] == kind]

    def calls(self, *names: str) -> list[Json]:
        """Give the tool calls that are over, those of certain tools if there are names."""
        over = [part for part in self.of("tool") if part["state"]["status"] in {"completed", "error"}]
        return [part for part in over if not names or part["tool"] in names]

    def started(self) -> Counts:
        """Count the sessions by whether they are sub-agents and whether they began here."""
        return dict(
            Counter(
                ("parentID" in info, "fresh" if id_ in self.created else "resume")
                for id_, info in self.sessions.items()
            )
        )

    def printed(self, pattern: re.Pattern[str]) -> int:
        """Count the lines of a form in what successful shell commands printed."""
        done = [part["state"] for part in self.calls("bash") if succeeded(part)]
        return sum(len(pattern.findall(state.get("output", ""))) for state in done)

    def churn(self) -> Counts:
        """Add up the lines of successful edits: new files by content, edits by OpenCode's counts."""
        added, removed = 0, 0
        for state in (part["state"] for part in self.calls("write", "edit") if succeeded(part)):
            diff = state["metadata"].get("filediff", {"additions": 0, "deletions": 0})
            added += diff["additions"] + state["input"].get("cut", {}).get("content", (0, 0, 0))[2]
            removed += diff["deletions"]
        return {key: lines for key, lines in {("added",): added, ("removed",): removed}.items() if lines}

    def net(self) -> tuple[int, int]:
        """Add up the last summary of each prompt that is not reverted."""
        kept = [
            message.get("summary", {}).get("diffs", ())
            for message in self.messages.values()
            if message["role"] == "user" and not self.is_reverted(message)
        ]
        files = [file for diffs in kept for file in diffs]
        return sum(file["additions"] for file in files), sum(file["deletions"] for file in files)

    def is_reverted(self, message: Json) -> bool:
        """Tell whether the user has taken a message back."""
        revert = self.sessions[message["sessionID"]].get("revert")
        return revert is not None and message["id"] >= revert["messageID"]

    def decisions(self) -> Counts:
        """Count the answers to permission questions, and the calls that a rule denied."""
        tools = {part["callID"]: part["tool"] for part in self.of("tool")}
        asked = {one["id"]: one for one in self.named("permission.asked")}
        found: Counter[tuple[object, ...]] = Counter()
        for reply in self.named("permission.replied"):
            decision, source = ANSWERS[reply["reply"]]
            tool = tools[asked[reply["requestID"]]["tool"]["callID"]]
            found[tool, decision, "config" if self.answers_itself else source] += 1
        for part in self.calls():
            if "specified a rule which prevents" in part["state"].get("error", ""):
                found[part["tool"], "reject", "config"] += 1
        return dict(found)

    def prompts(self) -> int:
        """Count the messages in which a person wrote: those of sub-agents are written by their parents."""
        written = {part["messageID"] for part in self.of("text") if not part.get("synthetic")}
        asked = [one for id_, one in self.messages.items() if id_ in written and one["role"] == "user"]
        return sum("parentID" not in self.sessions[one["sessionID"]] for one in asked)

    def answered(self) -> list[Json]:
        """Give the model calls that ended with an answer: their last step is finished and nothing failed."""
        finished = {part["messageID"] for part in self.of("step-finish")}
        return [one for id_, one in self.messages.items() if id_ in finished and "error" not in one]

    def named(self, kind: str) -> list[Json]:
        """Give the properties of the events of a type."""
        return [properties for type_, properties in self.events if type_ == kind]


def succeeded(part: Json) -> bool:
    """Tell whether a call ended without an error and, of a shell command, with exit code 0.

    A user's own command has none, that of an aborted one is null.
    """
    state = part["state"]
    is_done: bool = state["status"] == "completed"
    return is_done and (part["tool"] != "bash" or state["metadata"].get("exit", 0) == 0)


def happened(file: Path) -> Happened:
    """Read a recording."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    events = tuple((line["event"]["type"], line["event"]["properties"]) for line in lines if "event" in line)
    created = {
        one["info"]["id"]: one["info"]["time"]["created"] for kind, one in events if kind == "session.created"
    }
    messages = {
        one["info"]["id"]: one["info"]
        for kind, one in events
        if kind == "message.updated"
        and one["info"]["time"]["created"] >= created.get(one["info"]["sessionID"], 0)
    }
    parts = {one["part"]["id"]: one["part"] for kind, one in events if kind == "message.part.updated"}
    return Happened(
        events=events,
        answers_itself=lines[0]["journal"]["subcommand"] == "run",
        created=created,
        sessions={one["info"]["id"]: one["info"] for kind, one in events if kind in DESCRIBED},
        messages=messages,
        parts=tuple(part for part in parts.values() if part["messageID"] in messages),
    )
