"""The shape of traces: ids, parents, what is left out."""

import pytest

from otel_agent.facts import SpanKind, SpanRef
from otel_agent.signals.ids import span_id, trace_id
from otel_agent.signals.spans.tree import TYPES, RemoteParent, Tree

TURN = SpanRef(kind=SpanKind.SESSION, session_id="ses_a", uid="msg_1")
LLM = SpanRef(kind=SpanKind.LLM, session_id="ses_a", uid="msg_2")
TOOL = SpanRef(kind=SpanKind.TOOL, session_id="ses_a", uid="msg_2:call_1")
WAIT = SpanRef(kind=SpanKind.WAIT, session_id="ses_a", uid="per_1")
PATH = (TURN, LLM, TOOL, WAIT)
REMOTE = RemoteParent(trace_id="a" * 32, span_id="b" * 16, trace_state="k=v", is_sampled=True)


def test_ids_are_hashes_of_opencodes_ids() -> None:
    """The first digits of SHA-256 over words that U+001F joins, as docs/traces.md says."""
    placed = Tree().placed(PATH)

    assert placed is not None
    assert trace_id(TURN) == placed.trace_id
    assert span_id(WAIT) == placed.span_id
    assert (32, 16) == (len(placed.trace_id), len(placed.span_id))


def test_parent_is_the_span_above() -> None:
    """A root has no parent, everything else the span before it in its path."""
    parents = [placed.parent_id for end in range(1, 5) if (placed := Tree().placed(PATH[:end]))]

    assert [None, span_id(TURN), span_id(LLM), span_id(TOOL)] == parents


@pytest.mark.parametrize(
    ("disabled", "expected"),
    [
        ({"tool"}, [None, TURN]),
        ({"llm"}, [None, TURN, TOOL]),
        ({"session"}, [None, LLM, TOOL]),
        ({"session", "llm"}, [None, TOOL]),
        ({"llm", "tool"}, [None]),
        ({"session", "llm", "tool"}, []),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else "",
)
def test_child_of_a_disabled_span_is_its_nearest_ancestors(
    disabled: set[str], expected: list[SpanRef | None]
) -> None:
    """What is not sent is nobody's parent."""
    tree = Tree(disabled=frozenset(disabled))
    placed = [tree.placed(PATH[:end]) for end in range(1, 5)]

    assert [ref and span_id(ref) for ref in expected] == [row.parent_id for row in placed if row]


def test_remote_parent_takes_the_place_of_what_is_disabled() -> None:
    """Without the turns their calls are children of the remote parent, and so is their trace."""
    placed = Tree(disabled=frozenset({"session"}), remote=REMOTE).placed((TURN, LLM))

    assert placed is not None
    assert (REMOTE.trace_id, REMOTE.span_id, True) == (
        placed.trace_id,
        placed.parent_id,
        placed.is_parent_remote,
    )


def test_remote_state_is_on_every_span() -> None:
    """W3C: the state belongs to the trace, whoever the parent is."""
    tree = Tree(remote=REMOTE)

    assert {"k=v"} == {row.trace_state for end in range(1, 5) if (row := tree.placed(PATH[:end]))}
    assert [True, False, False, False] == [
        row.is_parent_remote for end in range(1, 5) if (row := tree.placed(PATH[:end]))
    ]


def test_trace_that_is_not_sampled_has_no_spans() -> None:
    """The sampler is asked for the trace, so a trace is sent whole or not at all."""
    tree = Tree(is_sampled=lambda trace: trace != trace_id(TURN))

    assert [None] * 4 == [tree.placed(PATH[:end]) for end in range(1, 5)]
    assert None is tree.nearest(PATH)


@pytest.mark.parametrize(
    ("disabled", "expected"),
    [(set(), WAIT), ({"tool"}, LLM), ({"llm"}, WAIT), ({"tool", "llm"}, TURN), ({"session"}, WAIT)],
)
def test_event_belongs_to_the_nearest_span_that_is_sent(disabled: set[str], expected: SpanRef) -> None:
    """A log record carries the ids of a span that there is."""
    tree = Tree(disabled=frozenset(disabled))

    assert (trace_id(TURN), span_id(expected)) == tree.nearest(PATH)


def test_event_without_a_sent_span_has_no_ids() -> None:
    """Nothing is pointed to that is never sent."""
    assert None is Tree(disabled=frozenset({"session", "llm", "tool"})).nearest(PATH)
    assert None is Tree().nearest(())
    assert None is Tree().placed(())


def test_every_kind_has_a_type() -> None:
    """Each kind of span goes with one of the types that can be turned off."""
    assert set(SpanKind) == set(TYPES)
    assert {"session", "llm", "tool"} == set(TYPES.values())
