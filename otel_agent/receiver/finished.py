"""A tool call that is over, as its facts are read from it."""

from dataclasses import dataclass

from otel_agent.facts import Path
from otel_agent.receiver.languages import language_of
from otel_agent.receiver.state import CallState, ToolCallState
from otel_agent.receiver.wire import ToolInput, ToolMetadata


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedCall:
    """A tool call that is over: what it was given, what it said, and what was noted while it ran.

    `tool` is what ran, `name` what the model asked for; `asked_ms` is since when a permission question about
    it has had no answer, `question` its id.
    """

    key: str
    call_id: str
    tool: str
    name: str
    given: ToolInput
    metadata: ToolMetadata
    call: CallState
    known: ToolCallState | None
    asked_ms: int | None
    question: str | None
    path: Path
    started_ms: int | None
    error_type: str | None

    @property
    def language(self) -> str | None:
        """The language of the file that the call is about; None when there are none, or several languages."""
        changed = [row.filePath or row.relativePath or row.file for row in self.metadata.files]
        paths = [self.given.filePath] if self.given.filePath else changed
        languages = {language_of(path) for path in paths}
        return languages.pop() if len(languages) == 1 else None
