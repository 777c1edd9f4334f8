"""The values that facts are made of."""

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


class ToolType(StrEnum):
    """Whose tool it is, where that is known."""

    BUILTIN = "builtin"
    MCP = "mcp"


class FileOperation(StrEnum):
    """What a tool of OpenCode does with files."""

    READ = "read"
    WRITE = "write"
    EDIT = "edit"
    PATCH = "patch"
    SEARCH = "search"


class Trigger(StrEnum):
    """Who asked for a compaction: OpenCode itself or a person."""

    AUTO = "auto"
    MANUAL = "manual"


class MentionType(StrEnum):
    """What a prompt refers to beside its text."""

    FILE = "file"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What no event says and the agent observed: repository, branch, person, terminal."""

    repository: str | None = None
    branch: str | None = None
    user_id: str | None = None
    user_email: str | None = None
    terminal: str | None = None


class SpanKind(StrEnum):
    """What a span is about; with a session and a uid of OpenCode's it names the span."""

    SESSION = "session"
    LLM = "llm"
    TOOL = "tool"
    WAIT = "wait"
    EXECUTION = "execution"
    COMPACTION = "compaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRef:
    """A span, named by OpenCode's own ids.

    The uid is of a session (one turn of it) the user message that began the turn, of a model call and a
    compaction the assistant message, of a tool call `<assistant message>:<call>`, of a wait the question.
    """

    kind: SpanKind
    session_id: str
    uid: str


Path = tuple[SpanRef, ...]
"""Where in a trace something happened: from the outermost turn, which names the trace, to the span itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """When and where a fact happened.

    `uid` names the fact by OpenCode's own ids (message, call), unique for one kind of fact in a session.
    The path is empty where no turn is known.
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
    path: Path = ()


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

    @property
    def prompt(self) -> int:
        """All that went in, with the cache, as the GenAI conventions and OpenInference count."""
        return self.input + self.cache_read + self.cache_creation

    @property
    def completion(self) -> int:
        """All that came out, with the reasoning, as both of them and Claude Code count."""
        return self.output + self.reasoning

    def __add__(self, other: "Tokens") -> "Tokens":
        """Add kind by kind."""
        return Tokens(
            input=self.input + other.input,
            output=self.output + other.output,
            reasoning=self.reasoning + other.reasoning,
            cache_read=self.cache_read + other.cache_read,
            cache_creation=self.cache_creation + other.cache_creation,
        )


class Role(StrEnum):
    """Who says something in a conversation with a model."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """A tool call that a model asked for; the arguments are JSON, as far as they were captured."""

    call_id: str
    tool_name: str
    arguments: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation with a model; the length is that of the whole text in UTF-16 code units.

    The text is None where it was not captured. A tool's message is the result of the call that it names.
    """

    role: Role
    text: str | None = None
    length: int | None = None
    requests: tuple[ToolRequest, ...] = ()
    call_id: str | None = None
    tool_name: str | None = None


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
class Verdict:
    """Whether a tool call was allowed, and by whom."""

    decision: Decision
    source: DecisionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened once, with where and when."""

    origin: Origin
