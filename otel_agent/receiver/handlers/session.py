"""Sessions: created, described, idle, failed, reverted; and the turns in them."""

import re
from collections.abc import Iterator

from otel_agent.facts import Fact, Retried, Retry, SessionFailed, TurnOutcome
from otel_agent.receiver.calls import failure_of, note_error, use_of
from otel_agent.receiver.context import Context, handles
from otel_agent.receiver.lines import net_lines
from otel_agent.receiver.places import call_path
from otel_agent.receiver.prompts import report_prompts
from otel_agent.receiver.turns import describe, end_turn, report_start, start
from otel_agent.receiver.wire import FileDiff, SessionInfo, Wire, WireError

KEPT_RETRIES = 64
"""How many retries of a call its span tells of."""
LARGEST_ATTEMPT = 1_000_000
"""More retries than any call makes: a larger number is no attempt."""


class SessionEvent(Wire, frozen=True):
    """An event that carries the whole session."""

    info: SessionInfo

    @property
    def session_id(self) -> str:
        """The session itself."""
        return self.info.id


class SessionIdle(Wire, frozen=True):
    """A session for which OpenCode has nothing to do."""

    sessionID: str

    @property
    def is_idle(self) -> bool:
        """That is all that it says."""
        return True


class Status(Wire, frozen=True):
    """What a session is doing: busy, retry or idle."""

    type: str
    attempt: int | None = None


class SessionStatus(Wire, frozen=True):
    """A change of what a session is doing."""

    sessionID: str
    status: Status

    @property
    def is_idle(self) -> bool:
        """Whether it is this change."""
        return self.status.type == "idle"


class SessionError(Wire, frozen=True):
    """An error of a session; the session's id is missing when it failed before there was one."""

    sessionID: str | None = None
    error: WireError | None = None


class SessionDiff(Wire, frozen=True):
    """The files that a session has changed."""

    sessionID: str
    diff: tuple[FileDiff, ...] = ()


@handles("session.created", SessionEvent)
def session_created(event: SessionEvent, context: Context) -> Iterator[Fact]:
    """A session began in this process."""
    describe(event.info, context)
    context.journal.version = context.journal.version or event.info.version
    if context.session.start is None:
        context.session.baseline_tokens, context.session.baseline_cost = 0, 0.0
    yield from start("fresh", context)


@handles("session.updated", SessionEvent)
def session_updated(event: SessionEvent, context: Context) -> Iterator[Fact]:
    """A session's description changed: its agent, its parent, its totals, what is reverted."""
    describe(event.info, context)
    session = context.session
    if not session.has_used and session.baseline_tokens is None and event.info.tokens is not None:
        used = use_of(event.info.tokens, event.info.cost)
        session.baseline_tokens, session.baseline_cost = used.counts.total, used.cost
    if session.start is not None:
        yield from report_start(context)
    session.reverted_from = event.info.revert.messageID if event.info.revert else None
    yield from net_lines(context)


@handles("session.idle", SessionIdle)
def session_idle(_event: SessionIdle, context: Context) -> Iterator[Fact]:
    """OpenCode has nothing to do for a session."""
    if context.is_new_event():
        yield from _idle("session.idle", context)


def _idle(told_by: str, context: Context) -> Iterator[Fact]:
    """End the turn; OpenCode tells it by two events, maybe before the last message is over.

    The second of them says nothing new, and the next turn may have begun before it comes.
    """
    session = context.session
    if session.ended_by not in {None, told_by}:
        session.ended_by = None
        return
    was_open = session.is_turn_open
    yield from end_turn(context, TurnOutcome.IDLE)
    if was_open and not session.is_turn_open:
        session.ended_by = told_by


@handles("session.status", SessionStatus)
def session_status(event: SessionStatus, context: Context) -> Iterator[Fact]:
    """A session is busy, waits to try again, or is idle."""
    kind, attempt = event.status.type, event.status.attempt or 0
    if kind not in {"idle", "retry"} or not context.is_new_event():
        return
    if event.is_idle:
        yield from _idle("session.status", context)
    elif 0 < attempt < LARGEST_ATTEMPT:
        yield from _retried(attempt, context)


def _retried(attempt: int, context: Context) -> Iterator[Fact]:
    """Report that the running call will be tried again."""
    call_id, call = context.open_call()
    if not context.count_once("retry", f"{call_id}:{attempt}"):
        return
    if call is not None:
        call.attempt = max(call.attempt, attempt + 1)
        call.failed_ms = call.failed_ms or context.time_ms
        call.retries = [*call.retries, Retry(attempt=attempt, time_ms=context.time_ms)][:KEPT_RETRIES]
    model, agent = (call.model, call.agent) if call else (None, None)
    origin = context.origin(f"{call_id}:{attempt}", agent=agent, path=call_path(call_id, call, context))
    yield Retried(origin=origin, model=model, attempt=attempt)


@handles("session.error", SessionError, tells_outcome=True)
def session_error(event: SessionError, context: Context) -> Iterator[Fact]:
    """A session met an error."""
    key = context.event_id or f"{context.time_ms}:{event.error.name if event.error else ''}"
    if event.error is None or not context.count_once("error", key):
        return
    _, call = context.open_call()
    if call is not None and call.finish is None and call.error_name is None:
        note_error(event.error, call, is_of_session=True)
    failure = failure_of(event.error.name, event.error.data.message, event.error.data.statusCode)
    yield from report_prompts(context)
    if context.session.turn is not None:
        context.session.turn.failure = context.session.turn.failure or failure
    yield SessionFailed(origin=context.origin(key), failure=failure)


@handles("session.diff", SessionDiff)
def session_diff(event: SessionDiff, context: Context) -> Iterator[Fact]:
    """Versions before 1.16 tell a session's changes here; later ones only what a revert takes back."""
    if _tells_reverts_only(context.journal.version):
        return
    counted = [row for row in event.diff if row.additions is not None or row.deletions is not None]
    if not context.session.diffs and (counted or context.session.session_diff):
        added = sum(row.additions or 0 for row in counted)
        context.session.session_diff = (added, sum(row.deletions or 0 for row in counted))
    yield from net_lines(context)


def _tells_reverts_only(version: str | None) -> bool:
    """Tell whether OpenCode's `session.diff` is no longer what the session changed: since 1.16."""
    numbers = re.match(r"(\d{1,6})\.(\d{1,6})\.", version or "")
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= (1, 16)
