"""The entry point chooses between the agent and the command line, and imports only what it chose."""

import subprocess
import sys

from otel_agent.__main__ import NICENESS

LOADED = "import otel_agent.__main__, sys; print(sorted({'typer', 'rich', 'grpc'} & set(sys.modules)))"


def test_entry_point_itself_imports_no_command_line() -> None:
    """The agent starts with every OpenCode and must not pay for typer and rich."""
    ended = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert "[]\n" == ended.stdout


def test_agent_goes_behind_opencode() -> None:
    """Where processors are busy, OpenCode has them; a command, which somebody waits for, stays as it is."""
    code = (
        "import os, sys, otel_agent.__main__ as entry; sys.argv[1:] = ['{0}']; before = os.nice(0)\n"
        "try: entry.main()\n"
        "except SystemExit: print(os.nice(0) - before)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code.format(word)], capture_output=True, text=True, check=True
        ).stdout.splitlines()[-1]
        for word in ("run", "--version")
    ]

    assert [str(NICENESS), "0"] == said
