"""What the tests of reliability share: agents as real processes, and none of them left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A state directory; every agent is gone afterwards."""
    made = World(tmp_path / "world")
    made.host_dir.mkdir(parents=True)
    yield made
    made.end()
