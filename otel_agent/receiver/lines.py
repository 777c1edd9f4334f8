"""Lines of code: how many each edit changed, and the session's net lines."""

from collections.abc import Iterator

from otel_agent.facts import Fact, LinesEdited, NetLinesChanged
from otel_agent.receiver.context import Context
from otel_agent.receiver.finished import FinishedCall
from otel_agent.receiver.languages import language_of
from otel_agent.receiver.places import tool_path
from otel_agent.receiver.state import CallState, WriteState
from otel_agent.receiver.wire import FileDiff, Summary

WRITE_BASE_UNKNOWN = "write_base_unknown"


def edited_lines(done: FinishedCall, context: Context) -> Iterator[Fact]:
    """Report the lines that a successful edit, write or patch changed, per file."""
    metadata, path = done.metadata, done.given.filePath
    changes = [metadata.filediff, *metadata.files, *(row.filediff for row in metadata.results)]
    counts = [row for row in changes if row is not None and row.additions is not None]
    for index, row in enumerate(counts):
        name = row.file or row.filePath or row.relativePath or path
        _note_edit(name, context)
        yield _edit(f"{done.key}:{index}", name, _counts(row), done.call, context)
    if counts or path is None:
        return
    if done.tool == "write":
        yield from _written_lines(done, path, context)
    elif done.known is not None and done.known.diff_counts is not None:
        _note_edit(path, context)
        yield _edit(done.key, path, done.known.diff_counts, done.call, context)


def _written_lines(done: FinishedCall, path: str, context: Context) -> Iterator[Fact]:
    """Report a write: a new file's lines, a shown difference, or what the turn's summary says later."""
    _note_edit(path, context)
    call, lines = done.call, done.given.content_lines
    if done.metadata.exists is False and lines is not None:
        yield _edit(done.key, path, (lines, 0), call, context)
    elif done.known is not None and done.known.diff_counts is not None:
        yield _edit(done.key, path, done.known.diff_counts, call, context)
    else:
        write = WriteState(
            call_id=done.key,
            path=path,
            time_ms=context.time_ms,
            prompt_id=call.prompt_id,
            agent=call.agent,
            model=call.model,
        )
        context.session.writes.append(write)


def _note_edit(path: str | None, context: Context) -> None:
    """Count the edits of a file in this turn: the turn's summary tells the counts of a file edited once."""
    if path is not None:
        name = context.relative(path)
        context.session.edits[name] = context.session.edits.get(name, 0) + 1


def _edit(
    uid: str, path: str | None, counts: tuple[int, int], call: CallState, context: Context
) -> LinesEdited:
    """Return the fact of one edited file."""
    place = tool_path(":".join(uid.split(":")[:2]), context)
    origin = context.origin(uid, agent=call.agent, prompt_id=call.prompt_id, path=place)
    return LinesEdited(
        origin=origin, added=counts[0], removed=counts[1], model=call.model, language=language_of(path)
    )


def summarized(message_id: str, summary: Summary, context: Context) -> Iterator[Fact]:
    """Take over what a user message's turn changed so far; it is sent again as it grows."""
    session = context.session
    rows = [row for row in summary.diffs if row.file is not None]
    if message_id == session.prompt_id:
        session.turn_diffs = {str(row.file): _counts(row) for row in rows}
    totals = [_counts(row) for row in rows]
    session.diffs[message_id] = (sum(added for added, _ in totals), sum(removed for _, removed in totals))
    if not session.is_turn_open:
        yield from settle_writes(context, is_last=False)
    yield from net_lines(context)


def _counts(row: FileDiff) -> tuple[int, int]:
    """Return a row's added and removed lines."""
    return row.additions or 0, row.deletions or 0


def settle_writes(context: Context, *, is_last: bool) -> Iterator[Fact]:
    """Report overwrites from the turn's summary: only a file edited once in the turn has its own counts.

    What the summary does not tell waits for the next one; at the last chance it is dropped and counted.
    """
    session, waiting = context.session, list[WriteState]()
    for write in session.writes:
        name = context.relative(write.path)
        counts = session.turn_diffs.get(name) if session.edits.get(name, 0) == 1 else None
        if counts is not None and write.prompt_id == session.prompt_id:
            call = CallState(
                seen_ms=write.time_ms, agent=write.agent, model=write.model, prompt_id=write.prompt_id
            )
            yield _edit(write.call_id, write.path, counts, call, context)
        elif is_last or session.edits.get(name, 0) > 1:
            context.dropped[WRITE_BASE_UNKNOWN] += 1
        else:
            waiting.append(write)
    session.writes = waiting


def next_turn(context: Context) -> Iterator[Fact]:
    """Forget the last turn's edits."""
    yield from settle_writes(context, is_last=True)
    context.session.edits, context.session.turn_diffs = {}, {}


def net_lines(context: Context) -> Iterator[Fact]:
    """Report the session's net lines when they changed: the messages from a revert on do not count."""
    session = context.session
    kept = [
        counts
        for message_id, counts in session.diffs.items()
        if session.reverted_from is None or message_id < session.reverted_from
    ]
    total = (sum(added for added, _ in kept), sum(removed for _, removed in kept))
    if not session.diffs and session.session_diff is not None:
        total = session.session_diff
    if total == (session.net_lines or (0, 0)):
        return
    session.net_lines = total
    uid = f"{context.event_id or context.time_ms}"
    yield NetLinesChanged(origin=context.origin(uid), added=total[0], removed=total[1])
