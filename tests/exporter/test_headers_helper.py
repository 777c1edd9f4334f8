"""The headers helper: each way to fail has its own message, and none shows what was printed."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.headers_helper import HelperError, expand, parse, run

SECRET = "s3cr3t-t0ken"


def script(folder: Path, body: str, first: str = "#!/bin/sh") -> str:
    """Write an executable script and return its path."""
    path = folder / "helper"
    path.write_text(f"{first}\n{body}\n")
    path.chmod(0o700)
    return str(path)


def failure(path: str, timeout_s: float = 5.0) -> str:
    """Run a helper and return why it failed, in words that are not to contain what it printed."""
    with pytest.raises(HelperError) as raised:
        parse(run(path, timeout_s))
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
    return str(raised.value)


def test_headers_are_what_the_helper_prints(tmp_path: Path) -> None:
    """A JSON object of strings becomes headers; the white space around them is dropped."""
    path = script(tmp_path, f"""printf '{{"Authorization": "Bearer {SECRET}\\\\n", " x-a ": ""}}'""")

    headers = parse(run(path))

    assert {name: value.reveal() for name, value in headers.items()} == {
        "Authorization": f"Bearer {SECRET}",
        "x-a": "",
    }
    assert SECRET not in repr(headers)


def test_helper_has_the_environment_and_no_input(tmp_path: Path) -> None:
    """A helper runs as a command of the user would, and finds its input empty."""
    path = script(tmp_path, 'cat; printf "%s" "$PATH"')

    assert run(path).decode() == os.environ["PATH"]


def test_slow_helper_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """After its time a helper is killed, and so is a program that it waits for."""
    began_s = time.monotonic()
    path = script(tmp_path, f"sh -c 'sleep 1; touch {tmp_path}/alive; sleep 30'; echo {SECRET}")

    message = failure(path, timeout_s=0.3)

    assert message == "headers helper: expected an answer within 0.3 s, got none"
    assert time.monotonic() - began_s < 3
    time.sleep(1)
    assert not (tmp_path / "alive").exists()


def test_helper_that_leaves_a_program_behind_is_not_waited_for(tmp_path: Path) -> None:
    """A helper may start a cache that keeps its output open; its answer counts when it has ended."""
    began_s = time.monotonic()

    output = run(script(tmp_path, "sleep 2 & echo '{}'"))

    assert output == b"{}\n"
    assert time.monotonic() - began_s < 1.5


def test_helper_that_closes_its_output_is_waited_for(tmp_path: Path) -> None:
    """The exit code counts, also when the output ended before."""
    path = script(tmp_path, "echo '{}'; exec >&-; sleep 0.2; exit 3")

    assert failure(path) == "headers helper: expected exit code 0, got 3"


def test_helper_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    """Output is bounded."""
    assert failure(script(tmp_path, f"yes {SECRET}")) == (
        "headers helper: expected at most 262144 bytes, got more"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (f"echo {SECRET}; exit 3", "expected exit code 0, got 3"),
        ("kill -9 $$", "expected exit code 0, got -9"),
        (f"echo {SECRET}", "expected a JSON object, got 13 bytes of something else"),
        ("true", "expected a JSON object, got 0 bytes of something else"),
        (f"""echo '["{SECRET}"]'""", "expected a JSON object, got a list"),
        (f"""echo '"{SECRET}"'""", "expected a JSON object, got a string"),
        ("echo null", "expected a JSON object, got null"),
        (f"""echo '{{"a": "b", "{SECRET}": 1}}'""", "expected strings as values, got a number as value 2"),
        (f"""echo '{{"a": ["{SECRET}"]}}'""", "expected strings as values, got a list as value 1"),
        (
            f"""echo '{{"a": "{SECRET}\\u0000"}}'""",
            "expected printable ASCII, got other characters in header 1",
        ),
        (
            f"""echo '{{"a {SECRET}": "b"}}'""",
            "expected printable ASCII, got other characters in header 1",
        ),
        (f"""printf '{{"a": "\\377{SECRET}"}}'""", "expected a JSON object, got 22 bytes of something else"),
    ],
)
def test_each_wrong_output_has_its_message(tmp_path: Path, body: str, message: str) -> None:
    """What is wrong is said, what was printed is not."""
    assert failure(script(tmp_path, body)) == f"headers helper: {message}"


def test_missing_file_is_said(tmp_path: Path) -> None:
    """A path that leads nowhere is one, and so is an interpreter that does."""
    found = "found no such file (or not the one of its #! line)"
    expected = f"headers helper: expected the path of an executable, {found}"

    assert failure(str(tmp_path / "none")) == expected
    assert failure(script(tmp_path, "", first="#!/nowhere/sh")) == expected


def test_file_that_may_not_be_executed_is_said(tmp_path: Path) -> None:
    """A script without the permission says how to give it."""
    path = script(tmp_path, "echo '{}'")
    Path(path).chmod(0o600)

    assert failure(path) == (
        "headers helper: expected an executable, got a file that may not be executed: chmod +x"
    )


def test_script_without_an_interpreter_is_said(tmp_path: Path) -> None:
    """So does one without a first line that names a program."""
    assert failure(script(tmp_path, "echo '{}'", first="# no interpreter")) == (
        "headers helper: expected an executable, got a script without a #! line"
    )


def test_path_with_a_nul_is_said() -> None:
    """A path that no system takes is a message, too."""
    assert failure("/a\0b") == "headers helper: expected a path, got one that contains a NUL"


def test_places_are_filled_in() -> None:
    """Each placeholder becomes the place of its name."""
    places = {"PROJECT_ROOT": "/p", "WORKTREE": "/w", "DIRECTORY": "/d"}

    assert expand("${WORKTREE}/${PROJECT_ROOT}/x", places) == "/w//p/x"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("${WORKTREE}/x", "expected a path, got one with a place that is not known yet"),
        ("helpers/token", "expected an absolute path, got a relative one"),
    ],
)
def test_path_that_leads_nowhere_is_refused(command: str, message: str) -> None:
    """A place that is not known and a relative path are refused before anything runs."""
    with pytest.raises(HelperError, match=message):
        expand(command, {"DIRECTORY": "/d"})


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode))
def test_any_output_is_headers_or_an_error(output: bytes) -> None:
    """No output raises anything else."""
    try:
        headers = parse(output)
    except HelperError:
        return

    assert all(value.reveal().isascii() for value in headers.values())
