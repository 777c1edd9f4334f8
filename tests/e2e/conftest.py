"""What the end-to-end tests share: OpenCode's package from npm, installed once, and a world for each test."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.home import Tools, install_package, version_of
from tests.e2e.world import World, world_in

LIMIT_S = 60
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and give those a time limit that name none themselves."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Let OpenCode be interrupted also where the tests run in a shell's background, which ignores that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def tools(opencode: Path) -> Tools:
    """OpenCode and npm; a test that needs them is skipped where they are missing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which installs OpenCode's plugin package: install Node.js")
    return Tools(opencode=opencode.absolute(), npm=Path(npm), version=version_of(opencode))


@pytest.fixture(scope="session")
def package(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OpenCode's plugin package, installed by npm once; OTEL_AGENT_E2E_CACHE names a folder that keeps it."""
    kept = os.environ.get("OTEL_AGENT_E2E_CACHE")
    return install_package(tools, Path(kept) if kept else tmp_path_factory.mktemp("package"))


@pytest.fixture
def world(tools: Tools, package: Path, tmp_path: Path) -> Iterator[World]:
    """A home with OpenCode and the plugin, and a sink for its telemetry."""
    with world_in(tmp_path / "home", tools, package) as opened:
        yield opened
