"""An isolated home for OpenCode: its folders, projects and plugin package, all below one temporary folder."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "@opencode-ai/plugin"
QUIET = {
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
    "OPENCODE_DISABLE_MODELS_FETCH": "1",
    # A start that wants npm in spite of the installed package fails at once instead of waiting for a network.
    "npm_config_registry": "http://127.0.0.1:9",
    "npm_config_fetch_retries": "0",
}
IDENTITY = {"user.name": "Dev", "user.email": "dev@example.com", "init.defaultBranch": "main"}
MODELS = {
    "large": {
        "name": "Large",
        "reasoning": True,
        "tool_call": True,
        "temperature": True,
        "cost": {"input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75},
        "limit": {"context": 200000, "output": 8192},
    },
    "medium": {
        "name": "Medium",
        "tool_call": True,
        "cost": {"input": 0.8, "output": 4, "cache_read": 0.08, "cache_write": 1},
        "limit": {"context": 100000, "output": 8192},
    },
    "small": {
        "name": "Small",
        "tool_call": True,
        "cost": {"input": 0.1, "output": 0.4},
        "limit": {"context": 100000, "output": 4096},
    },
}
"""Prices are USD per million tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The programs of the machine that the tests need."""

    opencode: Path
    npm: Path
    version: str


def find_tools(environ: Mapping[str, str]) -> Tools | str:
    """Find OpenCode and npm, or say what has to be installed."""
    opencode = environ.get("OC") or shutil.which("opencode", path=environ.get("PATH"))
    npm = shutil.which("npm", path=environ.get("PATH"))
    if not opencode or not Path(opencode).exists():
        return "OpenCode is missing: npm install opencode-ai, then set OC to its program or put it on PATH"
    if not npm:
        return "npm is missing: install Node.js"
    return Tools(opencode=Path(opencode).absolute(), npm=Path(npm), version=version_of(Path(opencode)))


def version_of(opencode: Path) -> str:
    """Ask OpenCode for its version, in a home that it may fill."""
    with tempfile.TemporaryDirectory() as home:
        asked = subprocess.run(
            [opencode, "--version"],
            env={"HOME": home, "TMPDIR": home, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    return asked.stdout.strip()


def install_package(tools: Tools, folder: Path) -> Path:
    """Install OpenCode's plugin package once with npm and give the folder that holds it."""
    if not (folder / "node_modules" / PACKAGE).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(tools.npm), "install", "--no-audit", "--no-fund", f"{PACKAGE}@{tools.version}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


class Home:
    """A home in which OpenCode finds the fake provider, the plugin package and nothing of the machine."""

    def __init__(self, root: Path, *, provider_url: str, package: Path) -> None:
        """Make the folders; `package` is the folder in which npm installed OpenCode's plugin package."""
        self.root = root
        self.provider_url = provider_url
        self.config = root / ".config" / "opencode"
        self.state = root / ".local" / "state" / "otel-agent"
        self.database = root / ".local" / "share" / "opencode" / "opencode.db"
        self.scratch = root / "tmp"
        for folder in (self.config, self.scratch):
            folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(package / name, self.config / name)
        (self.config / "node_modules").symlink_to(package / "node_modules")
        for name, value in IDENTITY.items():
            self.git(root, "config", "--global", name, value)

    def environ(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Give the whole environment of a program in this home."""
        return {
            "HOME": str(self.root),
            "TMPDIR": str(self.scratch),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            **QUIET,
            **extra,
        }

    def git(self, folder: Path, *arguments: str) -> str:
        """Run git in this home and give its output."""
        command = [shutil.which("git") or "git", *arguments]
        environ = self.environ({})
        asked = subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, text=True)
        return asked.stdout.strip()

    def put_plugin(self, source: str) -> Path:
        """Write the plugin where OpenCode discovers it."""
        target = self.config / "plugin" / "opencode-otel.js"
        target.parent.mkdir(exist_ok=True)
        target.write_text(source, encoding="utf-8")
        return target

    def put_program(self, name: str, script: str) -> str:
        """Write a shell script as a program and give a PATH that has it first."""
        target = self.root / "bin" / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        target.chmod(0o755)
        return f"{target.parent}{os.pathsep}{os.environ['PATH']}"

    def project(self, name: str = "project", config: Mapping[str, object] | None = None) -> Path:
        """Make a git repository whose opencode.json names the fake provider; `config` is added to it."""
        folder = self.root / name
        folder.mkdir(parents=True)
        settings = {**self._config(), **(config or {})}
        (folder / "opencode.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
        (folder / "README.md").write_text(f"# {name}\n", encoding="utf-8")
        for command in ("init -q", "add -A", "commit -q -m start"):
            self.git(folder, *command.split())
        return folder

    def _config(self) -> dict[str, Any]:
        options = {"baseURL": self.provider_url, "apiKey": "sk-fake"}
        provider = {"npm": "@ai-sdk/openai-compatible", "name": "Fake", "options": options, "models": MODELS}
        return {
            "$schema": "https://opencode.ai/config.json",
            "autoupdate": False,
            "share": "disabled",
            "model": "fake/large",
            "small_model": "fake/small",
            "enabled_providers": ["fake"],
            "provider": {"fake": provider},
        }

    def journals(self) -> list[Path]:
        """Give the journal folders that are there now, oldest first."""
        return sorted(file.parent for file in self.state.glob("*/*/0.ndjson"))

    def has_journaled(self, event: str) -> bool:
        """Tell whether a journal that is there has an event of a type."""
        sign = f'"type":"{event}"'
        return any(sign in (folder / "0.ndjson").read_text(encoding="utf-8") for folder in self.journals())
