"""The first line of every journal segment: who writes the journal, and with which settings."""

from typing import Annotated

import msgspec

Millis = Annotated[int, msgspec.Meta(ge=0, le=9_000_000_000_000)]
"""Milliseconds since the Unix epoch, until 2255: as nanoseconds they fit into 64 bits."""

Pid = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class Header(msgspec.Struct, frozen=True):
    """Who writes a journal.

    `settings` are the telemetry variables of OpenCode's environment and files that are not secret;
    `credentials` has for each secret one that was set an HMAC-SHA256 under the state directory's key, so
    that another process can tell whether it holds the same secret. `project` names those of the settings
    that the project's own file has set, `ignored` those that it has tried to. `pid_start` and `pid_ns` make
    the pid unambiguous.
    """

    id: str
    format: int = 1
    segment: int = 0
    opened_ms: Millis = 0
    began_ms: Millis = 0
    plugin: str | None = None
    pid: Pid | None = None
    pid_start: str | None = None
    pid_ns: str | None = None
    host: str | None = None
    subcommand: str | None = None
    terminal: str | None = None
    tty: bool = False
    ci: bool = False
    settings: dict[str, str] = {}
    credentials: dict[str, str] = {}
    project: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class HeaderLine(msgspec.Struct, frozen=True):
    """A header as it stands in its line."""

    journal: Header
