"""The GenAI metrics table: client metrics of the semantic conventions 1.41, without the prefix.

https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/gen-ai/gen-ai-metrics.md
"""

from collections.abc import Iterator, Mapping
from typing import Final

from otel_agent.facts import ModelCalled
from otel_agent.signals.instruments import TOKENS, Instrument, Observation
from otel_agent.signals.model import AttributeValue, Kind

CHAT: Final = "chat"
DURATIONS: Final = tuple(0.01 * 2**power for power in range(14))
"""0.01, 0.02, 0.04, … 81.92: the conventions' boundaries of all three client durations."""
PROVIDERS: Final[Mapping[str, str]] = {
    "amazon-bedrock": "aws.bedrock",
    "azure": "azure.ai.openai",
    "google": "gcp.gemini",
    "google-vertex": "gcp.vertex_ai",
    "mistral": "mistral_ai",
    "moonshotai": "moonshot_ai",
    "xai": "x_ai",
}
"""The conventions' names of OpenCode's provider ids; other ids are their own names."""


def operation(fact: ModelCalled) -> dict[str, AttributeValue | None]:
    """Return the attributes of the operation that a model call is."""
    return {
        "gen_ai.operation.name": CHAT,
        "gen_ai.provider.name": PROVIDERS.get(fact.provider, fact.provider),
        "gen_ai.request.model": fact.model,
    }


def _error_type(fact: ModelCalled) -> str | None:
    """Return the class of an error: the HTTP status, else OpenCode's name of it."""
    if fact.failure is None:
        return None
    return str(fact.failure.status_code or fact.failure.name)


def _tokens(fact: ModelCalled) -> Iterator[Observation]:
    counts = {"input": fact.tokens.prompt, "output": fact.tokens.completion}
    shared = operation(fact)
    yield from ((count, {**shared, "gen_ai.token.type": kind}) for kind, count in counts.items() if count)


def _duration(fact: ModelCalled) -> Iterator[Observation]:
    if fact.duration_ms is not None:
        yield fact.duration_ms / 1000, {**operation(fact), "error.type": _error_type(fact)}


def _time_to_first_chunk(fact: ModelCalled) -> Iterator[Observation]:
    if fact.ttft_ms is not None:
        yield fact.ttft_ms / 1000, operation(fact)


OPERATION = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model")

TOKEN_USAGE = Instrument(
    suffix="gen_ai.client.token.usage",
    kind=Kind.HISTOGRAM,
    unit="{token}",
    description="Tokens of a model call: input with the cache, output with reasoning",
    attributes=(*OPERATION, "gen_ai.token.type"),
    fact=ModelCalled,
    observe=_tokens,
    boundaries=TOKENS,
    is_prefixed=False,
)
OPERATION_DURATION = Instrument(
    suffix="gen_ai.client.operation.duration",
    kind=Kind.HISTOGRAM,
    unit="s",
    description="Duration of a model call",
    attributes=(*OPERATION, "error.type"),
    fact=ModelCalled,
    observe=_duration,
    boundaries=DURATIONS,
    is_prefixed=False,
)
TIME_TO_FIRST_CHUNK = Instrument(
    suffix="gen_ai.client.operation.time_to_first_chunk",
    kind=Kind.HISTOGRAM,
    unit="s",
    description="Time from a model call's request to the first streamed content",
    attributes=OPERATION,
    fact=ModelCalled,
    observe=_time_to_first_chunk,
    boundaries=DURATIONS,
    is_prefixed=False,
)
