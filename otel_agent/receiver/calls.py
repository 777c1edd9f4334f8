"""Model calls: what their parts say, and what is reported when one is over."""

from collections.abc import Iterator, Sequence

from otel_agent.facts import Fact, Failure, ModelCalled, QuerySource, Tokens
from otel_agent.receiver.answers import answered, compacted
from otel_agent.receiver.context import Context
from otel_agent.receiver.conversation import answer_message, take_inbox
from otel_agent.receiver.places import call_path
from otel_agent.receiver.state import CallState, StepUse
from otel_agent.receiver.wire import Hook, MessageInfo, Number, WireError, WireTokens

LARGEST_STATUS = 1000
LARGEST = 2**53
"""Larger numbers are no counts: JavaScript itself does not count further."""
LARGEST_COST = 1e9
"""US dollars that no call costs; as millionths, which log events have too, a larger sum fits no 64 bits."""
KEPT_LIMITS = 16
"""How many models of a session are remembered: more are not used at a time."""
KEPT_CALLS = 32
"""How many calls of a session are remembered after their end: late tool parts need their model and agent."""


def failure_of(name: str, message: str | None, status_code: int | None) -> Failure:
    """Return an error on one line; what is no HTTP status is left out."""
    words = " ".join(message.split()) if message else None
    is_status = status_code is not None and 0 < status_code < LARGEST_STATUS
    return Failure(name=name, message=words or None, status_code=status_code if is_status else None)


def call_of(message_id: str, context: Context) -> CallState:
    """Return the state of a message's call, made at the first sight of the message or of one of its parts."""
    calls = context.session.calls
    if message_id not in calls:
        calls[message_id] = CallState(seen_ms=context.time_ms)
        settled = [key for key, call in calls.items() if not call.is_running]
        for key in settled[: max(0, len(calls) - KEPT_CALLS)]:
            if key != message_id:
                del calls[key]
    return calls[message_id]


def describe_call(info: MessageInfo, context: Context) -> CallState:
    """Take over what an assistant message says of itself, unless it has said more before."""
    call = call_of(info.id, context)
    if _is_stale(info, call):
        return call
    if call.created_ms is None:
        take_inbox(call, context)
    call.created_ms = context.time_ms if info.time.created is None else info.time.created
    call.completed_ms = info.time.completed
    if call.completed_ms is not None and not call.is_settled and info.id not in context.session.completed:
        context.session.completed.append(info.id)
    call.model, call.provider = info.modelID, info.providerID
    call.agent = info.agent or info.mode
    call.prompt_id = info.parentID
    call.is_compaction = info.summary is True
    call.effort = info.variant or _effort_of_prompt(info, context)
    call.finish = info.finish or call.finish
    call.reported = use_of(info.tokens, info.cost)
    if info.error is not None:
        note_error(info.error, call, is_of_session=False)
    elif info.finish is not None and call.is_error_of_session:
        call.error_name = call.error_message = call.status_code = None
    return call


def _effort_of_prompt(info: MessageInfo, context: Context) -> str | None:
    """Return the effort that the prompt asks for: versions differ in which message tells it."""
    return context.session.effort if info.parentID == context.session.prompt_id else None


def _is_stale(info: MessageInfo, call: CallState) -> bool:
    """Tell whether an update is older than what is known: it was sent again."""
    is_before_end = call.completed_ms is not None and info.time.completed is None
    is_before_finish = call.finish is not None and info.finish is None and info.error is None
    is_before_error = call.error_name is not None and not call.is_error_of_session and info.error is None
    return is_before_end or is_before_finish or is_before_error


def note_error(error: WireError, call: CallState, *, is_of_session: bool) -> None:
    """Take over why a call failed; a session's error may turn out to be another matter."""
    call.error_name, call.error_message = error.name, error.data.message
    call.status_code, call.is_error_of_session = error.data.statusCode, is_of_session


def note_request(hook: Hook, context: Context) -> None:
    """Note when a model was asked; each attempt asks again, and a title is asked for beside the call."""
    _note_limit(hook, context)
    _, call = context.open_call()
    if call is None or hook.agent not in {None, call.agent} or call.requested_ms == context.time_ms:
        return
    call.requested_ms, call.first_content_ms = context.time_ms, None


def _note_limit(hook: Hook, context: Context) -> None:
    """Note how many tokens a model takes."""
    limits = context.session.limits
    if hook.limit is not None and 0 < (hook.limit.context or 0) < LARGEST:
        limits[f"{hook.providerID}/{hook.modelID}"] = round(hook.limit.context or 0)
        while len(limits) > KEPT_LIMITS:
            del limits[next(iter(limits))]


def use_of(tokens: WireTokens, cost: Number) -> StepUse:
    """Return token counts and cost as one value."""
    return StepUse(
        input=_count(tokens.input),
        output=_count(tokens.output),
        reasoning=_count(tokens.reasoning),
        cache_read=_count(tokens.cache.read),
        cache_creation=_count(tokens.cache.write),
        cost=max(0.0, min(cost or 0.0, LARGEST_COST)),
    )


def _count(number: Number) -> int:
    """Return a count; a negative one (more cached tokens than a provider told of) is none."""
    if isinstance(number, int) and 0 <= number <= LARGEST:  # nearly always
        return number
    return round(max(0, min(number or 0, LARGEST)))


def settle_calls(context: Context, *, but: str | None = None) -> Iterator[Fact]:
    """Report every completed call: its outcome is decided by the first event that is not an update of it."""
    session = context.session
    for message_id in [key for key in session.completed if key != but]:
        session.completed.remove(message_id)
        yield from _settle(message_id, session.calls[message_id], context)


def cut_calls(context: Context) -> Iterator[Fact]:
    """Report at the end of input what the calls used that were not completed."""
    yield from settle_calls(context)
    for message_id, call in list(context.session.calls.items()):
        if call.is_running:
            yield from _settle(message_id, call, context)


def _settle(message_id: str, call: CallState, context: Context) -> Iterator[Fact]:
    """Report a call once, if it was one: a shell command of the user has a message but no model call."""
    call.is_settled = True
    is_model_call = bool(call.finish or call.error_name or call.has_steps)
    if not context.count_once("call", message_id) or not is_model_call:
        return
    used = list(call.steps.values()) or ([call.reported] if call.reported else [])
    fact = _told(message_id, call, used, context)
    call.input, call.requests = [], []
    session = context.session
    _note_in_turn(fact, context)
    session.tokens, session.cost = session.tokens + fact.tokens.total, session.cost + fact.cost_usd
    session.messages += fact.is_completed
    session.has_used = True
    yield fact
    yield from answered(call, fact)
    yield from compacted(call, fact, context)


def _note_in_turn(fact: ModelCalled, context: Context) -> None:
    """Add a call to its turn: it fails when its last call does, and its answer is the last text in it."""
    session, turn = context.session, context.session.turn
    is_summary = fact.query_source is QuerySource.AUXILIARY
    session.provider = fact.provider or session.provider
    if turn is not None:
        turn.use, turn.calls, turn.failure = turn.use + fact.tokens, turn.calls + 1, fact.failure
        if fact.output is not None and fact.output.length and not is_summary:
            turn.output = fact.output


def _told(message_id: str, call: CallState, used: Sequence[StepUse], context: Context) -> ModelCalled:
    """Return the fact of a call that is over."""
    return ModelCalled(
        origin=context.origin(
            message_id,
            time_ms=call.completed_ms or context.time_ms,
            agent=call.agent,
            prompt_id=call.prompt_id,
            path=call_path(message_id, call, context),
        ),
        model=call.model or "",
        provider=call.provider or "",
        tokens=sum((step.counts for step in used), Tokens()),
        cost_usd=sum(step.cost for step in used),
        query_source=_query_source(call, context),
        is_completed=call.completed_ms is not None,
        started_ms=call.seen_ms if call.created_ms is None else call.created_ms,
        duration_ms=_between(call.created_ms, call.completed_ms),
        ttft_ms=_between(call.requested_ms or call.created_ms, call.first_content_ms),
        finish_reason=call.finish,
        failure=failure_of(call.error_name, call.error_message, call.status_code)
        if call.error_name
        else None,
        attempt=call.attempt,
        retry_ms=_between(call.failed_ms, call.completed_ms),
        effort=call.effort,
        context_tokens=(used[-1].counts.total if used else 0) or None,
        context_limit=context.session.limits.get(f"{call.provider}/{call.model}"),
        retries=tuple(call.retries),
        input=tuple(call.input),
        output=answer_message(call),
    )


def _query_source(call: CallState, context: Context) -> QuerySource:
    """Tell for whom a call was made."""
    if call.is_compaction:
        return QuerySource.AUXILIARY
    return QuerySource.SUBAGENT if context.session.parent else QuerySource.MAIN


def _between(start_ms: int | None, end_ms: int | None) -> int | None:
    """Return the milliseconds between two times, None when one is unknown."""
    return None if start_ms is None or end_ms is None else max(0, end_ms - start_ms)
