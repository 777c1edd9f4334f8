"""Who decided whether a tool call may run: a person, a rule of the configuration, or an abort."""

from collections.abc import Iterator

from otel_agent.facts import Decision, DecisionSource, EditDecided, Fact, ToolDecided, Verdict
from otel_agent.receiver.context import Context
from otel_agent.receiver.finished import FinishedCall
from otel_agent.receiver.languages import UNKNOWN
from otel_agent.receiver.places import wait_path
from otel_agent.receiver.tool_names import EDITS, OPERATIONS, tool_type

DENIED = "permission_denied"
REJECTED = "permission_rejected"
ABORTED = "aborted"
INVALID = "invalid_tool"

_USER_ABORT = Verdict(decision=Decision.REJECT, source=DecisionSource.USER_ABORT)
_USER_REJECT = Verdict(decision=Decision.REJECT, source=DecisionSource.USER_REJECT)


def verdict_on(done: FinishedCall, context: Context) -> Verdict:
    """Tell who allowed or refused a call: an answer if one was given, else a rule of the configuration.

    `opencode run` answers its questions itself.
    """
    if _is_given_up(done) and not context.answers_itself:
        return _USER_ABORT
    known = done.known
    if known is not None and known.decision is not None and known.source is not None:
        return Verdict(decision=Decision(known.decision), source=DecisionSource(known.source))
    if done.error_type == REJECTED and not context.answers_itself:
        return _USER_REJECT
    decision = Decision.REJECT if _is_refused(done) else Decision.ACCEPT
    return Verdict(decision=decision, source=DecisionSource.CONFIG)


def _is_given_up(done: FinishedCall) -> bool:
    """Tell whether a call was aborted while a question about it had no answer."""
    return done.asked_ms is not None and done.error_type == ABORTED


def _is_refused(done: FinishedCall) -> bool:
    """Tell whether a call did not run because it was not allowed to."""
    return _is_given_up(done) or done.error_type in {DENIED, REJECTED}


def decided(done: FinishedCall, verdict: Verdict, context: Context) -> Iterator[Fact]:
    """Report who decided on a call that is over, unless an answer told it; of an edit also as an edit.

    Nobody decides on a tool that does not exist. Whether an edit that failed without an answer would have
    been allowed is not known.
    """
    is_answered = done.known is not None and done.known.decision is not None
    is_refused = _is_refused(done)
    if done.error_type != INVALID and (not is_answered or _is_given_up(done)):
        yield ToolDecided(
            origin=context.origin(
                f"decision:{done.key}",
                time_ms=None if is_refused else done.started_ms,
                agent=done.call.agent,
                prompt_id=done.call.prompt_id,
                path=wait_path(done.key, done.question, context) if done.question else done.path,
            ),
            call_id=done.call_id,
            tool_name=done.name,
            tool_type=tool_type(done.name, context.servers),
            is_prompted=is_refused,
            verdict=verdict,
            wait_ms=max(0, context.time_ms - done.asked_ms) if done.asked_ms is not None else None,
        )
    if OPERATIONS.get(done.tool) in EDITS and (is_refused or is_answered or done.error_type is None):
        yield EditDecided(
            origin=context.origin(
                done.key, agent=done.call.agent, prompt_id=done.call.prompt_id, path=done.path
            ),
            tool_name=done.tool,
            verdict=verdict,
            language=done.language or UNKNOWN,
        )
