"""For any course of events: nothing raises, and no repetition, mixture or restart changes a sum."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from otel_agent.exporter.encode import Encoder
from otel_agent.facts import Fact
from otel_agent.receiver.testing import MemorySequences
from otel_agent.settings import parse
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.projector import Projector
from tests.receiver.folding import NAMES as RECORDED
from tests.receiver.folding import Sums, fold, recorded, sums
from tests.receiver.story import MODEL, Story
from tests.receiver.test_versions import work
from tests.receiver.whole import whole

# As in OpenCode's ids, the last character is not what tells two of them apart: `renamed` changes it.
SHORT_ID = re.compile(rb"\b((?:ses|msg|prt|per|evt)_\w+)\b")
WHOLE = [SHORT_ID.sub(rb"\1z", line) for line in whole().lines]
RECORDINGS = {**{name: recorded(name) for name in RECORDED}, "whole": WHOLE}
NAMES = tuple(RECORDINGS)
EVENTS = [line for lines in RECORDINGS.values() for line in lines if b'"event"' in line]
names = st.sampled_from(NAMES)
slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def everything(facts: list[Fact]) -> None:
    """Make signals of facts and requests of signals, as the agent does."""
    environ = {"OPENCODE_ENABLE_TELEMETRY": "1", "HOME": "/home/dev"}
    policy = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)
    projector = Projector(parse(environ), MemorySequences(), policy)
    totals = projector.totals(lambda _key: None)
    records = [record for fact in facts for record in projector.records(fact)]
    for fact in facts:
        for measurement in projector.measurements(fact, "1.18.33"):
            totals.measure(measurement)
    export = totals.collect()
    encoder = Encoder.of({"service.name": "opencode"})
    encoder.metrics([*export.zeros, *export.points])
    encoder.logs(records)


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_any_bytes_are_folded_or_counted(lines: list[bytes]) -> None:
    """Bytes that are no line are counted."""
    folded = fold(lines)

    assert [] == folded.facts
    assert len(lines) >= folded.dropped["malformed_line"]


@given(st.lists(json_values, max_size=10))
def test_any_json_is_folded_or_counted(values: list[Any]) -> None:
    """JSON that is no line of ours is counted or says nothing."""
    assert [] == fold([json.dumps(value).encode() for value in values]).facts


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """Return the paths to everything in a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in inside for found in leaves(inner, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON value with another one at a path."""
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], other)
    return copy


@slow
@given(st.data())
def test_any_change_of_an_event_is_folded_or_counted(data: st.DataObject) -> None:
    """Events in which a value became something else make facts, signals and requests, or are counted."""
    lines = RECORDINGS[data.draw(names)]
    spoiled = list(lines)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        line = json.loads(lines[index])
        path = data.draw(st.sampled_from(leaves(line)))
        spoiled[index] = json.dumps(replaced(line, path, data.draw(json_values))).encode()

    folded = fold(spoiled, is_restarted=True)

    everything(list(folded.facts))


@slow
@given(names, st.data())
def test_an_event_that_is_sent_again_changes_no_sum(name: str, data: st.DataObject) -> None:
    """A copy of any event, right after it or any time later, changes no sum."""
    lines = RECORDINGS[name]
    first = data.draw(st.integers(0, len(lines) - 1))
    assume(b'"event"' in lines[first])
    later = data.draw(st.integers(first + 1, len(lines)))

    again = [*lines[:later], lines[first], *lines[later:]]

    assert sums(fold(lines).facts) == sums(fold(again).facts)


@pytest.mark.parametrize("name", NAMES)
def test_every_event_sent_twice_changes_no_sum(name: str) -> None:
    """A bus that sends everything twice changes no sum."""
    twice = [line for line in RECORDINGS[name] for _ in range(2)]

    assert sums(fold(RECORDINGS[name]).facts) == sums(fold(twice).facts)


@pytest.mark.parametrize("version", ["1.0.220", "1.1.65", "1.4.0", "1.14.33"])
def test_every_event_of_an_old_version_sent_twice_changes_no_sum(version: str) -> None:
    """So it is in versions whose events have no id."""
    twice = [line for line in work(version).lines for _ in range(2)]

    assert sums(fold(work(version).lines).facts) == sums(fold(twice).facts)


@slow
@given(names, st.data())
def test_a_beginning_that_is_sent_again_changes_no_sum(name: str, data: st.DataObject) -> None:
    """Whatever was sent up to a point may be sent again from the start."""
    lines = RECORDINGS[name]
    end = data.draw(st.integers(0, len(lines)))

    again = [*lines[:end], *lines[:end], *lines[end:]]

    assert sums(fold(lines).facts) == sums(fold(again).facts)


TIMED = ("session.duration", "active_time.total", "permission.wait", "time_to_first_token")
"""What is measured between the times at which events came: those are other times in another order."""


@pytest.mark.parametrize("name", NAMES)
def test_neighbours_that_change_places_change_no_sum(name: str) -> None:
    """Nothing that is counted depends on the order of two events."""
    lines = RECORDINGS[name]
    expected = sums(fold(lines).facts, counted=TIMED)
    places = [at for at in range(len(lines) - 1) if all(b'"event"' in line for line in lines[at : at + 2])]

    found = [
        sums(fold([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]).facts, counted=TIMED)
        for at in places
    ]

    assert [expected] * len(places) == found


ID = re.compile(rb"\b((?:ses|msg|prt|per|evt)_\w+)\w\b")


def renamed(lines: list[bytes]) -> list[bytes]:
    """Return lines with other ids, which tell the same times and stand in the same order."""
    return [ID.sub(rb"\1~", line).replace(b"~", b"-") for line in lines]


def of_sessions(found: Sums, *, is_renamed: bool) -> Sums:
    """Return the sums of the renamed sessions, or of the others, as those of one session each."""
    return {
        name: {
            (str(key[0])[:-1], *key[1:]): value
            for key, value in row.items()
            if str(key[0]).endswith("-") == is_renamed
        }
        for name, row in found.items()
    }


@slow
@given(names, st.data())
def test_sessions_that_interleave_change_no_sum(name: str, data: st.DataObject) -> None:
    """Two courses of events in one process, mixed in any order, sum up to each of them."""
    lines = RECORDINGS[name]
    turns = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    ours, theirs = iter(lines), iter(renamed(lines))
    mixed = [next(theirs if is_theirs else ours) for is_theirs in turns]
    mixed = [*mixed, *ours, *theirs]

    both = sums(fold(mixed).facts)

    alone = of_sessions(sums(fold(lines).facts), is_renamed=False)
    assert alone == of_sessions(both, is_renamed=False)
    assert alone == of_sessions(both, is_renamed=True)


@pytest.mark.parametrize("name", NAMES)
def test_lost_creation_changes_no_sum_but_the_sessions(name: str) -> None:
    """Without `session.created` a session is resumed, not fresh; everything else sums up to the same."""
    lines = RECORDINGS[name]
    lost = [line for line in lines if b'"session.created"' not in line]

    # Nothing else tells in that recording that the session is no sub-agent's and had used nothing before.
    unknown = ["session.token.total", "session.cost.total", "active_time.total"]
    without = ["session.count", "session.created", *(unknown if name == "serve_shell" else ())]
    assert sums(fold(lines).facts, without=without) == sums(fold(lost).facts, without=without)


@pytest.mark.parametrize("name", NAMES)
def test_restart_anywhere_changes_nothing(name: str) -> None:
    """State that is stored and read back after every line gives the same facts in the same order."""
    assert fold(RECORDINGS[name]).facts == fold(RECORDINGS[name], is_restarted=True).facts


@pytest.mark.parametrize("name", NAMES)
def test_replay_gives_equal_facts(name: str) -> None:
    """The fold knows nothing but the lines: a second time it says the same."""
    assert fold(RECORDINGS[name]).facts == fold(RECORDINGS[name]).facts


@pytest.mark.parametrize("name", NAMES)
def test_facts_of_one_kind_have_names_of_their_own(name: str) -> None:
    """No two facts of a class have the same uid in a session: a record's id is its own."""
    keys = [(type(fact), fact.origin.session_id, fact.origin.uid) for fact in fold(RECORDINGS[name]).facts]

    assert len(keys) == len(set(keys))


@slow
@given(names, st.data())
def test_a_journal_that_ends_anywhere_is_told_to_its_end(name: str, data: st.DataObject) -> None:
    """A process killed at any event loses no finished step: the tokens are those of the steps before."""
    lines = RECORDINGS[name][: data.draw(st.integers(0, len(RECORDINGS[name])))]
    parts = [json.loads(line)["event"]["properties"] for line in lines if b'"step-finish"' in line]
    created = [
        json.loads(line)["event"]["properties"]["info"] for line in lines if b'"session.created"' in line
    ]
    forks = {info["id"] for info in created[1:] if "parentID" not in info and name == "serve_revert"}
    steps = {p["part"]["id"]: p["part"]["tokens"]["input"] for p in parts if p["sessionID"] not in forks}

    found = sums(fold(lines).facts).get("token.usage", {})

    assert sum(steps.values()) == sum(value for key, value in found.items() if ("type", "input") in key)


def test_memory_of_a_long_session_is_bounded() -> None:
    """A session of a thousand turns remembers its last calls, and nothing that is over."""
    story = Story()
    story.session()
    for turn in range(1000):
        story.prompt(f"msg_{turn}a")
        story.hook("chat.params", limit={"context": 1000}, **MODEL)
        story.part("text", f"msg_{turn}b", text="text")
        story.asked("bash", f"call_{turn}", f"msg_{turn}b", f"per_{turn}")
        story.replied("once", f"per_{turn}")
        story.tool("bash", f"call_{turn}", f"msg_{turn}b", metadata={"exit": 0})
        story.call(f"msg_{turn}b", parent=f"msg_{turn}a")
        story.idle()
        story.user(f"msg_{turn}c")
        story.part("compaction", f"msg_{turn}c", auto=True)
        story.call(f"msg_{turn}d", parent=f"msg_{turn}c", summary=True)
        story.idle()

    [state] = fold(story.lines).sessions.values()

    assert 33 >= len(state.calls)
    assert ({}, {}, {}, []) == (state.prompts, state.tools, state.questions, state.writes)
    assert (None, None, 1) == (state.turn, state.compaction, len(state.limits))
    assert 0 == sum(len(call.texts) + len(call.input) + len(call.requests) for call in state.calls.values())
