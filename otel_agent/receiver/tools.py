"""Tool calls: what each one did, once, when it is over."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from otel_agent.facts import Committed, Decision, DecisionSource, Fact, ToolDecided, ToolFinished, Verdict
from otel_agent.receiver.calls import call_of
from otel_agent.receiver.context import Context
from otel_agent.receiver.lines import FinishedCall, edited_lines
from otel_agent.receiver.shell import Commit, commits
from otel_agent.receiver.state import ToolCallState
from otel_agent.receiver.wire import Part, ToolInput, ToolMetadata, ToolState, Wire

BUILTIN_TOOLS = frozenset(
    (
        *("apply_patch", "bash", "batch", "codesearch", "edit", "glob", "grep", "invalid", "list", "lsp"),
        *("multiedit", "patch", "plan_enter", "plan_exit", "question", "read", "skill", "task"),
        *("todoread", "todowrite", "webfetch", "websearch", "write"),
    )
)
"""The tools of OpenCode itself, 1.0 to 1.18; any other name is a custom tool's or an MCP server's."""

# OpenCode's own words: contracts/opencode.md §1.2, Permissions.
_DENIED_BY_RULE = "The user has specified a rule which prevents"
_REJECTED = "The user rejected permission"
_ABORTED = "aborted"
USER_ABORT = Verdict(decision=Decision.REJECT, source=DecisionSource.USER_ABORT)
"""The verdict on a call that was aborted while its permission was asked for."""

# Tools of MCP servers that commit, as OpenCode names them: `<server>_<tool>`.
_COMMITTING = ("git_commit", "create_commit", "create_or_update_file", "push_files")
_MCP_COMMIT = re.compile(r"\bcommitted successfully with hash ([0-9a-f]{7,64})\b")

_INPUT = msgspec.json.Decoder(ToolInput)
_METADATA = msgspec.json.Decoder(ToolMetadata)
W = TypeVar("W", bound=Wire)


def is_builtin(tool: str) -> bool:
    """Tell whether a tool is one of OpenCode's own."""
    return tool in BUILTIN_TOOLS


def tool_updated(part: Part, context: Context) -> Iterator[Fact]:
    """Note a running tool call; report one that is over."""
    state, call_id, tool = part.state, part.callID, part.tool
    if state is None or call_id is None or tool is None:
        return
    key = f"{part.messageID}:{call_id}"
    if state.status == "running":
        if not context.is_counted("tool", key):
            context.session.tools.setdefault(call_id, ToolCallState(tool=tool))
    elif state.status in {"completed", "error"}:
        is_new = not context.is_history(state.time.end) and context.count_once("tool", key)
        yield from _finished(part, state, call_id, tool, context) if is_new else ()


def _finished(part: Part, state: ToolState, call_id: str, tool: str, context: Context) -> Iterator[Fact]:
    """Report a tool call that is over, and what it changed."""
    given = _decode(_INPUT, state.input, ToolInput())
    metadata = _decode(_METADATA, state.metadata, ToolMetadata())
    known, is_unanswered = _taken(call_id, context)
    call, key = call_of(part.messageID, context), f"{part.messageID}:{call_id}"
    name = given.tool if tool == "invalid" and given.tool else tool
    error_type = _error_type(tool, state, metadata)
    is_given_up = is_unanswered and error_type == "aborted"
    verdict = (
        USER_ABORT if is_given_up else _verdict(error_type, known, answers_itself=context.answers_itself)
    )
    if is_given_up or error_type == "permission_denied":
        yield ToolDecided(
            origin=context.origin(f"decision:{key}", agent=call.agent, prompt_id=call.prompt_id),
            call_id=call_id,
            tool_name=name,
            is_builtin=is_builtin(name),
            verdict=verdict,
        )
    yield ToolFinished(
        origin=context.origin(
            key, time_ms=state.time.end or context.time_ms, agent=call.agent, prompt_id=call.prompt_id
        ),
        call_id=call_id,
        tool_name=name,
        is_success=error_type is None,
        duration_ms=max(0, (state.time.end or context.time_ms) - (state.time.start or context.time_ms)),
        input_size_bytes=len(bytes(state.input)) if state.input_bytes is None else state.input_bytes,
        result_size_bytes=_result_size(state),
        error_type=error_type,
        verdict=verdict,
        parameters=bytes(state.input).decode(errors="replace"),
    )
    if error_type is None:
        done = FinishedCall(key=key, tool=tool, given=given, metadata=metadata, call=call, known=known)
        yield from edited_lines(done, context)
        yield from _committed(done, state.output or "", context)


def _committed(done: FinishedCall, output: str, context: Context) -> Iterator[Fact]:
    """Report the commits that a successful call made."""
    for index, commit in enumerate(_commits(done.tool, done.given, output)):
        uid = f"{done.key}:{index}"
        origin = context.origin(uid, agent=done.call.agent, prompt_id=done.call.prompt_id)
        yield Committed(origin=origin, sha=commit.sha)


def _decode(decoder: msgspec.json.Decoder[W], raw: msgspec.Raw, otherwise: W) -> W:
    """Return what a tool was given or said; a tool of others may mean something else by a name."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return otherwise


def _taken(call_id: str, context: Context) -> tuple[ToolCallState | None, bool]:
    """Forget a call that is over; return what was noted, and whether a question about it has no answer."""
    session = context.session
    open_questions = [question for question, asked in session.questions.items() if asked == call_id]
    for question in open_questions:
        del session.questions[question]
    return session.tools.pop(call_id, None), bool(open_questions)


def _commits(tool: str, given: ToolInput, output: str) -> Sequence[Commit]:
    """Return the commits that a successful call made: in a shell, or through an MCP server's tool."""
    if tool == "bash":
        return commits(given.command or "", output)
    if is_builtin(tool) or not tool.endswith(_COMMITTING):
        return ()
    found = _MCP_COMMIT.search(output)
    return (Commit(sha=found[1] if found else None),)


def _error_type(tool: str, state: ToolState, metadata: ToolMetadata) -> str | None:
    """Tell why a call failed, None when it did not: a failed shell command is a completed call."""
    if state.status == "error":
        words = state.error or ""
        if words.startswith(_DENIED_BY_RULE):
            return "permission_denied"
        if words.startswith(_REJECTED):
            return "permission_rejected"
        return "aborted" if _ABORTED in words.lower() else "tool_error"
    if tool == "invalid":
        return "invalid_tool"
    if metadata.exit is msgspec.UNSET or metadata.exit == 0:
        return None
    return "aborted" if metadata.exit is None else "exit_status"


def _verdict(error_type: str | None, known: ToolCallState | None, *, answers_itself: bool) -> Verdict:
    """Tell who allowed or refused a call: an answer if one was given, else a rule of the configuration."""
    if known is not None and known.decision is not None and known.source is not None:
        return Verdict(decision=Decision(known.decision), source=DecisionSource(known.source))
    if error_type == "permission_rejected" and not answers_itself:
        return Verdict(decision=Decision.REJECT, source=DecisionSource.USER_REJECT)
    is_refused = error_type in {"permission_denied", "permission_rejected"}
    decision = Decision.REJECT if is_refused else Decision.ACCEPT
    return Verdict(decision=decision, source=DecisionSource.CONFIG)


def _result_size(state: ToolState) -> int | None:
    """Return the UTF-8 size of what the model got back."""
    field, text = ("error", state.error) if state.status == "error" else ("output", state.output)
    if field in state.cut:
        return state.cut[field][1]
    return None if text is None else len(text.encode(errors="replace"))
