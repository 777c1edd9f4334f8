"""Facts to measure: one of each class, with everything that OpenCode can tell."""

from dataclasses import replace
from typing import Any

from otel_agent.facts import (
    Answered,
    Committed,
    Compacted,
    CompactionCut,
    Decision,
    DecisionSource,
    EditDecided,
    Fact,
    Failure,
    FileOperation,
    LinesEdited,
    Mentioned,
    MentionType,
    ModelCalled,
    NetLinesChanged,
    Origin,
    Prompted,
    PullRequestOpened,
    QuerySource,
    Reported,
    Retried,
    SessionFailed,
    SessionStarted,
    SkillActivated,
    StartType,
    SubagentCompleted,
    SubtaskInvoked,
    Surroundings,
    Tokens,
    ToolCut,
    ToolDecided,
    ToolFinished,
    ToolType,
    Trigger,
    TurnEnded,
    TurnOutcome,
    Verdict,
)

NOW_MS = 1_795_000_000_123

PLACE = Surroundings(
    repository="example/x", branch="main", user_id="u", user_email="a@example.org", terminal="xterm"
)
ALLOWED = Verdict(decision=Decision.ACCEPT, source=DecisionSource.USER_PERMANENT)


def origin(**changes: Any) -> Origin:  # noqa: ANN401 - fields of the origin
    """Return where and when something happened."""
    known: dict[str, Any] = {
        "uid": "uid",
        "time_ms": NOW_MS,
        "session_id": "ses_a",
        "project_id": "p",
        "root_session_id": "ses_root",
        "is_subagent": True,
        "agent": "build",
        "prompt_id": "msg_1",
        "surroundings": PLACE,
    }
    return Origin(**{**known, **changes})


STARTED = SessionStarted(origin=origin(), start_type=StartType.FRESH, model="large")
ENDED = TurnEnded(
    started_ms=1_795_000_000_000,
    origin=origin(),
    outcome=TurnOutcome.IDLE,
    duration_ms=5000,
    active_ms=1500,
    total_tokens=1280,
    total_cost_usd=0.25,
    total_messages=3,
)
FAILED = SessionFailed(
    origin=origin(), failure=Failure(name="APIError", message="Rate limit", status_code=429)
)
PROMPTED = Prompted(origin=origin(), length=5, model="large", command_name="hello", text="Do it")
CALLED = ModelCalled(
    started_ms=1_795_000_000_000,
    origin=origin(),
    model="large",
    provider="fake",
    tokens=Tokens(input=200, output=50, reasoning=30, cache_read=1000, cache_creation=7),
    cost_usd=0.0021,
    query_source=QuerySource.SUBAGENT,
    is_completed=True,
    duration_ms=900,
    ttft_ms=80,
    finish_reason="stop",
    failure=None,
    attempt=2,
    retry_ms=700,
    effort="high",
    context_tokens=1287,
    context_limit=200_000,
)
ANSWERED = Answered(
    origin=origin(), length=3, model="large", query_source=QuerySource.MAIN, text="It is done"
)
COMPACTED = Compacted(
    started_ms=1_795_000_000_000,
    origin=origin(),
    trigger=Trigger.AUTO,
    is_success=True,
    duration_ms=400,
    pre_tokens=1287,
)
COMPACTION_CUT = CompactionCut(origin=origin(), trigger=Trigger.AUTO, started_ms=1_795_000_000_000)
RETRIED = Retried(origin=origin(), model="large", attempt=1)
DONE = ToolFinished(
    origin=origin(),
    call_id="call_1",
    tool_name="bash",
    tool_ran="bash",
    tool_type=ToolType.BUILTIN,
    mcp_server=None,
    operation=None,
    language=None,
    is_success=False,
    duration_ms=120,
    input_size_bytes=30,
    result_size_bytes=40,
    error_type="exit_status",
    verdict=ALLOWED,
    parameters='{"command":"ls"}',
)
CUT = ToolCut(origin=origin(), call_id="call_9", tool_name="bash", started_ms=1_795_000_000_000)
READ = replace(
    DONE,
    tool_name="read",
    tool_ran="read",
    operation=FileOperation.READ,
    language="Python",
    is_success=True,
    error_type=None,
)
ADDED = replace(
    DONE,
    tool_name="echo_add",
    tool_ran="echo_add",
    tool_type=ToolType.MCP,
    mcp_server="echo",
    is_success=True,
)
DECIDED = ToolDecided(
    origin=origin(),
    call_id="call_1",
    tool_name="bash",
    tool_type=ToolType.BUILTIN,
    is_prompted=True,
    verdict=ALLOWED,
    wait_ms=1200,
)
EDIT_DECIDED = EditDecided(origin=origin(), tool_name="edit", verdict=ALLOWED, language="Python")
SKILLED = SkillActivated(origin=origin(), skill="review")
INVOKED = SubtaskInvoked(origin=origin(), agent="general", prompt_length=40)
COMPLETED = SubagentCompleted(
    origin=origin(),
    agent="general",
    model="large",
    tokens=735,
    tool_uses=1,
    duration_ms=560,
    cost_usd=0.0018,
)
MENTIONED = Mentioned(origin=origin(), mention_type=MentionType.FILE)
OPENED = PullRequestOpened(origin=origin(), url="https://example.org/a/b/pull/5")
EDITED = LinesEdited(origin=origin(), added=3, removed=1, model="large", language="Python")
CHANGED = NetLinesChanged(origin=origin(), added=2, removed=0)
COMMITTED = Committed(origin=origin(), sha="1234567")

REPORTED = Reported(
    origin=origin(session_id="", project_id=None),
    events=14,
    requests={"delivered": 3, "retried": 1},
    dropped={"rejected": 2},
    waiting_requests=5,
    waiting_bytes=2048,
    oldest_ms=61_500,
    lag_ms=250,
)
FACTS: tuple[Fact, ...] = (
    *(STARTED, ENDED, FAILED, PROMPTED, CALLED, RETRIED, DONE, DECIDED, EDITED, CHANGED, COMMITTED),
    *(
        ANSWERED,
        COMPACTED,
        COMPACTION_CUT,
        READ,
        ADDED,
        EDIT_DECIDED,
        SKILLED,
        INVOKED,
        COMPLETED,
        MENTIONED,
        OPENED,
        CUT,
        REPORTED,
    ),
)
