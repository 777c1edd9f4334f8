"""What a tool is by its name: OpenCode's own, an MCP server's, and what it does with files."""

import re
from collections.abc import Iterable

from otel_agent.facts import FileOperation, ToolType

BUILTIN_TOOLS = frozenset(
    (
        *("apply_patch", "bash", "batch", "codesearch", "edit", "glob", "grep", "invalid", "list", "lsp"),
        *("multiedit", "patch", "plan_enter", "plan_exit", "question", "read", "skill", "task"),
        *("todoread", "todowrite", "webfetch", "websearch", "write"),
    )
)
"""The tools of OpenCode itself, 1.0 to 1.18; any other name is a custom tool's or an MCP server's."""

ASKING = frozenset({"question", "plan_enter", "plan_exit"})
"""Tools that wait for a person's answer."""

OPERATIONS = {
    "read": FileOperation.READ,
    "write": FileOperation.WRITE,
    "edit": FileOperation.EDIT,
    "multiedit": FileOperation.EDIT,
    "patch": FileOperation.PATCH,
    "apply_patch": FileOperation.PATCH,
    "glob": FileOperation.SEARCH,
    "grep": FileOperation.SEARCH,
    "list": FileOperation.SEARCH,
}
EDITS = frozenset({FileOperation.WRITE, FileOperation.EDIT, FileOperation.PATCH})
"""The operations that change files."""


def is_builtin(tool: str) -> bool:
    """Tell whether a tool is one of OpenCode's own."""
    return tool in BUILTIN_TOOLS


def tool_type(tool: str, servers: Iterable[str]) -> ToolType | None:
    """Tell whose tool it is; None for one that may be a custom tool."""
    if is_builtin(tool):
        return ToolType.BUILTIN
    return ToolType.MCP if _servers_of(tool, servers) else None


def mcp_server(tool: str, servers: Iterable[str]) -> str | None:
    """Return the MCP server that a tool belongs to; None when two of them may have given it its name."""
    found = [] if is_builtin(tool) else _servers_of(tool, servers)
    return found[0] if len(found) == 1 else None


def _servers_of(tool: str, servers: Iterable[str]) -> list[str]:
    """Return the servers with which a tool's name may begin: OpenCode names it `<server>_<tool>`."""
    return [name for name in servers if tool.startswith(f"{re.sub(r'[^a-zA-Z0-9_-]', '_', name)}_")]
