"""Observations: what no event says and the agent has to look up: repository, branch, person, system."""

import contextlib
import os
import platform
import subprocess
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from otel_agent import files
from otel_agent.receiver.wire import Observed

GIT_TIMEOUT_S = 2.0
INSTALLATION_FILE = "installation"
ID_LENGTH = 128
"""An id has 36 characters; another text that a user has written there is taken up to this length."""
NAME_LENGTH = 255
"""How much is taken of what git prints: as much as a file's name may have."""

# OpenTelemetry's names: https://opentelemetry.io/docs/specs/semconv/registry/attributes/host/
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "i386": "x86", "i686": "x86"}


@dataclass(frozen=True, slots=True)
class Observer:
    """Looks around in OpenCode's directories; `git` returns what a git command prints, None on failure."""

    state_dir: Path
    is_email_wanted: bool = False
    git: Callable[[str, Sequence[str]], str | None] = field(default_factory=lambda: run_git)

    def observe(self, directory: str | None) -> Observed:
        """Return what is true in a directory now; what cannot be found out is None."""
        where = directory or "/"
        return Observed(
            repository=_repository_name(self.git(where, ("config", "--get", "remote.origin.url"))),
            branch=self.git(where, ("symbolic-ref", "--quiet", "--short", "HEAD")),
            user_id=installation_id(self.state_dir),
            user_email=self.git(where, ("config", "--get", "user.email")) if self.is_email_wanted else None,
            os_type=platform.system().lower() or None,
            os_version=platform.release() or None,
            host_arch=_ARCHITECTURES.get(platform.machine(), platform.machine()) or None,
        )


def run_git(
    directory: str, words: Sequence[str], *, program: str = "git", timeout_s: float = GIT_TIMEOUT_S
) -> str | None:
    """Return the first line that a git command prints, None when git is missing, slow or fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own git; the directory is OpenCode's own
            [program, "--no-optional-locks", "-C", directory, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    line = done.stdout.decode(errors="replace").strip().partition("\n")[0]
    return line[:NAME_LENGTH] if done.returncode == 0 and line else None


def _repository_name(url: str | None) -> str | None:
    """Return a repository's name without its owner, as vcs.repository.name wants it.

    https://git-scm.com/docs/git-clone#_git_urls
    """
    if url is None:
        return None
    _, sign, rest = url.partition("://")
    path = rest.partition("/")[2].partition("?")[0] if sign else url.replace(":", "/")
    name = path.rstrip("/").removesuffix("/.git").rpartition("/")[2]
    return name.removesuffix(".git") or None


def installation_id(state_dir: Path) -> str | None:
    """Return the random id of this installation, made at its first use; None when it cannot be kept."""
    path = state_dir / INSTALLATION_FILE
    try:
        return _id_in(path)
    except FileNotFoundError:
        return _make_installation_id(path)
    except OSError:
        return None


def _make_installation_id(path: Path) -> str | None:
    """Write a new id unless another process is faster, and return the one that counts."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with files.made(fresh) as stream:
            stream.write(f"{uuid.uuid4()}\n".encode())
        with contextlib.suppress(FileExistsError):  # another process was faster: its id counts
            os.link(fresh, path)
        fresh.unlink()
        return _id_in(path)
    except OSError:
        return None


def _id_in(path: Path) -> str | None:
    """Return the id that a file holds, None when it holds none; raises OSError."""
    with files.opened(path) as stream:
        return stream.readline(ID_LENGTH).decode(errors="replace").strip() or None
