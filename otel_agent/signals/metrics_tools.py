"""The metrics table, second part: what tools did, and who let them."""

from collections.abc import Iterator

from otel_agent.facts import (
    EditDecided,
    PullRequestOpened,
    SubtaskInvoked,
    ToolDecided,
    ToolFinished,
    ToolType,
)
from otel_agent.signals.instruments import MILLISECONDS, Instrument, Observation
from otel_agent.signals.model import Kind


def _pull_requests(_fact: PullRequestOpened) -> Iterator[Observation]:
    yield 1, {}


def _edit_decisions(fact: EditDecided) -> Iterator[Observation]:
    yield (
        1,
        {
            "tool_name": fact.tool_name,
            "decision": fact.verdict.decision.value,
            "source": fact.verdict.source.value,
            "language": fact.language,
        },
    )


def _subtasks(fact: SubtaskInvoked) -> Iterator[Observation]:
    yield 1, {"agent": fact.agent}


def _permission_wait(fact: ToolDecided) -> Iterator[Observation]:
    if fact.wait_ms is not None:
        yield fact.wait_ms, {"tool_name": fact.tool_name, "decision": fact.verdict.decision.value}


def _mcp_calls(fact: ToolFinished) -> Iterator[Observation]:
    if fact.tool_type is ToolType.MCP:
        yield 1, {"tool_name": fact.tool_ran, "success": fact.is_success}


def _file_operations(fact: ToolFinished) -> Iterator[Observation]:
    if fact.operation is not None and fact.is_success:
        yield 1, {"operation": fact.operation.value, "language": fact.language}


PULL_REQUEST_COUNT = Instrument(
    suffix="pull_request.count",
    kind=Kind.COUNTER,
    unit="{pull_request}",
    description="Pull and merge requests opened by successful shell calls or MCP tools",
    fact=PullRequestOpened,
    observe=_pull_requests,
)
CODE_EDIT_TOOL_DECISION = Instrument(
    suffix="code_edit_tool.decision",
    kind=Kind.COUNTER,
    unit="",
    description="Edit, write and patch calls that were allowed or refused, and by whom",
    attributes=("tool_name", "decision", "source", "language"),
    fact=EditDecided,
    observe=_edit_decisions,
)
PERMISSION_WAIT = Instrument(
    suffix="permission.wait",
    kind=Kind.HISTOGRAM,
    unit="ms",
    description="How long permission questions were open",
    attributes=("tool_name", "decision"),
    fact=ToolDecided,
    observe=_permission_wait,
    boundaries=MILLISECONDS,
)
MCP_CALL_COUNT = Instrument(
    suffix="mcp.call.count",
    kind=Kind.COUNTER,
    unit="{call}",
    description="Finished calls of tools that are known to be an MCP server's",
    attributes=("tool_name", "success"),
    fact=ToolFinished,
    observe=_mcp_calls,
)
FILE_OPERATION_COUNT = Instrument(
    suffix="file.operation.count",
    kind=Kind.COUNTER,
    unit="{operation}",
    description="Successful calls of the tools that read, write, edit, patch or search files",
    attributes=("operation", "language"),
    fact=ToolFinished,
    observe=_file_operations,
)
SUBTASK_COUNT = Instrument(
    suffix="subtask.count",
    kind=Kind.COUNTER,
    unit="{subtask}",
    description="Sub-agents that were started, by the agent that was",
    attributes=("agent",),
    fact=SubtaskInvoked,
    observe=_subtasks,
)
