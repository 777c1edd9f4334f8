"""Commands of the package, run in the shell that OpenCode ran in."""

import subprocess
from pathlib import Path

from tests.e2e.world import AGENT, World

LIMIT_S = 50.0


def flush(world: World, folder: Path, *arguments: str, **extra: str) -> tuple[int, str]:
    """Run `otel-agent flush`; return its exit code and what it printed."""
    done = subprocess.run(
        [*AGENT, "flush", *arguments],
        cwd=folder,
        env=world.opencode.environ(folder, extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
