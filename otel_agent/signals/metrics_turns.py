"""The metrics table, third part: how long OpenCode worked and waited, and how full its context was."""

from collections.abc import Iterator

from otel_agent.facts import Compacted, ModelCalled, TurnEnded
from otel_agent.signals.instruments import SECONDS, Instrument, Observation
from otel_agent.signals.model import Kind, Merge

MS_PER_S = 1000


def _active_time(fact: TurnEnded) -> Iterator[Observation]:
    if fact.active_ms:
        yield fact.active_ms / MS_PER_S, {"type": "cli"}


def _time_to_first_token(fact: ModelCalled) -> Iterator[Observation]:
    if fact.ttft_ms is not None:
        yield fact.ttft_ms / MS_PER_S, {"model": fact.model, "provider": fact.provider}


def _context_usage(fact: ModelCalled) -> Iterator[Observation]:
    if fact.context_tokens is not None and fact.context_limit is not None:
        yield fact.context_tokens / fact.context_limit, {"model": fact.model}


def _compactions(fact: Compacted) -> Iterator[Observation]:
    trigger = fact.trigger.value if fact.trigger else None
    yield 1, {"trigger": trigger, "success": fact.is_success}


ACTIVE_TIME_TOTAL = Instrument(
    suffix="active_time.total",
    kind=Kind.COUNTER,
    unit="s",
    description="Time in which OpenCode was busy with prompts, without the waits for a person's answer",
    attributes=("type",),
    fact=TurnEnded,
    observe=_active_time,
)
TIME_TO_FIRST_TOKEN = Instrument(
    suffix="time_to_first_token",
    kind=Kind.HISTOGRAM,
    unit="s",
    description="Time from a model call's request to its first streamed content",
    attributes=("model", "provider"),
    fact=ModelCalled,
    observe=_time_to_first_token,
    boundaries=SECONDS,
)
CONTEXT_USAGE = Instrument(
    suffix="context.usage",
    kind=Kind.GAUGE,
    unit="1",
    description="Share of the model's context window that the last call used",
    attributes=("model",),
    fact=ModelCalled,
    observe=_context_usage,
    merge=Merge.MAX,
)
COMPACTION_COUNT = Instrument(
    suffix="compaction.count",
    kind=Kind.COUNTER,
    unit="{compaction}",
    description="Summaries that were to replace a session's history",
    attributes=("trigger", "success"),
    fact=Compacted,
    observe=_compactions,
)
