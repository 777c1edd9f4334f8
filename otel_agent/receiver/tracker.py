"""The fold: journal lines in, facts out; everything remembered is in the stores that it is given."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import msgspec

from otel_agent.facts import Fact, TurnOutcome
from otel_agent.header import Header
from otel_agent.receiver.calls import cut_calls, note_request, settle_calls
from otel_agent.receiver.context import Context, Handler
from otel_agent.receiver.handlers import message, permission, session, vcs
from otel_agent.receiver.identifiers import event_order, is_later, session_created_ms
from otel_agent.receiver.lines import settle_writes
from otel_agent.receiver.prompts import report_prompts
from otel_agent.receiver.state import (
    EarlyState,
    InstanceState,
    JournalState,
    Seen,
    Sessions,
    SessionState,
)
from otel_agent.receiver.tools import cut_tools
from otel_agent.receiver.turns import end_turn, report_start
from otel_agent.receiver.wire import Event, Hook, Host, Instance, Line, Observed, Wire
from otel_agent.tables import rows

MODULES: tuple[ModuleType, ...] = (session, message, permission, vcs)
"""The modules whose handlers are consumed."""

HANDLERS: Mapping[str, Handler] = {row.event: row for module in MODULES for row in rows(module, Handler)}
"""Event type → its handler; the plugin forwards exactly these types."""

IGNORED = frozenset({"session.deleted", "session.compacted"})
"""Types that the plugin forwards for later and that say nothing yet."""

UNUSABLE_LINE = "unusable_line"
"""The reason for which a line is dropped that is well formed, and has a value that nothing can be made of."""
NOBODY = SessionState(id="")
"""Stands where there is no session."""
KEPT_EARLY = 16
"""How many early events of a session wait for what they are about; the oldest is then folded as it is."""

_LINE = msgspec.json.Decoder(Line).decode
_DECODERS: Mapping[str, Callable[[bytes], Any]] = {
    name: msgspec.json.Decoder(row.shape).decode for name, row in HANDLERS.items()
}


class Tracker:
    """The fold of one journal.

    `dropped` counts by reason the lines and events that could not be used, `events` all events that were.
    """

    def __init__(self, journal: JournalState, sessions: Sessions, seen: Seen) -> None:
        """Fold into the given state and stores."""
        self.journal = journal
        self.dropped: Counter[str] = Counter()
        self.events = 0
        self._sessions = sessions
        self._seen = seen
        # One for all events: making one anew for each of them is a tenth of the fold's time.
        self._current = self._context(NOBODY, 0, None)

    def decode(self, raw: bytes) -> Line | None:
        """Return a line, or None (counted) when it is no JSON object of the journal's format."""
        try:
            return _LINE(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.dropped["malformed_line"] += 1
            return None

    def fold(self, line: Line) -> list[Fact]:
        """Return the facts that a line completes, in the order in which they happened."""
        self.journal.last_ms = max(self.journal.last_ms, line.t)
        if line.t == 0:
            line = msgspec.structs.replace(line, t=self.journal.last_ms)
        if line.event is not None:
            return self._fold_event(line, line.event)
        if line.journal is not None:
            self._describe(line.journal)
        elif line.instance is not None:
            self._add_instance(line.i, line.instance)
        elif line.observed is not None:
            self.observe(line.i, line.observed)
        elif line.hook is not None:
            self._note_hook(line, line.hook)
        elif line.opencode is not None:
            self._learn(line.i, line.opencode)
        elif line.lost is not None:
            self.dropped["journal_write_failed"] += line.lost.lines
        return []

    def finish(self) -> list[Fact]:
        """Return what the end of input decides: OpenCode's process is gone, nothing more will come."""
        facts: list[Fact] = []
        # A sub-agent's turn ends before the one that it is in, which adds up what it used.
        for state in sorted(self._sessions.open_sessions(), key=lambda state: -len(state.path)):
            context = self._context(state, self.journal.last_ms, None)
            for steps in (
                self._release(state, is_all=True),
                report_prompts(context),
                cut_tools(context),
                cut_calls(context),
                report_start(context),
                end_turn(context, TurnOutcome.CUT),
                settle_writes(context, is_last=True),
            ):
                facts.extend(steps)
            self._sessions.put(state)
        return facts

    def observe(self, index: int, observed: Observed) -> None:
        """Take over what was observed in the directory of an instance."""
        instance = self.journal.instances.setdefault(index, InstanceState())
        instance.repository, instance.branch = observed.repository, observed.branch
        self.journal.user_id = observed.user_id or self.journal.user_id
        self.journal.user_email = observed.user_email or self.journal.user_email
        self.journal.terminal = observed.terminal or self.journal.terminal
        self.journal.os_type = observed.os_type or self.journal.os_type
        self.journal.os_version = observed.os_version or self.journal.os_version
        self.journal.host_arch = observed.host_arch or self.journal.host_arch
        instance.is_observed = True

    def is_unobserved(self, line: Line) -> bool:
        """Tell whether a line is the first event of a directory or the beginning of a session."""
        if line.event is None:
            return False
        instance = self.journal.instances.get(line.i)
        return line.event.type == "session.created" or instance is None or not instance.is_observed

    def _fold_event(self, line: Line, event: Event) -> list[Fact]:
        """Fold one event of OpenCode's bus."""
        handler = HANDLERS.get(event.type)
        if handler is None:
            if event.type not in IGNORED:
                self.dropped["unknown_event"] += 1
            return []
        try:
            properties: Wire = _DECODERS[event.type](event.properties)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.dropped["malformed_event"] += 1
            return []
        self.events += 1
        state, context = self._session(properties.session_id or "", line), self._current
        facts = list(self._release(state, is_all=True)) if state.early and properties.is_idle else []
        context.session, context.time_ms, context.event_id = state, line.t, event.id
        if handler.is_early is not None and handler.is_early(properties, context):
            state.early.append(EarlyState(event.type, line.t, event.id, bytes(event.properties)))
        else:
            facts += self._handle(handler, properties, context)
        if state.early:
            facts += self._release(state)
        if state.id:
            self._sessions.put(state)
        return facts

    def _release(self, state: SessionState, *, is_all: bool = False) -> Iterator[Fact]:
        """Fold the early events for which there is nothing to wait any more."""
        waiting, state.early = state.early, []
        for index, early in enumerate(waiting):
            handler = HANDLERS[early.type]
            properties: Wire = _DECODERS[early.type](early.properties)
            context = self._context(state, early.time_ms, early.event_id)
            is_last = is_all or len(waiting) - index > KEPT_EARLY
            if not is_last and handler.is_early is not None and handler.is_early(properties, context):
                state.early.append(early)
                continue
            try:
                facts = self._handle(handler, properties, context)
            except Exception:  # noqa: BLE001 - else it would be in the way of every later event of the session
                self.dropped[UNUSABLE_LINE] += 1
            else:
                yield from facts

    def _handle(self, handler: Handler, properties: Wire, context: Context) -> list[Fact]:
        """Settle what this event decides of earlier ones, then fold it; a copy sent again decides nothing."""
        state, order = context.session, event_order(context.event_id)
        is_new = is_later(order, state.last_event)
        is_deciding = state.completed and is_new and not handler.tells_outcome
        facts = list(settle_calls(context, but=properties.message_id)) if is_deciding else []
        facts.extend(handler.fold(properties, context))
        if is_new:
            state.last_event = order
        return facts

    def _session(self, session_id: str, line: Line) -> SessionState:
        """Return a session's state; a new one knows from its id when it was created."""
        state = self._sessions.get(session_id) if session_id else None
        return state or SessionState(
            id=session_id, instance=line.i, created_ms=session_created_ms(session_id, line.t)
        )

    def _context(self, state: SessionState, time_ms: int, event_id: str | None) -> Context:
        """Return what a handler is given."""
        return Context(
            journal=self.journal,
            session=state,
            sessions=self._sessions,
            seen=self._seen,
            time_ms=time_ms,
            event_id=event_id,
            dropped=self.dropped,
        )

    def _describe(self, header: Header) -> None:
        """Take over a segment's header: they all say the same."""
        self.journal.subcommand = header.subcommand
        self.journal.began_ms = header.began_ms
        self.journal.terminal = header.terminal

    def _add_instance(self, index: int, instance: Instance) -> None:
        """Note a directory; it is told again in every segment."""
        state = self.journal.instances.setdefault(index, InstanceState())
        state.project = instance.project
        state.directory, state.worktree = instance.directory, instance.worktree

    def _learn(self, index: int, host: Host) -> None:
        """Take over OpenCode's version, or the MCP servers of a directory."""
        self.journal.version = host.version or self.journal.version
        instance = self.journal.instances.get(index)
        if instance is not None and host.mcp is not None:
            instance.servers = host.mcp

    def _note_hook(self, line: Line, hook: Hook) -> None:
        """Keep the command that makes the session's next prompt, or when its model call was requested."""
        state = self._session(hook.sessionID, line)
        if hook.type == "command.execute.before":
            state.command = hook.command
        elif hook.type == "chat.params":
            note_request(hook, self._context(state, line.t, None))
        if state.id:
            self._sessions.put(state)
