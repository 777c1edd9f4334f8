"""The servers that these tests run: which versions, where they are kept, and how they are built.

They are kept outside of the repository, each under its name and version; built ones are left alone. Needs Go.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

CACHE_VARIABLE: Final = "OTEL_AGENT_BACKENDS"
FLAGS: Final = ("-mod=mod", "-tags", "remove_all_sd")
"""Without the service discoveries of all clouds, which nobody needs here, Prometheus takes half as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One pinned build: its programs are in a folder of their own; `build` puts them into an empty one."""

    name: str
    version: str
    programs: tuple[str, ...]
    build: Callable[[Path], None]

    def folder(self, cache: Path) -> Path:
        """Give the folder of the build below the cache."""
        return cache / f"{self.name}-{self.version}"

    def is_built(self, cache: Path) -> bool:
        """Tell whether all programs are there."""
        return all((self.folder(cache) / program).is_file() for program in self.programs)


def cache_of(environ: Mapping[str, str]) -> Path:
    """Give the folder that the servers are kept in."""
    home = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "/")) / ".cache"
    return Path(environ.get(CACHE_VARIABLE) or Path(home) / "opencode-otel-agent" / "backends")


def program(name: str, environ: Mapping[str, str]) -> Path | None:
    """Give the path of a server's program, None where it is not built."""
    for server in SERVERS:
        path = server.folder(cache_of(environ)) / name
        if name in server.programs and path.is_file():
            return path
    return None


def go_programs(module: str, version: str, packages: Mapping[str, str]) -> Callable[[Path], None]:
    """Give what builds the programs of a Go module: program → package below the module.

    `go install` refuses a module that replaces others, so one of our own requires it, with its replacements.
    """

    def build(folder: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            place = Path(scratch)
            found = _downloaded(f"{module}@{version}", place)
            place.joinpath("go.mod").write_text(_go_mod(module, version, found, place), encoding="utf-8")
            for name, package in packages.items():
                _go(place, "build", *FLAGS, "-o", str(folder / name), f"{module}/{package}")

    return build


def _downloaded(query: str, place: Path) -> Json:
    """Download a module, and tell what Go says of it."""
    found: Json = json.loads(_go(place, "mod", "download", "-json", query, GOFLAGS="-mod=mod"))
    return found


def _go_mod(module: str, version: str, found: Json, place: Path) -> str:
    """Write a go.mod that requires a module as it requires others itself."""
    told: Json = json.loads(_go(place, "mod", "edit", "-json", str(found["GoMod"])))
    lines = [f"module backends\n\ngo {told['Go']}\n", f"require {module} {version}"]
    lines += [f"exclude {one['Path']} {one['Version']}" for one in told.get("Exclude") or ()]
    lines += [line for one in told.get("Replace") or () for line in _replaced(one)]
    return "\n".join(lines) + "\n"


def _replaced(row: Json) -> Iterator[str]:
    """Write a replacement; in place of a folder of its repository there is the version that it requires."""
    old, new = row["Old"], row["New"]
    if "Version" in new:
        source = " ".join(part for part in (old["Path"], old.get("Version")) if part)
        yield f"replace {source} => {new['Path']} {new['Version']}"


def _go(place: Path, *words: str, **environ: str) -> str:
    """Run Go in a folder; CalledProcessError where it fails, its words are on the standard error."""
    done = subprocess.run(
        ["go", *words],
        cwd=place,
        env={**os.environ, "GOWORK": "off", **environ},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


PROMETHEUS: Final = Server(
    name="prometheus",
    version="v0.315.0",  # Prometheus 3.15: its Go module counts on from 0.35, which was 2.35
    programs=("prometheus", "promtool"),
    build=go_programs(
        "github.com/prometheus/prometheus",
        "v0.315.0",
        {"prometheus": "cmd/prometheus", "promtool": "cmd/promtool"},
    ),
)
LOKI: Final = Server(
    name="loki",
    version="v3.7.8",
    programs=("loki",),
    build=go_programs("github.com/grafana/loki/v3", "v3.7.8", {"loki": "cmd/loki"}),
)
SERVERS: Final = (PROMETHEUS, LOKI)


def install(server: Server, cache: Path) -> None:
    """Build a server unless it is there; a build that is broken off leaves nothing that looks like one."""
    if server.is_built(cache):
        return
    sys.stdout.write(f"install: building {server.name} {server.version}\n")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        server.build(made)
        made.rename(server.folder(cache))


def main(names: Sequence[str]) -> None:
    """Build the servers of these names, or all of them."""
    known = {server.name: server for server in SERVERS}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise SystemExit(f"install: expected names of {', '.join(known)}, got {', '.join(unknown)}")
    for name in names or known:
        install(known[name], cache_of(os.environ))
