"""A session of the real OpenCode arrives in Prometheus through the gateway."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.backends.gateways import gateway, numbers, settled
from tests.e2e.home import Tools, install_package, version_of
from tests.e2e.recipes import GENERAL, prompt
from tests.e2e.world import world_in


def needed_tools(opencode: Path) -> Tools:
    """Give OpenCode and npm; the test is skipped where npm is missing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which installs OpenCode's plugin package: install Node.js")
    return Tools(opencode=opencode.absolute(), npm=Path(npm), version=version_of(opencode))


@pytest.mark.e2e
@pytest.mark.timeout(180)
@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_real_session_arrives_whole(opencode: Path, tmp_path: Path, temporality: str) -> None:
    """Tokens and cost in Prometheus equal OpenCode's database exactly, by session, model and type."""
    tools = needed_tools(opencode)
    package = install_package(tools, Path(os.environ.get("OTEL_AGENT_E2E_CACHE") or tmp_path / "package"))
    with gateway(tmp_path) as it, world_in(tmp_path / "home", tools, package) as world:
        world.opencode.telemetry = it.telemetry("grpc", OPENCODE_OTLP_METRICS_TEMPORALITY=temporality)
        finished = world.opencode.run(world.home.project(config=GENERAL), prompt("subagent"))
        world.wait_quiet()
        told = world.truth()
        cost = {key: pytest.approx(usd, rel=1e-9) for key, usd in told.cost.items()}
        expected = replace(told, cost=cost)

        assert (0, "The sub-agent said hi.\n") == (finished.code, finished.out)
        assert expected == settled(
            lambda: numbers(it.prometheus, is_from_zero=temporality == "cumulative").sums, expected
        )
        assert len(it.sink.log_records()) > 0
