"""Hosts for the plugin: each test starts its own, and none outlives it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.plugin.host import ON, Host

HostFactory = Callable[..., Host]


@pytest.fixture
def new_host(opencode: Path, tmp_path: Path) -> Iterator[HostFactory]:
    """Make hosts on OpenCode's Bun, with telemetry on unless the environment given says otherwise."""
    hosts: list[Host] = []

    def make(environ: dict[str, str] | None = None, **fields: object) -> Host:
        fields.setdefault("runtime", opencode)
        host = Host(folder=tmp_path, environ={**ON, **(environ or {})}, **fields)  # type: ignore[arg-type]
        hosts.append(host)
        return host

    yield make
    for host in hosts:
        host.stop()


@pytest.fixture
def host(new_host: HostFactory) -> Host:
    """A host with one instance of the plugin, telemetry on."""
    host = new_host().start()
    host.attach()
    return host


@pytest.fixture
def node() -> Path:
    """The node executable; tests that need it are skipped where it is missing."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("needs node, on which the plugin must run too: install Node.js")
    return Path(found)
