"""Where in a trace things happen: turns, sub-agents, what was cut, what has no place of its own."""

import pytest

from otel_agent.facts import ModelCalled, TurnEnded
from tests.receiver.folding import fold
from tests.receiver.story import BEGAN, SESSION, Story
from tests.receiver.tasks import CHILD, begin, described, end, prompted, task, worked
from tests.signals.spans.building import named, outline, spans_in, spans_of

TURN = "opencode.session"
LLM = "opencode.llm"
TASK = "opencode.tool.task"
BASH = "opencode.tool.bash"


def begun() -> Story:
    """Return a story in which a model call runs."""
    story = Story()
    story.session()
    prompted(story)
    return story


def over(story: Story) -> list[str]:
    """End the model call and the turn, and return the outline of all that was told."""
    end(story)
    story.idle()
    return outline(spans_in(story.lines))


def test_tool_hangs_under_the_call_that_asked_for_it() -> None:
    """The second call's tool is a child of the second call."""
    story = begun()
    story.tool("read", "call_1")
    end(story)
    begin(story, "msg_3")
    story.tool("bash", "call_2", "msg_3")
    end(story, "msg_3")
    story.idle()

    expected = [TURN, f"  {LLM}", "    opencode.tool.read", f"  {LLM}", f"    {BASH}"]
    assert expected == outline(spans_in(story.lines))


def test_foreground_subagent_hangs_under_its_task_call() -> None:
    """Its turn is a child of the tool call, in the same trace."""
    story = begun()
    described(story)
    task(story)
    worked(story)
    task(story, "completed")

    assert [TURN, f"  {LLM}", f"    {TASK}", f"      {TURN}", f"        {LLM}"] == over(story)


def test_background_subagent_stays_under_its_task_call() -> None:
    """The call and its whole turn were over when the sub-agent began; two more turns came between."""
    story = begun()
    described(story)
    task(story)
    task(story, "completed")
    end(story)
    story.idle()
    prompted(story, "msg_3", "msg_4")
    end(story, "msg_4", "msg_3")
    story.idle()
    worked(story)

    expected = [TURN, f"  {LLM}", f"    {TASK}", f"      {TURN}", f"        {LLM}", TURN, f"  {LLM}"]
    assert expected == outline(spans_in(story.lines))


def test_resumed_subagent_hangs_under_the_newest_task_call() -> None:
    """A session that a second call goes on with is a child of that call, and linked to its first turn."""
    story = begun()
    described(story)
    task(story)
    worked(story)
    task(story, "completed")
    task(story, call="call_again")
    worked(story, "msg_95")
    task(story, "completed", call="call_again")
    end(story)
    story.idle()

    spans = spans_in(story.lines)
    turns = [span for span in spans if span.name == TURN and span.attributes.get("is_subagent")]
    calls = [span for span in spans if span.name == TASK]
    assert [call.span_id for call in calls] == [turn.parent_id for turn in turns]
    assert [(), ((turns[0].trace_id, turns[0].span_id),)] == [turn.links for turn in turns]


def test_nested_subagents_are_one_trace() -> None:
    """A sub-agent's sub-agent hangs under the sub-agent's own task call."""
    story = begun()
    described(story)
    task(story)
    prompted(story, "msg_90", "msg_91", CHILD)
    described(story, "ses_deep", CHILD)
    task(story, child="ses_deep", call="call_deep", message="msg_91", session=CHILD)
    worked(story, "msg_99", "ses_deep")
    task(story, "completed", child="ses_deep", call="call_deep", message="msg_91", session=CHILD)
    end(story, "msg_91", "msg_90", CHILD)
    story.idle(CHILD)
    task(story, "completed")

    names = [TURN, LLM, TASK, TURN, LLM, TASK, TURN, LLM]
    assert ["  " * depth + name for depth, name in enumerate(names)] == over(story)


def test_subagent_of_an_unknown_call_is_a_trace_of_its_own() -> None:
    """A child session that no call has named has no parent."""
    story = Story()
    described(story, parent="ses_gone")
    worked(story)

    assert [TURN, f"  {LLM}"] == outline(spans_in(story.lines))


def test_subagent_whose_prompt_came_first_is_found_by_its_call() -> None:
    """The call may name a session that was prompted a moment before."""
    story = begun()
    described(story)
    story.user("msg_90", CHILD, agent="general")
    task(story)
    worked(story)
    task(story, "completed")

    assert [TURN, f"  {LLM}", f"    {TASK}", f"      {TURN}", f"        {LLM}"] == over(story)


def test_session_that_names_itself_is_no_loop() -> None:
    """A call that names its own session, or one above it, moves nothing."""
    story = begun()
    task(story, child=SESSION)
    task(story, "completed", child=SESSION)

    assert [TURN, f"  {LLM}", f"    {TASK}"] == over(story)


def test_chain_of_subagents_ends_somewhere() -> None:
    """Paths are bounded: the deepest sub-agents are traces of their own."""
    story = begun()
    session, message = SESSION, "msg_2"
    for depth in range(30):
        child, prompt = f"ses_{depth}", f"msg_9{depth}"
        task(story, child=child, call=f"call_{depth}", message=message, session=session)
        described(story, child, session)
        prompted(story, prompt, f"{prompt}a", child)
        session, message = child, f"{prompt}a"

    longest = max(len(fact.origin.path) for fact in fold(story.lines).facts)
    assert 64 + 4 >= longest


def test_turns_are_linked_one_by_one() -> None:
    """Turn N links to turn N-1 and to no other; the first one links to nothing."""
    story = Story()
    story.session()
    for number in (1, 3, 5):
        prompted(story, f"msg_{number}", f"msg_{number + 1}")
        end(story, f"msg_{number + 1}", f"msg_{number}")
        story.idle()

    turns = [span for span in spans_in(story.lines) if span.name == TURN]
    assert 3 == len({turn.trace_id for turn in turns})
    ids = [((turn.trace_id, turn.span_id),) for turn in turns]
    assert [(), *ids[:2]] == [turn.links for turn in turns]


def test_prompt_that_joins_an_open_turn_is_in_it() -> None:
    """A second prompt while OpenCode works begins no trace: the turn has the first one's id."""
    story = begun()
    story.prompt("msg_1b")
    end(story)
    begin(story, "msg_3", "msg_1b")
    end(story, "msg_3", "msg_1b")
    story.idle()

    turn = named(spans_in(story.lines), TURN)
    assert "msg_1" == turn.attributes["prompt.id"]
    assert [TURN, f"  {LLM}", f"  {LLM}"] == outline(spans_in(story.lines))


def test_prompt_without_a_reply_gives_its_turn_to_the_next_one() -> None:
    """What nobody answered kept OpenCode busy with nothing."""
    story = Story()
    story.session()
    story.prompt("msg_0")
    prompted(story)

    assert [TURN, f"  {LLM}"] == over(story)
    assert "msg_1" == named(spans_in(story.lines), TURN).attributes["prompt.id"]


def test_answer_without_its_prompt_opens_the_prompts_turn() -> None:
    """A journal that begins in the middle: the parent of the answer names the turn."""
    story = Story()
    begin(story)

    assert [TURN, f"  {LLM}"] == over(story)
    assert "msg_1" == named(spans_in(story.lines), TURN).attributes["prompt.id"]


def test_users_own_command_hangs_under_the_turn() -> None:
    """A message without a step is no model call: the tool's parent is the turn."""
    story = Story()
    story.session()
    story.user()
    story.assistant()
    story.tool("bash", status="running")
    story.tool("bash")
    story.assistant(is_completed=True)
    story.idle()

    assert [TURN, f"  {BASH}"] == outline(spans_in(story.lines))


def test_published_history_makes_no_span() -> None:
    """What is older than the session or the process was told by whoever saw it first."""
    story = Story()
    story.session(time={"created": BEGAN})
    story.user("msg_old", time={"created": BEGAN - 5000})
    old = {"created": BEGAN - 4000, "completed": BEGAN - 3000}
    story.assistant("msg_older", parent="msg_old", time=old, finish="stop")
    story.tool("bash", "call_old", "msg_older")

    assert [] == spans_in(story.lines)


def test_compaction_holds_the_call_that_summarises() -> None:
    """The summary's call is a child of the compaction, that of the turn."""
    story = begun()
    end(story)
    story.user("msg_3")
    story.part("compaction", "msg_3", auto=True)
    story.call("msg_4", parent="msg_3", summary=True)
    story.idle()

    expected = [TURN, f"  {LLM}", "  opencode.compaction", f"    {LLM}"]
    assert expected == outline(spans_in(story.lines))


def test_cut_compaction_is_closed_with_its_call() -> None:
    """OpenCode was killed while it summarised: both spans are there and say so."""
    story = begun()
    end(story)
    story.user("msg_3")
    story.part("compaction", "msg_3", auto=True)
    begin(story, "msg_4", "msg_3")
    story.assistant("msg_4", parent="msg_3", summary=True)

    spans = spans_in(story.lines)
    assert [TURN, f"  {LLM}", "  opencode.compaction", f"    {LLM}"] == outline(spans)
    compaction = named(spans, "opencode.compaction")
    assert ("cut", "auto") == (compaction.attributes["outcome"], compaction.attributes["trigger"])


def test_killed_process_closes_what_ran_at_its_last_event() -> None:
    """Tool, model call and turn end when the last event came, and say that they were cut."""
    story = begun()
    story.tool("bash", status="running")
    story.now += 700
    story.event("session.diff", {"diff": []})

    spans = spans_in(story.lines)
    assert [TURN, f"  {LLM}", f"    {BASH}"] == outline(spans)
    assert {"cut"} == {span.attributes["outcome"] for span in spans}
    assert {story.now * 1_000_000} == {span.end_ns for span in spans}
    assert {None} == {span.error for span in spans}


def test_call_that_waited_when_the_process_was_killed_has_its_span() -> None:
    """A question came before the call's own state: the wait's parent is told nevertheless."""
    story = begun()
    story.asked("bash")
    story.replied("once")

    expected = [TURN, f"  {LLM}", f"    {BASH}", "      opencode.permission.wait"]
    assert expected == outline(spans_in(story.lines))


def test_killed_subagent_is_in_its_parents_sum() -> None:
    """Sub-agents end before the turn that they are in, also when all are cut at once."""
    story = begun()
    described(story)
    task(story)
    story.user("msg_90", CHILD)
    story.assistant("msg_91", CHILD, parent="msg_90")
    story.part("step-start", "msg_91", CHILD)
    story.step(
        {"input": 7, "output": 2, "reasoning": 0, "cache": {"read": 0, "write": 0}}, 0.25, "msg_91", CHILD
    )

    inner, outer = fold(story.lines).of(TurnEnded)
    assert (SESSION, CHILD) == (outer.origin.session_id, inner.origin.session_id)
    assert (9, 9, 0) == (inner.tokens.total, outer.tree_tokens.total, outer.tokens.total)
    assert (0.25, 0.25, 0) == (inner.tree_cost_usd, outer.tree_cost_usd, outer.cost_usd)


def test_turn_adds_up_what_is_below_it() -> None:
    """Its own calls, and beside them those of the sub-agents that ended in it."""
    story = begun()
    described(story)
    task(story)
    worked(story)
    task(story, "completed")
    over(story)

    inner, outer = fold(story.lines).of(TurnEnded)
    assert (110, 11, 121) == (inner.tree_tokens.total, outer.tokens.total, outer.tree_tokens.total)
    assert pytest.approx((0.5, 0.501)) == (outer.cost_usd, outer.tree_cost_usd)


def test_wait_lasts_from_question_to_answer() -> None:
    """A child of the tool, as long as the question was open."""
    story = begun()
    story.tool("bash", status="running")
    story.asked("bash")
    asked = story.now
    story.now += 5000
    story.replied("once")
    story.tool("bash", time={"start": asked - 20, "end": story.now + 10})
    story.now += 10

    assert [TURN, f"  {LLM}", f"    {BASH}", "      opencode.permission.wait"] == over(story)
    wait = named(spans_in(story.lines), "opencode.permission.wait")
    assert (asked * 1_000_000, 5_010_000_000) == (wait.start_ns, wait.end_ns - wait.start_ns)


def test_question_without_a_call_has_no_wait() -> None:
    """OpenCode may ask about something that is no tool call: there is nothing to hang a wait on."""
    story = begun()
    story.event("permission.asked", {"id": "per_1", "permission": "doom_loop"})
    story.replied("once")

    assert [TURN, f"  {LLM}"] == over(story)


def test_question_that_an_abort_ended_is_a_wait() -> None:
    """A call that was given up while a question was open: the wait ends with it."""
    story = begun()
    story.tool("bash", status="running")
    story.asked("bash")
    story.now += 300
    story.tool("bash", status="error", error="Tool execution aborted")

    assert "      opencode.permission.wait" in over(story)
    wait = named(spans_in(story.lines), "opencode.permission.wait")
    assert ("reject", "user_abort") == (wait.attributes["decision"], wait.attributes["source"])


def test_every_retry_is_an_event_of_the_call() -> None:
    """Attempts that failed are moments of the one model call, not spans."""
    story = begun()
    story.retry(1)
    story.retry(2)
    first = story.now - 10
    end(story)
    story.idle()

    call = named(spans_in(story.lines), LLM)
    told = [(event.name, event.time_ns // 1_000_000, dict(event.attributes)) for event in call.events]
    assert [("retry", first, {"attempt": 1}), ("retry", first + 10, {"attempt": 2})] == told
    assert 3 == call.attributes["attempt"]


def test_retries_of_one_call_are_bounded() -> None:
    """A call that is tried for ever does not grow for ever."""
    story = begun()
    for attempt in range(1, 200):
        story.retry(attempt)
    end(story)
    story.idle()

    assert 64 == len(named(spans_in(story.lines), LLM).events)


def test_aborted_turn_says_so_and_is_no_error() -> None:
    """A person's abort closes turn, call and tool; none of them has failed."""
    story = begun()
    story.tool("bash", status="running")
    story.tool("bash", status="error", error="Tool execution aborted")
    error = {"name": "MessageAbortedError", "data": {"message": "Aborted"}}
    story.error("MessageAbortedError", message="Aborted")
    story.assistant(is_completed=True, error=error)
    story.idle()

    spans = spans_in(story.lines)
    assert {None} == {span.error for span in spans}
    assert ["aborted", "aborted"] == [named(spans, name).attributes["outcome"] for name in (LLM, TURN)]
    assert "aborted" == named(spans, BASH).attributes["error_type"]


def test_failed_turn_has_the_error_of_its_last_call() -> None:
    """The status of call and turn is an error with its type and the provider's words."""
    story = begun()
    error = {"name": "APIError", "data": {"message": "No key", "statusCode": 401}}
    story.error("APIError", message="No key", statusCode=401)
    story.assistant(is_completed=True, error=error)
    story.idle()

    spans = spans_in(story.lines)
    assert ["APIError: No key"] * 2 == [span.error for span in spans]
    assert ["401"] * 2 == [span.attributes["error.type"] for span in spans]
    assert "error" == named(spans, TURN).attributes["outcome"]


def test_failure_that_another_call_made_good_is_none_of_the_turn() -> None:
    """A turn fails when its last call does."""
    story = begun()
    story.assistant(is_completed=True, error={"name": "ContextOverflowError", "data": {"message": "Full"}})
    begin(story, "msg_3")
    end(story, "msg_3")
    story.idle()

    assert "completed" == named(spans_in(story.lines), TURN).attributes["outcome"]


def test_use_of_many_steps_adds_up() -> None:
    """A message has the tokens of its last step only, so those of its steps are added."""
    story = begun()
    for _ in range(3):
        story.step({"input": 5, "output": 2, "reasoning": 4, "cache": {"read": 3, "write": 1}}, 0.125)
    last = {"input": 5, "output": 2, "reasoning": 4, "cache": {"read": 3, "write": 1}}
    story.assistant(is_completed=True, finish="stop", tokens=last, cost=0.375)
    story.idle()

    [fact] = fold(story.lines).of(ModelCalled)
    call, turn = (named(spans_of(fold(story.lines).facts), name) for name in (LLM, TURN))
    assert (45, 0.375) == (fact.tokens.total, fact.cost_usd)
    assert [27, 18, 45] == [
        call.attributes[f"llm.token_count.{kind}"] for kind in ("prompt", "completion", "total")
    ]
    assert call.attributes["llm.token_count.total"] == turn.attributes["total_tokens"]
