"""Configuration folders as OpenCode and npm leave them."""

import json
from pathlib import Path

from otel_agent.opencode import PACKAGE


def write_manifest(folder: Path, *names: str) -> None:
    """Write a package.json that depends on the packages."""
    text = json.dumps({"dependencies": dict.fromkeys(names, "1.0.0")})
    (folder / "package.json").write_text(text, encoding="utf-8")


def write_lock(folder: Path, *names: str) -> None:
    """Write a package-lock.json whose root depends on the packages."""
    root = {"dependencies": dict.fromkeys(names, "1.0.0")}
    text = json.dumps({"lockfileVersion": 3, "packages": {"": root}})
    (folder / "package-lock.json").write_text(text, encoding="utf-8")


def put_package(folder: Path) -> None:
    """Put a stand-in for OpenCode's package into node_modules."""
    package = folder / "node_modules" / PACKAGE
    package.mkdir(parents=True)
    (package / "package.json").write_text("{}", encoding="utf-8")


def install_package(folder: Path) -> None:
    """Leave everything that a successful `npm install` leaves."""
    put_package(folder)
    write_manifest(folder, PACKAGE)
    write_lock(folder, PACKAGE)
