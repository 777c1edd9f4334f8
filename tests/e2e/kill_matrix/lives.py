"""One life of OpenCode: it works as it does for a user, while its processes are killed as the plan says."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.home import Home
from tests.e2e.kill_matrix.keeper import lines_of
from tests.e2e.kill_matrix.plan import Life, Phase, Strike, Target
from tests.e2e.kill_matrix.server import Server
from tests.e2e.opencode import OpenCode, Running
from tests.e2e.processes import agents_in, is_gone
from tests.e2e.recipes import prompt
from tests.e2e.server import serve

TICK_S = 0.001
PHASE_LIMIT_S = 90.0
LIFE_LIMIT_S = 150.0
"""A life takes 5 to 20 s, and several times that on a machine with much else to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A strike that hit: `moment_ms` after OpenCode's start, at `at_ms` since 1970."""

    strike: Strike
    moment_ms: float
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A life that is over; it worked in a folder of its own, which names its sessions."""

    life: Life
    folder: Path
    kills: tuple[Kill, ...]

    @property
    def ended_ms(self) -> float | None:
        """When OpenCode was killed, milliseconds since 1970."""
        found = [kill.at_ms for kill in self.kills if Target.OPENCODE in kill.strike.targets]
        return found[0] if found else None


@dataclass(slots=True, kw_only=True)
class Scene:
    """A life that is under way."""

    home: Home
    server: Server
    life: Life
    running: Running
    began_s: float = field(default_factory=time.time)
    killed: set[int] = field(default_factory=set)
    taken_bytes: int = 0

    @property
    def opencode(self) -> int:
        """OpenCode's pid, which its journal's name has too."""
        return self.running.process.pid

    @property
    def is_over(self) -> bool:
        """Whether OpenCode is gone."""
        return self.running.process.poll() is not None

    def agents(self) -> list[int]:
        """Give the pids of the agents that OpenCode has started and that are alive."""
        sign = f"-{self.opencode}-"
        return [
            found.pid
            for found in agents_in(self.home.root)
            if sign in Path(found.command[-2]).name
            and found.pid not in self.killed
            and not is_gone(found.pid)
        ]

    def journal(self) -> Path | None:
        """Give the first segment of OpenCode's journal while it is there."""
        return next(self.home.state.glob(f"*/*-{self.opencode}-*/0.ndjson"), None)


def play(opencode: OpenCode, server: Server, folder: Path, life: Life) -> Lived:
    """Live one life to its end; the server is up again afterwards."""
    opencode.telemetry = settings_of(life, server)
    try:
        kills = (serving if life.is_server else running)(opencode, server, folder, life)
    finally:
        if not server.is_up:
            server.start()
    return Lived(life=life, folder=folder, kills=kills)


def settings_of(life: Life, server: Server) -> dict[str, str]:
    """Give the telemetry settings of a life."""
    settings = {
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OPENCODE_OTLP_ENDPOINT": server.url(life.protocol),
        "OPENCODE_OTLP_PROTOCOL": life.protocol,
        "OPENCODE_OTLP_METRICS_TEMPORALITY": life.temporality,
        "OPENCODE_OTEL_EXIT_WAIT_MS": str(life.exit_wait_ms),
    }
    if life.interval_ms is not None:
        settings["OPENCODE_OTLP_METRICS_INTERVAL"] = str(life.interval_ms)
        settings["OPENCODE_OTLP_LOGS_INTERVAL"] = str(life.interval_ms)
    return settings


def running(opencode: OpenCode, server: Server, folder: Path, life: Life) -> tuple[Kill, ...]:
    """Live as one `opencode run`."""
    is_short = all(strike.phase is Phase.DRAIN for strike in life.strikes) and life.down_ms < 500.0
    scenario = "simple" if is_short else "kill-work"
    with opencode.begin(folder, prompt(scenario)) as process:
        scene = Scene(home=opencode.home, server=server, life=life, running=process)
        kills = struck(scene)
        process.finish(LIFE_LIMIT_S)
    return kills


def serving(opencode: OpenCode, server: Server, folder: Path, life: Life) -> tuple[Kill, ...]:
    """Live as an `opencode serve` with two sessions at a time, which a signal ends at last."""
    with serve(opencode, folder) as driven:
        scene = Scene(home=opencode.home, server=server, life=life, running=driven.running)
        sessions = [driven.session(folder) for _ in range(2)]
        for session, scenario in zip(sessions, ("kill-work", "kill-talk"), strict=True):
            driven.begin(folder, session, prompt(scenario))
        kills = struck(scene)
        if not any(Target.OPENCODE in kill.strike.targets for kill in kills):
            for session in sessions:
                driven.wait_idle(folder, session, LIFE_LIMIT_S)
            driven.running.process.send_signal(signal.SIGTERM)
        driven.running.finish(LIFE_LIMIT_S)
    return kills


def struck(scene: Scene) -> tuple[Kill, ...]:
    """Carry out the strikes one after the other; give those that hit."""
    found = []
    for strike in scene.life.strikes:
        kill = carry_out(scene, strike)
        if kill is not None:
            found.append(kill)
        if not scene.server.is_up:
            time.sleep(scene.life.down_ms / 1000)
            scene.server.start()
    return tuple(found)


def carry_out(scene: Scene, strike: Strike) -> Kill | None:
    """Kill the strike's targets at its moment; None when one of them is gone already."""
    scene.taken_bytes = scene.server.taken_bytes
    if not came(SIGNS[strike.phase], scene):
        return None
    time.sleep(strike.after_ms / 1000)
    agents = scene.agents() if Target.AGENT in strike.targets else []
    if Target.AGENT in strike.targets and not agents:
        return None
    if Target.OPENCODE in strike.targets and scene.is_over:
        return None
    at_s = time.time()
    if Target.OPENCODE in strike.targets:
        os.kill(scene.opencode, signal.SIGKILL)
    for agent in agents:
        end_agent(scene, agent)
    if Target.SERVER in strike.targets:
        scene.server.kill()
    return Kill(strike=strike, moment_ms=(at_s - scene.began_s) * 1000, at_ms=at_s * 1000)


def end_agent(scene: Scene, agent: int) -> None:
    """Kill an agent that was alive a moment ago."""
    scene.killed.add(agent)
    try:
        os.kill(agent, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself within that moment: a kill that changed nothing
        return


def came(sign: Callable[[Scene], bool], scene: Scene) -> bool:
    """Wait for a phase to begin; False when OpenCode and its agent ended before."""
    limit_s = time.monotonic() + PHASE_LIMIT_S
    while not sign(scene):
        if (scene.is_over and not scene.agents()) or time.monotonic() > limit_s:
            return sign(scene)
        time.sleep(TICK_S)
    return True


def has_journal(scene: Scene) -> bool:
    """Tell whether the plugin has begun to write."""
    return scene.journal() is not None


def has_agent(scene: Scene) -> bool:
    """Tell whether an agent has been started that was not killed yet."""
    return bool(scene.agents())


def is_answered(scene: Scene) -> bool:
    """Tell whether the first session of the journal is idle: OpenCode is about to end."""
    segment = scene.journal()
    if segment is None:
        return False
    try:
        events = [line["event"] for line in lines_of(segment) if "event" in line]
    except FileNotFoundError:
        return False
    idle = {one["properties"]["sessionID"] for one in events if one["type"] == "session.idle"}
    created = [one["properties"]["info"]["id"] for one in events if one["type"] == "session.created"]
    return bool(created) and created[0] in idle


def has_taken(scene: Scene) -> bool:
    """Tell whether the server has a request more than when the strike was prepared."""
    return scene.server.taken_bytes > scene.taken_bytes


SIGNS = {
    Phase.WORK: has_journal,
    Phase.START: has_agent,
    Phase.DRAIN: is_answered,
    Phase.REQUEST: has_taken,
}
