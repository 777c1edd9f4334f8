"""Traces for the documentation: a recording's as a tree, and what every kind of span has in a profile."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from otel_agent.exporter.testing import FakeClock
from otel_agent.facts import SpanKind
from otel_agent.pipeline import Pipeline
from otel_agent.replay import unpack
from otel_agent.settings import Signal, TraceProfile, parse
from otel_agent.signals.claude_code import REDACTED
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.markdown import code, codes, table
from otel_agent.signals.model import Span
from otel_agent.signals.spans.build import SpanBuilder
from otel_agent.signals.spans.profiles import PROFILES
from otel_agent.signals.spans.tree import Tree
from otel_agent.sink import messages
from otel_agent.sink.spans import Span as Arrived
from otel_agent.sink.spans import spans_of
from otel_agent.ways import Way
from tests.signals.samples import DECIDED
from tests.signals.spans.samples import varied

RECORDINGS = Path(__file__).parents[1] / "tests" / "recordings"
EVERYTHING = ContentPolicy(
    is_prompt_on=True, is_response_on=True, are_tool_details_on=True, is_tool_content_on=True
)
MEANINGS = {
    SpanKind.SESSION: "a turn",
    SpanKind.LLM: "a model call",
    SpanKind.TOOL: "a tool call",
    SpanKind.EXECUTION: "a tool at work",
    SpanKind.WAIT: "a permission wait",
    SpanKind.COMPACTION: "a compaction",
}
NS_PER_MS = 1_000_000


def tree(recording: str, **environ: str) -> str:
    """Return the spans of a recording as they arrive, as a tree: name, span id, start, duration, parent."""
    spans = sorted(_arrived(recording, environ), key=lambda span: (span.start_ns, -span.end_ns))
    known = {span.span_id for span in spans}
    first_ns = min(span.start_ns for span in spans)
    lines = [
        line
        for span in spans
        if span.parent_id not in known
        for line in (_head(span), *_below(span, spans, first_ns, 1))
    ]
    return "".join(f"{line}\n" for line in lines)


def _head(span: Arrived) -> str:
    """Return a line about a trace."""
    parent = f", under span {span.parent_id}" if span.parent_id else ""
    links = "".join(f", after trace {trace}" for trace, _ in span.links)
    return f"trace {span.trace_id}{parent}{links}"


def _below(span: Arrived, spans: Iterable[Arrived], first_ns: int, depth: int) -> Iterator[str]:
    """Yield the lines of a span and of all below it."""
    start_ms = (span.start_ns - first_ns) // NS_PER_MS
    name = f"{'  ' * depth}{span.name}"
    lasted = f"{(span.end_ns - span.start_ns) // NS_PER_MS} ms"
    error = f"  {span.status_message}" if span.status_message else ""
    yield f"{name:<40} {span.span_id}  {start_ms:>5} … {lasted:>8}{error}"
    for inner in spans:
        if inner.parent_id == span.span_id:
            yield from _below(inner, spans, first_ns, depth + 1)


def _arrived(recording: str, environ: dict[str, str]) -> list[Arrived]:
    """Return the spans of a recording after the agent's whole path."""
    settings = parse({"HOME": "/home/dev", "OPENCODE_ENABLE_TELEMETRY": "1", **environ})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / recording
        header = unpack(RECORDINGS / f"{recording}.ndjson", folder)
        clock = FakeClock()
        pipeline = Pipeline(
            folder,
            header,
            [Way(settings=settings, destinations=dict.fromkeys(Signal, "example"))],
            observer=None,
            now_ms=lambda: int(clock() * 1000),
        )
        while pipeline.step():
            continue
        pipeline.finish()
        query = "SELECT payload FROM requests WHERE signal='traces' ORDER BY id"
        rows = pipeline.outbox.connection.execute(query).fetchall()
        pipeline.close()
    return [span for (payload,) in rows for span in spans_of(messages.decode(Signal.TRACES, payload))]


def spans_table(name: str) -> str:
    """Return the kinds of spans of a profile as a Markdown table: names, attributes, what is content."""
    profile = TraceProfile(name)
    closed, opened = _by_kind(profile, ContentPolicy()), _by_kind(profile, EVERYTHING)
    cells = (
        (
            MEANINGS[kind],
            code(spans[0].name),
            spans[0].role.value,
            codes(_keys(closed[kind]) - _shared(profile)),
            codes(_keys(spans) - _keys(closed[kind])) or "none",
        )
        for kind, spans in opened.items()
    )
    return table(("Span", "Name, for example", "Kind", "Attributes", "Attributes that are content"), cells)


def shared_attributes(name: str) -> str:
    """Return what every span of a profile has."""
    return codes(_shared(TraceProfile(name)))


class _Keys(dict[str, None]):
    """Attribute keys in the order in which they are written."""

    def __sub__(self, other: "_Keys") -> "_Keys":
        """Return the keys that are not there."""
        return _Keys.fromkeys(key for key in self if key not in other)


def _keys(spans: Iterable[Span]) -> _Keys:
    """Return the keys of spans, and of their events; those of flattened messages as one."""
    found = [key for span in spans for key, value in span.attributes.items() if value != REDACTED]
    told = [f"{event.name}: {key}" for span in spans for event in span.events for key in event.attributes]
    return _Keys.fromkeys(
        re.sub(r"_messages\.\d+\..*", "_messages.<i>.message.*", key) for key in [*found, *told]
    )


def _shared(profile: TraceProfile) -> _Keys:
    """Return the keys that every span of a profile has."""
    return _Keys.fromkeys(key for key in PROFILES[profile].shared(DECIDED.origin))


def _by_kind(profile: TraceProfile, content: ContentPolicy) -> dict[SpanKind, list[Span]]:
    """Return spans of a profile by their kind, in the order of its table."""
    found: dict[SpanKind, list[Span]] = {}
    for kind, row in PROFILES[profile].rows.items():
        alone = replace(PROFILES[profile], rows={kind: row})
        maker = SpanBuilder(profile=alone, tree=Tree(), prefix="", content=content, attributes={}, fixed={})
        found[kind] = [span for fact in varied() for span in maker.spans(fact)]
    return found
