"""Prompts: what a person sent, put together from a user message and its parts."""

from collections.abc import Iterator
from dataclasses import replace

from otel_agent.facts import Fact, Mentioned, MentionType, Message, Prompted, Trigger
from otel_agent.receiver.context import Context
from otel_agent.receiver.conversation import prompt_message, say
from otel_agent.receiver.state import CompactionState, PromptState
from otel_agent.receiver.wire import MessageInfo, Part

PERSONAL_PARTS = frozenset({"file", "agent", "subtask"})
"""Parts of a user message that a person added, beside text that is not synthetic."""
PROMPT_PARTS = PERSONAL_PARTS | {"text", "compaction"}
"""Parts that a user message may have."""
MENTIONS = {"file": MentionType.FILE, "agent": MentionType.AGENT}
"""The parts that stand for what a person named with an @, or attached."""


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, as OpenCode counts."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def describe_prompt(info: MessageInfo, context: Context) -> bool:
    """Take over a user message that was not reported yet; tell whether it is a new one."""
    session = context.session
    if context.is_counted("prompt", info.id):
        return False
    is_new = info.id not in session.prompts
    prompt = session.prompts.setdefault(info.id, PromptState(created_ms=info.time.created or context.time_ms))
    prompt.agent = info.agent or prompt.agent
    prompt.model = (info.model.modelID if info.model else None) or prompt.model
    if is_new:
        prompt.command, session.command = session.command, None
        session.prompt_id = info.id
        session.effort = info.model.variant if info.model else None
        session.agent = info.agent or session.agent
    return is_new


def add_part(part: Part, context: Context) -> None:
    """Note a part of a prompt that was not reported yet."""
    prompt = context.session.prompts.get(part.messageID)
    if prompt is None:
        return
    if part.type in PERSONAL_PARTS:
        prompt.is_personal = True
        if part.type in MENTIONS:
            prompt.mentions[part.id] = MENTIONS[part.type]
    elif part.type == "compaction":
        prompt.is_compaction, prompt.is_auto = True, part.auto
        prompt.is_overflow = bool(part.overflow)
    elif part.type == "text" and not part.synthetic and not part.ignored:
        text = part.text or ""
        cut = part.cut.get("text")
        prompt.is_personal = True
        prompt.lengths[part.id] = cut[0] if cut else utf16_length(text)
        prompt.texts[part.id] = text


def report_prompts(context: Context, *, until: str | None = None) -> Iterator[Fact]:
    """Report the prompts up to one that OpenCode has begun to answer; at the end of the input all of them.

    Not reported are what OpenCode sent itself (a compaction, a continuation) and what a model sent to its
    sub-agent.
    """
    session = context.session
    waiting = list(session.prompts)
    if until is not None:
        waiting = waiting[: waiting.index(until) + 1] if until in session.prompts else []
    for message_id in waiting:
        prompt = session.prompts[message_id]
        del session.prompts[message_id]
        message = prompt_message(prompt)
        is_persons = prompt.is_personal and not prompt.is_compaction and session.parent is None
        is_new = context.count_once("prompt", message_id)
        if is_new and prompt.is_compaction:
            _begin_compaction(message_id, prompt, context)
        if is_new:
            _hear(message_id, message, context)
        if not is_new or not is_persons:
            continue
        yield from _told(message_id, prompt, context)


def _hear(message_id: str, message: Message, context: Context) -> None:
    """Give what a prompt says to the model call that answers it, and to its turn."""
    session = context.session
    if not message.length:
        return
    answer = next((call for call in session.calls.values() if call.prompt_id == message_id), None)
    if answer is not None and not answer.is_settled:
        answer.input.append(message)
    else:
        say(message, context)
    if session.turn is not None:
        session.turn.input = session.turn.input or message


def _told(message_id: str, prompt: PromptState, context: Context) -> Iterator[Fact]:
    """Report a prompt, and what it refers to."""
    text = "\n".join(prompt.texts.values())
    origin = context.origin(message_id, time_ms=prompt.created_ms, agent=prompt.agent, prompt_id=message_id)
    yield Prompted(
        origin=origin,
        length=sum(prompt.lengths.values()),
        model=prompt.model,
        command_name=prompt.command,
        text=text or None,
    )
    for part_id, kind in prompt.mentions.items():
        yield Mentioned(origin=replace(origin, uid=f"{message_id}:{part_id}"), mention_type=MentionType(kind))


def _begin_compaction(message_id: str, prompt: PromptState, context: Context) -> None:
    """Note that a compaction was asked for; how full the context was is not known after an overflow."""
    trigger = None if prompt.is_auto is None else Trigger.AUTO if prompt.is_auto else Trigger.MANUAL
    context.session.compaction = CompactionState(
        prompt_id=message_id,
        trigger=trigger,
        started_ms=prompt.created_ms,
        pre_tokens=None if prompt.is_overflow else context.session.context_tokens,
    )
