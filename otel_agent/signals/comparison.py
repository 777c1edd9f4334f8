"""OpenCode and Claude Code side by side: its tables of metrics, events and attributes, and what we send.

Claude Code's tables are those of https://code.claude.com/docs/en/monitoring-usage. Whatever a row does not
call absent is sent; a test holds this table against what the profile really writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from otel_agent.signals.markdown import code, codes, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A metric, event or attribute of Claude Code; `why_absent` says why it is not sent.

    `sent` and `absent` are its own attributes: those that we send too, and those that OpenCode cannot know.
    """

    name: str
    unit: str = ""
    sent: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    note: str = ""
    why_absent: str = ""


_NO_ID = "OpenCode tells plugins no id of a provider's request or answer"
_NO_PLUGIN = "OpenCode has no marketplace, and does not say which plugin something belongs to"
_NO_ACCOUNT = "OpenCode has no account: models are reached with the user's own keys"
_NOT_ATTRIBUTED = "a model call does not say which skill or tool made it"
_NO_SWAP = "OpenCode changes no sub-agent's model on its way"

WHY: Final[Mapping[str, str]] = {
    **dict.fromkeys(("request_id", "client_request_id"), _NO_ID),
    **dict.fromkeys(("plugin.name", "marketplace.name", "plugin_id_hash", "agent.source"), _NO_PLUGIN),
    **dict.fromkeys(("mcp_server.name", "mcp_tool.name", "skill.name"), _NOT_ATTRIBUTED),
    **dict.fromkeys(("final_model", "model_swapped"), _NO_SWAP),
    **dict.fromkeys(("speed",), "OpenCode has no speed modes"),
    "command_source": "OpenCode does not say where a command comes from",
    "error": "its words may hold content; `error_type` says what kind of error a tool had",
    "invocation_trigger": "OpenCode does not say who asked for a skill",
    "is_async": "OpenCode does not say whether a sub-agent works in the background",
    "is_built_in": "OpenCode does not say where an agent is defined",
    "mcp_server_scope": "OpenCode does not say where an MCP server is configured",
    "post_tokens": "OpenCode does not count the summary's context until the next model call",
    "precompute_reuse": "OpenCode computes no summary in advance",
    "skill.kind": "OpenCode has one kind of skill",
    "skill.source": "OpenCode does not say where a skill is defined",
    "success": "OpenCode does not say whether a mentioned file was found",
    "tool_parameters": "the call's `tool_result` has them",
    "tool_input": "`tool_parameters` has what the tool was called with",
}
"""Why an attribute is absent where a row says so."""

_PLUGIN = ("plugin.name", "plugin_id_hash")
_TARGETS = ("skill.name", "plugin.name", "marketplace.name", "mcp_server.name", "mcp_tool.name")
"""What Claude Code attributes a model call to, beside the agent."""

ATTRIBUTES: Final = (
    Theirs(name="session.id"),
    Theirs(name="user.id", note="a random id of the installation, as there"),
    Theirs(name="terminal.type"),
    Theirs(name="prompt.id", note="events only; OpenCode's id of the prompt's message"),
    Theirs(name="event.name", note="events only"),
    Theirs(name="event.timestamp", note="events only"),
    Theirs(name="event.sequence", note="events only; per session and process"),
    Theirs(name="user.email", note="metrics only, where `OPENCODE_METRICS_INCLUDE` names it; git's"),
    Theirs(name="app.version", note="metrics only, where `OPENCODE_METRICS_INCLUDE` names it; OpenCode's"),
    Theirs(
        name="app.entrypoint",
        why_absent="OpenCode's ways to start (run, serve, web, …) are not Claude Code's",
    ),
    Theirs(name="organization.id", why_absent=_NO_ACCOUNT),
    Theirs(name="user.account_uuid", why_absent=_NO_ACCOUNT),
    Theirs(name="user.account_id", why_absent=_NO_ACCOUNT),
    Theirs(name="workspace.host_paths", why_absent="paths of a person's machine are not sent"),
    Theirs(name="workflow.run_id", why_absent="OpenCode has no workflows"),
    Theirs(name="workflow.name", why_absent="OpenCode has no workflows"),
)

METRICS: Final = (
    Theirs(name="session.count", sent=("start_type",), note="fresh and resume; sub-agents do not count"),
    Theirs(name="lines_of_code.count", sent=("type", "model")),
    Theirs(name="pull_request.count"),
    Theirs(name="commit.count"),
    Theirs(
        name="cost.usage",
        unit="USD",
        sent=("model", "query_source", "effort", "agent.name"),
        absent=("speed", *_TARGETS),
        note="a model without a price in OpenCode costs 0",
    ),
    Theirs(
        name="token.usage",
        unit="tokens",
        sent=("type", "model", "query_source", "effort", "agent.name"),
        absent=("speed", *_TARGETS),
        note="reasoning counts as output",
    ),
    Theirs(name="code_edit_tool.decision", sent=("tool_name", "decision", "source", "language")),
    Theirs(name="active_time.total", unit="s", sent=("type",), note="cli only: OpenCode tells of no typing"),
)

EVENTS: Final = (
    Theirs(
        name="user_prompt",
        sent=("prompt_length", "prompt", "command_name", "message.uuid"),
        absent=("command_source",),
        note="`message.uuid` is OpenCode's id of the message",
    ),
    Theirs(
        name="assistant_response",
        sent=("response_length", "response", "model", "query_source", "message.uuid"),
        absent=("request_id",),
        note="`message.uuid` is OpenCode's id of the message",
    ),
    Theirs(
        name="tool_result",
        sent=(
            *("tool_name", "tool_use_id", "success", "duration_ms", "error_type", "decision_type"),
            *("decision_source", "tool_input_size_bytes", "tool_result_size_bytes", "tool_parameters"),
        ),
        absent=("error", "mcp_server_scope", "tool_input"),
    ),
    Theirs(
        name="api_request",
        sent=(
            *("model", "cost_usd", "cost_usd_micros", "duration_ms", "input_tokens", "output_tokens"),
            *("cache_read_tokens", "cache_creation_tokens", "query_source", "effort", "agent.name"),
        ),
        absent=("request_id", "client_request_id", "speed", *_TARGETS),
    ),
    Theirs(
        name="api_error",
        sent=(
            "model",
            "error",
            "status_code",
            "duration_ms",
            "attempt",
            "query_source",
            "effort",
            "agent.name",
        ),
        absent=("request_id", "client_request_id", "speed", *_TARGETS),
    ),
    Theirs(
        name="tool_decision",
        sent=("tool_name", "tool_use_id", "decision", "tool_source", "source"),
        absent=("tool_parameters",),
    ),
    Theirs(
        name="api_retries_exhausted",
        sent=("model", "error", "status_code", "total_attempts", "total_retry_duration_ms"),
        absent=("speed",),
    ),
    Theirs(
        name="compaction",
        sent=("trigger", "success", "duration_ms", "pre_tokens"),
        absent=("post_tokens", "error", "precompute_reuse"),
    ),
    Theirs(
        name="subagent_completed",
        sent=("agent_type", "total_tokens", "total_tool_uses", "duration_ms", "model"),
        absent=("agent.source", "is_built_in", "is_async", "final_model", "model_swapped", *_PLUGIN),
    ),
    Theirs(
        name="skill_activated",
        sent=("skill.name",),
        absent=("invocation_trigger", "skill.source", "skill.kind", "plugin.name", "marketplace.name"),
    ),
    Theirs(name="at_mention", sent=("mention_type",), absent=("success",)),
    Theirs(name="api_refusal", why_absent="a content filter's refusal arrives as `api_error`"),
    Theirs(name="api_request_body", why_absent="no event of OpenCode has the provider's request"),
    Theirs(name="api_response_body", why_absent="no event of OpenCode has the provider's answer"),
    Theirs(name="permission_mode_changed", why_absent="OpenCode has agents in the place of modes"),
    Theirs(name="auth", why_absent="no event of OpenCode tells of a login"),
    Theirs(name="mcp_server_connection", why_absent="no event of OpenCode says how a connection went"),
    Theirs(name="internal_error", why_absent="`session.error` has what OpenCode reports"),
    Theirs(name="plugin_installed", why_absent="no event of OpenCode tells of it"),
    Theirs(name="plugin_loaded", why_absent="no event of OpenCode tells of it"),
    Theirs(name="hook_registered", why_absent="OpenCode's hooks are functions of plugins"),
    Theirs(name="hook_execution_start", why_absent="OpenCode's hooks are functions of plugins"),
    Theirs(name="hook_execution_complete", why_absent="OpenCode's hooks are functions of plugins"),
    Theirs(name="hook_plugin_metrics", why_absent="OpenCode's hooks are functions of plugins"),
    Theirs(name="feedback_survey", why_absent="OpenCode asks for no feedback"),
    Theirs(name="retention_sweep", why_absent="OpenCode keeps its sessions"),
)


VARIABLES: Final[Mapping[str, str]] = {
    "CLAUDE_CODE_ENABLE_TELEMETRY": "OPENCODE_ENABLE_TELEMETRY",
    "OTEL_METRICS_EXPORTER": "OTEL_METRICS_EXPORTER",
    "OTEL_LOGS_EXPORTER": "OTEL_LOGS_EXPORTER",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_HEADERS": "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
    "OTEL_METRIC_EXPORT_INTERVAL": "OTEL_METRIC_EXPORT_INTERVAL",
    "OTEL_LOGS_EXPORT_INTERVAL": "OPENCODE_OTLP_LOGS_INTERVAL",
    "OTEL_LOG_USER_PROMPTS": "OTEL_LOG_USER_PROMPTS",
    "OTEL_LOG_ASSISTANT_RESPONSES": "OTEL_LOG_ASSISTANT_RESPONSES",
    "OTEL_LOG_TOOL_DETAILS": "OTEL_LOG_TOOL_DETAILS",
    "OTEL_LOG_TOOL_CONTENT": "OTEL_LOG_TOOL_CONTENT",
    "CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH": "OPENCODE_CONTENT_MAX_LENGTH",
    "OTEL_RESOURCE_ATTRIBUTES": "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES=false": "OPENCODE_RESOURCE_ATTRIBUTES",
    "OTEL_METRICS_INCLUDE_SESSION_ID=false": "OPENCODE_EXCLUDE_METRICS_ATTRIBUTES",
    "OTEL_METRICS_INCLUDE_VERSION=true": "OPENCODE_METRICS_INCLUDE",
    "otelHeadersHelper": "OPENCODE_OTLP_HEADERS_HELPER",
    "CLAUDE_CODE_CLIENT_CERT": "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    "CLAUDE_CODE_CLIENT_KEY": "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    "NODE_EXTRA_CA_CERTS": "OTEL_EXPORTER_OTLP_CERTIFICATE",
}
"""Claude Code's settings and the variables that say the same here."""


def variables_table() -> str:
    """Return Claude Code's settings beside ours, as a Markdown table."""
    lines = ((code(theirs), code(ours)) for theirs, ours in VARIABLES.items())
    return table(("Setting of Claude Code", "Here"), lines)


def attributes_table() -> str:
    """Return Claude Code's standard attributes as a Markdown table."""
    lines = ((code(row.name), _answer(row), row.why_absent or row.note) for row in ATTRIBUTES)
    return table(("Attribute of Claude Code", "sent", "Note"), lines)


def metrics_table() -> str:
    """Return Claude Code's metrics as a Markdown table."""
    lines = (
        (code(row.name), row.unit or "none", _answer(row), codes(row.sent), codes(row.absent), row.note)
        for row in METRICS
    )
    titles = ("Metric of Claude Code", "Unit", "sent", "Attributes sent", "Attributes absent", "Note")
    return table(titles, lines)


def events_table() -> str:
    """Return Claude Code's log events as a Markdown table."""
    lines = (
        (code(row.name), _answer(row), codes(row.sent), codes(row.absent), row.why_absent or row.note)
        for row in EVENTS
    )
    return table(("Event of Claude Code", "sent", "Attributes sent", "Attributes absent", "Note"), lines)


def absent_table() -> str:
    """Return why attributes are absent, as a Markdown table."""
    absent = sorted({key for row in (*METRICS, *EVENTS) for key in row.absent})
    return table(("Attribute", "Why it is absent"), ((code(key), WHY[key]) for key in absent))


def _answer(row: Theirs) -> str:
    """Return whether a row is sent."""
    return "no" if row.why_absent else "yes"
