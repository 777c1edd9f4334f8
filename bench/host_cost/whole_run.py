"""How much longer `opencode run` takes with the plugin: interleaved pairs, with a confidence interval.

    OC=... python bench/host_cost/whole_run.py [PAIRS] [--stand-in] [--provider-url URL]

Run it at the repository's root. Each pair runs OpenCode once with the plugin (telemetry on, exit wait 0) and
once without it, in random order, after one unmeasured start of each. What counts is the upper end of
the bootstrap 95 % interval of the median of with/without; the limit is 1.03.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from otel_agent.plugin import render
from otel_agent.sink.server import Sink
from tests.e2e.fake_provider import FakeProvider
from tests.e2e.home import Home, Tools, find_tools, install_package
from tests.e2e.opencode import OpenCode
from tests.e2e.processes import agents_in, clean_up, is_gone
from tests.e2e.waiting import wait_until

LIMIT = 1.03
RESAMPLES = 10_000
REAL_AGENT = (sys.executable, "-E", "-P", "-m", "otel_agent")
STAND_IN = ("/bin/sh", "-c", "exec cat > /dev/null")
PROMPT = "measure [[scenario:simple]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """OpenCode in a home with the plugin, or in one without."""

    opencode: OpenCode
    projects: dict[str, Path]

    def seconds(self, project: str) -> float:
        """Run OpenCode once, wait until its agent has ended too, and return OpenCode's own duration."""
        done = self.opencode.run(self.projects[project], PROMPT)
        if done.code != 0:
            raise SystemExit(f"opencode run: expected exit code 0, got {done.code}\n{done.err}")
        root = self.opencode.home.root
        wait_until(lambda: all(is_gone(agent.pid) for agent in agents_in(root)), what="the agent's end")
        return done.seconds


def side(root: Path, tools: Tools, package: Path, provider_url: str, telemetry: dict[str, str]) -> Side:
    """Make a home with an empty project and one that has a `.opencode/` folder of its own."""
    home = Home(root, provider_url=provider_url, package=package)
    projects = {"empty": home.project("empty"), "with .opencode/": home.project("configured")}
    folder = projects["with .opencode/"] / ".opencode"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(package / name, folder / name)
    (folder / "node_modules").symlink_to(package / "node_modules")
    return Side(opencode=OpenCode(tools, home, telemetry), projects=projects)


def interval(ratios: Sequence[float], chance: random.Random) -> tuple[float, float]:
    """Return the bootstrap 95 % interval of the median."""
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975)]


def compared(plain: Side, plugged: Side, project: str, pairs: int) -> dict[str, float]:
    """Measure pairs in one project."""
    chance = random.Random(pairs)
    plain.seconds(project)
    plugged.seconds(project)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(pairs):
        for with_plugin in chance.sample((True, False), 2):
            times[with_plugin].append((plugged if with_plugin else plain).seconds(project))
    ratios = [plugged_s / plain_s for plugged_s, plain_s in zip(times[True], times[False], strict=True)]
    low, high = interval(ratios, chance)
    return {
        "pairs": pairs,
        "without_s": statistics.median(times[False]),
        "with_s": statistics.median(times[True]),
        "median_ratio": statistics.median(ratios),
        "low": low,
        "high": high,
    }


def main() -> int:
    """Measure, print a table and JSON; 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="?", type=int, default=60)
    parser.add_argument("--stand-in", action="store_true", help="start a process that only holds its stdin")
    parser.add_argument("--provider-url", help="a fake provider that runs already")
    options = parser.parse_args()
    tools = find_tools(os.environ)
    if isinstance(tools, str):
        raise SystemExit(tools)
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whole-run-")))
        stack.callback(clean_up, root)
        url = options.provider_url or stack.enter_context(FakeProvider()).url
        sink = stack.enter_context(Sink())
        package = install_package(tools, Path(os.environ.get("OTEL_AGENT_E2E_CACHE") or root / "package"))
        on = {
            "OPENCODE_ENABLE_TELEMETRY": "1",
            "OPENCODE_OTEL_EXIT_WAIT_MS": "0",
            "OPENCODE_OTLP_ENDPOINT": sink.http_url,
            "OPENCODE_OTLP_PROTOCOL": "http/protobuf",
        }
        plain = side(root / "plain", tools, package, url, on)
        plugged = side(root / "plugged", tools, package, url, on)
        plugged.opencode.home.put_plugin(render(STAND_IN if options.stand_in else REAL_AGENT))
        results = {name: compared(plain, plugged, name, options.pairs) for name in plain.projects}
        if not plugged.opencode.home.journals() and options.stand_in:
            raise SystemExit("the plugin wrote no journal: nothing was measured")
    for name, row in results.items():
        print(f"{name:16}", "  ".join(f"{key} {value:.4g}" for key, value in row.items()))
    verdict = all(row["high"] <= LIMIT for row in results.values())
    print(json.dumps({"limit": LIMIT, "results": results, "verdict": verdict}))
    return 0 if verdict else 1


if __name__ == "__main__":
    sys.exit(main())
