"""What tools do: calls, decisions, edits, commits, pull requests."""

from dataclasses import dataclass

from otel_agent.facts.values import Fact, FileOperation, ToolType, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFinished(Fact):
    """A tool call is over; the duration includes the wait for a permission, as OpenCode measures it.

    `tool_name` is what the model asked for, `tool_ran` what ran: `invalid` where there is no such tool.
    `operation` is None for a tool that does nothing with files, `language` where no single file is known.
    `verdict` is None where nobody decided. `output` is what the model got back, or why the call failed; the
    text may be only its end, the length is that of all of it, in UTF-16 code units. `answered_ms` is when
    the last question about it had its answer, None where none was asked.
    """

    call_id: str
    tool_name: str
    tool_ran: str
    tool_type: ToolType | None
    mcp_server: str | None
    operation: FileOperation | None
    language: str | None
    is_success: bool
    duration_ms: int
    input_size_bytes: int | None
    result_size_bytes: int | None
    error_type: str | None
    verdict: Verdict | None
    parameters: str | None
    started_ms: int | None = None
    answered_ms: int | None = None
    output: str | None = None
    output_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCut(Fact):
    """A tool call was running when OpenCode's process ended: its outcome is not known."""

    call_id: str
    tool_name: str
    started_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDecided(Fact):
    """A permission question was answered, or the configuration decided on a tool call.

    `is_prompted`: a question was asked, or a rule denied the call. It is false for a call that was allowed
    without a word. `wait_ms` is how long a question was open, None where none was.
    """

    call_id: str | None
    tool_name: str
    tool_type: ToolType | None
    is_prompted: bool
    verdict: Verdict
    wait_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDecided(Fact):
    """An edit, write or patch call was allowed or refused, once for all questions about it."""

    tool_name: str
    verdict: Verdict
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillActivated(Fact):
    """A skill was loaded."""

    skill: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesEdited(Fact):
    """A successful edit, write or patch changed one file by so many lines."""

    added: int
    removed: int
    model: str | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetLinesChanged(Fact):
    """The net lines of the session, as OpenCode now reports them, are these."""

    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed(Fact):
    """A shell call made a git commit; the abbreviated or full object name when the output shows it."""

    sha: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestOpened(Fact):
    """A tool call opened a pull or merge request; its address when the output shows it."""

    url: str | None
