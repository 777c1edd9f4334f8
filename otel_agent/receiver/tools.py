"""Tool calls: what each one did, once, when it is over."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec

from otel_agent.facts import (
    Committed,
    Fact,
    Origin,
    PullRequestOpened,
    SkillActivated,
    ToolCut,
    ToolFinished,
    Verdict,
)
from otel_agent.receiver.calls import call_of
from otel_agent.receiver.context import Context
from otel_agent.receiver.conversation import note_request, result_message, say
from otel_agent.receiver.decisions import ABORTED, DENIED, INVALID, REJECTED, decided, verdict_on
from otel_agent.receiver.finished import FinishedCall
from otel_agent.receiver.lines import edited_lines
from otel_agent.receiver.places import tool_path
from otel_agent.receiver.pull_requests import PullRequest, opened_by_tool, pull_requests
from otel_agent.receiver.results import result, result_length, result_size
from otel_agent.receiver.shell import Commit, commits
from otel_agent.receiver.state import ToolCallState
from otel_agent.receiver.subtasks import subtask_invoked
from otel_agent.receiver.tool_names import ASKING, OPERATIONS, is_builtin, mcp_server, tool_type
from otel_agent.receiver.waits import begin_wait, end_wait
from otel_agent.receiver.wire import Part, ToolInput, ToolMetadata, ToolState, Wire

# OpenCode's own words: contracts/opencode.md §1.2, Permissions.
_DENIED_BY_RULE = "The user has specified a rule which prevents"
_REJECTED = "The user rejected permission"
_ABORTED = "aborted"

# Tools of MCP servers that commit, as OpenCode names them: `<server>_<tool>`.
_COMMITTING = ("git_commit", "create_commit", "create_or_update_file", "push_files")
_MCP_COMMIT = re.compile(r"\bcommitted successfully with hash ([0-9a-f]{7,64})\b")

_INPUT = msgspec.json.Decoder(ToolInput)
_METADATA = msgspec.json.Decoder(ToolMetadata)
W = TypeVar("W", bound=Wire)


def tool_updated(part: Part, context: Context) -> Iterator[Fact]:
    """Note a running tool call; report one that is over."""
    state, call_id, tool = part.state, part.callID, part.tool
    key = f"{part.messageID}:{call_id}"
    if state is None or call_id is None or tool is None or context.is_counted("tool", key):
        return
    if state.status == "running":
        yield from _running(key, call_id, tool, state, context)
    elif state.status in {"completed", "error"} and not context.is_history(state.time.end):
        context.count_once("tool", key)
        if tool in ASKING:
            begin_wait(call_id, context, state.time.start)
        yield from _over(_finished_call(part, state, call_id, tool, context), state, context)


def ends_early(part: Part, context: Context) -> bool:
    """Tell whether a call's end came before what decided on it: a question about it, or the answer.

    An abort is an answer; whether there was a question is known at the latest when OpenCode is idle.
    """
    state = part.state
    if state is None or state.status not in {"completed", "error"}:
        return False
    if context.is_counted("tool", f"{part.messageID}:{part.callID}") or context.is_history(state.time.end):
        return False
    is_asked = any(asked.call_id == part.callID for asked in context.session.questions.values())
    if state.status == "error" and _ABORTED in (state.error or "").lower():
        known = context.session.tools.get(part.callID or "")
        return not is_asked and (known is None or known.decision is None)
    return is_asked


def _running(key: str, call_id: str, tool: str, state: ToolState, context: Context) -> Iterator[Fact]:
    """Note a call that began: some wait for a person, some start a sub-agent.

    A question that came before it had only the permission's name: `edit` is asked for a write, too.
    """
    known = context.session.tools.setdefault(call_id, ToolCallState(tool=tool))
    known.tool, known.key, known.started_ms = tool, key, state.time.start or context.time_ms
    if tool in ASKING:
        begin_wait(call_id, context)
    if tool == "task":
        given, metadata = _decode(_INPUT, state.input, ToolInput()), _metadata(state)
        yield from subtask_invoked(key, given, metadata, state.time.start, context)


def _finished_call(part: Part, state: ToolState, call_id: str, tool: str, context: Context) -> FinishedCall:
    """Return what is known of a call that is over, and forget that it was running."""
    given, metadata = _decode(_INPUT, state.input, ToolInput()), _metadata(state)
    known, question, asked_ms = _taken(call_id, context)
    key = f"{part.messageID}:{call_id}"
    return FinishedCall(
        key=key,
        call_id=call_id,
        tool=tool,
        name=given.tool if tool == "invalid" and given.tool else tool,
        given=given,
        metadata=metadata,
        call=call_of(part.messageID, context),
        known=known,
        asked_ms=asked_ms,
        question=question,
        path=tool_path(key, context),
        started_ms=state.time.start,
        error_type=_error_type(tool, state, metadata),
    )


def _over(done: FinishedCall, state: ToolState, context: Context) -> Iterator[Fact]:
    """Report a call that is over: who decided on it, how it ended, and what it changed."""
    context.session.tool_uses += 1
    note_request(done.call_id, done.name, state, done.call)
    say(result_message(done.call_id, done.name, result(state), result_length(state)), context)
    if done.tool == "task":
        yield from subtask_invoked(done.key, done.given, done.metadata, done.started_ms, context)
    verdict = verdict_on(done, context)
    yield from decided(done, verdict, context)
    yield _finished(done, state, verdict, context)
    if done.error_type is None:
        yield from edited_lines(done, context)
        yield from _changed(done, state.output or "", context)


def _finished(done: FinishedCall, state: ToolState, verdict: Verdict, context: Context) -> ToolFinished:
    """Return the fact of a call that is over."""
    end_ms = state.time.end or context.time_ms
    return ToolFinished(
        origin=_origin(done, done.key, context, end_ms),
        call_id=done.call_id,
        tool_name=done.name,
        tool_ran=done.tool,
        tool_type=tool_type(done.tool, context.servers),
        mcp_server=mcp_server(done.tool, context.servers),
        operation=OPERATIONS.get(done.tool),
        language=done.language,
        is_success=done.error_type is None,
        duration_ms=max(0, end_ms - (done.started_ms or context.time_ms)),
        input_size_bytes=len(bytes(state.input)) if state.input_bytes is None else state.input_bytes,
        result_size_bytes=result_size(state),
        error_type=done.error_type,
        verdict=None if done.error_type == INVALID else verdict,
        parameters=bytes(state.input).decode(errors="replace"),
        started_ms=done.started_ms,
        answered_ms=done.known.answered_ms if done.known else None,
        output=result(state),
        output_length=result_length(state),
    )


def _origin(done: FinishedCall, uid: str, context: Context, time_ms: int | None = None) -> Origin:
    """Return where and when something of a call happened."""
    agent, prompt_id = done.call.agent, done.call.prompt_id
    return context.origin(uid, time_ms=time_ms, agent=agent, prompt_id=prompt_id, path=done.path)


def cut_tools(context: Context) -> Iterator[Fact]:
    """Report at the end of input the calls that were running."""
    for call_id, known in list(context.session.tools.items()):
        if known.key is None or not context.count_once("tool", known.key):
            continue
        del context.session.tools[call_id]
        yield ToolCut(
            origin=context.origin(known.key, path=tool_path(known.key, context)),
            call_id=call_id,
            tool_name=known.tool,
            started_ms=known.started_ms,
        )


def _changed(done: FinishedCall, output: str, context: Context) -> Iterator[Fact]:
    """Report what a successful call did beside edits: commits, pull requests, a skill."""
    for index, commit in enumerate(_commits(done.tool, done.given, output)):
        origin = _origin(done, f"{done.key}:{index}", context)
        yield Committed(origin=_on_branch(origin, commit), sha=commit.sha)
    for index, opened in enumerate(_pull_requests(done.tool, done.given, output)):
        yield PullRequestOpened(origin=_origin(done, f"{done.key}:{index}", context), url=opened.url)
    if done.tool == "skill":
        yield SkillActivated(origin=_origin(done, done.key, context), skill=done.given.name)


def _on_branch(origin: Origin, commit: Commit) -> Origin:
    """Return where a commit was made: OpenCode tells of another branch only after the call that left one."""
    if commit.branch is None and not commit.is_moved:
        return origin
    return replace(origin, surroundings=replace(origin.surroundings, branch=commit.branch))


def _metadata(state: ToolState) -> ToolMetadata:
    """Return what a tool says of its own call."""
    return _decode(_METADATA, state.metadata, ToolMetadata())


def _decode(decoder: msgspec.json.Decoder[W], raw: msgspec.Raw, otherwise: W) -> W:
    """Return what a tool was given or said; a tool of others may mean something else by a name."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return otherwise


def _taken(call_id: str, context: Context) -> tuple[ToolCallState | None, str | None, int | None]:
    """Forget a call that is over; return what was noted, and which question since when has had no answer."""
    session = context.session
    end_wait(call_id, context)
    unanswered = {key: asked for key, asked in session.questions.items() if asked.call_id == call_id}
    for question in unanswered:
        del session.questions[question]
        context.count_once("permission", question)
        end_wait(question, context)
    first = min(unanswered, key=lambda key: unanswered[key].asked_ms, default=None)
    asked_ms = None if first is None else unanswered[first].asked_ms
    return session.tools.pop(call_id, None), first, asked_ms


def _commits(tool: str, given: ToolInput, output: str) -> Sequence[Commit]:
    """Return the commits that a successful call made: in a shell, or through an MCP server's tool."""
    if tool == "bash":
        return commits(given.command or "", output)
    if is_builtin(tool) or not tool.endswith(_COMMITTING):
        return ()
    found = _MCP_COMMIT.search(output)
    return (Commit(sha=found[1] if found else None),)


def _pull_requests(tool: str, given: ToolInput, output: str) -> Sequence[PullRequest]:
    """Return the pull requests that a successful call opened: in a shell, or through an MCP server's tool."""
    if tool == "bash":
        return pull_requests(given.command or "", output)
    return () if is_builtin(tool) else opened_by_tool(tool, output)


def _error_type(tool: str, state: ToolState, metadata: ToolMetadata) -> str | None:
    """Tell why a call failed, None when it did not: a failed shell command is a completed call."""
    if state.status == "error":
        words = state.error or ""
        if words.startswith(_DENIED_BY_RULE):
            return DENIED
        if words.startswith(_REJECTED):
            return REJECTED
        return ABORTED if _ABORTED in words.lower() else "tool_error"
    if tool == "invalid":
        return INVALID
    if metadata.exit is msgspec.UNSET or metadata.exit == 0:
        return None
    return ABORTED if metadata.exit is None else "exit_status"
