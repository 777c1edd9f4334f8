"""The profile `claude_code`: facts as Claude Code writes them, for dashboards that were made for it.

https://code.claude.com/docs/en/monitoring-usage has its metrics and events.
"""

from collections.abc import Mapping
from typing import Final

from otel_agent.facts import Decision, Fact, ModelCalled, QuerySource, ToolFinished
from otel_agent.signals.model import AttributeValue
from otel_agent.signals.rules import (
    EventRules,
    MetricRules,
    Profile,
    Rules,
    added,
    either,
    fixed,
    same,
    text,
    worded,
)

REDACTED: Final = "<REDACTED>"
CUSTOM: Final = "custom"
COMMANDS: Final = frozenset({"init", "review"})
"""OpenCode's own slash commands: their names say nothing of a person or a project."""
NO_UNIT: Final = ""
TOOLS: Final[Mapping[str, str]] = {
    "apply_patch": "Edit",
    "bash": "Bash",
    "edit": "Edit",
    "glob": "Glob",
    "grep": "Grep",
    "list": "LS",
    "lsp": "LSP",
    "multiedit": "MultiEdit",
    "patch": "Edit",
    "plan_enter": "EnterPlanMode",
    "plan_exit": "ExitPlanMode",
    "question": "AskUserQuestion",
    "read": "Read",
    "skill": "Skill",
    "task": "Task",
    "todoread": "TodoRead",
    "todowrite": "TodoWrite",
    "webfetch": "WebFetch",
    "websearch": "WebSearch",
    "write": "Write",
}
"""OpenCode's tools that Claude Code has too; other tools keep their names."""
THREADS: Final[Mapping[str, str]] = {QuerySource.MAIN: "repl_main_thread", QuerySource.AUXILIARY: "compact"}


def _agent_name(attributes: Mapping[str, AttributeValue]) -> AttributeValue | None:
    """Return the sub-agent that worked; the main thread has none."""
    is_subagent = attributes.get("query_source") == QuerySource.SUBAGENT
    return attributes.get("agent") if is_subagent else None


def _thread(attributes: Mapping[str, AttributeValue]) -> AttributeValue | None:
    """Return who asked the model: the main thread, the compaction, or a sub-agent by its name."""
    source = attributes.get("query_source")
    return _agent_name(attributes) or THREADS.get(str(source), source)


def _effort(fact: ModelCalled) -> Mapping[str, AttributeValue | None]:
    """Return the variant of the model that was asked for."""
    return {"effort": fact.effort}


def _command(attributes: Mapping[str, AttributeValue]) -> AttributeValue | None:
    """Return a command's name where it is one of OpenCode's own."""
    name = attributes.get("command_name")
    return name if name in COMMANDS else CUSTOM


def _message(fact: Fact) -> Mapping[str, AttributeValue | None]:
    """Return the id of the message that a fact is about."""
    return {"message.uuid": fact.origin.uid}


def _every(_fact: Fact) -> bool:
    return True


def _may_run(fact: ToolFinished) -> bool:
    """Tell whether a call was not refused: Claude Code has only the tool_decision of one that was."""
    return fact.verdict is None or fact.verdict.decision is Decision.ACCEPT


BY_AGENT = {"agent.name": _agent_name}
BY_THREAD = {**BY_AGENT, "query_source": _thread}
FOLDED_TOKENS = worded("type", {"reasoning": "output"})
TOOL_NUMBERS = ("success", "duration_ms", "tool_input_size_bytes", "tool_result_size_bytes")

CLAUDE_CODE = Profile(
    service_name="claude-code",
    metrics_scope="com.anthropic.claude_code",
    events_scope="com.anthropic.claude_code.events",
    body_prefix="claude_code.",
    has_severity=False,
    copies_standard_attributes=True,
    shared=Rules(derived={"tool_name": worded("tool_name", TOOLS)}),
    metrics={
        "session.count": MetricRules(
            unit=NO_UNIT, uncounted={"is_subagent": True}, without=frozenset({"is_subagent"})
        ),
        "lines_of_code.count": MetricRules(unit=NO_UNIT),
        "pull_request.count": MetricRules(unit=NO_UNIT),
        "commit.count": MetricRules(unit=NO_UNIT),
        "cost.usage": MetricRules(told=_effort, derived=BY_AGENT),
        "token.usage": MetricRules(told=_effort, derived={**BY_AGENT, "type": FOLDED_TOKENS}),
        "code_edit_tool.decision": MetricRules(
            unit=NO_UNIT, derived={"tool_name": worded("tool_name", {"MultiEdit": "Edit"})}
        ),
    },
    events={
        "user_prompt": EventRules(
            told=_message,
            derived={"prompt_length": text("prompt_length"), "prompt": either("prompt", REDACTED)},
            details={"command_name": _command},
        ),
        "api_request": EventRules(
            derived={**BY_THREAD, "output_tokens": added("output_tokens", "reasoning_tokens")},
            without=frozenset({"reasoning_tokens"}),
        ),
        "api_error": EventRules(told=_effort, derived=BY_THREAD),
        "assistant_response": EventRules(told=_message, derived={"query_source": _thread}),
        "compaction": EventRules(derived={"success": text("success")}),
        "tool_result": EventRules(
            derived={key: text(key) for key in TOOL_NUMBERS},
            details={"mcp_server.name": fixed(None)},
            is_told=_may_run,
        ),
        "skill_activated": EventRules(details={"skill.name": fixed(CUSTOM)}),
        "tool_decision": EventRules(
            derived={"tool_source": same("tool_type")}, without=frozenset({"tool_type"}), is_told=_every
        ),
    },
)
