"""The tree of an OpenCode process's spans; the SDK is imported only where it has something to decide."""

from otel_agent.signals.spans.tree import Tree
from otel_agent.tracing import SamplerName, Tracing, incoming

WHOLE = frozenset({SamplerName.ALWAYS_ON, SamplerName.PARENT_ALWAYS_ON})
"""The samplers that send every trace that begins here."""


def tree_of(tracing: Tracing, subcommand: str | None) -> Tree:
    """Return whose children the spans of an OpenCode process are, and which traces are sent."""
    found = incoming(tracing, subcommand)
    if found is None and tracing.sampler in WHOLE:
        return Tree(disabled=tracing.disabled)
    from otel_agent.exporter.sampling import remote_parent, sampled  # noqa: PLC0415 - the SDK costs 30 ms

    is_sampled = sampled(tracing, found)
    return Tree(disabled=tracing.disabled, remote=remote_parent(found), is_sampled=is_sampled)
