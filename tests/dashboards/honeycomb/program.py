"""The script beside its boards, run as whoever copied the folder runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from otel_agent.dashboards.render import honeycomb_files
from otel_agent.dashboards.variant import Variant
from tests.dashboards.honeycomb.api import KEY, Honeycomb


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run left."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A folder of a variant's files; the key is never in what is printed."""

    folder: Path

    def run(self, *arguments: str, key: str = KEY, **environ: str) -> Ended:
        """Run the script."""
        done = subprocess.run(
            [sys.executable, str(self.folder / "apply"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=self.folder.parent,
            env={**environ, **({"HONEYCOMB_API_KEY": key} if key else {})},
        )
        assert KEY not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return Ended(code=done.returncode, out=done.stdout, err=done.stderr)

    def apply(self, server: Honeycomb, *arguments: str) -> Ended:
        """Run the script with a server that is not Honeycomb."""
        return self.run("--endpoint", server.url, *arguments)

    def board(self, name: str) -> Path:
        """Return a board's file."""
        return self.folder / "boards" / f"{name}.json"

    def change(self, name: str, **values: object) -> None:
        """Change a board's file."""
        told = json.loads(self.board(name).read_text("utf-8"))
        self.board(name).write_text(json.dumps({**told, **values}), "utf-8")


def program(folder: Path, variant: Variant) -> Program:
    """Return a folder with the variant's files."""
    for path, text in honeycomb_files(variant):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return Program(folder=folder)


def words(ended: Ended) -> Iterator[str]:
    """Yield the first word of each line that was printed."""
    yield from (line.split()[0] for line in ended.out.splitlines())
