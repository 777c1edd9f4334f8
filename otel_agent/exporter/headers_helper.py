"""The headers helper: a user's program that prints the headers of a delivery as a JSON object of strings.

Or, when it knows how long they are good: {"headers": {…}, "expires_at": RFC 3339 text or Unix seconds}.
What it prints is secret as a whole: messages say what is wrong and nothing that was printed, no name either.
"""

import atexit
import errno
import json
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast

from otel_agent.errors import AgentError
from otel_agent.exporter.transport import HTTP_HEADER_NAME, unsendable_header
from otel_agent.settings import Secret

TIMEOUT_S = 5.0
# Tokens are a few kB; a helper that prints more has gone wrong and must not fill the memory.
OUTPUT_LIMIT_BYTES = 262_144
# The end of the year 9999, the last that RFC 3339 can write; what is later was meant as milliseconds.
LATEST_S = 253_402_300_800.0
# https://www.rfc-editor.org/rfc/rfc3339#section-5.6
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_NAMES = frozenset({"headers", "expires_at"})
_FAULTS = {
    errno.ENOENT: "expected the path of an executable, found no such file (or not the one of its #! line)",
    errno.EACCES: "expected an executable, got a file that may not be executed: chmod +x",
    errno.ENOEXEC: "expected an executable, got a script without a #! line",
}
_RUNNING: set["subprocess.Popen[bytes]"] = set()
"""The helpers that run now: an agent that leaves does not wait for them and leaves none behind."""


class HelperError(AgentError):
    """The headers helper did not give headers; the message says why, without anything that it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a helper printed; `expires_s`, in seconds since 1970, is None when it did not say."""

    headers: Mapping[str, Secret]
    expires_s: float | None = None


def expand(command: str, places: Mapping[str, str]) -> str:
    """Return the helper's path with `${NAME}` replaced by the place of that name; raises HelperError.

    `places` has PROJECT_ROOT, WORKTREE and DIRECTORY, as far as they are known.
    """
    for name, place in places.items():
        command = command.replace(f"${{{name}}}", place)
    if "${" in command:
        raise HelperError("headers helper: expected a path, got one with a place that is not known yet")
    if not os.path.isabs(command):  # noqa: PTH117 - a path that is given is judged as text
        raise HelperError("headers helper: expected an absolute path, got a relative one")
    return command


def parse(output: bytes) -> Printed:
    """Return what a helper printed; raises HelperError.

    An object with something other than a string as `headers` is the form with an expiry: no header is one.
    """
    try:
        decoded = cast("object", json.loads(output))
    except (ValueError, RecursionError):
        raise HelperError(
            f"headers helper: expected a JSON object, got {len(output)} bytes of something else"
        ) from None
    if not isinstance(decoded, dict):
        raise HelperError(f"headers helper: expected a JSON object, got {_kind(decoded)}")
    found = cast("dict[str, object]", decoded)
    if isinstance(found.get("headers", ""), str):
        return Printed(headers=_headers(found))
    return _with_expiry(found)


def _with_expiry(found: Mapping[str, object]) -> Printed:
    """Return the form that has its headers in an object of their own; raises HelperError."""
    headers = found["headers"]
    if not isinstance(headers, dict):
        raise HelperError(f"headers helper: expected an object or a string as headers, got {_kind(headers)}")
    if unknown := len(found.keys() - _NAMES):
        raise HelperError(
            f"headers helper: expected headers and expires_at and nothing else, got {unknown} other names"
        )
    expires_s = _seconds(found["expires_at"]) if "expires_at" in found else None
    return Printed(headers=_headers(cast("dict[str, object]", headers)), expires_s=expires_s)


def _headers(found: Mapping[str, object]) -> Mapping[str, Secret]:
    """Return headers without the white space around them; raises HelperError."""
    headers: dict[str, str] = {}
    for number, (name, value) in enumerate(found.items(), start=1):
        if not isinstance(value, str):
            raise HelperError(
                f"headers helper: expected strings as values, got {_kind(value)} as value {number}"
            )
        headers[name.strip()] = value.strip()
        if unsendable_header({name.strip(): value.strip()}, HTTP_HEADER_NAME):
            raise HelperError(
                f"headers helper: expected printable ASCII, got other characters in header {number}"
            )
    return {name: Secret(value) for name, value in headers.items()}


def _seconds(value: object) -> float:
    """Return an expiry in seconds since 1970; raises HelperError."""
    expected = "headers helper: expected expires_at as RFC 3339 text with an offset or as Unix seconds, got"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise HelperError(f"{expected} {_kind(value)}")
    if isinstance(value, str):
        return _instant(value, f"{expected} another text")
    if not 0 <= value < LATEST_S:  # NaN is not either
        raise HelperError(f"{expected} a number that is none (before 1970, or milliseconds?)")
    return float(value)


def _instant(text: str, problem: str) -> float:
    """Return the seconds since 1970 of an RFC 3339 text; raises HelperError with the problem given."""
    written = text.strip().upper()
    if not _RFC_3339.fullmatch(written):
        raise HelperError(problem)
    try:
        seconds = datetime.fromisoformat(written).timestamp()
    except (ValueError, OverflowError):  # a 31st of February, a leap second
        raise HelperError(problem) from None
    if not 0 <= seconds < LATEST_S:
        raise HelperError(problem)
    return seconds


def run(path: str, timeout_s: float = TIMEOUT_S) -> bytes:
    """Run the helper without arguments, input and terminal, and return what it printed; raises HelperError.

    It has this process's environment and folder. When its time is over it is killed with all that it started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - running the user's own program is what the setting asks for
            [path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise HelperError(f"headers helper: {_fault(error)}") from None
    with process:
        _RUNNING.add(process)
        try:
            output = _read(cast("IO[bytes]", process.stdout).fileno(), process, time.monotonic() + timeout_s)
        except TimeoutError:
            _kill(process)
            raise HelperError(
                f"headers helper: expected an answer within {timeout_s:g} s, got none"
            ) from None
        except HelperError:
            _kill(process)
            raise
        finally:
            _RUNNING.discard(process)
    if process.returncode:
        raise HelperError(f"headers helper: expected exit code 0, got {process.returncode}")
    return output


def _read(fd: int, process: "subprocess.Popen[bytes]", end_s: float) -> bytes:
    """Return what comes until the helper has ended, also when something that it started keeps the pipe open.

    Raises TimeoutError at `end_s` of the monotonic clock, and HelperError when it prints too much.
    """
    output = b""
    is_open = True
    while True:
        has_ended = process.poll() is not None
        if time.monotonic() >= end_s:
            raise TimeoutError
        if not is_open or not select.select([fd], [], [], 0.0 if has_ended else 0.02)[0]:
            if has_ended:
                return output
            time.sleep(0.0 if is_open else 0.01)
            continue
        chunk = os.read(fd, 65_536)
        is_open = bool(chunk)
        output += chunk
        if len(output) > OUTPUT_LIMIT_BYTES:
            raise HelperError(f"headers helper: expected at most {OUTPUT_LIMIT_BYTES} bytes, got more")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the helper and all that it started."""
    # ProcessLookupError: all of them have just ended. PermissionError: what macOS says in the same case.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


@atexit.register
def _end_all() -> None:
    """End what still runs when this process ends."""
    for process in tuple(_RUNNING):
        _kill(process)


def _fault(error: OSError | ValueError) -> str:
    """Return why a program could not be started."""
    if not isinstance(error, OSError):
        return "expected a path, got one that contains a NUL"
    return _FAULTS.get(error.errno or 0, f"it cannot be started: {(error.strerror or '').lower()}")


def _kind(value: object) -> str:
    """Return the JSON word for a value's type."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "a boolean"),
        (int, "a number"),
        (float, "a number"),
        (str, "a string"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((word for kind, word in kinds if isinstance(value, kind)), "null")
