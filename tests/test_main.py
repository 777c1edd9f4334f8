"""The entry point chooses between the agent and the command line, and imports only what it chose."""

import subprocess
import sys

LOADED = "import otel_agent.__main__, sys; print(sorted({'typer', 'rich', 'grpc'} & set(sys.modules)))"


def test_entry_point_itself_imports_no_command_line() -> None:
    """The agent starts with every OpenCode and must not pay for typer and rich."""
    ended = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert "[]\n" == ended.stdout
