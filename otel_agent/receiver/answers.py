"""What a model answers: the text of its messages, and the summaries that compact a session's history."""

from collections.abc import Iterator
from dataclasses import replace

from otel_agent.facts import Answered, Compacted, CompactionCut, Fact, ModelCalled, Trigger
from otel_agent.receiver.context import Context
from otel_agent.receiver.prompts import utf16_length
from otel_agent.receiver.state import CallState
from otel_agent.receiver.wire import Part


def add_text(part: Part, call: CallState) -> None:
    """Note a text part of an answer; it is sent again as it grows, or as it was before."""
    if part.type != "text" or part.synthetic or part.ignored:
        return
    text, cut = part.text or "", part.cut.get("text")
    length = cut[0] if cut else utf16_length(text)
    if length > call.lengths.get(part.id, 0):
        call.lengths[part.id] = length
        call.texts[part.id] = text


def answered(call: CallState, fact: ModelCalled) -> Iterator[Fact]:
    """Report the text that a completed call answered with; the text itself leaves memory."""
    length, text = sum(call.lengths.values()), "\n".join(filter(None, call.texts.values()))
    call.lengths, call.texts = {}, {}
    if length and fact.is_completed and fact.failure is None:
        yield Answered(
            origin=fact.origin,
            length=length,
            model=fact.model,
            query_source=fact.query_source,
            text=text or None,
        )


def compacted(call: CallState, fact: ModelCalled, context: Context) -> Iterator[Fact]:
    """Report a compaction whose call is over, or was cut."""
    session, begun = context.session, context.session.compaction
    if not call.is_compaction:
        session.model, session.context_tokens = fact.model, fact.context_tokens or session.context_tokens
        return
    known = begun if begun is not None and begun.prompt_id == call.prompt_id else None
    session.compaction = None
    origin = replace(fact.origin, path=fact.origin.path[:-1])
    trigger = Trigger(known.trigger) if known and known.trigger else None
    started_ms = known.started_ms if known else fact.started_ms
    if not fact.is_completed:
        yield CompactionCut(origin=origin, trigger=trigger, started_ms=started_ms)
        return
    is_success = fact.failure is None
    session.context_tokens = None if is_success else session.context_tokens
    yield Compacted(
        origin=origin,
        trigger=trigger,
        is_success=is_success,
        duration_ms=max(0, fact.origin.time_ms - known.started_ms) if known else None,
        pre_tokens=known.pre_tokens if known else None,
        started_ms=started_ms,
    )
