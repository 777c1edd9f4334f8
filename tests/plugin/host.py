"""A process that plays OpenCode for the plugin, on OpenCode's own Bun, and what its journal says."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otel_agent import plugin

DRIVER = Path(__file__).with_name("driver.mjs")
WAIT_S = 10.0
ON = {"OPENCODE_ENABLE_TELEMETRY": "1"}

Json = dict[str, Any]


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until something holds; fail after ten seconds."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


@dataclass(slots=True, kw_only=True)
class Host:
    """The process, its folders, and a stand-in for the agent that notes how it was started and ended."""

    folder: Path
    runtime: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    agent: str = "cat > /dev/null"
    agent_argv: Sequence[str] | None = None
    arguments: Sequence[str] = ()
    managed: Path | None = None
    process: "subprocess.Popen[str] | None" = None

    @property
    def state(self) -> Path:
        """The state directory that the plugin is told to use."""
        return self.folder / "state"

    def start(self, *, preexec: Callable[[], None] | None = None, load: bool = True) -> "Host":
        """Start the process and load the plugin."""
        self.write_plugin(self.folder / "opencode-otel.mjs")
        environ = {"PATH": os.defpath, "HOME": str(self.folder), "BUN_BE_BUN": "1"}
        self.process = subprocess.Popen(
            [self.runtime, DRIVER, *self.arguments],
            env={**environ, "OPENCODE_OTEL_STATE_DIR": str(self.state), **self.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=preexec,  # noqa: PLW1509 - single-threaded tests; it sets a limit of the process
            restore_signals=preexec is None,
        )
        if load:
            self.load()
        return self

    def write_plugin(self, path: Path) -> None:
        """Write the plugin as an installer would, with the stand-in as its agent."""
        script = self.folder / "agent.sh"
        noted = self.folder / "agent"
        noted.mkdir(exist_ok=True)
        script.write_text(
            f'pwd -P > "{noted}/cwd.$$"\ncd "{noted}"\nenv > env.$$\n'
            f'echo "$@" > argv.$$.new\nmv argv.$$.new argv.$$\n'
            f"({self.agent})\ncode=$?\ntouch ended.$$\nexit $code\n"
        )
        managed = self.managed or self.folder / "no managed file"
        path.write_text(plugin.render(self.agent_argv or ["/bin/sh", str(script)], managed))

    def call(self, command: str, **arguments: object) -> Json:
        """Give the process a command and return its answer."""
        assert self.process
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def load(self, name: str = "opencode-otel.mjs") -> Json:
        """Load a copy of the plugin."""
        return self.call("load", url=f"file://{self.folder / name}")

    def attach(self, **arguments: object) -> Json:
        """Let OpenCode call the plugin for a directory."""
        return self.call("attach", **arguments)

    def event(self, event: Json, instance: int = 0) -> Json:
        """Publish an event."""
        return self.call("hook", instance=instance, value={"event": event})

    def stop(self, number: int = signal.SIGKILL) -> None:
        """End the process, and wait until it is gone."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
        if self.process:
            self.process.communicate()

    def journals(self) -> list[Path]:
        """The journals' folders."""
        return sorted(path for path in self.state.glob("*/*") if path.is_dir())

    def text(self, segment: int = 0) -> str:
        """A segment of the only journal, as it stands there."""
        (journal,) = self.journals()
        return (journal / f"{segment}.ndjson").read_text(encoding="utf-8")

    def lines(self, segment: int = 0) -> list[Json]:
        """The lines of a segment of the only journal."""
        return [json.loads(line) for line in self.text(segment).splitlines() if line]

    def header(self) -> Json:
        """The only journal's header."""
        return self.lines()[0]["journal"]

    def events(self) -> list[Json]:
        """The journaled events."""
        return [line["event"] for line in self.lines() if "event" in line]

    def said(self) -> list[list[str]]:
        """What the plugin told the user: log or toast, level, text."""
        return self.call("said")["said"]

    def agents(self) -> list[int]:
        """The pids of the stand-ins that were started, in the order of their starts."""
        noted = (self.folder / "agent").glob("argv.*[0-9]")
        return [int(path.suffix[1:]) for path in sorted(noted, key=lambda path: path.stat().st_mtime_ns)]

    def the_agent(self) -> int:
        """Wait for the first stand-in and return its pid."""
        wait_for(self.agents, "the agent's start")
        return self.agents()[0]

    def noted(self, name: str, pid: int) -> str:
        """What a stand-in noted of its start: argv, cwd or env."""
        return (self.folder / "agent" / f"{name}.{pid}").read_text()

    def has_ended(self, pid: int) -> bool:
        """Tell whether a stand-in saw the end of its input."""
        return (self.folder / "agent" / f"ended.{pid}").exists()
