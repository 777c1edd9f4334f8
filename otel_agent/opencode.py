"""OpenCode on this machine: its program, its configuration folders and what its npm step finds in them.

With any plugin present OpenCode waits at its start until npm has installed `@opencode-ai/plugin` in every
configuration folder. What is said here about that step was observed with OpenCode 1.18.33.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

PACKAGE = "@opencode-ai/plugin"
VERSION_LIMIT_S = 20.0
"""Seconds that `opencode --version` may take; on a busy machine it was seen to take 2."""

_PROGRAM_FOLDERS = (".opencode/bin", ".local/bin", "bin", ".bun/bin")
_OTHER_LOCKS = {
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
}
_VERSION = re.compile(r"^\d+\.\d+\.\d+(?:-[\w.]+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended; `code` is None when it could not be started or took too long."""

    code: int | None
    out: str = ""
    err: str = ""


class Runner(Protocol):
    """Runs programs; the tests have one that records them instead."""

    def run(self, command: Sequence[str], *, folder: Path, limit_s: float) -> Ended:
        """Run a command in a folder to its end."""
        ...


class Programs:
    """Runs programs of this machine with a given environment and without input."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Keep the environment that every program gets."""
        self._environ = dict(environ)

    def run(self, command: Sequence[str], *, folder: Path, limit_s: float) -> Ended:
        """Run a command in a folder; past the limit it is killed with everything that it started."""
        try:
            process = subprocess.Popen(  # noqa: S603 (our own command lines, no shell)
                command,
                cwd=folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            return Ended(code=None, err=str(error))
        return _finish(process, limit_s)


def _finish(process: "subprocess.Popen[str]", limit_s: float) -> Ended:
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        _kill(process)
        return Ended(code=None, err=f"took more than {limit_s:.0f} s")
    except BaseException:  # Ctrl-C: the program leads a group of its own and would live on
        _kill(process)
        raise
    return Ended(code=process.returncode, out=out, err=err)


def _kill(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):  # it ended by itself just now
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def find_program(environ: Mapping[str, str], home: Path) -> Path | None:
    """Find OpenCode on PATH, else where its installers put it; None when it is in none of these places."""
    places = [environ.get("PATH", os.defpath), *(str(home / folder) for folder in _PROGRAM_FOLDERS)]
    found = shutil.which("opencode", path=os.pathsep.join(places))
    return Path(found).absolute() if found else None


def find_npm(environ: Mapping[str, str]) -> Path | None:
    """Find npm on PATH."""
    found = shutil.which("npm", path=environ.get("PATH", os.defpath))
    return Path(found).absolute() if found else None


def program_version(program: Path, runner: Runner, folder: Path) -> str | None:
    """Ask OpenCode for its version; None when its answer is no version (a build from source says `local`)."""
    ended = runner.run([str(program), "--version"], folder=folder, limit_s=VERSION_LIMIT_S)
    last = ended.out.strip().rpartition("\n")[2].strip()
    return last if ended.code == 0 and _VERSION.match(last) else None


def config_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Return OpenCode's global configuration folder, which it reads whatever OPENCODE_CONFIG_DIR says."""
    base = environ.get("XDG_CONFIG_HOME")
    return (Path(base).absolute() if base else home / ".config") / "opencode"


def config_folders(environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Return the configuration folders that OpenCode prepares at every start, in whichever project."""
    folders = [config_folder(environ, home)]
    if (home / ".opencode").is_dir():
        folders.append(home / ".opencode")
    if extra := environ.get("OPENCODE_CONFIG_DIR"):
        folders.append(Path(extra).absolute())
    return tuple(dict.fromkeys(folders))


class _Manifest(msgspec.Struct, frozen=True, rename="camel"):
    dependencies: dict[str, object] | None = None
    dev_dependencies: dict[str, object] | None = None
    peer_dependencies: dict[str, object] | None = None
    optional_dependencies: dict[str, object] | None = None

    @property
    def names(self) -> frozenset[str]:
        """What it depends on in any way."""
        kinds = (
            self.dependencies,
            self.dev_dependencies,
            self.peer_dependencies,
            self.optional_dependencies,
        )
        return frozenset(name for kind in kinds if kind for name in kind)


class _Lock(msgspec.Struct, frozen=True):
    packages: dict[str, _Manifest] = {}


_Json = TypeVar("_Json", _Manifest, _Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """What OpenCode's npm step finds in one configuration folder.

    `manifest` and `locked` are the names that package.json and the root of package-lock.json depend on;
    None when there is no such file. `manager` is the other package manager whose lock is there.
    """

    folder: Path
    manifest: frozenset[str] | None = None
    locked: frozenset[str] | None = None
    has_modules: bool = False
    has_package: bool = False
    manager: str | None = None
    is_writable: bool = True

    @property
    def is_skipped(self) -> bool:
        """Tell whether OpenCode leaves the folder alone: it looks at names only, never into node_modules."""
        wanted = {PACKAGE, *(self.manifest or ())}
        return not self.is_writable or (self.has_modules and wanted <= (self.locked or frozenset()))

    @property
    def is_listed(self) -> bool:
        """Tell whether package.json lists the package, and a lock has all that package.json lists."""
        manifest = self.manifest or frozenset()
        return (
            self.manager is None and PACKAGE in manifest and (self.locked is None or manifest <= self.locked)
        )

    @property
    def is_fresh(self) -> bool:
        """Tell whether no package manager has kept anything here."""
        return self.manager is None and self.manifest is None and self.locked is None

    @property
    def is_ready(self) -> bool:
        """Tell whether OpenCode leaves the folder alone and a custom tool can import the package."""
        return self.is_skipped and (self.has_package or not self.is_writable)


def look(folder: Path) -> Packages:
    """Read what npm has put into a configuration folder, which need not exist."""
    lock = _read(folder / "package-lock.json", _Lock)
    manifest = _read(folder / "package.json", _Manifest)
    modules = folder / "node_modules"
    return Packages(
        folder=folder,
        manifest=None if manifest is None else manifest.names,
        locked=None if lock is None else lock.packages.get("", _Manifest()).names,
        has_modules=modules.exists(),
        has_package=(modules / PACKAGE / "package.json").is_file(),
        manager=next((name for file, name in _OTHER_LOCKS.items() if (folder / file).exists()), None),
        is_writable=not folder.exists() or os.access(folder, os.W_OK),
    )


def _read(path: Path, kind: type[_Json]) -> _Json | None:
    """Read a file as OpenCode does: one that is no such JSON counts as empty; None when there is none."""
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return kind()
