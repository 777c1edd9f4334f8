"""What happened in OpenCode, in our words: the values between the receiver and the signals.

Times are milliseconds since the Unix epoch, as OpenCode writes them; tokens are counts; costs are US dollars.
A field that OpenCode did not tell is None: it is never guessed.
"""

from otel_agent.facts.calls import Answered, ModelCalled, Retried
from otel_agent.facts.sessions import (
    Compacted,
    Mentioned,
    Prompted,
    SessionFailed,
    SessionStarted,
    SubagentCompleted,
    SubtaskInvoked,
    TurnEnded,
)
from otel_agent.facts.tools import (
    Committed,
    EditDecided,
    LinesEdited,
    NetLinesChanged,
    PullRequestOpened,
    SkillActivated,
    ToolDecided,
    ToolFinished,
)
from otel_agent.facts.values import (
    Decision,
    DecisionSource,
    Fact,
    Failure,
    FileOperation,
    MentionType,
    Origin,
    QuerySource,
    StartType,
    Surroundings,
    Tokens,
    ToolType,
    Trigger,
    TurnOutcome,
    Verdict,
)

__all__ = [
    "Answered",
    "Committed",
    "Compacted",
    "Decision",
    "DecisionSource",
    "EditDecided",
    "Fact",
    "Failure",
    "FileOperation",
    "LinesEdited",
    "MentionType",
    "Mentioned",
    "ModelCalled",
    "NetLinesChanged",
    "Origin",
    "Prompted",
    "PullRequestOpened",
    "QuerySource",
    "Retried",
    "SessionFailed",
    "SessionStarted",
    "SkillActivated",
    "StartType",
    "SubagentCompleted",
    "SubtaskInvoked",
    "Surroundings",
    "Tokens",
    "ToolDecided",
    "ToolFinished",
    "ToolType",
    "Trigger",
    "TurnEnded",
    "TurnOutcome",
    "Verdict",
]
