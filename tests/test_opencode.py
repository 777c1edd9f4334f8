"""Finding OpenCode, its version, its configuration folders and what its npm step sees in them."""

import os
import time
from pathlib import Path

import pytest

from otel_agent import opencode
from otel_agent.opencode import PACKAGE, Ended, Packages, Programs
from tests.installer.folders import install_package, put_package, write_lock, write_manifest
from tests.installer.recording import RecordingRunner

BOTH = frozenset({PACKAGE, "zod"})


def program(path: Path, text: str = "") -> Path:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_program_on_path_is_found_first(tmp_path: Path) -> None:
    """PATH goes before the places of the installers."""
    program(tmp_path / ".opencode/bin/opencode")
    wanted = program(tmp_path / "tools/opencode")

    assert wanted == opencode.find_program({"PATH": str(wanted.parent)}, tmp_path)


def test_program_is_found_where_its_installer_puts_it(tmp_path: Path) -> None:
    """A shell that has not read its new profile yet has no OpenCode on PATH."""
    wanted = program(tmp_path / ".opencode/bin/opencode")

    assert wanted == opencode.find_program({"PATH": str(tmp_path / "none")}, tmp_path)


def test_missing_programs_are_none(tmp_path: Path) -> None:
    """A machine may have neither OpenCode nor npm."""
    environ = {"PATH": str(tmp_path)}

    assert (None, None) == (opencode.find_program(environ, tmp_path), opencode.find_npm(environ))


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (Ended(code=0, out="1.18.33\n"), "1.18.33"),
        (Ended(code=0, out="a notice\n1.19.0-beta.2\n"), "1.19.0-beta.2"),
        (Ended(code=0, out="local\n"), None),
        (Ended(code=1, out="1.18.33\n"), None),
        (Ended(code=None, err="took more than 20 s"), None),
    ],
)
def test_version_is_the_last_line(tmp_path: Path, ended: Ended, expected: str | None) -> None:
    """Only what looks like a released version counts, from a program that ended well."""
    assert expected == opencode.program_version(Path("opencode"), RecordingRunner(ended=ended), tmp_path)


def test_every_folder_that_opencode_prepares_is_listed(tmp_path: Path) -> None:
    """The global folder, ~/.opencode when it is there, and OPENCODE_CONFIG_DIR."""
    (tmp_path / ".opencode").mkdir()
    environ = {"OPENCODE_CONFIG_DIR": str(tmp_path / "extra")}

    expected = (tmp_path / ".config/opencode", tmp_path / ".opencode", tmp_path / "extra")
    assert expected == opencode.config_folders(environ, tmp_path)


def test_xdg_config_home_moves_the_global_folder(tmp_path: Path) -> None:
    """OpenCode follows XDG_CONFIG_HOME; OPENCODE_CONFIG_DIR only adds a folder."""
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "xdg"), "OPENCODE_CONFIG_DIR": str(tmp_path / "extra")}

    assert tmp_path / "xdg/opencode" == opencode.config_folder(environ, tmp_path)


def test_folder_that_is_not_there_is_fresh(tmp_path: Path) -> None:
    """A folder that OpenCode has not made yet is one in which nothing is installed."""
    packages = opencode.look(tmp_path / "none")

    assert Packages(folder=tmp_path / "none") == packages
    assert packages.is_fresh
    assert not packages.is_skipped


def test_installed_package_is_ready(tmp_path: Path) -> None:
    """After a successful npm install OpenCode skips its npm step and tools can import the package."""
    install_package(tmp_path)

    packages = opencode.look(tmp_path)

    assert (True, True) == (packages.is_skipped, packages.is_ready)


def test_lock_without_the_package_is_skipped_but_not_ready(tmp_path: Path) -> None:
    """OpenCode believes the lock; a tool that imports the package would fail all the same."""
    write_lock(tmp_path, PACKAGE)
    (tmp_path / "node_modules").mkdir()

    packages = opencode.look(tmp_path)

    assert (True, False) == (packages.is_skipped, packages.is_ready)


def test_dependency_that_is_not_locked_makes_opencode_run_npm(tmp_path: Path) -> None:
    """The lock's root has to list everything that package.json lists."""
    write_manifest(tmp_path, "zod")
    write_lock(tmp_path, PACKAGE)
    put_package(tmp_path)

    assert not opencode.look(tmp_path).is_skipped


@pytest.mark.parametrize("text", ["", "{", "[]", '{"dependencies": 1}', '{"packages": {"": null}}', "\udcff"])
def test_file_that_is_no_manifest_counts_as_empty(tmp_path: Path, text: str) -> None:
    """OpenCode reads a package.json or a lock that it does not understand as an empty one."""
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))

    packages = opencode.look(tmp_path)

    assert (frozenset(), frozenset()) == (packages.manifest, packages.locked)


@pytest.mark.parametrize(
    ("file", "manager"),
    [("bun.lock", "bun"), ("bun.lockb", "bun"), ("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn")],
)
def test_other_package_manager_is_seen(tmp_path: Path, file: str, manager: str) -> None:
    """A folder with another manager's lock belongs to that manager."""
    (tmp_path / file).touch()

    packages = opencode.look(tmp_path)

    assert (manager, False) == (packages.manager, packages.is_fresh)


@pytest.mark.parametrize(
    ("manifest", "locked", "expected"),
    [
        (BOTH, None, True),
        (BOTH, BOTH, True),
        (BOTH, frozenset({PACKAGE}), False),
        (frozenset({"zod"}), None, False),
        (None, frozenset({PACKAGE}), False),
    ],
)
def test_listed_means_that_npm_changes_no_file_of_the_user(
    tmp_path: Path, manifest: frozenset[str] | None, locked: frozenset[str] | None, *, expected: bool
) -> None:
    """package.json lists the package, and a lock has all that package.json lists."""
    assert expected == Packages(folder=tmp_path, manifest=manifest, locked=locked).is_listed


def test_program_runs_with_the_given_environment_only(tmp_path: Path) -> None:
    """A program sees the environment that was given, its folder, and no input."""
    echo = program(tmp_path / "echo", 'cat; echo "$NAME|$HOME|$PWD"; exit 3')

    ended = Programs({"NAME": "value", "PATH": os.defpath}).run([str(echo)], folder=tmp_path, limit_s=20)

    assert Ended(code=3, out=f"value||{tmp_path}\n") == ended


def test_program_that_cannot_be_started_is_a_value(tmp_path: Path) -> None:
    """A missing program has no exit code; the reason is told."""
    ended = Programs({}).run([str(tmp_path / "none")], folder=tmp_path, limit_s=20)

    assert ended.code is None
    assert "No such file" in ended.err


def test_program_past_its_limit_is_killed_with_its_children(tmp_path: Path) -> None:
    """A child that holds the output open does not make the wait longer."""
    began = time.monotonic()
    slow = program(tmp_path / "slow", "sleep 60 & wait")

    ended = Programs({"PATH": os.defpath}).run([str(slow)], folder=tmp_path, limit_s=0.2)

    assert Ended(code=None, err="took more than 0 s") == ended
    assert time.monotonic() - began < 20
