"""What only MLflow reads: totals of agents, true costs, the name of a trace.

MLflow adds up no span below one that tells its own use, and our tools with their sub-agents are below model
calls: so each agent tells the total of its tree. It does under MLflow's own name, for other backends add up
every `gen_ai.usage.*` that they see, and would count twice (https://github.com/langfuse/langfuse/pull/14808).
What MLflow does with these attributes is held by tests/trace_backends.
"""

import json

from otel_agent.facts import ModelCalled, TurnEnded
from otel_agent.signals.spans.shape import SpanAttributes, is_total_known, is_use_known


def totals(fact: TurnEnded) -> SpanAttributes:
    """Return what a turn used with all that its sub-agents used, where that is known."""
    if not is_total_known(fact):
        return {}
    tokens = fact.tree_tokens
    used = {
        "input_tokens": tokens.prompt,
        "output_tokens": tokens.completion,
        "total_tokens": tokens.total,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation_input_tokens": tokens.cache_creation,
    }
    return {"mlflow.chat.tokenUsage": json.dumps(used), **_cost(fact.tree_cost_usd)}


def cost(fact: ModelCalled) -> SpanAttributes:
    """Return what a model call cost; without it MLflow takes the price of its own table."""
    return _cost(fact.cost_usd) if is_use_known(fact) else {}


def title(fact: TurnEnded, name: str) -> SpanAttributes:
    """Return the name of a trace, told by the turn at its top."""
    return {"mlflow.traceTag.mlflow.traceName": name} if len(fact.origin.path) == 1 else {}


def _cost(cost_usd: float) -> SpanAttributes:
    """Return a cost as MLflow reads it."""
    return {"mlflow.llm.cost": json.dumps({"total_cost": cost_usd})}
