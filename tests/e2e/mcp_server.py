"""A stdio MCP server with the tools `add` and `fail`; OpenCode starts it as a program of its own."""

import json
import sys
from collections.abc import Mapping
from typing import Any

NUMBER = {"type": "number"}
TOOLS = [
    {
        "name": "add",
        "description": "Add two numbers",
        "inputSchema": {"type": "object", "properties": {"a": NUMBER, "b": NUMBER}},
    },
    {"name": "fail", "description": "Always fail", "inputSchema": {"type": "object", "properties": {}}},
]


def call(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run one tool."""
    if name == "add":
        return {"content": [{"type": "text", "text": str(arguments["a"] + arguments["b"])}]}
    return {"content": [{"type": "text", "text": "it broke"}], "isError": True}


def answer(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Give the result of one JSON-RPC request."""
    if method == "initialize":
        about = {"name": "echo", "version": "1"}
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": about,
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return call(params["name"], params["arguments"])
    return {}


def main() -> None:
    """Answer requests until stdin ends; notifications have no id and get no answer."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            result = answer(message["method"], message.get("params", {}))
            reply = {"jsonrpc": "2.0", "id": message["id"], "result": result}
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
