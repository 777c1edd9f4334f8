"""The headers helper: each way to fail has its own message, and none shows what was printed."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.headers_helper import LATEST_S, HelperError, Printed, expand, parse, run

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

    printed = parse(run(path))

    assert {name: value.reveal() for name, value in printed.headers.items()} == {
        "Authorization": f"Bearer {SECRET}",
        "x-a": "",
    }
    assert SECRET not in repr(printed)


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


def with_expiry(expires_at: object, **more: object) -> bytes:
    """Return what a helper prints that knows the end of its token."""
    return json.dumps(
        {"headers": {"Authorization": f"Bearer {SECRET}"}, "expires_at": expires_at, **more}
    ).encode()


@pytest.mark.parametrize(
    ("expires_at", "expected"),
    [
        (1_700_000_000, 1_700_000_000.0),
        (1_700_000_000.5, 1_700_000_000.5),
        (0, 0.0),
        ("2023-11-14T22:13:20Z", 1_700_000_000.0),
        ("2023-11-14t22:13:20z", 1_700_000_000.0),
        ("2023-11-14 23:13:20+01:00", 1_700_000_000.0),
        (" 2023-11-14T22:13:20.123456789Z\n", 1_700_000_000.123456),
    ],
)
def test_expiry_is_read_beside_the_headers(expires_at: object, expected: float) -> None:
    """It is a time as RFC 3339 writes it, or seconds since 1970."""
    printed = parse(with_expiry(expires_at))

    assert printed.expires_s == expected
    assert {"Authorization": f"Bearer {SECRET}"} == {n: v.reveal() for n, v in printed.headers.items()}


def test_expiry_may_be_left_out() -> None:
    """Headers in an object of their own need no expiry, and may be none."""
    assert parse(b'{"headers": {}}') == Printed(headers={})


def test_header_that_is_called_headers_is_one() -> None:
    """In the flat form any name is a header's, also these two."""
    printed = parse(b'{"headers": "a", "expires_at": "b"}')

    assert ({"headers": "a", "expires_at": "b"}, None) == (
        {name: value.reveal() for name, value in printed.headers.items()},
        printed.expires_s,
    )


AS_TIME = "expected expires_at as RFC 3339 text with an offset or as Unix seconds, got"
NO_TIME = f"{AS_TIME} a number that is none (before 1970, or milliseconds?)"


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (f'{{"headers": ["{SECRET}"]}}', "expected an object or a string as headers, got a list"),
        ('{"headers": null}', "expected an object or a string as headers, got null"),
        (f'{{"headers": {{"{SECRET}": 1}}}}', "expected strings as values, got a number as value 1"),
        (
            f'{{"headers": {{"a b": "{SECRET}"}}}}',
            "expected printable ASCII, got other characters in header 1",
        ),
        (
            f'{{"headers": {{}}, "{SECRET}": 1, "expires": 2}}',
            "expected headers and expires_at and nothing else, got 2 other names",
        ),
        ('{"headers": {}, "expires_at": null}', f"{AS_TIME} null"),
        ('{"headers": {}, "expires_at": true}', f"{AS_TIME} a boolean"),
        ('{"headers": {}, "expires_at": [1]}', f"{AS_TIME} a list"),
        ('{"headers": {}, "expires_at": NaN}', NO_TIME),
        ('{"headers": {}, "expires_at": Infinity}', NO_TIME),
        ('{"headers": {}, "expires_at": -1}', NO_TIME),
        ('{"headers": {}, "expires_at": 1700000000000}', NO_TIME),
        (f'{{"headers": {{}}, "expires_at": 1{"0" * 4000}}}', NO_TIME),
        (f'{{"headers": {{}}, "expires_at": "{SECRET}"}}', f"{AS_TIME} another text"),
        ('{"headers": {}, "expires_at": "1700000000"}', f"{AS_TIME} another text"),
        ('{"headers": {}, "expires_at": "2023-11-14T22:13:20"}', f"{AS_TIME} another text"),
        ('{"headers": {}, "expires_at": "2023-02-31T22:13:20Z"}', f"{AS_TIME} another text"),
        ('{"headers": {}, "expires_at": "1901-01-01T00:00:00Z"}', f"{AS_TIME} another text"),
        ('{"headers": {}, "expires_at": "0001-01-01T00:00:00+23:59"}', f"{AS_TIME} another text"),
    ],
)
def test_each_wrong_expiry_has_its_message(output: str, message: str) -> None:
    """What is wrong is said, what was printed is not."""
    with pytest.raises(HelperError) as raised:
        parse(output.encode())

    assert str(raised.value) == f"headers helper: {message}"


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str))
def test_any_expiry_is_a_time_or_an_error(expires_at: object) -> None:
    """No expiry raises anything else, or is a time that no clock has."""
    try:
        printed = parse(with_expiry(expires_at))
    except HelperError:
        return

    assert printed.expires_s is not None
    assert 0 <= printed.expires_s < LATEST_S


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode))
def test_any_output_is_headers_or_an_error(output: bytes) -> None:
    """No output raises anything else."""
    try:
        printed = parse(output)
    except HelperError:
        return

    assert all(value.reveal().isascii() for value in printed.headers.values())
    assert printed.expires_s is None or 0 <= printed.expires_s < LATEST_S
