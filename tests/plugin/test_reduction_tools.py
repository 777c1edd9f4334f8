"""What is kept of a tool call: inputs, metadata, outputs and errors."""

import json

import pytest

from tests.plugin.events import SESSION, Json, completed, tool
from tests.plugin.host import Host

SECRET = "private"
COUNTS = {"additions": 3, "deletions": 1}


TOOLS: list[tuple[str, Json, Json]] = [
    ("bash", {"command": "ls", "description": SECRET}, {"command": "ls"}),
    (
        "write",
        {"filePath": "/a", "content": f"{SECRET}\nx"},
        {"filePath": "/a", "content": "", "cut": {"content": [9, 9, 2]}},
    ),
    ("edit", {"filePath": "/a", "oldString": SECRET, "newString": SECRET}, {"filePath": "/a"}),
    (
        "task",
        {"subagent_type": "explore", "prompt": SECRET, "description": SECRET},
        {"subagent_type": "explore", "prompt": "", "cut": {"prompt": [7, 7, 1]}},
    ),
    ("skill", {"name": "pdf"}, {"name": "pdf"}),
    ("invalid", {"tool": "nosuch", "error": SECRET}, {"tool": "nosuch"}),
    ("server_tool", {"name": SECRET, "command": SECRET, "content": SECRET}, {}),
]


@pytest.mark.parametrize(("name", "given", "kept"), TOOLS, ids=[name for name, _, _ in TOOLS])
def test_of_an_input_only_what_facts_need_is_kept(host: Host, name: str, given: Json, kept: Json) -> None:
    """With capture off each tool's input leaves the fields of the table, and its true size."""
    host.event(completed(name, given))
    state = host.events()[0]["properties"]["part"]["state"]

    assert kept == state["input"]
    assert len(json.dumps(given, separators=(",", ":"))) == state["input_bytes"]
    assert SECRET not in host.text()


def test_of_metadata_only_what_facts_need_is_kept(host: Host) -> None:
    """Exit codes (null: aborted), links to sub-agents and line counts are kept; patches are not."""
    counted = {"file": "/a", **COUNTS}
    files = {"filePath": "/a", "relativePath": "a", "type": "update", **COUNTS}
    kept = {
        "exit": None,
        "exists": True,
        "truncated": False,
        "sessionId": "ses_2",
        "parentSessionId": SESSION,
        "model": {"providerID": "p", "modelID": "m"},
        "filediff": counted,
        "files": [files],
        "results": [{"filediff": counted}],
    }
    private = {
        "diff": SECRET,
        "output": SECRET,
        "filediff": {**counted, "patch": SECRET},
        "files": [{**files, "patch": SECRET}],
        "results": [{"filediff": {**counted, "patch": SECRET}, "diff": SECRET}],
    }
    host.event(completed("edit", {}, metadata={**kept, **private}))

    assert kept == host.events()[0]["properties"]["part"]["state"]["metadata"]
    assert SECRET not in host.text()


def test_of_an_output_the_end_is_kept(host: Host) -> None:
    """A commit's sha stands at the end of a long output: 4096 units of it are kept, and the true size."""
    host.event(completed("bash", {"command": "c"}, output="x" * 5000 + "\nsha"))
    state = host.events()[0]["properties"]["part"]["state"]

    assert ("x" * 4092 + "\nsha", {"output": [5004, 5004, 2]}) == (state["output"], state["cut"])


def test_of_files_that_were_read_only_the_size_is_kept(host: Host) -> None:
    """No fact reads the output of OpenCode's own file tools: it stays out of the journal."""
    host.event(completed("read", {"filePath": "/a"}, output=SECRET))
    state = host.events()[0]["properties"]["part"]["state"]

    assert ("", {"output": [len(SECRET), len(SECRET), 1]}) == (state["output"], state["cut"])


def test_of_a_tools_error_the_beginning_is_kept(host: Host) -> None:
    """An error keeps 500 units."""
    host.event(
        tool("bash", {"status": "error", "input": {}, "error": "e" * 600, "time": {"start": 1, "end": 2}})
    )
    state = host.events()[0]["properties"]["part"]["state"]

    assert ("e" * 500, {"error": [600, 600, 1]}) == (state["error"], state["cut"])


def test_of_a_long_command_64_kib_are_kept(host: Host) -> None:
    """A command is kept for what it runs, not for the files that it carries."""
    host.event(completed("bash", {"command": "c" * 70_000}))
    kept = host.events()[0]["properties"]["part"]["state"]["input"]

    assert ("c" * 65_536, {"command": [70_000, 70_000, 1]}) == (kept["command"], kept["cut"])
