"""Spans of journal lines, straight from the fold: what a trace is before anything is encoded."""

import json
from collections.abc import Iterable, Mapping

from otel_agent.facts import Fact
from otel_agent.settings import TraceProfile
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import Span
from otel_agent.signals.spans.build import SpanBuilder
from otel_agent.signals.spans.profiles import PROFILES
from otel_agent.signals.spans.tree import Tree
from tests.receiver.folding import fold

EVERYTHING = ContentPolicy(
    is_prompt_on=True, is_response_on=True, are_tool_details_on=True, is_tool_content_on=True
)
NOTHING = ContentPolicy()
Place = tuple[str, str, str | None, str]
"""Trace, span, parent and name of a span."""


def builder(
    profile: TraceProfile = TraceProfile.OPENCODE,
    tree: Tree | None = None,
    content: ContentPolicy = NOTHING,
    attributes: Mapping[str, str] | None = None,
    prefix: str = "opencode.",
) -> SpanBuilder:
    """Return a builder with the prefix that is the default."""
    return SpanBuilder(
        profile=PROFILES[profile],
        tree=tree or Tree(),
        prefix=prefix,
        content=content,
        attributes=attributes or {},
        fixed={},
    )


def spans_of(facts: Iterable[Fact], made_by: SpanBuilder | None = None) -> list[Span]:
    """Return the spans of facts, in the order in which they are over."""
    maker = made_by or builder()
    return [span for fact in facts for span in maker.spans(fact)]


def spans_in(lines: Iterable[bytes], made_by: SpanBuilder | None = None) -> list[Span]:
    """Return the spans of a journal."""
    return spans_of(fold(lines).facts, made_by)


def places(spans: Iterable[Span]) -> set[Place]:
    """Return where the spans are."""
    return {(span.trace_id, span.span_id, span.parent_id, span.name) for span in spans}


def outline(spans: Iterable[Span]) -> list[str]:
    """Return the names of spans as a tree, two spaces a level, by when they began."""
    rows = sorted(spans, key=lambda span: (span.start_ns, -span.end_ns))
    known = {(span.trace_id, span.span_id) for span in rows}

    def below(parent: Span, depth: int) -> list[str]:
        inner = [
            span for span in rows if (span.trace_id, span.parent_id) == (parent.trace_id, parent.span_id)
        ]
        return ["  " * depth + parent.name, *(line for span in inner for line in below(span, depth + 1))]

    tops = [span for span in rows if (span.trace_id, span.parent_id) not in known]
    return [line for span in tops for line in below(span, 0)]


def named(spans: Iterable[Span], name: str) -> Span:
    """Return the only span of a name."""
    [found] = [span for span in spans if span.name == name]
    return found


def decoded(span: Span, key: str) -> object:
    """Return an attribute that is JSON as a value."""
    return json.loads(str(span.attributes[key]))
