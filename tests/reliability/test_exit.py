"""When the agent is gone: soon after the last acknowledgement, and in bounded time when there is none."""

import fcntl
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TextIO

import pytest

from otel_agent.settings import Protocol
from otel_agent.sink.server import Sink
from tests.agents import EXIT_WAIT_S, World, settings_for
from tests.reliability.clocked import program
from tests.reliability.wire import Trouble, Wire

BOUND_S = 0.5
HELPER = "OPENCODE_OTLP_HEADERS_HELPER"


@pytest.mark.parametrize("protocol", Protocol)
def test_agent_is_gone_soon_after_the_last_acknowledgement(world: World, protocol: Protocol) -> None:
    """The figure is printed: it is to be at most 2 s on a quiet machine."""
    with Sink() as sink:
        agent = world.start(world.journal("1-1-a", settings=settings_for(sink, protocol)))
        agent.communicate(timeout=EXIT_WAIT_S)
        gone_s = time.monotonic() - sink.attempts()[-1].arrived_s

    print(f"{protocol}: gone {gone_s:.2f} s after the last acknowledgement")  # noqa: T201 - the figure
    assert (0, True) == (agent.returncode, sink.attempts()[-1].is_stored)
    assert gone_s < EXIT_WAIT_S / 2


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("trouble", [Trouble.SILENCE, Trouble.SLOW_RESPONSE])
def test_dead_server_holds_the_agent_for_its_bound_only(
    world: World, protocol: Protocol, trouble: Trouble
) -> None:
    """However a server is dead, the agent leaves when its time is over, and keeps everything."""
    with ExitStack() as stack:
        sink = stack.enter_context(Sink())
        port = sink.grpc_port if protocol is Protocol.GRPC else sink.http_port
        wire = stack.enter_context(Wire(port, trouble, 99, arrivals=lambda: len(sink.attempts())))
        settings = {**settings_for(sink, protocol), "OPENCODE_OTLP_ENDPOINT": wire.url}
        folder = world.journal("1-1-a", settings={**settings, "OTEL_EXPORTER_OTLP_TIMEOUT": "60000"})
        begin_s = time.monotonic()
        ended = world.run(folder, drain_s=BOUND_S)
        gone_s = time.monotonic() - begin_s

    print(f"{protocol}, {trouble.name}: gone after {gone_s:.2f} s of {BOUND_S:.1f}")  # noqa: T201 - the figure
    assert ((0, ""), True) == (ended, folder.exists())
    assert gone_s < EXIT_WAIT_S / 2


def test_hanging_helper_holds_the_agent_for_its_bound_only(world: World) -> None:
    """A helper that never ends keeps no agent, and is ended with it."""
    held = world.root / "held"
    helper = program(
        world.root / "helper",
        "import fcntl, time",
        f"file = open({str(held)!r}, 'w')",
        "fcntl.flock(file, fcntl.LOCK_EX)",
        "file.write('held')",
        "file.flush()",
        "time.sleep(60)",
    )
    with Sink() as sink:
        settings = {**settings_for(sink), HELPER: str(helper)}
        folder = world.journal("1-1-a", settings=settings)
        ended = world.run(folder, drain_s=BOUND_S)

        assert ((0, ""), True, []) == (ended, folder.exists(), sink.attempts())
    with held.open() as file:
        assert "held" == file.read()
        assert wait_until(lambda: is_free(file))


def is_free(file: TextIO) -> bool:
    """Tell whether nobody holds the lock of a file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_until(is_true: Callable[[], bool]) -> bool:
    """Wait until something is true; False when it takes too long."""
    deadline_s = time.monotonic() + EXIT_WAIT_S / 2
    while not is_true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.01)
    return True
