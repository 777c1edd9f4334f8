"""What tests of commands that ask share: users at a terminal, all gone afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.pty_user import Sits, User


@pytest.fixture
def sits(tmp_path: Path) -> Iterator[Sits]:
    """Start a command at a terminal, with the temporary folder as home."""
    users: list[User] = []

    def start(*arguments: str, **others: str) -> User:
        users.append(User(tmp_path, *arguments, **others))
        return users[-1]

    yield start
    for user in users:
        user.goes()
