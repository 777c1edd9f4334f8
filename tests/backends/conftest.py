"""What these tests share: real servers, started once, and a week of a team in them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import CLAUDE_CODE_PREFIX, DEFAULT_PREFIX
from tests.backends import claude
from tests.backends.builds import program
from tests.backends.filled import Filled, fill
from tests.backends.loki import Loki, serve_loki
from tests.backends.prometheus import Prometheus, serve_prometheus
from tests.trace_backends.serving import deliver

# The first test waits for the servers and for a week of work.
LIMIT_S = 300
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder a time limit that the servers' start fits in."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LIMIT_S))


def binary(name: str) -> Path:
    """Give a server's program; the test is skipped where it is not built."""
    path = program(name, os.environ)
    if path is None:
        pytest.skip(f"needs {name}: run `make test-backends`, or `tests/backends/install {name}`")
    return path


@pytest.fixture(scope="session")
def prometheus_binary() -> Path:
    """The program of Prometheus."""
    return binary("prometheus")


@pytest.fixture(scope="session")
def promtool_binary() -> Path:
    """The program that checks Prometheus' files."""
    return binary("promtool")


@pytest.fixture(scope="session")
def loki_binary() -> Path:
    """The program of Loki."""
    return binary("loki")


@pytest.fixture(scope="session")
def loki(loki_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loki]:
    """The real Loki, which has the records of both weeks."""
    with serve_loki(loki_binary, tmp_path_factory.mktemp("loki")) as server:
        yield server


@pytest.fixture(scope="session")
def default_prometheus(
    prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """The real Prometheus for the default prefix."""
    with serve_prometheus(prometheus_binary, tmp_path_factory.mktemp("prometheus")) as server:
        yield server


@pytest.fixture(scope="session")
def claude_code_prometheus(
    prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """Another one for Claude Code's prefix and series: the agent's own metrics are the same in both weeks."""
    with serve_prometheus(prometheus_binary, tmp_path_factory.mktemp("prometheus")) as server:
        for session in claude.SESSIONS:
            for request in session.requests():
                deliver(f"{server.endpoint}/v1/metrics", request.SerializeToString(), {})
        yield server


@pytest.fixture(scope="session")
def default_week(
    default_prometheus: Prometheus, loki: Loki, tmp_path_factory: pytest.TempPathFactory
) -> Filled:
    """The week with the default prefix."""
    variant = variant_of(DEFAULT_PREFIX, None, Temporality.CUMULATIVE)
    return fill(variant, default_prometheus, loki, tmp_path_factory.mktemp("week"))


@pytest.fixture(scope="session")
def claude_code_week(
    claude_code_prometheus: Prometheus, loki: Loki, tmp_path_factory: pytest.TempPathFactory
) -> Filled:
    """The week with the prefix of Claude Code, beside whose own series it stands."""
    variant = variant_of(CLAUDE_CODE_PREFIX, None, Temporality.CUMULATIVE)
    return fill(variant, claude_code_prometheus, loki, tmp_path_factory.mktemp("week"))


@pytest.fixture(params=["default_week", "claude_code_week"])
def filled(request: pytest.FixtureRequest) -> Filled:
    """Both weeks, one after the other."""
    found: Filled = request.getfixturevalue(request.param)
    return found
