"""The command `otel-agent`, also as `python -m otel_agent`."""

import gc
import os
import sys

NICENESS = 10
"""The agent starts while OpenCode begins to work, which goes first where processors are busy.

A lower priority than this would cost data: on two busy processors an agent at 19 needs half a minute, and a
CI job waits 10 s for it (bench/agent_cost/busy.py).
"""


def main() -> None:
    """Start the agent for `run`, else the command line; each is imported only when it is wanted.

    The agent starts with OpenCode and must cost no more memory than it needs: no typer, no rich.
    """
    arguments = sys.argv[1:]
    if arguments[:1] == ["run"]:
        os.nice(NICENESS)
        # structlog imports rich where it is installed: 35 ms and 4 MB for tracebacks that nobody sees here.
        sys.modules["rich"] = None  # type: ignore[assignment]
        # Modules are no garbage: looking for some while they are made is a sixth of the start.
        gc.disable()
        from otel_agent import agent  # noqa: PLC0415 (see above)

        gc.freeze()
        gc.enable()
        sys.exit(agent.main(arguments))
    from otel_agent.cli import app  # noqa: PLC0415 (see above)

    sys.exit(app.main(arguments))


if __name__ == "__main__":
    main()
