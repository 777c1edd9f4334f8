"""The builds of the servers, as far as they need neither Go nor a network."""

import subprocess
import sys
from pathlib import Path

from tests.backends.builds import CACHE_VARIABLE, SERVERS, cache_of, program

INSTALL = Path(__file__).with_name("install")


def installed(cache: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run the script without Go on the path."""
    return subprocess.run(
        [sys.executable, str(INSTALL), *names],
        env={"PATH": "", CACHE_VARIABLE: str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_built_is_left_alone(tmp_path: Path) -> None:
    """A second run starts no compiler."""
    for server in SERVERS:
        server.folder(tmp_path).mkdir()
        for name in server.programs:
            (server.folder(tmp_path) / name).touch()

    done = installed(tmp_path)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_unknown_name_is_an_error_that_tells_the_known_ones(tmp_path: Path) -> None:
    """Nothing is built then."""
    done = installed(tmp_path, "promethius")

    known = ", ".join(server.name for server in SERVERS)
    assert (1, f"install: expected names of {known}, got promethius\n") == (done.returncode, done.stderr)
    assert [] == list(tmp_path.iterdir())


def test_servers_are_kept_outside_of_the_repository() -> None:
    """In the user's cache, or where the variable says."""
    assert Path("/home/dev/.cache/opencode-otel-agent/backends") == cache_of({"HOME": "/home/dev"})
    assert Path("/cache/opencode-otel-agent/backends") == cache_of({"XDG_CACHE_HOME": "/cache"})
    assert Path("/there") == cache_of({CACHE_VARIABLE: "/there", "XDG_CACHE_HOME": "/cache"})


def test_program_of_another_version_is_none(tmp_path: Path) -> None:
    """A pinned version that is not built is not there, whatever else is."""
    (tmp_path / "prometheus-v0.1.0").mkdir()
    (tmp_path / "prometheus-v0.1.0" / "prometheus").touch()

    assert program("prometheus", {CACHE_VARIABLE: str(tmp_path)}) is None
