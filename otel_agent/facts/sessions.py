"""What happens in sessions: turns, prompts, compactions, sub-agents."""

from dataclasses import dataclass, field

from otel_agent.facts.values import (
    Fact,
    Failure,
    MentionType,
    Message,
    Path,
    StartType,
    Tokens,
    Trigger,
    TurnOutcome,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Fact):
    """A session was created, or one that began in an earlier process went on in this one."""

    start_type: StartType
    model: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(Fact):
    """A turn (a prompt until idle) is over; the totals are those of the whole session so far.

    `active_ms` is how long OpenCode was busy in the turn: the waits for a person's answer are left out. It
    is None for a sub-agent's turn, which is part of its parent's. From `started_ms` on the fields are of the
    turn: what its model calls used (`tree_…`: with those of the sub-agents that ended in it), the failure
    that it ended with, what was asked and answered, and the path of the turn before.
    """

    outcome: TurnOutcome
    duration_ms: int | None
    active_ms: int | None
    total_tokens: int | None
    total_cost_usd: float | None
    total_messages: int | None
    started_ms: int
    model: str | None = None
    provider: str | None = None
    tokens: Tokens = field(default_factory=Tokens)
    tree_tokens: Tokens = field(default_factory=Tokens)
    cost_usd: float = 0.0
    tree_cost_usd: float = 0.0
    model_calls: int = 0
    tool_uses: int = 0
    failure: Failure | None = None
    input: Message | None = None
    output: Message | None = None
    previous: Path = ()


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
class Mentioned(Fact):
    """A prompt that a person sent refers to a file or an agent."""

    mention_type: MentionType


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted(Fact):
    """The history of a session was summarised, or that failed; `pre_tokens` is what it was before."""

    trigger: Trigger | None
    is_success: bool
    duration_ms: int | None
    pre_tokens: int | None
    started_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionCut(Fact):
    """A compaction was running when OpenCode's process ended: its outcome is not known."""

    trigger: Trigger | None
    started_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtaskInvoked(Fact):
    """A sub-agent was started; the prompt's length is in UTF-16 code units."""

    agent: str | None
    prompt_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubagentCompleted(Fact):
    """A sub-agent's turn is over; the numbers are that turn's."""

    agent: str | None
    model: str | None
    tokens: int
    tool_uses: int
    duration_ms: int
    cost_usd: float
