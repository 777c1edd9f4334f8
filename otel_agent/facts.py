"""What happened in OpenCode, in our words: the values between the receiver and the signals.

Times are milliseconds since the Unix epoch, as OpenCode writes them; tokens are counts; costs are US dollars.
A field that OpenCode did not tell is None: it is never guessed.
"""

from dataclasses import dataclass
from enum import StrEnum


class StartType(StrEnum):
    """How a session came into this process: created in it, or begun earlier."""

    FRESH = "fresh"
    RESUME = "resume"


class QuerySource(StrEnum):
    """For whom a model call was made."""

    MAIN = "main"
    SUBAGENT = "subagent"
    AUXILIARY = "auxiliary"


class Decision(StrEnum):
    """The answer to a permission question."""

    ACCEPT = "accept"
    REJECT = "reject"


class DecisionSource(StrEnum):
    """Who gave the answer to a permission question."""

    CONFIG = "config"
    USER_TEMPORARY = "user_temporary"
    USER_PERMANENT = "user_permanent"
    USER_REJECT = "user_reject"
    USER_ABORT = "user_abort"


class TurnOutcome(StrEnum):
    """How a turn ended: OpenCode went idle, or its process ended first."""

    IDLE = "idle"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What no event says and the agent observed: repository, branch, person, terminal."""

    repository: str | None = None
    branch: str | None = None
    user_id: str | None = None
    user_email: str | None = None
    terminal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """When and where a fact happened.

    `uid` names the fact by OpenCode's own ids (message, call), unique for one kind of fact in a session.
    """

    uid: str
    time_ms: int
    session_id: str
    project_id: str | None
    root_session_id: str | None
    is_subagent: bool | None
    agent: str | None
    prompt_id: str | None
    surroundings: Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Token counts of one model call, disjoint as OpenCode counts them."""

    input: int = 0
    output: int = 0
    reasoning: int = 0
    cache_read: int = 0
    cache_creation: int = 0

    @property
    def total(self) -> int:
        """All five kinds together."""
        return self.input + self.output + self.reasoning + self.cache_read + self.cache_creation

    def __add__(self, other: "Tokens") -> "Tokens":
        """Add kind by kind."""
        return Tokens(
            input=self.input + other.input,
            output=self.output + other.output,
            reasoning=self.reasoning + other.reasoning,
            cache_read=self.cache_read + other.cache_read,
            cache_creation=self.cache_creation + other.cache_creation,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error as OpenCode names it, with the provider's words and HTTP status where there are any."""

    name: str
    message: str | None = None
    status_code: int | None = None

    def __str__(self) -> str:
        """One line: the name, then the message."""
        return f"{self.name}: {self.message}" if self.message else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened once, with where and when."""

    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Fact):
    """A session was created, or one that began in an earlier process went on in this one."""

    start_type: StartType


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(Fact):
    """A turn (a prompt until idle) is over; the totals are those of the whole session so far."""

    outcome: TurnOutcome
    duration_ms: int | None
    total_tokens: int | None
    total_cost_usd: float | None
    total_messages: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFailed(Fact):
    """OpenCode reported an error of the session."""

    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted(Fact):
    """A person sent a prompt; its length is in UTF-16 code units."""

    length: int
    model: str | None
    command_name: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCalled(Fact):
    """A model call (one assistant message) is over.

    `is_completed` is false for a call that was cut by the end of OpenCode's process: what its finished steps
    used is known, its outcome only where there is a finish reason or a failure.
    """

    model: str
    provider: str
    tokens: Tokens
    cost_usd: float
    query_source: QuerySource
    is_completed: bool
    duration_ms: int | None
    ttft_ms: int | None
    finish_reason: str | None
    failure: Failure | None
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried(Fact):
    """OpenCode will try a model call again; `attempt` counts from 1."""

    model: str | None
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a tool call was allowed, and by whom."""

    decision: Decision
    source: DecisionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFinished(Fact):
    """A tool call is over; the duration includes the wait for a permission, as OpenCode measures it."""

    call_id: str
    tool_name: str
    is_success: bool
    duration_ms: int
    input_size_bytes: int | None
    result_size_bytes: int | None
    error_type: str | None
    verdict: Verdict | None
    parameters: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDecided(Fact):
    """A permission question was answered, or a rule denied a tool call."""

    call_id: str | None
    tool_name: str
    is_builtin: bool
    verdict: Verdict


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
