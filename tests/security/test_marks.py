"""The search itself: what is planted is found, in every form and at every place."""

import base64
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.waiting import wait_until
from tests.security.marks import Watch, in_files, leaked, mark

SECRET = mark("planted")


@pytest.mark.parametrize(
    "planted",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        json.dumps({"header": SECRET}),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.b64encode(f"a{SECRET}b".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{SECRET}".encode()).decode(),
        "".join(f"%{byte:02X}" for byte in SECRET.encode()),
    ],
)
def test_planted_secret_is_found_in_every_form(planted: str) -> None:
    """A search that finds nothing means something."""
    assert {SECRET} == leaked(f"before {planted} behind".encode(), [SECRET, mark("another")])


def test_planted_secret_is_found_in_a_database(tmp_path: Path) -> None:
    """The pages of a database, its log and the names of files are looked at too."""
    with closing(sqlite3.connect(tmp_path / "agent.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE requests(payload BLOB)")
        connection.execute("INSERT INTO requests VALUES(?)", (SECRET.encode(),))
        found = in_files(tmp_path, [SECRET])

    assert {SECRET} == found["agent.db-wal"]


def test_planted_argument_is_found(tmp_path: Path) -> None:
    """The arguments of every process that runs in the folder are looked at."""
    command = [sys.executable, "-c", "import time; time.sleep(60)", SECRET]
    with subprocess.Popen(command, cwd=tmp_path) as process:
        with Watch(tmp_path, tmp_path, [SECRET]) as watch:
            wait_until(lambda: watch.found, what="the argument")
        process.kill()

    assert {sys.executable: {SECRET}} == watch.found
