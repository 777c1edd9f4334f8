"""Facts to measure: one of each class, with everything that OpenCode can tell."""

from typing import Any

from otel_agent.facts import (
    Committed,
    Decision,
    DecisionSource,
    Fact,
    Failure,
    LinesEdited,
    ModelCalled,
    NetLinesChanged,
    Origin,
    Prompted,
    QuerySource,
    Retried,
    SessionFailed,
    SessionStarted,
    StartType,
    Surroundings,
    Tokens,
    ToolDecided,
    ToolFinished,
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


STARTED = SessionStarted(origin=origin(), start_type=StartType.FRESH)
ENDED = TurnEnded(
    origin=origin(),
    outcome=TurnOutcome.IDLE,
    duration_ms=5000,
    total_tokens=1280,
    total_cost_usd=0.25,
    total_messages=3,
)
FAILED = SessionFailed(
    origin=origin(), failure=Failure(name="APIError", message="Rate limit", status_code=429)
)
PROMPTED = Prompted(origin=origin(), length=5, model="large", command_name="hello", text="Do it")
CALLED = ModelCalled(
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
)
RETRIED = Retried(origin=origin(), model="large", attempt=1)
DONE = ToolFinished(
    origin=origin(),
    call_id="call_1",
    tool_name="bash",
    is_success=False,
    duration_ms=120,
    input_size_bytes=30,
    result_size_bytes=40,
    error_type="exit_status",
    verdict=ALLOWED,
    parameters='{"command":"ls"}',
)
DECIDED = ToolDecided(origin=origin(), call_id="call_1", tool_name="bash", is_builtin=True, verdict=ALLOWED)
EDITED = LinesEdited(origin=origin(), added=3, removed=1, model="large", language="Python")
CHANGED = NetLinesChanged(origin=origin(), added=2, removed=0)
COMMITTED = Committed(origin=origin(), sha="1234567")

FACTS: tuple[Fact, ...] = (
    *(STARTED, ENDED, FAILED, PROMPTED, CALLED, RETRIED, DONE, DECIDED, EDITED, CHANGED, COMMITTED),
)
