"""The attributes that every point and every event has, and the catalogue of all attribute keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from otel_agent.facts import Origin
from otel_agent.signals.model import Attributes, AttributeValue


class Sensitivity(StrEnum):
    """Whom an attribute says something about."""

    NONE = "none"
    IDENTITY = "identity"
    CONTENT = "content"


class Cardinality(StrEnum):
    """How many values an attribute takes in one organisation."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute key."""

    key: str
    type: str
    description: str
    sensitivity: Sensitivity = Sensitivity.NONE
    cardinality: Cardinality = Cardinality.LOW


def _low(key: str, kind: str, description: str) -> Attribute:
    """Return a row for an attribute with few values."""
    return Attribute(key=key, type=kind, description=description)


def _identity(key: str, kind: str, description: str) -> Attribute:
    """Return a row for an attribute that says who worked."""
    return Attribute(key=key, type=kind, description=description, sensitivity=Sensitivity.IDENTITY)


def _high(key: str, kind: str, description: str, sensitivity: Sensitivity = Sensitivity.NONE) -> Attribute:
    """Return a row for an attribute with unbounded values."""
    return Attribute(
        key=key, type=kind, description=description, sensitivity=sensitivity, cardinality=Cardinality.HIGH
    )


CATALOGUE: tuple[Attribute, ...] = (
    _high("session.id", "string", "OpenCode's session"),
    _high("root_session.id", "string", "the session at the top of a tree of sub-agents"),
    _low("project.id", "string", "OpenCode's project: the root commit of the repository, or `global`"),
    _low("agent", "string", "the agent that worked: build, plan, general, …"),
    _identity("user.id", "string", "a random id of the installation, kept in the state directory"),
    _identity("user.email", "string", "git's user.email, only where OPENCODE_METRICS_INCLUDE asks for it"),
    _low("terminal.type", "string", "the terminal program, where the terminal names itself"),
    _low("vcs.repository.name", "string", "the repository's name, from its origin's URL"),
    _low("vcs.ref.head.name", "string", "the branch that is checked out"),
    _low("app.version", "string", "OpenCode's version"),
    _high("prompt.id", "string", "the user message that a turn answers"),
    _high("event.timestamp", "string", "when the event happened, ISO 8601"),
    _high("event.sequence", "int", "the number of the event in its session and process"),
    _low("event.name", "string", "the event's bare name"),
    _high("log.record.uid", "string", "a hash of OpenCode's ids: equal when an event is sent again"),
    _low("is_subagent", "boolean", "whether a sub-agent's session"),
    _low("start_type", "string", "fresh (created in this process) or resume"),
    _low("model", "string", "the model's id"),
    _low("provider", "string", "OpenCode's provider id"),
    _low("type", "string", "the kind of tokens, lines or time"),
    _low("query_source", "string", "main, subagent or auxiliary (compaction)"),
    _low("language", "string", "the language of a file by its name"),
    _low("outcome", "string", "what became of an OTLP request"),
    _low("reason", "string", "why the agent gave something up"),
    _low("tool_name", "string", "the tool"),
    _low("success", "boolean", "whether the call did what it was asked to"),
    _low("decision", "string", "accept or reject"),
    _low("source", "string", "who decided"),
    _low("tool_type", "string", "builtin, or mcp where the server is known; absent for custom tools"),
    _low("mcp_server.name", "string", "the MCP server whose tool it is, where it is known"),
    _low("operation", "string", "read, write, edit, patch or search"),
    _low("agent.name", "string", "the sub-agent that worked; profile claude_code"),
    _low("tool_source", "string", "builtin or mcp, in the place of tool_type; profile claude_code"),
    _low("gen_ai.operation.name", "string", "chat: what a model call is in the GenAI conventions"),
    _low("gen_ai.provider.name", "string", "the provider's id as the GenAI conventions name it"),
    _low("gen_ai.request.model", "string", "the model's id, in the GenAI metrics"),
    _low("gen_ai.token.type", "string", "input (with the cache) or output (with reasoning)"),
    _low("error.type", "string", "the HTTP status or the name of an error, in the GenAI metrics"),
    _high("tool_use_id", "string", "the tool call"),
    _low("error_type", "string", "why a tool call failed"),
    _high("error", "string", "the error's name and the provider's words"),
    _low("status_code", "int", "the provider's HTTP status"),
    _low("attempt", "int", "which attempt the call ended with, from 1"),
    _low("decision_type", "string", "accept or reject"),
    _low("decision_source", "string", "who decided"),
    _low("effort", "string", "the variant of the model that was asked for: low, high, max, …"),
    _low("agent_type", "string", "the sub-agent that worked"),
    _low("skill.name", "string", "the skill"),
    _low("mention_type", "string", "file or agent"),
    _low("trigger", "string", "auto (OpenCode itself) or manual"),
    _low("finish_reason", "string", "why the model stopped"),
    _low("command_name", "string", "the slash command that made the prompt"),
    _high("prompt_length", "int", "UTF-16 code units"),
    _high("prompt", "string", "the prompt, with OPENCODE_LOG_PROMPTS", Sensitivity.CONTENT),
    _high(
        "tool_parameters",
        "string",
        "the call's parameters, with OPENCODE_LOG_TOOL_DETAILS",
        Sensitivity.CONTENT,
    ),
    _high("response_length", "int", "UTF-16 code units"),
    _high("response", "string", "the answer, with OPENCODE_LOG_RESPONSES", Sensitivity.CONTENT),
    _high("url", "string", "the address of the pull request, when the output shows it"),
    _high(
        "message.uuid", "string", "OpenCode's id of the prompt's or the answer's message; profile claude_code"
    ),
    _high("sha", "string", "the commit's object name, when the output shows it"),
    _low("branch", "string", "the branch of the commit, where it is known"),
    _high("cost_usd", "double", "US dollars"),
    _high("cost_usd_micros", "int", "millionths of a US dollar"),
    _high("duration_ms", "int", "milliseconds"),
    _high("ttft_ms", "int", "milliseconds from the request to the first streamed content"),
    _high("input_tokens", "int", "without the cache"),
    _high("output_tokens", "int", "without reasoning"),
    _high("reasoning_tokens", "int", "reasoning"),
    _high("cache_read_tokens", "int", "read from the prompt cache"),
    _high("cache_creation_tokens", "int", "written to the prompt cache"),
    _high("total_tokens", "int", "all five kinds since the session's creation, or of a sub-agent's turn"),
    _high("total_cost_usd", "double", "US dollars since the session's creation"),
    _high("total_tool_uses", "int", "tool calls of the sub-agent's turn, failed ones too"),
    _high("total_attempts", "int", "how often the call was tried"),
    _high("total_retry_duration_ms", "int", "milliseconds from the first failed attempt to the last"),
    _high("pre_tokens", "int", "tokens of the last call before a compaction"),
    _high("total_messages", "int", "completed assistant messages since the session's creation"),
    _high("tool_input_size_bytes", "int", "the call's input as JSON"),
    _high("tool_result_size_bytes", "int", "what the model got back"),
)

KEYS = frozenset(row.key for row in CATALOGUE)

OPTIONAL_METRIC_ATTRIBUTES = (
    "user.id",
    "user.email",
    "vcs.repository.name",
    "vcs.ref.head.name",
    "terminal.type",
    "app.version",
    "root_session.id",
)


def metric_attributes(origin: Origin, included: Collection[str], app_version: str | None) -> Attributes:
    """Return what every metric point of a fact has beside its own attributes."""
    optional = {
        **_surroundings(origin),
        "app.version": app_version,
        "root_session.id": origin.root_session_id,
    }
    chosen = {key: value for key, value in optional.items() if key in included}
    return known({"session.id": origin.session_id, "project.id": origin.project_id, **chosen})


def event_attributes(origin: Origin) -> Attributes:
    """Return what every event of a fact has beside its own attributes."""
    return known(
        {
            "session.id": origin.session_id,
            "root_session.id": origin.root_session_id,
            "project.id": origin.project_id,
            "agent": origin.agent,
            "prompt.id": origin.prompt_id,
            **{key: value for key, value in _surroundings(origin).items() if key != "user.email"},
        }
    )


def _surroundings(origin: Origin) -> dict[str, AttributeValue | None]:
    """Return the observed attributes."""
    place = origin.surroundings
    return {
        "user.id": place.user_id,
        "user.email": place.user_email,
        "terminal.type": place.terminal,
        "vcs.repository.name": place.repository,
        "vcs.ref.head.name": place.branch,
    }


def known(attributes: Mapping[str, AttributeValue | None]) -> Attributes:
    """Leave out what is not known: an unknown value is absent, never a placeholder."""
    return {key: value for key, value in attributes.items() if value is not None and value != ""}
