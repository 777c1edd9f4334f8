"""The kill matrix: real OpenCode, real agent, real server, and SIGKILL at random moments.

Run as `python -m tests.e2e.kill_matrix.matrix LOG KILLS [SEED]`; the log is shown as well.
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from tests.e2e.home import Tools, find_tools, install_package
from tests.e2e.kill_matrix.plan import Life, lives
from tests.e2e.kill_matrix.report import HEADING, lines, summary
from tests.e2e.kill_matrix.rounds import Round, place_in, play_round

LIVES_IN_A_ROUND = 8
MOST_SERIES = 4
"""A second series of rounds makes up for the strikes of the first one that met nobody."""
LANES = 2
"""Rounds at a time: half a life is waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a matrix is played on."""

    tools: Tools
    package: Path
    root: Path


def play_matrix(machine: Machine, *, kills: int, seed: int, tell: Callable[[str], object]) -> bool:
    """Play so many kills, telling each line when it is known; True when nothing was lost or doubled."""
    tell(f"kill matrix: {kills} kills, seed {seed}, OpenCode {machine.tools.version}")
    tell(HEADING)
    found: list[Round] = []
    for one in played_until(machine, seed, kills):
        for line in lines(one, 1 + hits(found)):
            tell(line)
        found.append(one)
    for line in summary(found, seed):
        tell(line)
    return hits(found) >= kills and all(one.is_good for one in found)


def hits(rounds: Iterable[Round]) -> int:
    """Count the strikes that met somebody."""
    return sum(len(lived.kills) for one in rounds for lived, _ in one.verdicts)


def played_until(machine: Machine, seed: int, kills: int) -> Iterator[Round]:
    """Play rounds until so many strikes have met somebody; some come when the process is gone already."""
    drawn, missing = 0, kills
    for series in range(MOST_SERIES):
        plans = lives(seed, missing, after=drawn)
        drawn += len(plans)
        for one in played(machine, series, chunks(plans, LANES)):
            missing -= hits([one])
            yield one
        if missing <= 0:
            return


def played(machine: Machine, series: int, rounds: Sequence[Sequence[Life]]) -> Iterator[Round]:
    """Play rounds, several at a time, and give them in their order."""

    def play(numbered: tuple[int, Sequence[Life]]) -> Round:
        number, plans = numbered
        root = machine.root / f"round-{series}-{number}"
        with place_in(root, machine.tools, machine.package) as place:
            return play_round(place, plans)

    with ThreadPoolExecutor(LANES) as pool:
        yield from pool.map(play, enumerate(rounds))


def chunks(plans: Sequence[Life], lanes: int) -> list[Sequence[Life]]:
    """Share lives out among rounds of about equal length, a multiple of the lanes."""
    count = -(-len(plans) // (LIVES_IN_A_ROUND * lanes)) * lanes
    return [plans[number::count] for number in range(count) if plans[number::count]]


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Play a matrix; exit code 1 when something was lost or doubled, 2 when it cannot be played."""
    tools = find_tools(environ)
    if isinstance(tools, str) or len(arguments) not in {2, 3}:
        sys.stderr.write(f"{tools if isinstance(tools, str) else __doc__}\n")
        return 2
    seed = int(arguments[2]) if len(arguments) == 3 else random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory() as scratch, Path(arguments[0]).open("w", encoding="utf-8") as log:
        cache = environ.get("OTEL_AGENT_E2E_CACHE")
        package = install_package(tools, Path(cache) if cache else Path(scratch) / "package")
        machine = Machine(tools=tools, package=package, root=Path(scratch))
        is_good = play_matrix(machine, kills=int(arguments[1]), seed=seed, tell=partial(told, log))
    return 0 if is_good else 1


def told(log: TextIO, line: str) -> None:
    """Write a line into the log and show it, at once."""
    for stream in (log, sys.stdout):
        stream.write(f"{line}\n")
        stream.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
