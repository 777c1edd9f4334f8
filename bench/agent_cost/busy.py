"""How long an agent takes on a busy machine: `python bench/agent_cost/busy.py [PROCESSES] [NICENESS...]`.

OpenCode has ended and its whole journal is there: printed are the seconds from the agent's start until the
embedded sink has metrics, log events and spans, three times for each niceness. In CI and in containers the
plugin waits 10 s for the agent; what is not delivered then may be lost with the machine.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.agent_cost.agent_cost import append, make_journal, seconds_until
from otel_agent.__main__ import NICENESS
from otel_agent.sink.server import Sink

RUNS = 3
BUSY = ("/bin/sh", "-c", "while :; do :; done")
AGENT = "import otel_agent.__main__ as entry; entry.NICENESS = {niceness}; entry.main()"


def seconds(niceness: int) -> float:
    """Return how long one agent takes to deliver a journal."""
    with tempfile.TemporaryDirectory() as scratch, Sink() as sink, ExitStack() as stack:
        settings = {"OPENCODE_ENABLE_TELEMETRY": "1", "OPENCODE_OTLP_ENDPOINT": sink.grpc_url}
        folder, lines = make_journal(Path(scratch) / "state", settings)
        append(folder, "\n".join(lines))
        command = (
            sys.executable,
            "-P",
            "-c",
            AGENT.format(niceness=niceness),
            "run",
            "--journal",
            str(folder),
        )
        environ = {"HOME": scratch, "PATH": os.environ["PATH"]}
        agent = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environ, cwd=scratch)
        )
        stack.callback(agent.kill)
        return seconds_until(lambda: bool(sink.metric_points() and sink.log_records() and sink.spans()))


def main() -> None:
    """Measure beside processes that never wait, by default one more than the machine has processors."""
    busy = int(sys.argv[1]) if sys.argv[1:] else (os.cpu_count() or 1) + 1
    with ExitStack() as stack:
        for _ in range(busy):
            stack.callback(stack.enter_context(subprocess.Popen(BUSY)).kill)
        for niceness in [int(text) for text in sys.argv[2:]] or [NICENESS]:
            found = "  ".join(f"{seconds(niceness):.1f} s" for _ in range(RUNS))
            print(f"{busy} busy processes, niceness {niceness:2}: {found}", flush=True)


if __name__ == "__main__":
    main()
