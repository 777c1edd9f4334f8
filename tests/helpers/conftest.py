"""What the tests of the credential helpers share."""

from pathlib import Path

import pytest

from tests.helpers.credentials import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without any program but Python."""
    root = tmp_path / "machine"
    root.mkdir()
    return Machine(root)
