"""What the fold remembers: small mutable structs that the agent stores with the journal's position."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from otel_agent.facts import Failure, Message, Path, Retry, Tokens, ToolRequest


class InstanceState(msgspec.Struct):
    """One directory of the OpenCode process, and what was observed there."""

    project: str | None = None
    worktree: str | None = None
    directory: str | None = None
    repository: str | None = None
    branch: str | None = None
    is_observed: bool = False
    servers: tuple[str, ...] = ()


class JournalState(msgspec.Struct):
    """What holds for the whole OpenCode process."""

    subcommand: str | None = None
    began_ms: int = 0
    terminal: str | None = None
    user_id: str | None = None
    user_email: str | None = None
    os_type: str | None = None
    os_version: str | None = None
    host_arch: str | None = None
    version: str | None = None
    last_ms: int = 0
    instances: dict[int, InstanceState] = {}

    @property
    def folders(self) -> dict[str, str]:
        """What a headers helper's path may name: the folders of the process's first instance."""
        if not self.instances:
            return {}
        first = self.instances[min(self.instances)]
        worktree, directory = first.worktree or "", first.directory or ""
        return {"PROJECT_ROOT": worktree, "WORKTREE": worktree, "DIRECTORY": directory}


class StepUse(msgspec.Struct):
    """What one finished step of a message used."""

    input: int
    output: int
    reasoning: int
    cache_read: int
    cache_creation: int
    cost: float

    @property
    def counts(self) -> Tokens:
        """The counts without the cost."""
        return Tokens(
            input=self.input,
            output=self.output,
            reasoning=self.reasoning,
            cache_read=self.cache_read,
            cache_creation=self.cache_creation,
        )


class PromptState(msgspec.Struct):
    """A user message until it is reported."""

    created_ms: int
    agent: str | None = None
    model: str | None = None
    command: str | None = None
    lengths: dict[str, int] = {}
    texts: dict[str, str] = {}
    mentions: dict[str, str] = {}
    is_personal: bool = False
    is_compaction: bool = False
    is_auto: bool | None = None
    is_overflow: bool = False


class CallState(msgspec.Struct):
    """An assistant message: one model call; `seen_ms` is when it was first heard of."""

    seen_ms: int
    created_ms: int | None = None
    requested_ms: int | None = None
    completed_ms: int | None = None
    first_content_ms: int | None = None
    model: str | None = None
    provider: str | None = None
    agent: str | None = None
    prompt_id: str | None = None
    effort: str | None = None
    is_compaction: bool = False
    lengths: dict[str, int] = {}
    texts: dict[str, str] = {}
    has_steps: bool = False
    steps: dict[str, StepUse] = {}
    reported: StepUse | None = None
    finish: str | None = None
    is_error_of_session: bool = False
    error_name: str | None = None
    error_message: str | None = None
    status_code: int | None = None
    attempt: int = 1
    failed_ms: int | None = None
    retries: list[Retry] = []
    input: list[Message] = []
    requests: list[ToolRequest] = []
    is_settled: bool = False

    @property
    def is_running(self) -> bool:
        """Whether the message was seen and is not over; of other messages only late parts are known."""
        return self.created_ms is not None and not self.is_settled


class ToolCallState(msgspec.Struct):
    """What is known of a tool call that is not over; `answered_ms` is when the last answer came."""

    tool: str
    key: str | None = None
    started_ms: int = 0
    answered_ms: int | None = None
    decision: str | None = None
    source: str | None = None
    diff_counts: tuple[int, int] | None = None


class QuestionState(msgspec.Struct):
    """A permission question without an answer."""

    call_id: str
    asked_ms: int
    message_id: str | None = None


class TurnState(msgspec.Struct):
    """A turn that is open: when it began, what the session had used then, and the waits for a person in it.

    `waits` are the questions without an answer; `waiting_ms` is when the first of them came. `is_answered`:
    a message of OpenCode came after the prompt. `use` and `failure` are those of its model calls so far,
    `below` and `below_cost` are what ended sub-agents used; `created_ms` is when its message was made.
    """

    started_ms: int
    created_ms: int = 0
    is_answered: bool = False
    tokens: int = 0
    cost: float = 0.0
    tool_uses: int = 0
    use: Tokens = Tokens()
    below: Tokens = Tokens()
    below_cost: float = 0.0
    calls: int = 0
    failure: Failure | None = None
    input: Message | None = None
    output: Message | None = None
    waited_ms: int = 0
    waiting_ms: int = 0
    waits: list[str] = []


class CompactionState(msgspec.Struct):
    """A compaction that was asked for and is not over."""

    prompt_id: str
    trigger: str | None
    started_ms: int
    pre_tokens: int | None


class WriteState(msgspec.Struct):
    """An overwrite whose line counts are not known yet."""

    call_id: str
    path: str
    time_ms: int
    prompt_id: str | None
    agent: str | None
    model: str | None


class EarlyState(msgspec.Struct):
    """An event that came before what it is about; `properties` are its JSON."""

    type: str
    time_ms: int
    event_id: str | None
    properties: bytes


class SessionState(msgspec.Struct):
    """One session as far as this process has seen it.

    `baseline_tokens` and `baseline_cost` are what it had used before; None when that was not told in time.
    `context_tokens` are those of its last call; `limits` has by provider and model how many it takes.
    `completed` are the calls that are over and not reported yet.
    `task` is the path of the tool call that started it, `path` that of its last turn, `previous` that of the
    turn before. `inbox` are the messages that the next model call gets.
    `ended_by` is the type of the event that ended the last turn, while another type may still tell it again.
    """

    id: str
    instance: int = 0
    project: str | None = None
    parent: str | None = None
    root: str | None = None
    created_ms: int | None = None
    is_described: bool = False
    start: str | None = None
    is_start_reported: bool = False
    agent: str | None = None
    prompt_id: str | None = None
    command: str | None = None
    model: str | None = None
    provider: str | None = None
    effort: str | None = None
    is_turn_open: bool = False
    ended_by: str | None = None
    turn: TurnState | None = None
    compaction: CompactionState | None = None
    last_event: int | None = None
    tokens: int = 0
    cost: float = 0.0
    messages: int = 0
    tool_uses: int = 0
    context_tokens: int | None = None
    limits: dict[str, int] = {}
    baseline_tokens: int | None = None
    baseline_cost: float | None = None
    has_used: bool = False
    prompts: dict[str, PromptState] = {}
    calls: dict[str, CallState] = {}
    completed: list[str] = []
    tools: dict[str, ToolCallState] = {}
    questions: dict[str, QuestionState] = {}
    writes: list[WriteState] = []
    edits: dict[str, int] = {}
    turn_diffs: dict[str, tuple[int, int]] = {}
    diffs: dict[str, tuple[int, int]] = {}
    session_diff: tuple[int, int] | None = None
    reverted_from: str | None = None
    net_lines: tuple[int, int] | None = None
    early: list[EarlyState] = []
    task: Path = ()
    path: Path = ()
    previous: Path = ()
    inbox: list[Message] = []

    @property
    def is_open(self) -> bool:
        """Whether the end of input would still say something about this session."""
        has_call = any(call.is_running for call in self.calls.values())
        is_start_waiting = self.start is not None and not self.is_start_reported
        is_waiting = bool(self.prompts or self.writes or self.early)
        return self.is_turn_open or has_call or is_start_waiting or is_waiting


class Sessions(Protocol):
    """The sessions of a journal: memory in front of the agent's database."""

    def get(self, session_id: str) -> SessionState | None:
        """Return the session's state, or None when the journal has not named it."""
        ...

    def put(self, session: SessionState) -> None:
        """Keep a changed session."""
        ...

    def open_sessions(self) -> Iterable[SessionState]:
        """Return the sessions that the end of input would still say something about, oldest first."""
        ...


class Seen(Protocol):
    """The keys of what was counted already."""

    def add(self, key: str) -> bool:
        """Remember a key; return whether it is new."""
        ...

    def __contains__(self, key: str) -> bool:
        """Tell whether the key was added before."""
        ...
