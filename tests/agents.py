"""Agents as real processes, each with a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from otel_agent.settings import Protocol
from otel_agent.sink.server import Sink
from tests import journals, pipelines
from tests.pipelines import Sent, identity

EXIT_WAIT_S = 30.0
OBSERVED = frozenset({"user.id", "vcs.repository.name"})
WITH_PACE = (
    "import json,sys; from pathlib import Path; from otel_agent import agent,settings;"
    "pace=agent.Pace(**json.loads(sys.argv[2]));"
    "sys.exit(agent.run(Path(sys.argv[1]), settings.environ(), pace))"
)


@dataclass
class World:
    """A state directory and the agents that a test starts; `environ` is what OpenCode has."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    agents: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def state_dir(self) -> Path:
        """Where the journals are."""
        return self.root / "state"

    @property
    def host_dir(self) -> Path:
        """The folder of this host."""
        return self.state_dir / journals.HOST

    def journal(self, name: str, recording: str = "run_tools", **header: object) -> Path:
        """Make a journal of a recording; its writer is gone when the test does not say otherwise."""
        return journals.make(self.host_dir / name, recording, **{**journals.dead(), **header})

    def start(self, folder: Path, **pace: float) -> "subprocess.Popen[bytes]":
        """Start the agent of a journal as the plugin does, with a pace where it is given."""
        command = ["-m", "otel_agent", "run", "--journal", str(folder)]
        if pace:
            command = ["-c", WITH_PACE, str(folder), json.dumps(pace)]
        agent = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.root,
            env={
                "HOME": str(self.root),
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parents[1]),
                **self.environ,
            },
        )
        self.agents.append(agent)
        return agent

    def run(self, folder: Path, **pace: float) -> tuple[int, str]:
        """Run the agent of a journal whose OpenCode ends at once; return its exit code and what it said."""
        agent = self.start(folder, **pace)
        _, said = agent.communicate(timeout=EXIT_WAIT_S)
        return agent.returncode, said.decode()

    def end(self) -> None:
        """Leave no agent behind."""
        for agent in self.agents:
            with agent:
                agent.kill()

    def log(self) -> str:
        """Return the agents' log."""
        path = self.state_dir / "agent.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def settings_for(sink: Sink, protocol: Protocol = Protocol.HTTP_PROTOBUF) -> dict[str, str]:
    """Return the settings that lead to a sink."""
    url = sink.grpc_url if protocol is Protocol.GRPC else sink.http_url
    return {**journals.ON, "OPENCODE_OTLP_ENDPOINT": url, "OPENCODE_OTLP_PROTOCOL": protocol.value}


def arrived(sink: Sink) -> Sent:
    """Return what a sink has, as what an outbox has is returned."""
    return Sent(metrics=[sink.metric_points()], logs=[sink.log_records()])


def totals(sent: Sent) -> Mapping[tuple[object, ...], object]:
    """Return the largest value of every counter, which is its last one, and a histogram's last count.

    What an agent observes is left out of the identity: the recording was made elsewhere. So are the
    agent's own metrics, which tell of its work and not of the recording.
    """
    found: dict[tuple[object, ...], float] = {}
    for point in sent.points:
        value = point.value if isinstance(point.value, int | float) else point.value.count
        name, attributes = identity(point)
        if name.startswith("otel_agent."):
            continue
        told = tuple(pair for pair in attributes if pair[0] not in OBSERVED)
        key = (name, told, point.start_ns)
        found[key] = max(found.get(key, 0), value)
    return found


def uids(sent: Sent) -> list[object]:
    """Return the ids of all records, sorted."""
    return sorted(str(record.attributes["log.record.uid"]) for record in sent.records)


def expected(folder: Path, recording: str) -> Sent:
    """Return what a recording gives when nobody disturbs its pipeline."""
    return pipelines.finished(journals.make(folder, recording))
