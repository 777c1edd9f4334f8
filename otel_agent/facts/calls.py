"""What happens in model calls."""

from dataclasses import dataclass

from otel_agent.facts.values import Fact, Failure, Message, QuerySource, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """An attempt failed and another one was announced; `attempt` counts the failed ones from 1."""

    attempt: int
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCalled(Fact):
    """A model call (one assistant message) is over.

    `is_completed` is false for a call that was cut by the end of OpenCode's process: what its finished steps
    used is known, its outcome only where there is a finish reason or a failure. `context_tokens` are those of
    its last step, `context_limit` is how many the model takes; `retry_ms` is the time from its first failed
    attempt to its end, None without one. `input` are the messages that are new since the call before,
    `output` is what the model said and asked for.
    """

    model: str
    provider: str
    tokens: Tokens
    cost_usd: float
    query_source: QuerySource
    is_completed: bool
    started_ms: int
    duration_ms: int | None
    ttft_ms: int | None
    finish_reason: str | None
    failure: Failure | None
    attempt: int
    retry_ms: int | None
    effort: str | None
    context_tokens: int | None
    context_limit: int | None
    retries: tuple[Retry, ...] = ()
    input: tuple[Message, ...] = ()
    output: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Fact):
    """A completed model call answered with text; its length is in UTF-16 code units."""

    length: int
    model: str
    query_source: QuerySource
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried(Fact):
    """OpenCode will try a model call again; `attempt` counts from 1."""

    model: str | None
    attempt: int
