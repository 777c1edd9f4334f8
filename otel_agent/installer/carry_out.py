"""Carries out the steps of a plan."""

import re
import secrets
import shutil
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import assert_never

from otel_agent.errors import InstallError
from otel_agent.installer.plan import COST
from otel_agent.installer.steps import (
    InstallPackage,
    RemoveEmptyFolder,
    RemoveFile,
    RemoveTrees,
    Say,
    Step,
    WriteFile,
    WriteSettings,
)
from otel_agent.opencode import PACKAGE, Ended, Runner, look

NPM_LIMIT_S = 180.0
"""Seconds that npm may take: some 5 are usual, and a slow network must not hold the user for ever."""

_NPM_CODE = re.compile(r"^npm (?:error|ERR!) code (\w+)", re.MULTILINE)


def carry_out(step: Step, runner: Runner) -> Say | None:
    """Do one step and give what there is to say; InstallError when a file cannot be written or removed."""
    match step:
        case WriteFile():
            return _write(step)
        case WriteSettings():
            return _write_settings(step)
        case RemoveFile() | RemoveTrees():
            return _remove(step)
        case RemoveEmptyFolder():
            _remove_if_empty(step)
            return None
        case InstallPackage():
            return _install_package(step, runner)
        case Say():
            return step
        case _:
            assert_never(step)


@contextmanager
def _usable(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise InstallError(
            f"{path}: expected a place that you may read and write, got: {error.strerror};"
            " set it right and run this command again"
        ) from error


def _write(step: WriteFile) -> Say:
    """Write beside the file and rename; the mode of a file that is replaced is kept."""
    with _usable(step.path):
        step.path.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(step.path.stat().st_mode) if step.path.exists() else None
        _replace(step.path, step.text, mode)
    return Say(text=step.done)


def _replace(path: Path, text: str, mode: int | None) -> None:
    """Write a file whole or not at all; a mode, if any, is set before anything is in it."""
    # OpenCode loads *.js and *.ts, so the half-written file has another ending.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="") as file:
            if mode is not None:
                draft.chmod(mode)
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_settings(step: WriteSettings) -> Say:
    """Write the file that a link leads to; one that has changed meanwhile is an InstallError."""
    path = step.path.resolve()
    with _usable(step.path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() != step.before.encode():
            raise InstallError(
                f"{step.path}: expected the file that was there a moment ago, got another one;"
                " run this command again"
            )
        _replace(path, step.text, 0o600)
    return Say(text=f"wrote the settings: {step.path}")


def _remove(step: RemoveFile | RemoveTrees) -> Say:
    """Remove files and folders; what is gone already is no problem."""
    for path in step.paths:
        with _usable(path), suppress(FileNotFoundError):
            if path.is_symlink() or not path.is_dir():
                path.unlink()
            else:
                shutil.rmtree(path)
    return Say(text=f"removed {step.what}")


def _remove_if_empty(step: RemoveEmptyFolder) -> None:
    """Remove a folder, and those above it, as long as they are empty and below the top."""
    folder, top = step.path, step.top
    with suppress(OSError):  # it holds something else, or it is gone: either way there is nothing to do
        folder.rmdir()
        while top is not None and top in folder.parent.parents:
            folder = folder.parent
            folder.rmdir()


def _install_package(step: InstallPackage, runner: Runner) -> Say:
    lock = step.folder / "package-lock.json"
    with _usable(step.folder):
        step.folder.mkdir(parents=True, exist_ok=True)
        had_lock = lock.exists()
        ended = runner.run(step.command, folder=step.folder, limit_s=NPM_LIMIT_S)
        after = look(step.folder)
        if after.is_skipped and not after.has_package and not had_lock:
            lock.unlink()  # it names a package which is not there: every tool that imports it would fail
    if after.is_ready:
        return Say(text=f"installed {PACKAGE}: {step.folder}")
    return Say(text=f"npm could not install {PACKAGE} in {step.folder}: {_reason(ended)}", advice=COST)


def _reason(ended: Ended) -> str:
    """Say why npm failed, without its text, which names addresses."""
    if ended.code is None:
        return ended.err
    found = _NPM_CODE.search(ended.err)
    return found.group(1) if found else f"exit code {ended.code}"
