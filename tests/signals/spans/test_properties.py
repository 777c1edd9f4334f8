"""For any course of events: no span is lost, doubled or without its parent."""

import itertools

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from otel_agent.facts import Fact, ModelCalled
from otel_agent.settings import TraceProfile
from otel_agent.signals.model import Span
from otel_agent.signals.spans.tree import RemoteParent, Tree
from tests.otlp.golden_traces import RECORDINGS as FILES
from tests.receiver.folding import fold
from tests.receiver.test_properties import RECORDINGS as FOLDED
from tests.receiver.test_properties import renamed
from tests.receiver.test_versions import work
from tests.signals.spans.building import EVERYTHING, Place, builder, places, spans_in, spans_of

RECORDINGS = {**{name: path.read_bytes().splitlines() for name, path in FILES.items()}, **FOLDED}
NAMES = tuple(sorted(RECORDINGS))
REMOTE = RemoteParent(trace_id="a" * 32, span_id="b" * 16, trace_state="k=v", is_sampled=True)
TYPES = ("session", "llm", "tool")
DISABLED = [frozenset(chosen) for count in range(4) for chosen in itertools.combinations(TYPES, count)]

every_recording = pytest.mark.parametrize("name", NAMES)
every_profile = pytest.mark.parametrize("profile", list(TraceProfile))
names = st.sampled_from(NAMES)
profiles = st.sampled_from(list(TraceProfile))
slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def orphans(spans: list[Span]) -> list[str]:
    """Return the names of spans whose parent is neither sent nor the remote one."""
    known = {(span.trace_id, span.span_id) for span in spans}
    return [
        span.name
        for span in spans
        if span.parent_id is not None
        and (span.trace_id, span.parent_id) not in known
        and not (span.is_parent_remote and span.parent_id == REMOTE.span_id)
    ]


def doubled(spans: list[Span]) -> list[str]:
    """Return the names of spans whose id another one has."""
    ids = [span.span_id for span in spans]
    return [span.name for span in spans if ids.count(span.span_id) > 1]


@every_profile
@every_recording
def test_every_parent_exists(name: str, profile: TraceProfile) -> None:
    """A span has no parent, or one that is sent in the same trace; no id is there twice."""
    spans = spans_in(RECORDINGS[name], builder(profile))

    assert spans
    assert [] == orphans(spans)
    assert [] == doubled(spans)


@every_recording
def test_every_span_ends_after_it_began(name: str) -> None:
    """No span is over before it began."""
    spans = spans_in(RECORDINGS[name], builder(TraceProfile.CLAUDE_CODE))

    assert [] == [span.name for span in spans if span.end_ns < span.start_ns]


@slow
@given(names, profiles, st.data())
def test_a_killed_process_leaves_no_orphan(name: str, profile: TraceProfile, data: st.DataObject) -> None:
    """However early OpenCode is killed, what was running is closed, and so are its parents."""
    lines = RECORDINGS[name][: data.draw(st.integers(0, len(RECORDINGS[name])))]
    spans = spans_in(lines, builder(profile))

    assert [] == orphans(spans)
    assert [] == doubled(spans)


@every_recording
def test_model_calls_of_a_killed_process_are_all_there(name: str) -> None:
    """Wherever a journal ends, each model call that is counted has its span."""
    lines = RECORDINGS[name]
    for end in range(0, len(lines), 7):
        facts = fold(lines[:end]).facts
        counted = [fact for fact in facts if isinstance(fact, ModelCalled)]

        assert len(counted) == sum(span.name == "opencode.llm" for span in spans_of(facts))


@every_profile
@pytest.mark.parametrize("disabled", DISABLED, ids=lambda types: "+".join(sorted(types)) or "none")
def test_disabled_types_leave_no_orphan(disabled: frozenset[str], profile: TraceProfile) -> None:
    """Without some types of spans every parent is there or remote; what is left is as it was but for that."""
    for name, remote in itertools.product(("whole", "demo", "run_subagent", "serve_compact"), (None, REMOTE)):
        all_spans = spans_in(RECORDINGS[name], builder(profile, Tree(remote=remote)))
        left = spans_in(RECORDINGS[name], builder(profile, Tree(remote=remote, disabled=disabled)))

        assert [] == orphans(left)
        assert set(map(without_kin, left)) <= set(map(without_kin, all_spans))
        assert len(disabled) < len(TYPES) or not left


def without_kin(span: Span) -> tuple[object, ...]:
    """Return everything of a span but its parent and its links."""
    attributes = tuple(sorted(span.attributes.items(), key=lambda pair: pair[0]))
    times = (span.start_ns, span.end_ns)
    return span.trace_id, span.span_id, span.name, times, attributes, span.error


@every_recording
def test_remote_parent_is_that_of_every_root(name: str) -> None:
    """With a remote parent there is one trace, the parent's; all that had no parent has it now."""
    alone = spans_in(RECORDINGS[name])
    under = spans_in(RECORDINGS[name], builder(tree=Tree(remote=REMOTE)))

    assert {REMOTE.trace_id} == {span.trace_id for span in under}
    assert {REMOTE.trace_state} == {span.trace_state for span in under}
    expected = [span.parent_id or REMOTE.span_id for span in alone]
    assert expected == [span.parent_id for span in under]
    assert [span.parent_id is None for span in alone] == [span.is_parent_remote for span in under]


@every_recording
def test_restart_after_every_line_changes_no_span(name: str) -> None:
    """State that is stored and read back after every line gives the same spans in the same order."""
    maker = builder(content=EVERYTHING)
    kept = spans_of(fold(RECORDINGS[name]).facts, maker)

    assert kept == spans_of(fold(RECORDINGS[name], is_restarted=True).facts, maker)


def of(lines: list[bytes]) -> set[Place]:
    """Return where the spans of a journal are; that none is doubled is asserted in passing."""
    spans = spans_in(lines)

    assert [] == doubled(spans)
    return places(spans)


@every_recording
def test_every_event_sent_twice_changes_no_span(name: str) -> None:
    """A bus that sends everything twice gives each span once."""
    assert of(RECORDINGS[name]) == of([line for line in RECORDINGS[name] for _ in range(2)])


@slow
@given(names, st.data())
def test_an_event_that_is_sent_again_changes_no_span(name: str, data: st.DataObject) -> None:
    """A copy of any event, right after it or any time later, adds no span and moves none."""
    lines = RECORDINGS[name]
    first = data.draw(st.integers(0, len(lines) - 1))
    assume(b'"event"' in lines[first])
    later = data.draw(st.integers(first + 1, len(lines)))

    assert of(lines) == of([*lines[:later], lines[first], *lines[later:]])


@every_recording
def test_neighbours_that_change_places_change_no_span(name: str) -> None:
    """No span and no parent depends on the order of two events."""
    lines = RECORDINGS[name]
    expected = of(lines)
    swaps = [at for at in range(len(lines) - 1) if all(b'"event"' in line for line in lines[at : at + 2])]

    found = [of([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]) for at in swaps]

    assert [expected] * len(swaps) == found


@slow
@given(names, st.data())
def test_sessions_that_interleave_keep_their_spans(name: str, data: st.DataObject) -> None:
    """Two courses of events in one process, mixed in any order, give the spans of each of them."""
    lines, others = RECORDINGS[name], renamed(RECORDINGS[name])
    turns = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    ours, theirs = iter(lines), iter(others)
    mixed = [next(theirs if is_theirs else ours) for is_theirs in turns]

    assert of(lines) | of(others) == of([*mixed, *ours, *theirs])


@pytest.mark.parametrize("version", ["1.0.220", "1.1.65", "1.4.0", "1.14.33", "1.18.33"])
def test_old_versions_have_whole_traces(version: str) -> None:
    """Events without ids and with other names give the same tree."""
    newest = spans_in(work("1.18.33").lines)
    spans = spans_in(work(version).lines)

    assert [] == orphans(spans)
    assert [] == doubled(spans)
    assert {span.name for span in newest} == {span.name for span in spans}


def ends(facts: list[Fact]) -> int:
    """Return when the last of them was."""
    return max(fact.origin.time_ms for fact in facts)


@every_recording
def test_no_span_goes_on_after_the_journal(name: str) -> None:
    """The end of a span is the time of something that was told."""
    facts = list(fold(RECORDINGS[name]).facts)

    assert ends(facts) >= max(span.end_ns for span in spans_of(facts)) / 1_000_000
