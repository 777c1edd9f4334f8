"""What every test shares: the real OpenCode where the machine has it, and what a skip means."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from otel_agent.sink.server import Sink
from tests.agents import World

# How long a case takes says how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# `.ci/run` and `make e2e` set it: a test that cannot run is then a test that failed.
FORBID_SKIP = os.environ.get("OTEL_AGENT_FORBID_SKIP") == "1"


@pytest.fixture(scope="session")
def opencode() -> Path:
    """The real OpenCode's binary, named by the environment variable OC."""
    path = Path(os.environ.get("OC", ""))
    if not path.is_file():
        pytest.skip("needs the real OpenCode: run `make e2e`, or set OC to its binary")
    return path


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Leave structlog as it was: an agent or a command in the tests' process turns it to a file."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A backend."""
    with Sink() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A state directory; every agent is gone afterwards."""
    made = World(tmp_path / "world")
    made.host_dir.mkdir(parents=True)
    yield made
    made.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where skipping is forbidden."""
    report = yield
    if FORBID_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = call.excinfo.value if call.excinfo else "no reason given"
        report.longrepr = f"{item.nodeid} was skipped, which OTEL_AGENT_FORBID_SKIP forbids: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into a failure likewise."""
    report = yield
    if FORBID_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, which OTEL_AGENT_FORBID_SKIP forbids"
    return report
