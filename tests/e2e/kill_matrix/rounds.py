"""A round: several lives one after the other in one home, then an ordinary run that delivers what is left."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from otel_agent import receipts
from otel_agent.plugin import render
from tests.e2e.fake_provider import FakeProvider
from tests.e2e.home import Home, Tools
from tests.e2e.kill_matrix.keeper import Keeper
from tests.e2e.kill_matrix.lives import Lived, play
from tests.e2e.kill_matrix.plan import Life
from tests.e2e.kill_matrix.server import Server
from tests.e2e.kill_matrix.verdict import Verdict, gathered, judged, own_differences
from tests.e2e.opencode import OpenCode
from tests.e2e.processes import agents_in, clean_up, is_gone
from tests.e2e.waiting import wait_until
from tests.e2e.world import AGENT

LAST_RUNS = 6
"""An agent takes four journals over at its start, and a round leaves some more at most."""
QUIET_S = 120.0
"""An agent tries for 30 s to deliver, and a machine may have much else to do."""
TRIES = 3
"""How often a life is lived again whose strikes met nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What became of each life, and what the last runs left.

    `adopted` is how often an agent took a journal over, `dropped` what the agents' receipts count by reason.
    `errors` are lines of their log, and whether they counted another number of events than there were.
    """

    verdicts: tuple[tuple[Lived, Verdict], ...]
    last_runs: int
    left: int
    adopted: int
    dropped: Mapping[str, int]
    errors: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether all of it arrived, once, nothing waits, and no agent met an error."""
        is_over = self.left == 0 and not self.errors
        return is_over and all(verdict.is_good for _, verdict in self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a round takes place."""

    opencode: OpenCode
    server: Server
    keeper: Keeper

    @property
    def home(self) -> Home:
        """The home of everything."""
        return self.opencode.home

    def wait_quiet(self) -> None:
        """Wait until every agent has ended."""
        wait_until(
            lambda: all(is_gone(agent.pid) for agent in agents_in(self.home.root)),
            what="the agents' end",
            timeout_s=QUIET_S,
        )


@contextmanager
def place_in(root: Path, tools: Tools, package: Path) -> Iterator[Place]:
    """Open a home with a model provider and a server; at the end every process in it is killed."""
    with ExitStack() as stack:
        provider = stack.enter_context(FakeProvider())
        home = Home(root, provider_url=provider.url, package=package)
        home.put_plugin(render(AGENT))
        stack.callback(shutil.rmtree, home.scratch, ignore_errors=True)
        stack.callback(clean_up, root)
        server = Server(root)
        stack.callback(server.kill)
        server.start()
        keeper = stack.enter_context(Keeper(home.state, root / "kept"))
        yield Place(opencode=OpenCode(tools, home, {}), server=server, keeper=keeper)


def play_round(place: Place, lives: Sequence[Life]) -> Round:
    """Live the lives, deliver what they left, and judge."""
    lived = [one for number, life in enumerate(lives) for one in attempts(place, f"life-{number}", life)]
    place.opencode.telemetry = {}
    last = ordinary(lives[0])
    runs = 0
    while runs < LAST_RUNS and (runs == 0 or place.home.journals()):
        lived += [play(place.opencode, place.server, place.home.project(f"last-{runs}"), last)]
        place.wait_quiet()
        runs += 1
    log = told(place.home.state / "agent.log")
    evidence = gathered(place.home.database, place.keeper.journals(), place.server.taken())
    return Round(
        verdicts=tuple((one, judged(one, evidence)) for one in lived),
        last_runs=runs,
        left=len(place.home.journals()),
        adopted=sum("event='journal_adopted'" in row for row in log),
        dropped=dropped(place.home.state),
        errors=(*(row for row in log if "level='error'" in row), *own_differences(evidence)),
    )


def dropped(state: Path) -> Mapping[str, int]:
    """Add up what receipts say of things that were not delivered."""
    found: Counter[str] = Counter()
    for host in state.glob("*/receipts"):
        for receipt in receipts.read(host.parent):
            found.update(receipt.dropped)
    return found


def told(log: Path) -> list[str]:
    """Give the lines of the agents' log."""
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def attempts(place: Place, name: str, life: Life) -> Iterator[Lived]:
    """Live a life, again with earlier strikes when they met nobody."""
    for attempt in range(TRIES):
        earlier = tuple(replace(strike, after_ms=strike.after_ms / 2**attempt) for strike in life.strikes)
        folder = place.home.project(f"{name}-{attempt}")
        lived = play(place.opencode, place.server, folder, replace(life, strikes=earlier))
        yield lived
        if lived.kills:
            return


def ordinary(life: Life) -> Life:
    """Give a life in which nobody is killed, and for whose agent nobody waits."""
    return replace(life, strikes=(), is_server=False, exit_wait_ms=0, interval_ms=None)
