"""What a handler is given: the session, the event's time, and the memory of what was counted."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from otel_agent.facts import Fact, Origin, Path, Surroundings
from otel_agent.receiver.state import CallState, InstanceState, JournalState, Seen, Sessions, SessionState
from otel_agent.receiver.wire import Wire

P = TypeVar("P", bound=Wire)


@dataclass(slots=True, kw_only=True)
class Context:
    """One event's surroundings for its handler.

    `dropped` counts by reason what OpenCode did not tell well enough to be counted.
    """

    journal: JournalState
    session: SessionState
    sessions: Sessions
    seen: Seen
    time_ms: int
    event_id: str | None = None
    dropped: Counter[str] = field(default_factory=Counter[str])

    @property
    def answers_itself(self) -> bool:
        """Whether OpenCode answers permission questions itself: `opencode run` does, as its flags say."""
        return self.journal.subcommand == "run"

    def is_new_event(self) -> bool:
        """Tell whether this event is no copy of an earlier one; without an id (before 1.15) none is."""
        return self.event_id is None or self.seen.add(f"event:{self.event_id}")

    def count_once(self, kind: str, key: str) -> bool:
        """Tell whether this thing of this session is met for the first time; it never is again."""
        return self.seen.add(f"{kind}:{self.session.id}:{key}")

    def is_counted(self, kind: str, key: str) -> bool:
        """Tell whether the thing was met before."""
        return f"{kind}:{self.session.id}:{key}" in self.seen

    def is_history(self, ended_ms: int | None) -> bool:
        """Tell whether something ended before this session or this process began.

        A fork and a compaction publish old messages again; whoever saw them first has counted them.
        """
        return ended_ms is not None and ended_ms < max(self.session.created_ms or 0, self.journal.began_ms)

    def origin(
        self,
        uid: str,
        *,
        time_ms: int | None = None,
        agent: str | None = None,
        prompt_id: str | None = None,
        path: Path = (),
    ) -> Origin:
        """Return where and when a fact of this session happened; by default now, and in its turn."""
        session, instance = self.session, self._instance()
        return Origin(
            uid=uid,
            time_ms=self.time_ms if time_ms is None else time_ms,
            session_id=session.id,
            project_id=session.project or instance.project,
            root_session_id=session.root,
            is_subagent=session.parent is not None if session.is_described else None,
            agent=agent or session.agent,
            prompt_id=prompt_id or session.prompt_id,
            path=path or session.path,
            surroundings=Surroundings(
                repository=instance.repository,
                branch=instance.branch,
                user_id=self.journal.user_id,
                user_email=self.journal.user_email,
                terminal=self.journal.terminal,
            ),
        )

    def _instance(self) -> InstanceState:
        """Return the directory that the session works in."""
        return self.journal.instances.get(self.session.instance) or InstanceState()

    @property
    def servers(self) -> tuple[str, ...]:
        """The MCP servers of the session's directory, as far as they are known."""
        return self._instance().servers

    def open_call(self) -> tuple[str, CallState | None]:
        """Return the newest model call that is not over, and its message id."""
        for message_id, call in reversed(self.session.calls.items()):
            if call.is_running:
                return message_id, call
        return self.session.prompt_id or "", None

    def relative(self, path: str) -> str:
        """Return a path as OpenCode's summaries write it: relative to the worktree."""
        worktree = self._instance().worktree
        prefix = f"{worktree.rstrip('/')}/" if worktree else ""
        return path.removeprefix(prefix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One consumed event type: the shape of its properties and what it says.

    `tells_outcome`: the event may say how a completed call ended, which decides nothing before the next one.
    `is_early` tells whether what the event is about has still to come.
    """

    event: str
    shape: type[Wire]
    fold: Callable[[Any, Context], Iterator[Fact]]
    tells_outcome: bool = False
    is_early: Callable[[Any, Context], bool] | None = None


def handles(
    event: str,
    shape: type[P],
    *,
    tells_outcome: bool = False,
    is_early: Callable[[P, Context], bool] | None = None,
) -> Callable[[Callable[[P, Context], Iterator[Fact]]], Handler]:
    """Make a function the handler row of an event type."""

    def row(fold: Callable[[P, Context], Iterator[Fact]]) -> Handler:
        return Handler(event=event, shape=shape, fold=fold, tells_outcome=tells_outcome, is_early=is_early)

    return row
