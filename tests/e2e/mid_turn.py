"""OpenCode in the middle of its work, where a test kills it or its agent."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.opencode import Running
from tests.e2e.recipes import prompt
from tests.e2e.waiting import wait_until
from tests.e2e.world import World


@contextmanager
def in_mid_turn(world: World, folder: Path) -> Iterator[Running]:
    """Run OpenCode until its third model call has been answered and a long command runs."""
    asked = len(world.provider.requests)
    with world.opencode.begin(folder, prompt("after-long-work")) as running:
        wait_until(
            lambda: 3 == sum(one.scenario == "after-long-work" for one in world.provider.requests[asked:]),
            what="three model calls",
        )
        wait_until(lambda: len(running_commands(folder)) > 0, what="the long command")
        yield running


def running_commands(folder: Path) -> list[int]:
    """Give the pids of the commands that a shell tool runs in a project."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if command.startswith(b"sleep\0") and (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:  # it ended while we looked
            continue
    return found


def kept(world: World) -> Path:
    """Give the only journal's segment under a second name, which stays when the agent removes the journal."""
    [journal] = world.home.journals()
    link = world.home.root / "kept.ndjson"
    os.link(journal / "0.ndjson", link)
    return link


def kill_both(world: World, running: Running) -> None:
    """Kill the agent and then OpenCode, which is stopped first so that its plugin starts no other agent."""
    agent = world.the_agent()
    running.process.send_signal(signal.SIGSTOP)
    os.kill(agent, signal.SIGKILL)
    running.kill(signal.SIGKILL)
