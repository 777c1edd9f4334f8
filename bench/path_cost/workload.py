"""Journal lines for measurements: the recordings, copied at will, each copy with ids of its own."""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from otel_agent.header import Header, HeaderLine

RECORDINGS = Path(__file__).parents[2] / "tests" / "recordings"

MIX = (
    *("run_simple", "run_tools", "run_edit", "run_subagent", "run_commit", "run_e429", "run_two_models"),
    *("serve_permission_once", "serve_compact", "serve_revert"),
)
"""What the ratios are measured on; a fixed list, so that a new recording does not move them."""
TURNS = ("run_edit", "run_tools")
"""The recordings that make one session of a hundred events, the earlier one first."""

HEADER = Header(id="1-1-bench", opened_ms=1, host="host", subcommand="serve", terminal="xterm")

# The last six characters of an id of OpenCode's; the time in front of them stays.
_TAIL = re.compile(rb'(?<=[a-z]{3}_[0-9a-f]{12}[0-9A-Za-z]{8})[0-9A-Za-z]{6}(?=")')
_SESSION = re.compile(rb'"sessionID":"([^"]+)"')

Template = Sequence[bytes]
"""Lines, cut at every place where a copy has its own mark."""


def header_line() -> bytes:
    """Return the first line of a segment."""
    return msgspec.json.encode(HeaderLine(journal=HEADER)) + b"\n"


def mix() -> list[Template]:
    """Return a template of each recording of the mix, without its header."""
    return [_TAIL.split(b"".join(_lines(name))) for name in MIX]


def conversation() -> Template:
    """Return a template of one session of about a hundred events: it is asked for something twice."""
    first, second = (_lines(name) for name in TURNS)
    ids = [_SESSION.search(b"".join(lines)) for lines in (first, second)]
    names = [found[1] for found in ids if found]
    later = [line.replace(names[1], names[0]) for line in second if b'"event":{' in line]
    return _TAIL.split(b"".join([*first, *(line for line in later if b'"session.created"' not in line)]))


def copy(template: Template, number: int) -> bytes:
    """Return the lines of a template with ids that no other number gives."""
    return f"{number:06d}".encode().join(template)


def copies(templates: Sequence[Template], count: int) -> bytes:
    """Return as many copies, of each template in turn, that start with a header."""
    return header_line() + b"".join(copy(templates[n % len(templates)], n) for n in range(count))


def _lines(name: str) -> list[bytes]:
    """Return a recording's lines without the header."""
    return (RECORDINGS / f"{name}.ndjson").read_bytes().splitlines(keepends=True)[1:]
