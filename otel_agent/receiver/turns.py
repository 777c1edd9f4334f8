"""Sessions and turns: when they begin and when they are over."""

from collections.abc import Iterator

from otel_agent.facts import (
    Fact,
    SessionStarted,
    StartType,
    SubagentCompleted,
    TurnEnded,
    TurnOutcome,
)
from otel_agent.receiver.context import Context
from otel_agent.receiver.lines import settle_writes
from otel_agent.receiver.places import open_path
from otel_agent.receiver.state import TurnState
from otel_agent.receiver.waits import busy_ms
from otel_agent.receiver.wire import SessionInfo


def describe(info: SessionInfo, context: Context) -> None:
    """Take over what a session says of itself."""
    session = context.session
    session.project = info.projectID or session.project
    session.parent = info.parentID or session.parent
    session.agent = info.agent or session.agent
    session.model = (info.model.id if info.model else None) or session.model
    session.created_ms = info.time.created if info.time.created is not None else session.created_ms
    session.is_described = True
    session.root = _root(context)


def _root(context: Context) -> str | None:
    """Return the session at the top, or the nearest known ancestor's parent when it was not seen."""
    parent = context.session.parent
    if parent is None:
        return context.session.id
    ancestor = context.sessions.get(parent)
    return (ancestor.root if ancestor else None) or parent


def start(start_type: str, context: Context) -> Iterator[Fact]:
    """Report once that the session began, or went on, in this process.

    A session that goes on is reported when it is described: only then is it known whether it is a
    sub-agent's.
    """
    context.session.start = context.session.start or start_type
    if context.session.is_described:
        yield from report_start(context)


def report_start(context: Context) -> Iterator[Fact]:
    """Report the start, if it was not yet; at the end of input also that of a session nobody described."""
    session = context.session
    if session.is_start_reported or session.start is None:
        return
    session.is_start_reported = True
    origin = context.origin(session.id, time_ms=session.created_ms if session.start == "fresh" else None)
    yield SessionStarted(origin=origin, start_type=StartType(session.start), model=session.model)


def open_turn(
    message_id: str | None, created_ms: int | None, context: Context, *, is_answer: bool
) -> Iterator[Fact]:
    """Note that OpenCode works for a person; a session that nobody created here goes on here.

    A prompt that was not answered (it may ask for no reply) kept OpenCode busy with nothing: the next one
    begins the turn, which its user message names.
    """
    session = context.session
    session.is_turn_open = True
    if session.turn is None or not (is_answer or session.turn.is_answered):
        session.turn = TurnState(
            started_ms=context.time_ms,
            created_ms=min(context.time_ms, created_ms or context.time_ms),
            tokens=session.tokens,
            cost=session.cost,
            tool_uses=session.tool_uses,
        )
        open_path(message_id or session.prompt_id or session.id, context)
    session.turn.is_answered = session.turn.is_answered or is_answer
    if context.session.start is None:
        yield from start("resume", context)


def end_turn(context: Context, outcome: TurnOutcome) -> Iterator[Fact]:
    """Report a turn once everything in it is settled, however often OpenCode says that it is idle."""
    session = context.session
    is_busy = any(call.is_running for call in session.calls.values())
    if not session.is_turn_open or (is_busy and outcome is TurnOutcome.IDLE):
        return
    turn = session.turn or TurnState(started_ms=context.time_ms)
    session.is_turn_open, session.turn = False, None
    yield from settle_writes(context, is_last=outcome is TurnOutcome.CUT)
    tokens, cost, messages = _totals(context)
    previous, session.previous, session.inbox = session.previous, session.path, []
    cost_usd = max(0.0, session.cost - turn.cost)
    _add_below(turn, cost_usd, context)
    yield TurnEnded(
        origin=context.origin(f"turn:{session.prompt_id or context.time_ms}", prompt_id=_asked_by(context)),
        outcome=outcome,
        duration_ms=None if session.created_ms is None else max(0, context.time_ms - session.created_ms),
        active_ms=_active_ms(turn, outcome, context),
        total_tokens=tokens,
        total_cost_usd=cost,
        total_messages=messages,
        started_ms=turn.created_ms or turn.started_ms,
        model=session.model,
        provider=session.provider,
        tokens=turn.use,
        tree_tokens=turn.use + turn.below,
        cost_usd=cost_usd,
        tree_cost_usd=cost_usd + turn.below_cost,
        model_calls=turn.calls,
        tool_uses=session.tool_uses - turn.tool_uses,
        failure=turn.failure,
        input=turn.input,
        output=turn.output,
        previous=previous,
    )
    if session.parent is not None and outcome is TurnOutcome.IDLE:
        yield _completed(turn, context)


def _asked_by(context: Context) -> str | None:
    """Return the user message that began a turn, which may have had several; None where it is not known."""
    path = context.session.path
    return path[-1].uid if path and path[-1].uid != context.session.id else None


def _add_below(turn: TurnState, cost_usd: float, context: Context) -> None:
    """Add what a sub-agent's turn used to the turn that it was started in, if that is still open."""
    parent = context.sessions.get(context.session.parent) if context.session.parent else None
    if (
        parent is not None
        and parent.turn is not None
        and parent.path == context.session.path[: len(parent.path)]
    ):
        parent.turn.below = parent.turn.below + turn.use + turn.below
        parent.turn.below_cost += cost_usd + turn.below_cost
        context.sessions.put(parent)


def _active_ms(turn: TurnState, outcome: TurnOutcome, context: Context) -> int | None:
    """Return how long OpenCode was busy in a root session's turn.

    Whether it worked on a prompt that had no answer when its process ended is not known.
    """
    is_root = context.session.is_described and context.session.parent is None
    is_known = turn.is_answered or outcome is TurnOutcome.IDLE
    return busy_ms(turn, context.time_ms) if is_root and is_known else None


def _completed(turn: TurnState, context: Context) -> SubagentCompleted:
    """Return what a sub-agent did in its turn, in the foreground or in the background."""
    session = context.session
    return SubagentCompleted(
        origin=context.origin(f"subagent:{session.prompt_id or context.time_ms}"),
        agent=session.agent,
        model=session.model,
        tokens=session.tokens - turn.tokens,
        tool_uses=session.tool_uses - turn.tool_uses,
        duration_ms=max(0, context.time_ms - turn.started_ms),
        cost_usd=max(0.0, session.cost - turn.cost),
    )


def _totals(context: Context) -> tuple[int | None, float | None, int | None]:
    """Return tokens, cost and messages since the session's creation, None where that is not known."""
    session = context.session
    tokens = None if session.baseline_tokens is None else session.baseline_tokens + session.tokens
    cost = None if session.baseline_cost is None else session.baseline_cost + session.cost
    return tokens, cost, session.messages if session.start == "fresh" else None
