"""The waits for a person in a turn: OpenCode is not busy while one of its questions has no answer.

Questions of sub-agents count in the turn of the session at the top, which waits with them.
"""

from otel_agent.receiver.context import Context
from otel_agent.receiver.state import TurnState


def begin_wait(key: str, context: Context, since_ms: int | None = None) -> None:
    """Note that a question was asked: now, or at a time that is known."""
    turn = _turn(context)
    if turn is None or key in turn.waits:
        return
    if not turn.waits:
        turn.waiting_ms = context.time_ms if since_ms is None else since_ms
    turn.waits.append(key)


def end_wait(key: str, context: Context) -> None:
    """Note that a question has its answer, or needs none any more."""
    turn = _turn(context)
    if turn is None or key not in turn.waits:
        return
    turn.waits.remove(key)
    if not turn.waits:
        turn.waited_ms += max(0, context.time_ms - turn.waiting_ms)


def busy_ms(turn: TurnState, end_ms: int) -> int:
    """Return how long a turn that ends now was busy; a question that is still open was waited for."""
    last_wait_ms = max(0, end_ms - turn.waiting_ms) if turn.waits else 0
    return max(0, end_ms - turn.started_ms - turn.waited_ms - last_wait_ms)


def _turn(context: Context) -> TurnState | None:
    """Return the open turn of the session at the top."""
    session = context.session
    if session.root is None or session.root == session.id:
        return session.turn
    root = context.sessions.get(session.root)
    if root is None:
        return None
    context.sessions.put(root)
    return root.turn
