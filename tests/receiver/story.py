"""Writes journals by hand: events as a version of OpenCode sends them and the plugin keeps them."""

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

BEGAN = 1_795_000_000_000
SESSION = "ses_a"
MODEL = {"providerID": "fake", "modelID": "large"}


def use(input_: int = 0, output: int = 0, reasoning: int = 0, read: int = 0, write: int = 0) -> Json:
    """Return token counts as OpenCode writes them."""
    return {
        "input": input_,
        "output": output,
        "reasoning": reasoning,
        "cache": {"read": read, "write": write},
    }


class Story:
    """A journal that grows event by event; every event is 10 ms after the one before it.

    `version` decides names and fields: what contracts/opencode.md, §1.3 lists.
    """

    def __init__(self, version: str = "1.18.33", subcommand: str = "serve", began_ms: int = BEGAN) -> None:
        """Begin with the header, one directory and what is observed there."""
        self.version = tuple(int(number) for number in version.split("."))
        self.name = version
        self.now = began_ms
        self.lines: list[bytes] = []
        self._write({"journal": {"id": "j", "began_ms": began_ms, "subcommand": subcommand}})
        self._write({"instance": {"project": "p", "directory": "/home/dev/x", "worktree": "/home/dev/x"}})
        self._write({"observed": {"repository": "x", "branch": "main", "user_id": "u", "terminal": "xterm"}})

    def _write(self, line: Json) -> None:
        """Append a line."""
        self.lines.append(json.dumps({"t": self.now, "i": 0, **line}).encode())

    def event(self, kind: str, properties: Mapping[str, Any], session: str = SESSION) -> None:
        """Append an event of a session; versions before 1.15 give it no id."""
        self.now += 10
        event: Json = {"type": kind, "properties": {"sessionID": session, **properties}}
        if self.version >= (1, 15):
            event["id"] = f"evt_{len(self.lines)}"
        elif "info" in properties or "part" in properties:
            del event["properties"]["sessionID"]
        self._write({"event": event})

    def servers(self, *names: str) -> None:
        """Append the names of the directory's MCP servers."""
        self.now += 10
        self._write({"opencode": {"mcp": names}})

    def hook(self, kind: str, session: str = SESSION, **fields: object) -> None:
        """Append a call of a hook."""
        self.now += 10
        self._write({"hook": {"type": kind, "sessionID": session, **fields}})

    def session(
        self, kind: str = "created", session: str = SESSION, used: Json | None = None, **fields: object
    ) -> None:
        """Append what a session says of itself; versions before 1.15 do not say what it used."""
        info = {
            "id": session,
            "projectID": "p",
            "version": self.name,
            "time": {"created": self.now},
            **fields,
        }
        if self.version >= (1, 15):
            info |= {"agent": "build", "cost": 0, "tokens": used or use(), **fields}
        self.event(f"session.{kind}", {"info": info}, session)

    def user(self, message: str = "msg_1", session: str = SESSION, **fields: object) -> None:
        """Append a user message."""
        info = {"id": message, "sessionID": session, "role": "user", "agent": "build", "model": MODEL}
        info |= {"time": {"created": self.now}}
        self.event("message.updated", {"info": info | fields}, session)

    def prompt(self, message: str = "msg_1", session: str = SESSION, text: str = "Do it") -> None:
        """Append a prompt that a person sent: the message, and its text without the text."""
        self.user(message, session)
        cut = {"text": [len(text), len(text), 1]}
        self.part("text", message, session, part=f"prt_{message}", text="", cut=cut)

    def assistant(
        self,
        message: str = "msg_2",
        session: str = SESSION,
        *,
        parent: str = "msg_1",
        created: int | None = None,
        is_completed: bool = False,
        **fields: object,
    ) -> None:
        """Append an assistant message as it now is."""
        time = {"created": self.now if created is None else created}
        if is_completed:
            time["completed"] = self.now
        info = {"id": message, "sessionID": session, "role": "assistant", "parentID": parent, **MODEL}
        info |= {"mode": "build", "cost": 0, "tokens": use(), "time": time}
        if self.version >= (1, 1):
            info["agent"] = "build"
        self.event("message.updated", {"info": info | fields}, session)

    def part(
        self,
        kind: str,
        message: str = "msg_2",
        session: str = SESSION,
        *,
        part: str | None = None,
        **fields: object,
    ) -> None:
        """Append a part of a message."""
        body = {
            "id": part or f"prt_{len(self.lines)}",
            "sessionID": session,
            "messageID": message,
            "type": kind,
        }
        properties: Json = {"part": {**body, **fields}}
        if self.version >= (1, 4):
            properties["time"] = self.now
        self.event("message.part.updated", properties, session)

    def step(
        self,
        tokens: Json,
        cost: float,
        message: str = "msg_2",
        session: str = SESSION,
        part: str | None = None,
    ) -> None:
        """Append the end of a step: what it used."""
        self.part("step-finish", message, session, part=part, reason="stop", tokens=tokens, cost=cost)

    def stream(self, message: str = "msg_2", session: str = SESSION) -> None:
        """Append the first content of an answer: until 1.1 it came in the part."""
        part = f"prt_text_{message}"
        if self.version < (1, 2):
            self.part("text", message, session, part=part, text="", cut={"text": [3, 3, 1]})
        else:
            self.part("text", message, session, part=part, text="")
            delta = {"messageID": message, "partID": part, "field": "text"}
            self.event("message.part.delta", delta, session)

    def call(
        self,
        message: str = "msg_2",
        session: str = SESSION,
        *,
        parent: str = "msg_1",
        tokens: Json | None = None,
        cost: float = 0.001,
        **fields: object,
    ) -> None:
        """Append a whole model call that answers with text."""
        created, tokens = self.now, tokens or use(100, 10)
        self.assistant(message, session, parent=parent, **fields)
        self.part("step-start", message, session)
        self.stream(message, session)
        self.step(tokens, cost, message, session)
        end = {"tokens": tokens, "cost": cost, "finish": "stop", "created": created, **fields}
        self.assistant(message, session, parent=parent, **end)
        self.assistant(message, session, parent=parent, is_completed=True, **end)

    def tool(  # noqa: PLR0913 - a test names only what matters to it
        self,
        tool: str,
        call: str = "call_1",
        message: str = "msg_2",
        session: str = SESSION,
        *,
        status: str = "completed",
        part: str | None = None,
        **state: object,
    ) -> None:
        """Append the state of a tool call: by default it began 10 ms ago and is over."""
        given: Json = {"status": status, "input": {}, "metadata": {}, "time": {"start": self.now - 10}}
        if status in {"completed", "error"}:
            given["time"] |= {"end": self.now}
            given["input_bytes"] = 2
        self.part(
            "tool", message, session, part=part or f"prt_{call}", tool=tool, callID=call, state=given | state
        )

    def asked(  # noqa: PLR0913 - a test names only what matters to it
        self,
        permission: str,
        call: str = "call_1",
        message: str = "msg_2",
        request: str = "per_1",
        *,
        session: str = SESSION,
        diff_counts: tuple[int, int] | None = None,
    ) -> None:
        """Append a permission question; until 1.0 with other names."""
        counts = {"diff_counts": diff_counts} if diff_counts else {}
        if self.version < (1, 1):
            old = {"id": request, "type": permission, "messageID": message, "callID": call}
            self.event("permission.updated", old | counts, session)
        else:
            new = {"id": request, "permission": permission, "tool": {"messageID": message, "callID": call}}
            self.event("permission.asked", new | counts, session)

    def replied(self, reply: str, request: str = "per_1", session: str = SESSION) -> None:
        """Append the answer to a permission question."""
        if self.version < (1, 1):
            self.event("permission.replied", {"permissionID": request, "response": reply}, session)
        else:
            self.event("permission.replied", {"requestID": request, "reply": reply}, session)

    def error(self, name: str, session: str = SESSION, **data: object) -> None:
        """Append an error of the session."""
        self.event("session.error", {"error": {"name": name, "data": data}}, session)

    def retry(self, attempt: int, session: str = SESSION) -> None:
        """Append that a call will be tried again."""
        self.event("session.status", {"status": {"type": "retry", "attempt": attempt}}, session)

    def idle(self, session: str = SESSION) -> None:
        """Append that OpenCode has nothing to do, in both ways in which it says so."""
        self.event("session.status", {"status": {"type": "idle"}}, session)
        self.event("session.idle", {}, session)

    def summary(self, message: str, *diffs: tuple[str, int, int], session: str = SESSION) -> None:
        """Append a user message again, with what its turn changed so far."""
        rows = [{"file": file, "additions": added, "deletions": removed} for file, added, removed in diffs]
        self.user(message, session, summary={"diffs": rows})
