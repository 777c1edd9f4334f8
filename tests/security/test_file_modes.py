"""Everything that an agent makes is its user's alone, whatever the umask allows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import EXIT_WAIT_S, World, settings_for
from tests.e2e.waiting import wait_until
from tests.security.marks import files_in, open_in


@contextmanager
def masked(umask: int) -> Iterator[None]:
    """Start processes with a umask."""
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def private_journal(world: World, name: str, settings: dict[str, str], **header: object) -> Path:
    """Make a journal as the plugin does, which has tests of its own."""
    with masked(0o077):
        return world.journal(name, "run_simple", settings=settings, **header)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_agents_files_are_its_users_alone(agents: World, sink: Sink, umask: int) -> None:
    """Database, its log and index, lock, log, receipts, the installation's id and what was set aside."""
    agents.host_dir.chmod(0o700)
    agents.state_dir.chmod(0o700)
    over = private_journal(agents, "1-1-a", settings_for(sink))
    own = private_journal(agents, "2-1-a", settings_for(sink), **journals.living())
    (own / FILE_NAME).write_bytes(b"no database" * 1000)
    with masked(umask):
        agent = agents.start(own, adopt_every_s=0.1)
    wait_until((own / f"{FILE_NAME}-shm").exists, what="the database's index")
    at_work = open_in(agents.state_dir), {path.name for path in files_in(own)}
    wait_until(lambda: not over.exists(), what="the end of the other journal")
    agent.communicate(timeout=EXIT_WAIT_S)
    names = {path.name for path in files_in(agents.state_dir)}

    assert set() == at_work[0]
    assert {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", "lock", "0.ndjson"} <= at_work[1]
    assert set() == open_in(agents.state_dir)
    assert {"agent.log", "installation", "1-1-a.json"} <= names
    assert any(name.startswith(f"{FILE_NAME}.corrupt-") for name in names)
