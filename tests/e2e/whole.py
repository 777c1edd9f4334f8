"""A session in which everything happens, played once with the real OpenCode and git."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from otel_agent.sink.report import series
from tests.e2e.recipes import ECHO, prompt
from tests.e2e.server import Server, serve
from tests.e2e.waiting import wait_until
from tests.e2e.world import World

URL = "https://github.com/example/project/pull/7"
CONFIG = {
    "permission": {"bash": {"*": "allow", "uname*": "ask"}, "edit": {"*": "allow", "*.md": "ask"}},
    "mcp": {"echo": ECHO},
}
OFTEN = {"OPENCODE_OTLP_METRICS_INTERVAL": "500"}
Lines = tuple[float, ...]
"""Lines added and lines removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What was played: the world with its telemetry, the two sessions, and the net lines on the way."""

    world: World
    folder: Path
    main: str
    fork: str
    net: tuple[Lines, ...]

    def told(self, event: str, *names: str) -> list[tuple[object, ...]]:
        """Give these attributes of each log event of a name, in the order of arrival."""
        return [tuple(record.attributes.get(name) for name in names) for record in self.world.events(event)]

    def counted(self, metric: str, *names: str) -> dict[tuple[object, ...], float]:
        """Add up a metric by these attributes."""
        found: dict[tuple[object, ...], float] = defaultdict(float)
        for one in series(self.world.sink.metric_points()):
            if one.name == f"opencode.{metric}" and isinstance(one.value, int | float):
                found[tuple(one.attributes.get(name) for name in names)] += one.value
        return dict(found)


def play(world: World) -> Whole:
    """Work through everything in one server, then go on with the session in a second process."""
    folder = world.home.project(config=CONFIG)
    path = world.home.put_program("gh", f"echo {URL}")
    with serve(world.opencode, folder, PATH=path, **OFTEN) as server:
        main = server.session(folder)
        net = edits(world, server, folder, main)
        server.turn(folder, main, prompt("whole-ship"))
        permissions(server, folder, main)
        server.turn(folder, main, prompt("whole-helpers"))
        fork = str(server.call(folder, "POST", f"/session/{main}/fork", {})["id"])
        server.turn(folder, fork, prompt("simple"))
        model = {"providerID": "fake", "modelID": "large", "auto": False}
        server.call(folder, "POST", f"/session/{main}/summarize", model)
    world.wait_quiet()
    world.opencode.run(folder, prompt("simple"), "-s", main)
    world.wait_quiet()
    return Whole(world=world, folder=folder, main=main, fork=fork, net=net)


def edits(world: World, server: Server, folder: Path, session: str) -> tuple[Lines, ...]:
    """Write three files, change one of them, take the change back and put it in again."""
    server.turn(folder, session, prompt("whole-files"))
    net = [wait_net(world, session, (6, 0))]
    server.turn(folder, session, prompt("whole-change"))
    net.append(wait_net(world, session, (8, 1)))
    asked = [m["info"]["id"] for m in server.messages(folder, session) if m["info"]["role"] == "user"]
    server.call(folder, "POST", f"/session/{session}/revert", {"messageID": asked[1]})
    net.append(wait_net(world, session, (6, 0)))
    server.call(folder, "POST", f"/session/{session}/unrevert")
    net.append(wait_net(world, session, (8, 1)))
    return tuple(net)


def permissions(server: Server, folder: Path, session: str) -> None:
    """Allow a command once, then refuse a file with a word to the model."""
    server.begin(folder, session, prompt("whole-asking"))
    server.reply(folder, "permission", {"reply": "once"})
    wait_until(lambda: server.call(folder, "GET", "/permission") == [], what="the answered question's end")
    server.reply(folder, "permission", {"reply": "reject", "message": "no notes"})
    server.wait_idle(folder, session)


def net_lines(world: World, session: str) -> Lines:
    """Give the lines that a session has added and removed in all, as the backend shows them last."""
    return tuple(
        world.total("lines_of_code.total", **{"type": kind, "session.id": session})
        for kind in ("added", "removed")
    )


def wait_net(world: World, session: str, expected: Lines) -> Lines:
    """Wait until the backend shows these net lines, and give them."""
    wait_until(lambda: net_lines(world, session) == expected, what=f"{expected} net lines")
    return expected
