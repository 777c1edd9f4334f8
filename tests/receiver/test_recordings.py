"""Recording in, values out: what happened in each recording, counted by hand in OpenCode's own data."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

from otel_agent.facts import (
    Answered,
    Committed,
    Compacted,
    EditDecided,
    LinesEdited,
    ModelCalled,
    NetLinesChanged,
    Prompted,
    Retried,
    SessionFailed,
    SessionStarted,
    SubagentCompleted,
    SubtaskInvoked,
    ToolDecided,
    ToolFinished,
    TurnEnded,
    TurnOutcome,
)
from tests.receiver.folding import NAMES, Folded, fold, recorded

Use = tuple[int, int, int, int, int]
"""Tokens: input, output, reasoning, read from and written to the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What happened: by default one session was created in which one prompt made one turn.

    `tokens` and `cost` are by model and for whom the calls were made, `calls` the completed ones, `failures`
    the names of the errors of those that failed. `tools` has for each tool why its calls failed, None for
    those that did not; `net` all values that the net lines took, `errors` those of the session.
    `decisions` are those that were asked for or denied by a rule, `edits` those on edits; `files` what was
    done with files of which language; `subtasks` have agent, model, tokens and tool calls of each sub-agent,
    `compactions` trigger, success and tokens before, `answers` the lengths of the texts, `contexts` the
    tokens of the calls that used any.
    """

    fresh: int = 1
    subagents: int = 0
    resumed: int = 0
    prompts: int = 1
    turns: int = 1
    calls: int = 1
    tokens: dict[str, Use] = field(default_factory=dict[str, Use])
    cost: dict[str, float] = field(default_factory=dict[str, float])
    failures: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    retries: tuple[int, ...] = ()
    tools: dict[str, tuple[str | None, ...]] = field(default_factory=dict[str, tuple[str | None, ...]])
    decisions: tuple[tuple[str, str, str], ...] = ()
    edits: tuple[tuple[str, str, str], ...] = ()
    files: tuple[str, ...] = ()
    subtasks: tuple[tuple[str, str, int, int], ...] = ()
    compactions: tuple[tuple[str, bool, int | None], ...] = ()
    answers: tuple[int, ...] = ()
    contexts: tuple[int, ...] = ()
    lines: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    net: tuple[tuple[int, int], ...] = ()
    commits: int = 0


def plain(calls: int, **changes: Any) -> Truth:  # noqa: ANN401 - fields of the truth
    """Return the truth of calls that each used what the fake model says by default."""
    used = (200 * calls, 50 * calls, 30 * calls, 1000 * calls, 0)
    return Truth(
        calls=calls,
        tokens={"large main": used},
        cost={"large main": 0.0021 * calls},
        contexts=(1280,) * calls,
        **changes,
    )


COMMIT = {
    "calls": 2,
    "tokens": {"large main": (1800, 68, 12, 1400, 0)},
    "cost": {"large main": 0.00702},
    "tools": {"bash": (None,)},
    "net": ((1, 0),),
    "commits": 1,
    "answers": (29, 10),
    "contexts": (1560, 1720),
}
ALLOWED_EDITS = (("write", "config", "Python"), ("edit", "config", "Python"))
EDIT = {
    "calls": 4,
    "tokens": {"large main": (1600, 145, 0, 3000, 0)},
    "cost": {"large main": 0.007875},
    "tools": {"write": (None,), "read": (None,), "edit": (None,)},
    "lines": {"Python": (4, 1)},
    "net": ((2, 0), (3, 0)),
    "files": ("write Python", "read Python", "edit Python"),
    "answers": (32,),
    "contexts": (1050, 1130, 1240, 1325),
}
COMPACTED = {"large main": (200, 50, 30, 1000, 0), "large auxiliary": (400, 45, 0, 500, 0)}
COMPACTED_COST = {"large main": 0.0021, "large auxiliary": 0.002025}

TRUTH: dict[str, Truth] = {
    "demo": Truth(
        fresh=2,
        subagents=1,
        prompts=2,
        turns=3,
        calls=8,
        tokens={"large main": (11300, 610, 80, 38600, 0), "medium subagent": (6700, 160, 0, 6000, 0)},
        cost={"large main": 0.05583, "medium subagent": 0.00648},
        failures=("APIError",),
        errors=("APIError",),
        retries=(1,),
        tools={"write": (None,), "edit": (None,), "task": (None,), "read": (None,), "bash": (None, None)},
        decisions=(("bash", "accept", "user_temporary"),),
        lines={"Python": (4, 1)},
        net=((2, 0), (3, 0)),
        commits=1,
        edits=ALLOWED_EDITS,
        files=("write Python", "edit Python", "read Python"),
        subtasks=(("general", "medium", 12860, 2),),
        answers=(17, 21, 28, 23, 29, 44),
        contexts=(9410, 9740, 6190, 6670, 10060, 10520, 10860),
    ),
    "resume": plain(1, answers=(26,)),
    "resume_2": Truth(fresh=0, resumed=1, **COMMIT),
    "run_big_output": plain(2, tools={"bash": (None,)}, answers=(11,)),
    "run_commit": Truth(**COMMIT),
    "run_content": Truth(**COMMIT),
    "run_cut": Truth(
        calls=2,
        tokens={"large main": (900, 55, 0, 600, 0)},
        cost={"large main": 0.003705},
        retries=(1,),
        tools={"bash": (None,)},
        answers=(19,),
        contexts=(720, 835),
    ),
    "run_denied": plain(
        2, tools={"bash": ("permission_denied",)}, decisions=(("bash", "reject", "config"),), answers=(9,)
    ),
    "run_e401": Truth(failures=("APIError",), errors=("APIError",)),
    "run_e429": plain(1, retries=(1, 2), answers=(16,)),
    "run_e500": plain(1, retries=(1,), answers=(10,)),
    "run_edit": Truth(**EDIT, edits=ALLOWED_EDITS),
    "run_filter": plain(1, failures=("ContentFilterError",), errors=("ContentFilterError",)),
    "run_length": plain(1, answers=(18,)),
    "run_many_words": Truth(
        tokens={"large main": (40, 300, 0, 0, 0)},
        cost={"large main": 0.00462},
        answers=(2289,),
        contexts=(340,),
    ),
    "run_mcp": plain(2, tools={"echo_add": (None,), "echo_fail": ("tool_error",)}, answers=(13,)),
    "run_overflow": Truth(
        calls=3,
        tokens=COMPACTED,
        cost=COMPACTED_COST,
        failures=("ContextOverflowError",),
        errors=("ContextOverflowError",),
        compactions=(("auto", True, None),),
        answers=(32, 26),
        contexts=(945, 1280),
    ),
    "run_permission_auto": plain(
        3, tools={"bash": (None, None)}, decisions=(("bash", "accept", "config"),), answers=(22,)
    ),
    "run_permission_rejected": plain(
        1, tools={"bash": ("permission_rejected",)}, decisions=(("bash", "reject", "config"),)
    ),
    "run_simple": plain(1, answers=(26,)),
    "run_slow_shell": plain(2, tools={"bash": (None,)}, answers=(18,)),
    "run_subagent": Truth(
        fresh=2,
        subagents=1,
        turns=2,
        calls=4,
        tokens={"large main": (1700, 90, 10, 2500, 0), "large subagent": (400, 35, 0, 300, 0)},
        cost={"large main": 0.00735, "large subagent": 0.001815},
        tools={"task": (None,), "bash": (None,)},
        subtasks=(("general", "large", 735, 1),),
        answers=(17, 22),
        contexts=(320, 415, 2070, 2230),
    ),
    "run_todo": plain(2, tools={"todowrite": (None,)}, answers=(21,)),
    "run_tools": plain(
        2,
        tools={
            "glob": ("tool_error",),
            "bash": ("exit_status",),
            "read": ("tool_error",),
            "nosuchtool": ("invalid_tool",),
        },
        answers=(18,),
    ),
    "run_two_models": Truth(
        fresh=2,
        subagents=1,
        turns=2,
        calls=4,
        tokens={"large main": (1700, 90, 10, 2500, 0), "medium subagent": (400, 35, 0, 300, 0)},
        cost={"large main": 0.00735, "medium subagent": 0.000484},
        tools={"task": (None,), "bash": (None,)},
        subtasks=(("general", "medium", 735, 1),),
        answers=(17, 22),
        contexts=(320, 415, 2070, 2230),
    ),
    "serve_abort": Truth(
        prompts=2,
        turns=2,
        calls=2,
        failures=("MessageAbortedError", "MessageAbortedError"),
        errors=("MessageAbortedError", "MessageAbortedError"),
        tools={"bash": ("aborted",)},
    ),
    "serve_command": plain(1, answers=(26,)),
    "serve_compact": Truth(
        turns=2,
        calls=2,
        tokens=COMPACTED,
        cost=COMPACTED_COST,
        compactions=(("manual", True, 1280),),
        answers=(26, 32),
        contexts=(1280, 945),
    ),
    "serve_permission_always": plain(
        3, tools={"bash": (None, None)}, decisions=(("bash", "accept", "user_permanent"),), answers=(22,)
    ),
    "serve_permission_edit": Truth(
        decisions=(("write", "accept", "user_temporary"), ("edit", "accept", "user_temporary")),
        **EDIT,
        edits=(("write", "user_temporary", "Python"), ("edit", "user_temporary", "Python")),
    ),
    "serve_permission_once": plain(
        3, tools={"bash": (None, None)}, decisions=(("bash", "accept", "user_temporary"),), answers=(22,)
    ),
    "serve_permission_reject": plain(
        3,
        tools={"bash": ("permission_rejected", None)},
        decisions=(("bash", "reject", "user_reject"),),
        answers=(22,),
    ),
    "serve_question": plain(2, tools={"question": (None,)}, answers=(7,)),
    # A fork publishes everything again; the revert takes the lines back, and the un-revert returns them.
    "serve_revert": Truth(fresh=2, **{**EDIT, "net": ((2, 0), (3, 0), (0, 0), (3, 0))}, edits=ALLOWED_EDITS),
    # The user's own command makes a turn, but neither a prompt nor a model call.
    "serve_shell": Truth(prompts=0, calls=0, tools={"bash": (None,)}),
    "serve_two_directories": Truth(
        fresh=2,
        prompts=3,
        turns=3,
        calls=7,
        tokens={"large main": (3600, 263, 42, 5400, 0)},
        cost={"large main": 0.016995},
        tools={"bash": (None,), "write": (None,), "read": (None,), "edit": (None,)},
        lines={"Python": (4, 1)},
        net=((1, 0), (2, 0), (3, 0)),
        commits=1,
        edits=ALLOWED_EDITS,
        files=("write Python", "read Python", "edit Python"),
        answers=(29, 10, 26, 32),
        contexts=(1560, 1720, 1280, 1050, 1130, 1240, 1325),
    ),
    "tui_commit": Truth(**COMMIT),
}


def observed(folded: Folded) -> Truth:
    """Put the facts into the words of the truth."""
    starts = Counter(fact.start_type.value for fact in folded.of(SessionStarted))
    calls = folded.of(ModelCalled)
    tools: dict[str, list[str | None]] = defaultdict(list)
    for done in folded.of(ToolFinished):
        tools[done.tool_name].append(done.error_type)
    return Truth(
        fresh=starts["fresh"],
        subagents=sum(fact.origin.is_subagent is True for fact in folded.of(SessionStarted)),
        resumed=starts["resume"],
        prompts=len(folded.of(Prompted)),
        turns=len(folded.of(TurnEnded)),
        calls=sum(call.is_completed for call in calls),
        tokens=used(calls),
        cost=paid(calls),
        failures=tuple(call.failure.name for call in calls if call.failure),
        errors=tuple(fact.failure.name for fact in folded.of(SessionFailed)),
        retries=tuple(fact.attempt for fact in folded.of(Retried)),
        tools={name: tuple(why) for name, why in tools.items()},
        decisions=tuple(
            (fact.tool_name, fact.verdict.decision.value, fact.verdict.source.value)
            for fact in folded.of(ToolDecided)
            if fact.is_prompted
        ),
        edits=tuple(
            (fact.tool_name, fact.verdict.source.value, fact.language) for fact in folded.of(EditDecided)
        ),
        files=tuple(
            f"{fact.operation.value} {fact.language}"
            for fact in folded.of(ToolFinished)
            if fact.operation and fact.is_success
        ),
        subtasks=subtasks(folded),
        compactions=tuple(
            (fact.trigger.value if fact.trigger else "", fact.is_success, fact.pre_tokens)
            for fact in folded.of(Compacted)
        ),
        answers=tuple(fact.length for fact in folded.of(Answered)),
        contexts=tuple(call.context_tokens for call in calls if call.context_tokens),
        lines=edited(folded.of(LinesEdited)),
        net=tuple((fact.added, fact.removed) for fact in folded.of(NetLinesChanged)),
        commits=len(folded.of(Committed)),
    )


def subtasks(folded: Folded) -> tuple[tuple[str, str, int, int], ...]:
    """Return what the sub-agents that were started did."""
    started = [fact.agent for fact in folded.of(SubtaskInvoked)]
    done = folded.of(SubagentCompleted)
    assert started == [fact.agent for fact in done]
    return tuple((fact.agent or "", fact.model or "", fact.tokens, fact.tool_uses) for fact in done)


def used(calls: list[ModelCalled]) -> dict[str, Use]:
    """Add up the tokens of calls that used any."""
    found: dict[str, Use] = {}
    for call in calls:
        of = call.tokens
        key, more = payer(call), (of.input, of.output, of.reasoning, of.cache_read, of.cache_creation)
        found[key] = add(found.get(key, (0, 0, 0, 0, 0)), more)
    return {key: use for key, use in found.items() if any(use)}


def add(one: Use, other: Use) -> Use:
    """Add kind by kind."""
    first, second, third, fourth, fifth = (a + b for a, b in zip(one, other, strict=True))
    return first, second, third, fourth, fifth


def paid(calls: list[ModelCalled]) -> dict[str, float]:
    """Add up the cost of calls, exact to the billionth of a dollar."""
    found: dict[str, float] = defaultdict(float)
    for call in calls:
        found[payer(call)] += call.cost_usd
    return {key: round(cost, 9) for key, cost in found.items() if cost}


def payer(call: ModelCalled) -> str:
    """Name the model and for whom it was called."""
    return f"{call.model} {call.query_source.value}"


def edited(facts: list[LinesEdited]) -> dict[str, tuple[int, int]]:
    """Add up the lines by language."""
    found: dict[str, tuple[int, int]] = {}
    for fact in facts:
        added, removed = found.get(fact.language, (0, 0))
        found[fact.language] = added + fact.added, removed + fact.removed
    return found


def test_every_recording_has_its_truth() -> None:
    """No recording is without a row in the table of truths."""
    assert set(NAMES) == set(TRUTH)


@pytest.mark.parametrize("name", TRUTH)
def test_recording_is_told_as_it_happened(name: str) -> None:
    """The facts of a recording are what OpenCode's own data says, and no event was dropped."""
    folded = fold(recorded(name))

    truth = TRUTH[name]
    found = observed(folded)
    assert sorted(truth.tools) == sorted(found.tools)
    assert truth == found
    assert {} == dict(folded.dropped)


def properties(name: str, kind: str) -> list[dict[str, Any]]:
    """Return the properties of a recording's events of one type, read without the receiver."""
    events = [json.loads(line).get("event") for line in recorded(name)]
    return [event["properties"] for event in events if event and event["type"] == kind]


@pytest.mark.parametrize("name", NAMES)
def test_tokens_and_cost_are_the_sums_of_the_finished_steps(name: str) -> None:
    """Tokens and cost equal the step-finish parts in the recording, a fork's copies left out."""
    messages = {event["info"]["id"]: event["info"] for event in properties(name, "message.updated")}
    created = {
        event["info"]["id"]: event["info"]["time"]["created"] for event in properties(name, "session.created")
    }
    parts = {event["part"]["id"]: event["part"] for event in properties(name, "message.part.updated")}
    steps = [part for part in parts.values() if part["type"] == "step-finish"]
    own = [
        step
        for step in steps
        if messages[step["messageID"]]["time"]["created"] >= created.get(step["sessionID"], 0)
    ]

    calls = fold(recorded(name)).of(ModelCalled)

    assert sum(step["tokens"]["input"] for step in own) == sum(call.tokens.input for call in calls)
    assert sum(step["tokens"]["output"] for step in own) == sum(call.tokens.output for call in calls)
    assert sum(step["tokens"]["reasoning"] for step in own) == sum(call.tokens.reasoning for call in calls)
    assert sum(step["tokens"]["cache"]["read"] for step in own) == sum(
        call.tokens.cache_read for call in calls
    )
    assert pytest.approx(sum(step["cost"] for step in own), rel=1e-12) == sum(call.cost_usd for call in calls)


@pytest.mark.parametrize("name", NAMES)
def test_last_totals_of_a_session_are_opencodes_own(name: str) -> None:
    """What a session has used in all is what its last `session.updated` says."""
    last = {event["info"]["id"]: event["info"] for event in properties(name, "session.updated")}
    folded = fold(recorded(name))

    ends = {fact.origin.session_id: fact for fact in folded.of(TurnEnded)}

    for session_id, end in ends.items():
        if session_id in last:
            assert pytest.approx(last[session_id]["cost"], abs=1e-12) == end.total_cost_usd
            assert tokens_of(last[session_id]["tokens"]) == end.total_tokens


def tokens_of(tokens: dict[str, Any]) -> int:
    """Add up OpenCode's five kinds of tokens."""
    cache = tokens["cache"]
    return int(tokens["input"] + tokens["output"] + tokens["reasoning"] + cache["read"] + cache["write"])


@pytest.mark.parametrize("name", [name for name, truth in TRUTH.items() if truth.commits])
def test_commits_are_named(name: str) -> None:
    """A commit's name is the one that `git rev-parse HEAD` printed."""
    outputs = [
        event["part"]["state"]["output"].strip()
        for event in properties(name, "message.part.updated")
        if event["part"].get("tool") == "bash" and "rev-parse" in event["part"]["state"]["input"]["command"]
        if event["part"]["state"]["status"] == "completed"
    ]

    assert outputs == [fact.sha for fact in fold(recorded(name)).of(Committed)]


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_says_where_it_happened(name: str) -> None:
    """Each fact of a recording has its project, root session, repository, branch, person and terminal."""
    folded = fold(recorded(name))

    roots = {
        event["info"]["id"]: event["info"].get("parentID") for event in properties(name, "session.created")
    }
    for fact in folded.facts:
        origin = fact.origin
        place = origin.surroundings
        assert (roots.get(origin.session_id) or origin.session_id) == origin.root_session_id
        assert (roots.get(origin.session_id) is not None) == origin.is_subagent
        assert "main" == place.branch
        assert None not in {origin.project_id, place.repository, place.user_id, place.terminal}


def test_turns_of_a_recording_end_idle() -> None:
    """In a recording that was not killed every turn ends because OpenCode was idle."""
    outcomes = {fact.outcome for name in NAMES for fact in fold(recorded(name)).of(TurnEnded)}

    assert {TurnOutcome.IDLE} == outcomes


def test_prompt_of_a_command_names_it() -> None:
    """The command that made a prompt is known from its hook."""
    [prompt] = fold(recorded("serve_command")).of(Prompted)

    assert ("hello", len("Say hello to Bob [[scenario:simple]]")) == (prompt.command_name, prompt.length)


def test_prompt_text_is_there_when_it_was_recorded() -> None:
    """With OPENCODE_LOG_PROMPTS the journal has the text, else its length only."""
    [with_text] = fold(recorded("run_content")).of(Prompted)
    [without] = fold(recorded("run_commit")).of(Prompted)

    assert ('"Do it [[scenario:commit]]"', 27) == (with_text.text, with_text.length)
    assert (None, 27) == (without.text, without.length)


def test_cut_output_keeps_its_true_size() -> None:
    """A tool's result is as large as OpenCode says, although the journal has only its end."""
    [done] = fold(recorded("run_big_output")).of(ToolFinished)

    [part] = [
        event["part"]["state"]
        for event in properties("run_big_output", "message.part.updated")
        if event["part"].get("state", {}).get("status") == "completed"
    ]
    assert part["cut"]["output"][1] == done.result_size_bytes
    assert part["input_bytes"] == done.input_size_bytes


def test_attempts_are_counted_from_one() -> None:
    """The call that went through after two refusals ended with its third attempt."""
    [call] = fold(recorded("run_e429")).of(ModelCalled)

    assert 3 == call.attempt


def test_status_of_a_refused_key_is_told() -> None:
    """A 401 is the status of both the call's and the session's error."""
    folded = fold(recorded("run_e401"))

    [call], [error] = folded.of(ModelCalled), folded.of(SessionFailed)
    assert call.failure == error.failure
    assert 401 == error.failure.status_code


@pytest.mark.parametrize("name", NAMES)
def test_every_call_of_a_tool_was_decided_once(name: str) -> None:
    """Each tool call has one decision, asked for or not; nobody decides on a tool that does not exist."""
    folded = fold(recorded(name))

    called = [done.call_id for done in folded.of(ToolFinished) if done.error_type != "invalid_tool"]
    assert sorted(called) == sorted(str(fact.call_id) for fact in folded.of(ToolDecided))


def moments(name: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Return time, type and properties of a recording's events, read without the receiver."""
    lines = [json.loads(line) for line in recorded(name)]
    return [
        (line["t"], line["event"]["type"], line["event"]["properties"]) for line in lines if "event" in line
    ]


def is_idle(kind: str, found: dict[str, Any]) -> bool:
    """Tell whether an event says that a session is idle."""
    return kind == "session.status" and found["status"]["type"] == "idle"


WITH_ONE_TURN = [name for name, truth in TRUTH.items() if truth.turns == 1]


@pytest.mark.parametrize("name", WITH_ONE_TURN)
def test_active_time_is_that_of_the_turn_without_its_waits(name: str) -> None:
    """From the user's message to the last idle OpenCode is busy, but for the questions without an answer."""
    events = moments(name)
    begun = min(
        t for t, kind, found in events if kind == "message.updated" and found["info"]["role"] == "user"
    )
    ended = max(t for t, kind, found in events if is_idle(kind, found))
    asked = sum(t for t, kind, _ in events if kind == "permission.asked")
    replied = sum(t for t, kind, _ in events if kind == "permission.replied")
    questions = [
        t if found["part"]["state"]["status"] == "completed" else -t
        for t, kind, found in events
        if kind == "message.part.updated" and found["part"].get("tool") == "question"
    ]

    [end] = fold(recorded(name)).of(TurnEnded)

    assert ended - begun - (replied - asked) - sum(questions) == end.active_ms


@pytest.mark.parametrize("name", NAMES)
def test_context_windows_are_those_that_the_hook_told(name: str) -> None:
    """Each call's model takes as many tokens as its definition says."""
    windows = {"large": 200_000, "medium": 100_000}

    for call in fold(recorded(name)).of(ModelCalled):
        assert windows[call.model] == call.context_limit


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_as_long_as_their_parts(name: str) -> None:
    """The lengths of answers add up to those of the text parts of the messages that did not fail."""
    failed = {
        found["info"]["id"]
        for _, kind, found in moments(name)
        if kind == "message.updated" and "error" in found["info"]
    }
    answers = {
        found["info"]["id"]
        for _, kind, found in moments(name)
        if kind == "message.updated" and found["info"]["role"] == "assistant"
    }
    parts = {event["part"]["id"]: event["part"] for event in properties(name, "message.part.updated")}
    created = {
        event["info"]["id"]: event["info"]["time"]["created"] for event in properties(name, "session.created")
    }
    copies = {
        found["info"]["id"]
        for _, kind, found in moments(name)
        if kind == "message.updated"
        and found["info"]["time"]["created"] < created.get(found["info"]["sessionID"], 0)
    }
    texts = [
        part
        for part in parts.values()
        if part["type"] == "text" and part["messageID"] in answers - failed - copies
    ]

    lengths = [part["cut"]["text"][0] if "cut" in part else len(part["text"]) for part in texts]

    assert sum(lengths) == sum(fact.length for fact in fold(recorded(name)).of(Answered))
