"""From facts to spans: one profile's table applied to facts that are somewhere in a trace."""

from dataclasses import replace

import pytest

from otel_agent.facts import Retry
from otel_agent.settings import TraceProfile
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.ids import span_id, trace_id
from otel_agent.signals.model import Span, SpanRole
from otel_agent.signals.spans.tree import Tree
from tests.signals.samples import CALLED, DECIDED, DONE, ENDED, STARTED
from tests.signals.spans.building import EVERYTHING, builder, spans_of
from tests.signals.spans.samples import (
    CANARIES,
    COMPACTION,
    LLM,
    PLACES,
    TOOL,
    TURN,
    everything,
    placed,
    told,
)

every_profile = pytest.mark.parametrize("profile", list(TraceProfile))


@every_profile
def test_ids_are_those_of_the_paths(profile: TraceProfile) -> None:
    """The same span has the same id in every profile; two spans of one fact have two ids."""
    spans = spans_of(everything(), builder(profile))
    refs = {span_id(path[-1]) for _, path in PLACES}

    assert {trace_id(TURN)} == {span.trace_id for span in spans}
    assert len(spans) == len({span.span_id for span in spans})
    left_out = {span_id(COMPACTION), span_id(replace(COMPACTION, uid="msg_4"))}
    assert refs - (left_out if profile is TraceProfile.CLAUDE_CODE else set()) <= {
        span.span_id for span in spans
    }


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (TraceProfile.OPENCODE, ["x.session", "x.llm", "x.tool.bash", "x.permission.wait", "x.compaction"]),
        (
            TraceProfile.GEN_AI,
            ["invoke_agent build", "chat large", "execute_tool bash", "permission wait", "compaction"],
        ),
        (TraceProfile.OPENINFERENCE, ["build", "LLM: large", "bash", "permission wait", "compaction"]),
        (
            TraceProfile.CLAUDE_CODE,
            ["x.interaction", "x.llm_request", "x.tool", "x.tool.blocked_on_user", "x.tool.execution"],
        ),
    ],
)
def test_names_are_those_of_the_profile(profile: TraceProfile, expected: list[str]) -> None:
    """The prefix stands before the names that are not somebody else's conventions."""
    spans = spans_of(everything(), builder(profile, prefix="x."))

    assert set(expected) == {span.name for span in spans}


def test_prefix_of_claude_code_gives_its_names() -> None:
    """With `claude_code.` the names are those that dashboards know."""
    spans = spans_of(everything(), builder(TraceProfile.CLAUDE_CODE, prefix="claude_code."))

    names = ["interaction", "llm_request", "tool", "tool.blocked_on_user", "tool.execution"]
    assert {f"claude_code.{name}" for name in names} == {span.name for span in spans}


@every_profile
def test_only_model_calls_are_requests_to_somebody_else(profile: TraceProfile) -> None:
    """They are clients, everything else is internal; Claude Code's are all internal."""
    clients = [span.name for span in spans_of(everything(), builder(profile)) if span.role is SpanRole.CLIENT]

    assert (0 if profile is TraceProfile.CLAUDE_CODE else 1) == len(clients)


@every_profile
def test_fact_without_a_place_is_no_span(profile: TraceProfile) -> None:
    """What happened outside of any turn, and what is no span, gives none."""
    maker = builder(profile)

    assert [] == spans_of([CALLED, DONE, ENDED, placed(STARTED, TURN)], maker)


@every_profile
def test_decision_that_nobody_was_asked_for_is_no_wait(profile: TraceProfile) -> None:
    """A rule decides at once: its fact is at the tool's place, which has no wait."""
    assert [] == spans_of([placed(DECIDED, TURN, LLM, TOOL)], builder(profile))


@every_profile
def test_users_attributes_are_on_every_span_and_ours_win(profile: TraceProfile) -> None:
    """OPENCODE_SPAN_ATTRIBUTES add; they replace nothing."""
    spans = spans_of(everything(), builder(profile, attributes={"team": "core", "session.id": "mine"}))

    assert {"core"} == {span.attributes["team"] for span in spans}
    assert {"ses_root"} == {span.attributes["session.id"] for span in spans}


@every_profile
def test_session_of_every_span_is_the_one_at_the_top(profile: TraceProfile) -> None:
    """Backends take a trace's session from whichever span comes first."""
    spans = spans_of(everything(), builder(profile))

    own = "agent_id" if profile is TraceProfile.CLAUDE_CODE else "opencode.session.id"
    assert {("ses_root", "ses_a")} == {
        (span.attributes["session.id"], span.attributes[own]) for span in spans
    }


@every_profile
def test_attributes_that_are_not_known_are_absent(profile: TraceProfile) -> None:
    """No placeholder, no empty text, no empty list stands for what is not known."""
    bare = placed(
        CALLED,
        TURN,
        LLM,
        finish_reason=None,
        ttft_ms=None,
        effort=None,
        model="",
        provider="",
        is_completed=False,
    )
    spans = spans_of([bare, *everything()], builder(profile, content=EVERYTHING))

    values = [value for span in spans for value in span.attributes.values()]
    assert [] == [value for value in values if value in (None, "", ())]


def test_link_is_the_turn_before() -> None:
    """It names the trace and the span of the turn before, also in another trace."""
    before = replace(TURN, uid="msg_0")
    [span] = spans_of([placed(ENDED, TURN, previous=(before,))])

    assert ((trace_id(before), span_id(before)),) == span.links


def test_turn_before_that_was_not_sent_is_no_link() -> None:
    """A link leads to a span that there is."""
    before = replace(TURN, uid="msg_0")
    tree = Tree(is_sampled=lambda trace: trace != trace_id(before))
    [span] = spans_of([placed(ENDED, TURN, previous=(before,))], builder(tree=tree))

    assert () == span.links


def test_tools_of_claude_code_hang_under_the_turn() -> None:
    """A tool's parent is the interaction, that of its work and its waits the tool."""
    spans = {span.span_id: span for span in spans_of(everything(), builder(TraceProfile.CLAUDE_CODE))}

    parents = {
        span.name.removeprefix("opencode."): spans.get(span.parent_id or "") for span in spans.values()
    }
    assert {
        "interaction": None,
        "llm_request": "opencode.interaction",
        "tool": "opencode.interaction",
        "tool.blocked_on_user": "opencode.tool",
        "tool.execution": "opencode.tool",
    } == {name: parent and parent.name for name, parent in parents.items()}


@every_profile
def test_event_belongs_to_a_span_that_the_profile_writes(profile: TraceProfile) -> None:
    """What happened in a compaction belongs to it, or to its turn where the profile has no such span."""
    maker = builder(profile)
    origin = replace(CALLED.origin, path=(TURN, COMPACTION))

    expected = TURN if profile is TraceProfile.CLAUDE_CODE else COMPACTION
    assert (trace_id(TURN), span_id(expected)) == maker.nearest(origin)


def test_retries_are_events_named_by_the_profile() -> None:
    """Each failed attempt is a moment with its number."""
    call = placed(CALLED, TURN, LLM, retries=(Retry(attempt=1, time_ms=7), Retry(attempt=2, time_ms=9)))
    found = {profile: spans_of([call], builder(profile))[0].events for profile in TraceProfile}

    names = dict.fromkeys(TraceProfile, "retry") | {TraceProfile.CLAUDE_CODE: "gen_ai.request.attempt"}
    assert {profile: [(name, 7_000_000, 1), (name, 9_000_000, 2)] for profile, name in names.items()} == {
        profile: [(event.name, event.time_ns, event.attributes["attempt"]) for event in events]
        for profile, events in found.items()
    }


def words(spans: list[Span]) -> str:
    """Return everything that spans say, as one text."""
    return repr([(span.name, span.attributes, span.events, span.error) for span in spans])


@every_profile
@pytest.mark.parametrize("setting", list(CANARIES))
def test_content_leaves_only_when_its_setting_is_on(setting: str, profile: TraceProfile) -> None:
    """With everything else on, what the one setting is about is nowhere; alone, nothing else is anywhere."""
    others = dict.fromkeys(CANARIES, True) | {setting: False}
    without = words(spans_of(told(), builder(profile, content=ContentPolicy(**others))))
    alone = words(spans_of(told(), builder(profile, content=ContentPolicy(**{setting: True}))))

    assert CANARIES[setting] not in without
    assert [] == [canary for name, canary in CANARIES.items() if name != setting and canary in alone]
    has_answers = profile is not TraceProfile.CLAUDE_CODE
    assert (CANARIES[setting] in alone) == (has_answers or setting != "is_response_on")


@every_profile
def test_without_any_setting_no_content_leaves(profile: TraceProfile) -> None:
    """The default: no prompt, no answer, no parameter, no result."""
    assert "canary" not in words(spans_of(told(), builder(profile)))


@every_profile
def test_content_is_cut_and_its_length_told(profile: TraceProfile) -> None:
    """No text is longer than the limit; how long it was stands beside it."""
    policy = ContentPolicy(**dict.fromkeys(CANARIES, True), max_length=8)  # type: ignore[arg-type]
    spans = spans_of(told(), builder(profile, content=policy))

    lengths = {"input.length", "output.length", "user_prompt_length", "output_length"}
    found = [
        value
        for span in spans
        for attributes in (span.attributes, *(event.attributes for event in span.events))
        for key, value in attributes.items()
        if key in lengths
    ]
    assert not any(canary in words(spans) for canary in CANARIES.values())
    assert found
    assert {13, 26} >= set(found)


@every_profile
def test_what_stands_beside_content_is_not_sent_without_it(profile: TraceProfile) -> None:
    """A type or a length of a text stands only where the text does; prompt_length is no content."""
    spans = spans_of(told(), builder(profile))

    keys = {key for span in spans for key in span.attributes}
    assert set() == keys & {"input.mime_type", "output.mime_type", "input.length", "output.length"}
