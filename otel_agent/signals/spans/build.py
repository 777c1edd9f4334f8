"""From facts to spans: the table of one profile applied to a fact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from otel_agent.facts import Fact, Origin, Path, SpanKind, SpanRef, TurnEnded
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import Span, SpanAttributes, SpanValue
from otel_agent.signals.spans.shape import FACTS, SpanProfile, SpanRow, error_of
from otel_agent.signals.spans.tree import Placed, Tree
from otel_agent.signals.totals import NS_PER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanBuilder:
    """Makes the spans of facts, each when it is over; ours override the user's own `attributes`.

    What a destination has `fixed` overrides ours.
    """

    profile: SpanProfile
    tree: Tree
    prefix: str
    content: ContentPolicy
    attributes: Mapping[str, str]
    fixed: Mapping[str, str]

    def spans(self, fact: Fact) -> Iterator[Span]:
        """Yield the spans that are over with a fact."""
        shape = FACTS.get(type(fact))
        path = fact.origin.path
        if shape is None or not path:
            return
        for kind in shape.kinds:
            row = self.profile.rows.get(kind)
            place = _path_of(kind, path)
            placed = self.tree.placed(self.shown(place)) if row and place else None
            interval = row.interval(fact) if row and row.interval else shape.interval(fact)
            if row is not None and placed is not None and interval is not None:
                yield self._span(row, fact, placed, interval)

    def nearest(self, origin: Origin) -> tuple[str, str] | None:
        """Return the ids of trace and span that something belongs to."""
        return self.tree.nearest(tuple(ref for ref in origin.path if ref.kind in self.profile.rows))

    def shown(self, path: Path) -> Path:
        """Return a path as the profile has it: without the kinds of spans that it does not write."""
        kept = [ref for ref in path if ref.kind in self.profile.rows or ref is path[0]]
        if not self.profile.are_tools_in_turn:
            return tuple(kept)
        is_asking = [
            ref.kind is SpanKind.LLM and below.kind is SpanKind.TOOL
            for ref, below in zip(kept, [*kept[1:], kept[-1]], strict=True)
        ]
        return tuple(ref for ref, is_left_out in zip(kept, is_asking, strict=True) if not is_left_out)

    def _span(self, row: SpanRow, fact: Fact, placed: Placed, interval: tuple[int, int]) -> Span:
        """Return one span."""
        start_ms, end_ms = interval
        error = error_of(fact) if row.has_status else None
        own = {**self.profile.shared(fact.origin), **row.read(fact, self.content)}
        if error is not None:
            own = {"error.type": error[0], **own}
        return Span(
            name=row.name(fact, self.prefix),
            role=row.role,
            trace_id=placed.trace_id,
            span_id=placed.span_id,
            parent_id=placed.parent_id,
            is_parent_remote=placed.is_parent_remote,
            trace_state=placed.trace_state,
            start_ns=min(start_ms, end_ms) * NS_PER_MS,
            end_ns=end_ms * NS_PER_MS,
            attributes={**self.attributes, **_known(own), **self.fixed},
            error=self.content.words(error[1]) if error else None,
            events=tuple(row.events(fact, self.content)),
            links=tuple(self._links(fact)),
        )

    def _links(self, fact: Fact) -> Iterator[tuple[str, str]]:
        """Yield the turn before a turn, where it is sent."""
        before = fact.previous if isinstance(fact, TurnEnded) else ()
        placed = self.tree.placed(self.shown(before)) if before else None
        if placed is not None:
            yield placed.trace_id, placed.span_id


def _path_of(kind: SpanKind, path: Path) -> Path:
    """Return the path of a span of a kind that a fact at a path may have; empty for none."""
    last = path[-1]
    if kind is SpanKind.EXECUTION and last.kind is SpanKind.TOOL:
        return (*path, SpanRef(kind=kind, session_id=last.session_id, uid=last.uid))
    return path if last.kind is kind else ()


def _known(attributes: Mapping[str, SpanValue | None]) -> SpanAttributes:
    """Leave out what is not known."""
    return {key: value for key, value in attributes.items() if value is not None and value not in {"", ()}}
