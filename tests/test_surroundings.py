"""Where state is kept, and which proxies are known."""

import os
from pathlib import Path

import pytest

from otel_agent.surroundings import proxies_of, state_dir_of
from otel_agent.variables import Reader


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"OPENCODE_OTEL_STATE_DIR": "/state", "XDG_STATE_HOME": "/xdg", "HOME": "/home/me"}, "/state"),
        ({"XDG_STATE_HOME": "/xdg", "HOME": "/home/me"}, "/xdg/otel-agent"),
        ({"XDG_STATE_HOME": "xdg", "HOME": "/home/me"}, "/home/me/.local/state/otel-agent"),
        (
            {"OPENCODE_OTEL_STATE_DIR": "", "XDG_STATE_HOME": "", "HOME": "/home/me"},
            "/home/me/.local/state/otel-agent",
        ),
    ],
)
def test_state_folder_follows_the_first_variable(environ: dict[str, str], expected: str) -> None:
    """Our variable names the folder itself, the others one around it; a relative XDG folder is none."""
    assert Path(expected) == state_dir_of(Reader(environ), os.getuid())


def test_state_folder_is_known_without_a_home_variable() -> None:
    """The system knows a user's home too; a journal's header records no HOME."""
    state_dir = state_dir_of(Reader({}), os.getuid())

    assert state_dir.is_absolute()
    assert ("state", "otel-agent") == state_dir.parts[-2:]


def test_user_without_a_home_is_reported() -> None:
    """In a container with a made-up user id there may be no home at all; the message names the way out."""
    reader = Reader({})
    state_dir_of(reader, user_id=2**31 - 7)

    expected = "HOME: expected a folder, got nothing; set HOME or OPENCODE_OTEL_STATE_DIR"
    assert (expected,) == reader.problems


def test_relative_state_folder_is_refused() -> None:
    """OpenCode and the agent run in different folders."""
    reader = Reader({"OPENCODE_OTEL_STATE_DIR": "state"})
    state_dir_of(reader, os.getuid())

    expected = (
        "OPENCODE_OTEL_STATE_DIR: expected an absolute path, got 'state'; "
        "the agent runs in another folder: write the whole path"
    )

    assert (expected,) == reader.problems


def test_proxies_are_known_by_their_names_in_lower_case() -> None:
    """Both forms of a proxy variable are honoured, the lower-case one first; an empty one is none."""
    environ = {
        "HTTPS_PROXY": "http://upper:3128",
        "https_proxy": "http://lower:3128",
        "HTTP_PROXY": "",
        "ALL_PROXY": "socks5://all:1080",
        "NO_PROXY": "localhost,.internal",
    }

    assert {
        "https_proxy": "http://lower:3128",
        "all_proxy": "socks5://all:1080",
        "no_proxy": "localhost,.internal",
    } == proxies_of(Reader(environ))
