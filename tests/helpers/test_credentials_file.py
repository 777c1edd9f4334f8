"""The helper that reads a file which something else keeps fresh."""

import os
from pathlib import Path

import pytest

from tests.helpers.credentials import BEARER, SECRET, Machine


def token_file(machine: Machine, text: str = f"{SECRET}\n", mode: int = 0o600) -> str:
    """Write the file and return its path."""
    path = machine.home / "token"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_token_of_a_file_is_printed(machine: Machine) -> None:
    """Each run reads it anew, without the white space around it."""
    path = token_file(machine)
    first = machine.run("file", FILE=path)
    token_file(machine, "other")
    second = machine.run("file", FILE=path)

    assert [{"Authorization": BEARER}, {"Authorization": "Bearer other"}] == [first.headers, second.headers]
    assert (None, "") == (first.printed.expires_s, first.err)


def test_kubernetes_links_are_followed(machine: Machine) -> None:
    """A projected token is a link to a link, and others may read it."""
    path = Path(token_file(machine, mode=0o644))
    (machine.home / "..data").symlink_to(machine.home)
    link = machine.home / "projected"
    link.symlink_to(Path("..data") / path.name)

    ended = machine.run("file", FILE=str(link))

    assert {"Authorization": BEARER} == ended.headers
    assert "file: OTEL_AGENT_HELPER_FILE: others can read it: chmod o-r\n" == ended.err


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (SECRET, 0o602, "OTEL_AGENT_HELPER_FILE: expected a file that others cannot write: chmod o-w"),
        ("\n", 0o600, "expected a token, got nothing"),
        (f"{SECRET}\nx", 0o600, "expected a header of one line of printable ASCII, got other characters"),
        (f"{SECRET}ä", 0o600, "expected a header of one line of printable ASCII, got other characters"),
    ],
)
def test_file_that_has_no_token_is_said(machine: Machine, text: str, mode: int, said: str) -> None:
    """A token that anybody may choose is none either."""
    assert said == machine.failure("file", FILE=token_file(machine, text, mode))


def test_path_that_leads_to_no_file_is_said(machine: Machine) -> None:
    """A pipe would be waited for, a folder has no token, and nothing is nothing."""
    os.mkfifo(machine.home / "pipe")
    paths = {
        "token": "OTEL_AGENT_HELPER_FILE: expected an absolute path, got a relative one",
        str(machine.home / "none"): "OTEL_AGENT_HELPER_FILE: cannot be read: No such file or directory",
        str(machine.home / "pipe"): "OTEL_AGENT_HELPER_FILE: expected a file, got something else",
        str(machine.home): "OTEL_AGENT_HELPER_FILE: cannot be read: Is a directory",
    }

    assert paths == {path: machine.failure("file", FILE=path) for path in paths}
