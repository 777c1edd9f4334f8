"""Traces as trees, as a trace backend would show them."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from otel_agent.cli.words import duration
from otel_agent.sink.spans import Span

SHOWN = (
    "model",
    "total_tokens",
    "llm.token_count.total",
    "cost_usd",
    "total_cost_usd",
    "decision",
    "outcome",
)
NS_PER_S = 10**9


def show_traces(console: Console, spans: Iterable[Span]) -> None:
    """Print every trace: its spans below each other, each with its duration and what matters of it."""
    found = sorted(spans, key=_order)
    known = {span.span_id for span in found}
    below: dict[str, list[Span]] = {}
    for span in found:
        below.setdefault(span.parent_id if span.parent_id in known else "", []).append(span)
    console.print("\nTraces")
    for root in below.get("", []):
        console.print(_tree(root, below))


def _order(span: Span) -> tuple[int, int]:
    """Return what spans are ordered by: what begins with another one and ends later stands above it."""
    return span.start_ns, -span.end_ns


def _tree(span: Span, below: Mapping[str, Sequence[Span]]) -> Tree:
    """Return a span with all that is below it."""
    tree = Tree(_label(span))
    for child in below.get(span.span_id, []):
        tree.add(_tree(child, below))
    return tree


def _label(span: Span) -> Text:
    """Return a span on one line."""
    chosen = {key: span.attributes[key] for key in SHOWN if key in span.attributes}
    words = [f"{key.rpartition('.')[2]}={value!s}" for key, value in chosen.items()]
    took = duration((span.end_ns - span.start_ns) / NS_PER_S)
    failed = f" ERROR {span.status_message}" if span.status_message else ""
    return Text(" ".join((span.name, took, *words)) + failed)
