"""One test's world: the fake provider, the real OpenCode with the plugin, and an OTLP server."""

import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from otel_agent.plugin import render
from otel_agent.sink.decode import Record
from otel_agent.sink.report import series, total
from otel_agent.sink.server import Sink
from tests.e2e.fake_provider import FakeProvider
from tests.e2e.home import Home, Tools
from tests.e2e.opencode import OpenCode
from tests.e2e.processes import agents_in, clean_up, is_gone
from tests.e2e.truth import Sums, final_truth
from tests.e2e.waiting import wait_until

AGENT = (sys.executable, "-E", "-P", "-m", "otel_agent")
QUIET_LIMIT_S = 45.0
"""An agent tries for 30 s to deliver what a backend does not take."""


class World:
    """OpenCode in a home of its own, and the backend that its telemetry goes to."""

    def __init__(self, tools: Tools, home: Home, provider: FakeProvider, sink: Sink) -> None:
        """Put everything together; telemetry goes to the sink over HTTP/protobuf."""
        self.home = home
        self.provider = provider
        self.sink = sink
        self.opencode = OpenCode(tools, home, telemetry(sink))

    def wait_quiet(self) -> None:
        """Wait until every agent has ended: what they deliver by themselves has arrived then."""
        wait_until(lambda: not self.agents(), what="the agents' end", timeout_s=QUIET_LIMIT_S)

    def agents(self) -> list[int]:
        """Give the pids of the agents that are alive."""
        return [agent.pid for agent in agents_in(self.home.root) if not is_gone(agent.pid)]

    def the_agent(self) -> int:
        """Wait for an agent and give its pid."""
        return wait_until(self.agents, what="an agent")[0]

    def truth(self) -> Sums:
        """Give what OpenCode's database says."""
        return final_truth(self.home.database)

    def arrived(self) -> Sums:
        """Give what the sink says, in the form of the truth."""
        return arrived(self.sink)

    def total(self, name: str, **attributes: str | bool) -> float:
        """Give a metric's sum over the series with these attributes; the name is without prefix."""
        return total(self.sink.metric_points(), f"opencode.{name}", **attributes)

    def events(self, name: str) -> list[Record]:
        """Give the log events of a name, without prefix, in the order of arrival."""
        return [record for record in self.sink.log_records() if record.name == f"opencode.{name}"]

    def event_counts(self) -> Mapping[str, int]:
        """Count the log events by name, without prefix."""
        return Counter(record.name.removeprefix("opencode.") for record in self.sink.log_records())

    def log(self) -> str:
        """Give OpenCode's own log."""
        files = sorted((self.home.database.parent / "log").glob("*.log"))
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


def telemetry(sink: Sink, protocol: str = "http/protobuf") -> dict[str, str]:
    """Give the settings that send telemetry to a sink, with every other one at its default."""
    return {
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OPENCODE_OTLP_ENDPOINT": sink.grpc_url if protocol == "grpc" else sink.http_url,
        "OPENCODE_OTLP_PROTOCOL": protocol,
    }


def arrived(sink: Sink) -> Sums:
    """Sum up the token and cost metrics that a sink received."""
    tokens: dict[tuple[str, str, str], int] = defaultdict(int)
    cost: dict[tuple[str, str], float] = defaultdict(float)
    for one in series(sink.metric_points()):
        session, model = str(one.attributes.get("session.id")), str(one.attributes.get("model"))
        if one.name == "opencode.token.usage":
            if not isinstance(one.value, int):
                raise TypeError(f"token.usage: expected a whole number, got {one.value}")
            tokens[session, model, str(one.attributes["type"])] += one.value
        if one.name == "opencode.cost.usage" and isinstance(one.value, int | float):
            cost[session, model] += one.value
    return Sums(tokens=dict(tokens), cost=dict(cost))


@contextmanager
def world_in(root: Path, tools: Tools, package: Path) -> Iterator[World]:
    """Open a world below a folder; at the end every process in it is killed."""
    with ExitStack() as stack:
        provider = stack.enter_context(FakeProvider())
        sink = stack.enter_context(Sink())
        home = Home(root, provider_url=provider.url, package=package)
        home.put_plugin(render(AGENT))
        stack.callback(
            shutil.rmtree, home.scratch, ignore_errors=True
        )  # OpenCode leaves megabytes at each start
        stack.callback(clean_up, root)
        yield World(tools, home, provider, sink)
