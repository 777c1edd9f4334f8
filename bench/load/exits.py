"""How long an agent stays: `python bench/load/exits.py [grpc|http/protobuf|http/json]`.

From the last acknowledgement to its end, and from the end of input to its end with servers that are dead in
three ways; its bound there is 30 s, after the start of the process.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from otel_agent.settings import Protocol  # noqa: E402 - found by the line above
from otel_agent.sink.server import Sink  # noqa: E402
from tests.agents import World, settings_for  # noqa: E402
from tests.reliability.wire import Trouble, Wire  # noqa: E402

RUNS = 5
WAIT_S = 120.0


@contextmanager
def new_world() -> Iterator[World]:
    """Give a state directory; every agent is gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        world = World(Path(scratch))
        world.host_dir.mkdir(parents=True)
        try:
            yield world
        finally:
            world.end()


def after_the_last_acknowledgement(protocol: Protocol) -> float:
    """Return the seconds from a server's last answer to the agent's end."""
    with new_world() as world, Sink() as sink:
        agent = world.start(world.journal("1-1-a", settings=settings_for(sink, protocol)))
        agent.communicate(timeout=WAIT_S)
        return time.monotonic() - sink.attempts()[-1].arrived_s


def with_a_dead_server(protocol: Protocol, trouble: Trouble | None) -> float:
    """Return the seconds from the end of input to the agent's end; without a trouble nothing listens."""
    with new_world() as world, Sink() as sink:
        port = sink.grpc_port if protocol is Protocol.GRPC else sink.http_port
        with Wire(port, trouble or Trouble.NONE, 9999, arrivals=lambda: len(sink.attempts())) as wire:
            settings = {**settings_for(sink, protocol), "OPENCODE_OTLP_ENDPOINT": wire.url}
            if trouble is None:
                settings["OPENCODE_OTLP_ENDPOINT"] = "http://127.0.0.1:9"
            agent = world.start(world.journal("1-1-a", settings=settings))
            begin_s = time.monotonic()
            agent.communicate(timeout=WAIT_S)
        return time.monotonic() - begin_s


def main() -> None:
    """Measure one protocol, or each."""
    for protocol in [Protocol(name) for name in sys.argv[1:2]] or list(Protocol):
        gone = sorted(after_the_last_acknowledgement(protocol) for _ in range(RUNS))
        print(f"{protocol}: gone {gone[0]:.2f} to {gone[-1]:.2f} s after the last acknowledgement")
        for trouble in (None, Trouble.SILENCE, Trouble.SLOW_RESPONSE):
            name = "refuses" if trouble is None else trouble.name.lower().replace("_", " ")
            print(f"  server that {name}: gone after {with_a_dead_server(protocol, trouble):.1f} s")


if __name__ == "__main__":
    main()
