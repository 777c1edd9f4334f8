"""Makes the recordings: journals of the real OpenCode, with the machine's names taken out.

Run as `python -m tests.e2e.record TARGET [NAME...]`: TARGET is a folder, the names are those of recipes.py.
The plugin writes the journals; a stand-in for the agent only waits, so nothing is read, moved or sent.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from otel_agent.plugin import render
from tests.e2e.fake_provider import FakeProvider
from tests.e2e.home import Home, Tools, find_tools, install_package
from tests.e2e.opencode import OpenCode
from tests.e2e.processes import clean_up
from tests.e2e.recipes import RECIPES, Recipe, Stage

HOLD = (sys.executable, "-c", "import sys; sys.stdin.read()")
"""An agent that does nothing but wait for the end of OpenCode."""
PID = 4242
OBSERVED: Mapping[str, str] = {
    "repository": "example/project",
    "branch": "main",
    "user_id": "5b1f6a52-0000-4000-8000-3c9d2e7a1f04",
    "terminal": "xterm",
    "os_type": "linux",
    "os_version": "6.1",
    "host_arch": "amd64",
}
"""What the agent would have found out about the machine: made up."""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Make the named recordings, or all of them."""
    tools = find_tools(environ)
    if isinstance(tools, str) or not arguments:
        sys.stderr.write(f"{tools if isinstance(tools, str) else __doc__}\n")
        return 2
    target = Path(arguments[0])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        package = install_package(tools, Path(scratch) / "package")
        for name in arguments[1:] or RECIPES:
            record(tools, Path(scratch) / name, package, RECIPES[name], target / f"{name}.ndjson")
    return 0


def record(tools: Tools, root: Path, package: Path, recipe: Recipe, target: Path) -> None:
    """Play one recipe in a home of its own and write its journals; a second journal gets `_2` in its name."""
    with FakeProvider() as provider:
        home = Home(root, provider_url=provider.url, package=package)
        home.put_plugin(render(HOLD))
        settings = {"OPENCODE_ENABLE_TELEMETRY": "1", **recipe.settings}
        folder = home.project(config=recipe.config)
        try:
            opencode = OpenCode(tools, home, settings)
            recipe.play(Stage(opencode=opencode, provider=provider, folder=folder))
            written = [journal / "0.ndjson" for journal in home.journals()]
            for number, segment in enumerate(written, 1):
                suffix = f"_{number}" if number > 1 else ""
                place = target.with_stem(target.stem + suffix)
                place.write_text(cleaned(segment.read_text(encoding="utf-8"), home), encoding="utf-8")
                sys.stdout.write(f"{place.name}: {place.stat().st_size} bytes\n")
        finally:
            clean_up(root)


def cleaned(text: str, home: Home) -> str:
    """Take the machine's names out of a journal and add what the agent would have observed."""
    lines = [json.loads(line) for line in text.splitlines()]
    pid = lines[0]["journal"]["pid"]
    names = {
        str(home.root): "/home/dev",
        home.provider_url: "http://provider/v1",
    }
    out = []
    for line in lines:
        plain = json.dumps(neutral(line, pid), ensure_ascii=False, separators=(",", ":"))
        for found, name in names.items():
            plain = plain.replace(found, name)
        out.append(plain)
        if "instance" in line:
            out.append(
                json.dumps({"t": line["t"], "i": line["i"], "observed": OBSERVED}, separators=(",", ":"))
            )
    return "\n".join(out) + "\n"


def neutral(line: Mapping[str, Any], pid: int) -> Mapping[str, Any]:
    """Replace the process's numbers in a header; every other line stays as it is."""
    if "journal" not in line:
        return line
    header = {**line["journal"], "host": "host", "pid": PID, "pid_start": "1000", "pid_ns": "pid:[1]"}
    header["id"] = re.sub(rf"-{pid}-", f"-{PID}-", header["id"])
    return {"journal": header}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
