"""The metrics table: every row is one instrument. Names, units and meanings are promises to dashboards."""

from collections.abc import Iterator

from otel_agent.facts import (
    Committed,
    LinesEdited,
    ModelCalled,
    NetLinesChanged,
    Retried,
    SessionStarted,
    ToolFinished,
    TurnEnded,
)
from otel_agent.signals.instruments import DOLLARS, MILLISECONDS, TOKENS, Instrument, Observation
from otel_agent.signals.model import AttributeValue, Kind


def _sessions(fact: SessionStarted) -> Iterator[Observation]:
    yield 1, {"is_subagent": fact.origin.is_subagent, "start_type": fact.start_type.value}


def _call(fact: ModelCalled) -> dict[str, AttributeValue | None]:
    return {"model": fact.model, "provider": fact.provider, "agent": fact.origin.agent}


def _tokens(fact: ModelCalled) -> Iterator[Observation]:
    shared = {**_call(fact), "query_source": fact.query_source.value}
    counts = {
        "input": fact.tokens.input,
        "output": fact.tokens.output,
        "reasoning": fact.tokens.reasoning,
        "cacheRead": fact.tokens.cache_read,
        "cacheCreation": fact.tokens.cache_creation,
    }
    yield from ((count, {**shared, "type": kind}) for kind, count in counts.items() if count)


def _cost(fact: ModelCalled) -> Iterator[Observation]:
    if fact.cost_usd:
        yield fact.cost_usd, {**_call(fact), "query_source": fact.query_source.value}


def _lines(fact: LinesEdited) -> Iterator[Observation]:
    for kind, count in (("added", fact.added), ("removed", fact.removed)):
        if count:
            yield count, {"type": kind, "model": fact.model, "language": fact.language}


def _net_lines(fact: NetLinesChanged) -> Iterator[Observation]:
    yield fact.added, {"type": "added"}
    yield fact.removed, {"type": "removed"}


def _commits(_fact: Committed) -> Iterator[Observation]:
    yield 1, {}


def _tool_duration(fact: ToolFinished) -> Iterator[Observation]:
    yield fact.duration_ms, {"tool_name": fact.tool_ran, "success": fact.is_success}


def _cache(fact: ModelCalled) -> Iterator[Observation]:
    for kind, count in (("cacheRead", fact.tokens.cache_read), ("cacheCreation", fact.tokens.cache_creation)):
        if count:
            yield 1, {"type": kind, "model": fact.model, "agent": fact.origin.agent}


def _session_duration(fact: TurnEnded) -> Iterator[Observation]:
    if fact.duration_ms is not None:
        yield fact.duration_ms, {}


def _session_tokens(fact: TurnEnded) -> Iterator[Observation]:
    if fact.total_tokens is not None:
        yield fact.total_tokens, {}


def _session_cost(fact: TurnEnded) -> Iterator[Observation]:
    if fact.total_cost_usd is not None:
        yield fact.total_cost_usd, {}


def _messages(fact: ModelCalled) -> Iterator[Observation]:
    if fact.is_completed:
        yield 1, {"model": fact.model, "agent": fact.origin.agent}


def _model_usage(fact: ModelCalled) -> Iterator[Observation]:
    if fact.is_completed:
        yield 1, _call(fact)


def _retries(fact: Retried) -> Iterator[Observation]:
    yield 1, {"model": fact.model}


SESSION_COUNT = Instrument(
    suffix="session.count",
    kind=Kind.COUNTER,
    unit="{session}",
    description="Sessions that were created (start_type fresh) or gone on with (resume)",
    attributes=("is_subagent", "start_type"),
    fact=SessionStarted,
    observe=_sessions,
)
TOKEN_USAGE = Instrument(
    suffix="token.usage",
    kind=Kind.COUNTER,
    unit="tokens",
    description="Tokens of model calls by type; the types are disjoint",
    attributes=("model", "provider", "agent", "type", "query_source"),
    fact=ModelCalled,
    observe=_tokens,
)
COST_USAGE = Instrument(
    suffix="cost.usage",
    kind=Kind.COUNTER,
    unit="USD",
    description="Cost of model calls as OpenCode computes it",
    attributes=("model", "provider", "agent", "query_source"),
    fact=ModelCalled,
    observe=_cost,
)
LINES_OF_CODE_COUNT = Instrument(
    suffix="lines_of_code.count",
    kind=Kind.COUNTER,
    unit="{line}",
    description="Lines added and removed by each successful edit, write or patch",
    attributes=("type", "model", "language"),
    fact=LinesEdited,
    observe=_lines,
)
LINES_OF_CODE_TOTAL = Instrument(
    suffix="lines_of_code.total",
    kind=Kind.GAUGE,
    unit="{line}",
    description="Net lines of the session as OpenCode now reports it; falls after a revert",
    attributes=("type",),
    fact=NetLinesChanged,
    observe=_net_lines,
)
COMMIT_COUNT = Instrument(
    suffix="commit.count",
    kind=Kind.COUNTER,
    unit="{commit}",
    description="Git commits made by successful shell calls or MCP tools",
    fact=Committed,
    observe=_commits,
)
TOOL_DURATION = Instrument(
    suffix="tool.duration",
    kind=Kind.HISTOGRAM,
    unit="ms",
    description="Duration of finished tool calls, the wait for a permission included",
    attributes=("tool_name", "success"),
    fact=ToolFinished,
    observe=_tool_duration,
    boundaries=MILLISECONDS,
)
CACHE_COUNT = Instrument(
    suffix="cache.count",
    kind=Kind.COUNTER,
    unit="{request}",
    description="Model calls that read from or wrote to the prompt cache",
    attributes=("model", "agent", "type"),
    fact=ModelCalled,
    observe=_cache,
)
SESSION_DURATION = Instrument(
    suffix="session.duration",
    kind=Kind.HISTOGRAM,
    unit="ms",
    description="Time since the session's creation, measured at each turn's end",
    fact=TurnEnded,
    observe=_session_duration,
    boundaries=MILLISECONDS,
)
SESSION_TOKEN_TOTAL = Instrument(
    suffix="session.token.total",
    kind=Kind.HISTOGRAM,
    unit="tokens",
    description="Tokens since the session's creation, measured at each turn's end",
    fact=TurnEnded,
    observe=_session_tokens,
    boundaries=TOKENS,
)
SESSION_COST_TOTAL = Instrument(
    suffix="session.cost.total",
    kind=Kind.HISTOGRAM,
    unit="USD",
    description="Cost since the session's creation, measured at each turn's end",
    fact=TurnEnded,
    observe=_session_cost,
    boundaries=DOLLARS,
)
MESSAGE_COUNT = Instrument(
    suffix="message.count",
    kind=Kind.COUNTER,
    unit="{message}",
    description="Completed assistant messages, failed ones too",
    attributes=("model", "agent"),
    fact=ModelCalled,
    observe=_messages,
)
MODEL_USAGE = Instrument(
    suffix="model.usage",
    kind=Kind.COUNTER,
    unit="{request}",
    description="Model calls, failed ones too",
    attributes=("model", "provider", "agent"),
    fact=ModelCalled,
    observe=_model_usage,
)
RETRY_COUNT = Instrument(
    suffix="retry.count",
    kind=Kind.COUNTER,
    unit="{retry}",
    description="Attempts after the first of model calls",
    attributes=("model",),
    fact=Retried,
    observe=_retries,
)
