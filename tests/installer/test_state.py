"""What of a state directory is ours."""

from pathlib import Path

import pytest

from otel_agent.installer.state import State, look
from otel_agent.owners import LOCK_NAME, Lock


def put(path: Path) -> None:
    """Make a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """Nothing was ever journaled."""
    assert State(folder=tmp_path / "none") == look(tmp_path / "none")


@pytest.mark.parametrize(
    "place",
    [
        "key",
        "installation",
        "agent.log",
        "agent.log.1",
        "host/1/0.ndjson",
        "host/1/12.ndjson",
        "host/1/agent.db",
        "host/receipts/1.json",
    ],
)
def test_what_agents_and_plugins_make_is_ours(tmp_path: Path, place: str) -> None:
    """Files by their names, a host's folder by the journals and receipts in it."""
    put(tmp_path / place)

    assert ((tmp_path / place.partition("/")[0],), ()) == (look(tmp_path).ours, look(tmp_path).others)


@pytest.mark.parametrize(
    "place", ["notes.txt", "keys", "host/1/notes.txt", "host/notes.txt", "host/x.ndjson"]
)
def test_anything_else_is_not(tmp_path: Path, place: str) -> None:
    """A folder in which one thing is not ours is not ours."""
    put(tmp_path / place)
    found = look(tmp_path)

    assert ((), (tmp_path / place.partition("/")[0],)) == (found.ours, found.others)


def test_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    """What it leads to is somebody else's, whatever it looks like."""
    put(tmp_path / "elsewhere" / "1" / "0.ndjson")
    state = tmp_path / "state"
    state.mkdir()
    (state / "host").symlink_to(tmp_path / "elsewhere")

    assert (state / "host",) == look(state).others


def test_journals_and_their_agents_are_counted(tmp_path: Path) -> None:
    """Each is something that was not delivered."""
    for place in ("host/1/0.ndjson", "host/2/0.ndjson", f"host/2/{LOCK_NAME}", "host/receipts/3.json"):
        put(tmp_path / place)
    lock = Lock(tmp_path / "host" / "2")
    is_taken = lock.take()
    found = look(tmp_path)
    lock.release()

    assert (True, 2, 1) == (is_taken, found.journals, len(found.agents))
