"""Ids, parents and samplers by the vectors that the plugin's tests read too (tests/vectors)."""

import json
from pathlib import Path
from typing import Any

import pytest

from otel_agent.exporter.sampling import remote_parent, sampled
from otel_agent.exporter.trees import tree_of
from otel_agent.facts import SpanKind, SpanRef, ToolFinished
from otel_agent.signals.ids import span_id, trace_id
from otel_agent.tracing import Incoming, SamplerName, Tracing
from tests.pipelines import settings_of
from tests.receiver.folding import fold, recorded
from tests.signals.spans.building import builder

VECTORS = json.loads((Path(__file__).parent / "vectors" / "trace_context.json").read_text(encoding="utf-8"))
Json = dict[str, Any]


@pytest.mark.parametrize("row", VECTORS["spans"], ids=lambda row: row["kind"])
def test_span_has_its_id(row: Json) -> None:
    """A hash of kind, session and uid."""
    ref = SpanRef(kind=SpanKind(row["kind"]), session_id=row["session_id"], uid=row["uid"])

    assert row["span_id"] == span_id(ref)


@pytest.mark.parametrize("row", VECTORS["traces"], ids=lambda row: row["session_id"])
def test_trace_has_its_id(row: Json) -> None:
    """A hash of the outermost session and the user message."""
    turn = SpanRef(kind=SpanKind.SESSION, session_id=row["session_id"], uid=row["message_id"])

    assert row["trace_id"] == trace_id(turn)


@pytest.mark.parametrize("row", VECTORS["traceparents"], ids=lambda row: row["text"][:60])
def test_parent_from_outside_is_read_by_the_letter(row: Json) -> None:
    """As W3C wants it, or not at all."""
    found = remote_parent(Incoming(traceparent=row["text"]))

    told = found and {"trace_id": found.trace_id, "span_id": found.span_id, "is_sampled": found.is_sampled}
    assert row["remote"] == told


@pytest.mark.parametrize("row", VECTORS["ratios"], ids=lambda row: f"{row['ratio']}-{row['trace_id'][16:]}")
def test_ratio_takes_the_same_traces(row: Json) -> None:
    """At and beside every border."""
    tracing = Tracing(sampler=SamplerName.RATIO, sampled_share=float(row["ratio"]))

    assert row["is_sampled"] == sampled(tracing, None)(row["trace_id"])


@pytest.mark.parametrize("row", VECTORS["samplers"], ids=lambda row: "-".join(row["environ"].values())[:60])
def test_sampler_decides_the_same(row: Json) -> None:
    """For a turn under an environment."""
    tree = tree_of(settings_of(**row["environ"]).tracing, "serve")
    turn = SpanRef(kind=SpanKind.SESSION, session_id=row["session_id"], uid=row["message_id"])

    assert row["is_sampled"] == tree.is_sampled(tree.trace_of((turn,)))


@pytest.mark.parametrize("name", sorted(VECTORS["recordings"]))
def test_span_that_a_command_is_told_is_there(name: str) -> None:
    """What the plugin hands to a tool call's shell is the trace and span that the agent sends for it."""
    maker = builder()
    sent = {
        fact.call_id: f"00-{span.trace_id}-{span.span_id}-01"
        for fact in fold(recorded(name)).of(ToolFinished)
        for span in maker.spans(fact)
    }

    assert VECTORS["recordings"][name].items() <= sent.items()
