"""The steps that installing and uninstalling are made of, as values."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from otel_agent.opencode import PACKAGE

_NPM_INSTALL = (
    "install",
    # What the user's npm is configured for must not decide whether OpenCode finds the package listed.
    "--save",
    "--save-prod",
    "--save-exact",
    "--package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--no-update-notifier",
    "--loglevel=error",
    # Left to itself, npm tries a dead network for more than a minute.
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=2000",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFile:
    """Write a file of ours, whole or not at all; its folder is made. `done` is what to say then."""

    path: Path
    text: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSettings:
    """Write the user's settings file, for the user alone, unless it no longer says what it said `before`.

    `shown` are the lines that it gains, without secrets.
    """

    path: Path
    text: str
    before: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFile:
    """Remove a file of ours."""

    path: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The same, as RemoveTrees has it."""
        return (self.path,)

    @property
    def what(self) -> str:
        """What is removed."""
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTrees:
    """Remove files and folders with all that is in them; `what` says what that is."""

    paths: tuple[Path, ...]
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEmptyFolder:
    """Remove a folder if nothing is left in it, then likewise those above it that are below `top`."""

    path: Path
    top: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPackage:
    """Let npm install OpenCode's plugin package in a folder; `version` None: as package.json there says."""

    folder: Path
    npm: Path
    version: str | None

    @property
    def command(self) -> tuple[str, ...]:
        """The command line; without --prefix npm would take the next folder above that has a package.json."""
        wanted = () if self.version is None else (f"{PACKAGE}@{self.version}",)
        return (str(self.npm), *_NPM_INSTALL, "--prefix", str(self.folder), *wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Nothing is to be done, and why; `advice`, said once at the end, is for what costs something."""

    text: str
    advice: str = ""


Step = WriteFile | WriteSettings | RemoveFile | RemoveTrees | RemoveEmptyFolder | InstallPackage | Say


def describe(step: Step) -> str:
    """Say what a step will do."""
    match step:
        case WriteFile():
            return f"write {step.path}"
        case WriteSettings():
            lines = "".join(f"\n    {line}" for line in step.shown)
            return f"write {step.path}, for you alone to read:{lines}"
        case RemoveFile() | RemoveTrees():
            return f"remove {step.what}"
        case RemoveEmptyFolder():
            return f"remove {step.path} if it is empty then"
        case InstallPackage():
            return f"run {shlex.join(step.command)}"
        case Say():
            return step.text
        case _:
            assert_never(step)
