"""What the security tests share: real agents, and a backend for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents import World


@pytest.fixture
def agents(tmp_path: Path) -> Iterator[World]:
    """A state directory and the agents in it; every one is gone afterwards."""
    made = World(tmp_path / "world")
    made.host_dir.mkdir(parents=True)
    yield made
    made.end()
