"""A session as a plugin sees it: what a test says in it, and what its shells and model requests are told."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.plugin.events import event
from tests.plugin.host import Host
from tests.plugin.tracing import Json, Path

REMOTE_TRACE, REMOTE_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
REMOTE = f"00-{REMOTE_TRACE}-{REMOTE_SPAN}-01"
UNSAMPLED = f"00-{REMOTE_TRACE}-{REMOTE_SPAN}-00"
TURN: Path = (("session", "ses_1", "p1"),)
CALL: Path = (*TURN, ("llm", "ses_1", "a1"), ("tool", "ses_1", "a1:c1"))
"""The turn and the call that most tests begin with."""
NOW_MS = 1_700_000_000_000
"""When the plugin's process began; its clock stands still there unless a test moves it."""


def process(host: Host, **environ: str) -> int:
    """Load a plugin whose process begins now, under an environment; return its instance."""
    return int(host.call("core", env=environ, at=NOW_MS, uptime_ms=0)["instance"])


@dataclass(slots=True, kw_only=True)
class Session:
    """A session of OpenCode in one instance of the plugin; times are milliseconds after the process began."""

    host: Host
    instance: int
    id: str = "ses_1"

    def tell(self, kind: str, **properties: object) -> None:
        """Publish an event of the session."""
        self.host.event(event(kind, sessionID=self.id, **properties), self.instance)

    def created(self, after_ms: int = 0) -> None:
        """Say when the session was created."""
        self.tell("session.created", info={"id": self.id, "time": {"created": NOW_MS + after_ms}})

    def idle(self) -> None:
        """Say twice that nothing is left to do, as OpenCode does."""
        self.tell("session.status", status={"type": "idle"})
        self.tell("session.idle")

    def prompt(self, message: str, after_ms: int = 1) -> None:
        """Publish a user message."""
        self._message(message, {"created": NOW_MS + after_ms}, role="user")

    def answer(
        self, message: str, prompt: str, *, after_ms: int = 2, is_over: bool = False, **more: object
    ) -> None:
        """Publish an assistant message."""
        end = {"completed": NOW_MS + 100} if is_over else {}
        time = {"created": NOW_MS + after_ms, **end}
        self._message(message, time, **{"role": "assistant", "parentID": prompt, "agent": "build", **more})

    def _message(self, message: str, time: Json, **more: object) -> None:
        self.tell("message.updated", info={"id": message, "sessionID": self.id, "time": time, **more})

    def step(self, message: str, kind: str = "step-start") -> None:
        """Say that a message is a model call."""
        self._part(kind, message)

    def call(self, call: str, message: str, tool: str = "bash", **metadata: object) -> None:
        """Publish a tool call that runs."""
        state = {"status": "running", "input": {}, "metadata": metadata, "time": {"start": NOW_MS + 4}}
        self._part("tool", message, tool=tool, callID=call, state=state)

    def pending(self, call: str, message: str) -> None:
        """Publish a tool call whose arguments are still coming."""
        state = {"status": "pending", "input": {}, "raw": ""}
        self._part("tool", message, tool="bash", callID=call, state=state)

    def _part(self, kind: str, message: str, **more: object) -> None:
        part = {"id": f"prt_{message}{more.get('callID')}", "sessionID": self.id, "messageID": message}
        self.tell("message.part.updated", part={**part, "type": kind, **more})

    def turn(
        self, prompt: str, answer: str, call: str, tool: str = "bash", after_ms: int = 1, **metadata: object
    ) -> None:
        """Begin a turn that gets as far as a tool call."""
        self.prompt(prompt, after_ms)
        self.answer(answer, prompt, after_ms=after_ms)
        self.step(answer)
        self.call(call, answer, tool, **metadata)

    def shell(self, call: str | None) -> Mapping[str, str]:
        """Return what the shell of a tool call is told."""
        asked = {"cwd": "/", "sessionID": self.id, "callID": call}
        return self._hook("shell.env", {name: value for name, value in asked.items() if value}, "env")

    def request(self, agent: str = "build", provider: str = "fake") -> Mapping[str, str]:
        """Return what a model request is told in its headers."""
        asked = {"sessionID": self.id, "agent": agent, "model": {"providerID": provider}, "provider": {}}
        return self._hook("chat.headers", asked, "headers")

    def _hook(self, name: str, asked: Json, field_name: str) -> Mapping[str, str]:
        told = self.host.call("hook", instance=self.instance, name=name, value=asked, output={field_name: {}})
        assert told["threw"] is None
        found: Mapping[str, str] = told["output"][field_name]
        return found


def begun(host: Host, session_id: str = "ses_1", **environ: str) -> Session:
    """Begin a turn (p1, a1, c1) under an environment."""
    session = Session(host=host, instance=process(host, **environ), id=session_id)
    session.turn("p1", "a1", "c1")
    return session


def child_of(session: Session, call: str, message: str, child: str) -> Session:
    """Let a call of a session start a sub-agent, which gets as far as a call (p, a, c and its name)."""
    session.call(call, message, "task", sessionId=child)
    started = Session(host=session.host, instance=session.instance, id=child)
    started.turn(f"p{child}", f"a{child}", f"c{child}")
    return started
