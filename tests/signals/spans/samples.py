"""Facts that are spans, each at its place in a trace, with everything that OpenCode can tell of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from otel_agent.facts import (
    Fact,
    Failure,
    FileOperation,
    Message,
    Retry,
    Role,
    SpanKind,
    SpanRef,
    ToolRequest,
)
from tests.signals.samples import CALLED, COMPACTED, COMPACTION_CUT, CUT, DECIDED, DONE, ENDED

TURN = SpanRef(kind=SpanKind.SESSION, session_id="ses_a", uid="msg_1")
LLM = SpanRef(kind=SpanKind.LLM, session_id="ses_a", uid="msg_2")
TOOL = SpanRef(kind=SpanKind.TOOL, session_id="ses_a", uid="msg_2:call_1")
WAIT = SpanRef(kind=SpanKind.WAIT, session_id="ses_a", uid="per_1")
COMPACTION = SpanRef(kind=SpanKind.COMPACTION, session_id="ses_a", uid="msg_3")
PLACES = (
    (CALLED, (TURN, LLM)),
    (DECIDED, (TURN, LLM, TOOL, WAIT)),
    (DONE, (TURN, LLM, TOOL)),
    (CUT, (TURN, LLM, replace(TOOL, uid="msg_2:call_9"))),
    (COMPACTED, (TURN, COMPACTION)),
    (COMPACTION_CUT, (TURN, replace(COMPACTION, uid="msg_4"))),
    (ENDED, (TURN,)),
)
CANARIES = {
    "is_prompt_on": "canary-prompt",
    "is_response_on": "canary-answer",
    "are_tool_details_on": "canary-parameter",
    "is_tool_content_on": "canary-result",
}
"""The words that each setting of the content policy is about."""
FAILURE = Failure(name="APIError", message="No", status_code=500)

F = TypeVar("F", bound=Fact)


def placed(fact: F, *path: SpanRef, **changes: object) -> F:
    """Return a fact at a place."""
    return replace(fact, origin=replace(fact.origin, path=path), **changes)  # type: ignore[arg-type]


def everything() -> list[Fact]:
    """Return a fact of each class that is a span."""
    return [placed(fact, *path) for fact, path in PLACES]


def told() -> tuple[Fact, Fact, Fact]:
    """Return a model call, a tool call and their turn, with a canary in every field of words."""
    asked = ToolRequest(call_id="call_1", tool_name="bash", arguments='{"command":"canary-parameter"}')
    prompt = Message(role=Role.USER, text="canary-prompt", length=13)
    answer = Message(role=Role.ASSISTANT, text="canary-answer", length=13, requests=(asked,))
    result = Message(role=Role.TOOL, text="canary-result", length=13, call_id="call_1", tool_name="bash")
    parameters = '{"command":"canary-parameter","filePath":"canary-parameter","name":"canary-parameter"}'
    return (
        placed(CALLED, TURN, LLM, input=(prompt, result), output=answer),
        placed(DONE, TURN, LLM, TOOL, parameters=parameters, output="canary-result", output_length=13),
        placed(ENDED, TURN, input=prompt, output=answer),
    )


def varied() -> Sequence[Fact]:
    """Return facts that together have a value in every field: what ended well, what failed, what was cut."""
    call, tool, turn = told()
    names = '{"subagent_type":"x","name":"y","filePath":"f","command":"c"}'
    skill = {"tool_ran": "skill", "operation": FileOperation.READ, "language": "Python", "mcp_server": "echo"}
    return (
        call,
        placed(CALLED, TURN, LLM, failure=FAILURE, retries=(Retry(attempt=1, time_ms=7),)),
        placed(CALLED, TURN, LLM, is_completed=False),
        tool,
        placed(tool, TURN, LLM, TOOL, parameters=names, **skill),
        *everything(),
        placed(COMPACTED, TURN, COMPACTION, is_success=False),
        placed(turn, TURN, model="large", provider="fake"),
        placed(turn, TURN, failure=FAILURE),
    )
