"""The log events table, second part: answers, retries, compactions, sub-agents, skills, pull requests."""

from otel_agent.facts import (
    Answered,
    Compacted,
    Mentioned,
    ModelCalled,
    PullRequestOpened,
    SkillActivated,
    SubagentCompleted,
    SubtaskInvoked,
)
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.logs import EventAttributes, LogEvent, as_error
from otel_agent.signals.model import Severity

ABORTED = "MessageAbortedError"
"""What OpenCode names a call that the user aborted: its retries were not exhausted."""


def _assistant_response(fact: Answered, content: ContentPolicy) -> EventAttributes:
    return {
        "response_length": fact.length,
        "model": fact.model,
        "query_source": fact.query_source.value,
        "response": content.response(fact.text),
    }


def _api_retries_exhausted(fact: ModelCalled, content: ContentPolicy) -> EventAttributes:
    failure = fact.failure
    return {
        "model": fact.model,
        "provider": fact.provider,
        "error": content.words(str(failure)) if failure else None,
        "status_code": failure.status_code if failure else None,
        "total_attempts": fact.attempt,
        "total_retry_duration_ms": fact.retry_ms,
    }


def _is_exhausted(fact: ModelCalled) -> bool:
    return fact.failure is not None and fact.failure.name != ABORTED and fact.attempt > 1


def _compaction(fact: Compacted, _content: ContentPolicy) -> EventAttributes:
    return {
        "trigger": fact.trigger.value if fact.trigger else None,
        "success": fact.is_success,
        "duration_ms": fact.duration_ms,
        "pre_tokens": fact.pre_tokens,
    }


def _compaction_severity(fact: Compacted) -> Severity:
    return Severity.INFO if fact.is_success else Severity.ERROR


def _pull_request(fact: PullRequestOpened, content: ContentPolicy) -> EventAttributes:
    return {"url": content.words(fact.url)}


def _subtask_invoked(fact: SubtaskInvoked, _content: ContentPolicy) -> EventAttributes:
    return {"agent": fact.agent, "prompt_length": fact.prompt_length}


def _subagent_completed(fact: SubagentCompleted, _content: ContentPolicy) -> EventAttributes:
    return {
        "agent_type": fact.agent,
        "model": fact.model,
        "total_tokens": fact.tokens,
        "total_tool_uses": fact.tool_uses,
        "duration_ms": fact.duration_ms,
        "cost_usd": fact.cost_usd,
    }


def _skill_activated(fact: SkillActivated, _content: ContentPolicy) -> EventAttributes:
    return {"skill.name": fact.skill}


def _at_mention(fact: Mentioned, _content: ContentPolicy) -> EventAttributes:
    return {"mention_type": fact.mention_type.value}


ASSISTANT_RESPONSE = LogEvent(
    name="assistant_response",
    description="A model call answered with text",
    fact=Answered,
    read=_assistant_response,
    attributes=("response_length", "model", "query_source", "response"),
)
API_RETRIES_EXHAUSTED = LogEvent(
    name="api_retries_exhausted",
    description="A model call failed for good after it was tried again",
    fact=ModelCalled,
    is_told=_is_exhausted,
    severity=as_error,
    read=_api_retries_exhausted,
    attributes=(*("model", "provider", "error", "status_code", "total_attempts", "total_retry_duration_ms"),),
)
COMPACTION = LogEvent(
    name="compaction",
    description="A session's history was summarised, or that failed",
    fact=Compacted,
    severity=_compaction_severity,
    read=_compaction,
    attributes=("trigger", "success", "duration_ms", "pre_tokens"),
)
PULL_REQUEST = LogEvent(
    name="pull_request",
    description="A shell call or an MCP tool opened a pull or merge request",
    fact=PullRequestOpened,
    read=_pull_request,
    attributes=("url",),
)
SUBTASK_INVOKED = LogEvent(
    name="subtask_invoked",
    description="A sub-agent was started; the agent is the one that was",
    fact=SubtaskInvoked,
    read=_subtask_invoked,
    attributes=("agent", "prompt_length"),
)
SUBAGENT_COMPLETED = LogEvent(
    name="subagent_completed",
    description="A sub-agent's turn is over; the numbers are that turn's, the session is the sub-agent's",
    fact=SubagentCompleted,
    read=_subagent_completed,
    attributes=("agent_type", "model", "total_tokens", "total_tool_uses", "duration_ms", "cost_usd"),
)
SKILL_ACTIVATED = LogEvent(
    name="skill_activated",
    description="A skill was loaded",
    fact=SkillActivated,
    read=_skill_activated,
    attributes=("skill.name",),
)
AT_MENTION = LogEvent(
    name="at_mention",
    description="A prompt refers to a file or an agent",
    fact=Mentioned,
    read=_at_mention,
    attributes=("mention_type",),
)
