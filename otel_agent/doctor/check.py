"""A check as a row: what it is called, and a function that looks and says what it found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from otel_agent.configuration import Configuration
from otel_agent.destinations.views import Views
from otel_agent.opencode import Runner
from otel_agent.settings import Settings


class Verdict(StrEnum):
    """How a check ended; only `FAILED` makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found, and what to do about it; secrets and values of headers are not in it."""

    verdict: Verdict
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at: this shell's environment with its files, and its settings, None when invalid.

    `settings` are the generic ones; `on` has those of every destination that is on.
    """

    environ: Mapping[str, str]
    home: Path
    runner: Runner
    settings: Settings | None
    problems: tuple[str, ...] = ()
    configuration: Configuration = field(default_factory=lambda: Configuration(environ={}))
    on: Views = field(default_factory=Views)

    @property
    def backends(self) -> Mapping[str, Settings]:
        """What the ways to the backends are looked at with: while telemetry is off, the generic settings."""
        return self.on.settings or ({"": self.settings} if self.settings else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the doctor's table."""

    name: str
    look: Callable[[Patient], Iterator[Finding]]


def check(name: str) -> Callable[[Callable[[Patient], Iterator[Finding]]], Check]:
    """Make a function a row of the doctor's table."""

    def row(look: Callable[[Patient], Iterator[Finding]]) -> Check:
        return Check(name=name, look=look)

    return row


def ok(said: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(verdict=Verdict.OK, said=said)


def warning(said: str, remedy: str) -> Finding:
    """Return that something could be better."""
    return Finding(verdict=Verdict.WARNING, said=said, remedy=remedy)


def failed(said: str, remedy: str) -> Finding:
    """Return that something keeps telemetry from arriving."""
    return Finding(verdict=Verdict.FAILED, said=said, remedy=remedy)


def unknown(said: str, remedy: str = "") -> Finding:
    """Return that something could not be looked at."""
    return Finding(verdict=Verdict.UNKNOWN, said=said, remedy=remedy)
