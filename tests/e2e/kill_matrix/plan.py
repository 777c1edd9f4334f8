"""What is killed, when, and in which life of OpenCode: the same seed draws the same plan."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice


class Target(StrEnum):
    """What SIGKILL goes to."""

    OPENCODE = "opencode"
    AGENT = "agent"
    SERVER = "server"


class Phase(StrEnum):
    """What a strike's time is counted from.

    The journal's first line; the agent's start; the end of the work, when the agent is about to deliver the
    rest; the moment at which the server has a request and has not acknowledged it, or only just.
    """

    WORK = "work"
    START = "start"
    DRAIN = "drain"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One or several processes that are killed at once, so many milliseconds after the phase began."""

    targets: tuple[Target, ...]
    phase: Phase
    after_ms: float = 0.0

    def drawn(self, source: random.Random) -> "Strike":
        """Give the strike at a random moment."""
        return replace(self, after_ms=source.uniform(0.0, LONGEST_MS[self.phase]))


LONGEST_MS = {Phase.WORK: 3200.0, Phase.START: 700.0, Phase.DRAIN: 350.0, Phase.REQUEST: 10.0}
"""The work lasts at least 3.5 s; an agent takes about 0.5 s to start, and 0.1 to 0.4 s to end."""


LONGEST_DOWN_MS = 1500.0
"""Between the server's kill and its next start, which takes a second itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One process of OpenCode with its settings, and the strikes that fall while it or its agent lives.

    `interval_ms` is how often requests are built, None for the defaults; the server is down for `down_ms`.
    """

    seed: str
    strikes: tuple[Strike, ...]
    is_server: bool
    protocol: str
    temporality: str
    exit_wait_ms: int
    interval_ms: int | None
    down_ms: float


OPENCODE, AGENT, SERVER = Target.OPENCODE, Target.AGENT, Target.SERVER


def strike(phase: Phase, *targets: Target) -> Strike:
    """Write a strike in one line."""
    return Strike(targets=targets, phase=phase)


DECK: tuple[tuple[Strike, ...], ...] = (
    (strike(Phase.WORK, OPENCODE),),
    (strike(Phase.REQUEST, SERVER), strike(Phase.WORK, OPENCODE)),
    (strike(Phase.WORK, AGENT),),
    (strike(Phase.WORK, OPENCODE, AGENT),),
    (strike(Phase.WORK, OPENCODE, SERVER),),
    (strike(Phase.WORK, AGENT, SERVER),),
    (strike(Phase.WORK, OPENCODE, AGENT, SERVER),),
    (strike(Phase.WORK, AGENT), strike(Phase.WORK, OPENCODE)),
    (strike(Phase.START, OPENCODE, AGENT),),
    (strike(Phase.START, AGENT), strike(Phase.START, AGENT)),
    (strike(Phase.REQUEST, AGENT), strike(Phase.WORK, SERVER)),
    (strike(Phase.REQUEST, SERVER), strike(Phase.REQUEST, SERVER)),
    (strike(Phase.REQUEST, SERVER), strike(Phase.REQUEST, OPENCODE, AGENT)),
    (strike(Phase.REQUEST, AGENT, SERVER),),
    (strike(Phase.DRAIN, AGENT),),
    (strike(Phase.WORK, SERVER), strike(Phase.DRAIN, AGENT)),
    (strike(Phase.WORK, AGENT), strike(Phase.DRAIN, AGENT, SERVER)),
    (strike(Phase.WORK, SERVER), strike(Phase.DRAIN, SERVER)),
)
"""Every kind of life; each is dealt once before one is dealt again."""


def lives(seed: int, kills: int, *, after: int = 0) -> list[Life]:
    """Draw lives until their strikes are as many as wanted; those that come after so many others."""
    found: list[Life] = []
    for number, dealt_out in islice(enumerate(dealt(seed)), after, None):
        if sum(len(life.strikes) for life in found) >= kills:
            return found
        found.append(drawn(f"{seed}.{number}", dealt_out))
    raise AssertionError("the deck never ends")


def dealt(seed: int) -> Iterator[tuple[Strike, ...]]:
    """Deal the deck again and again, each time in another order."""
    source = random.Random(seed)  # noqa: S311 - a plan that can be drawn again
    while True:
        yield from source.sample(DECK, len(DECK))


def drawn(seed: str, strikes: tuple[Strike, ...]) -> Life:
    """Draw the moments and the settings of one life."""
    source = random.Random(seed)  # noqa: S311 - the same
    is_drain = any(one.phase is Phase.DRAIN for one in strikes)
    life = Life(
        seed=seed,
        strikes=tuple(one.drawn(source) for one in strikes),
        is_server=not is_drain and source.random() < 0.3,
        protocol=source.choice(("grpc", "http/protobuf", "http/json")),
        temporality=source.choice(("cumulative", "delta")),
        exit_wait_ms=source.choice((0, 10_000)),
        interval_ms=source.choice((None, 300, 300, 700)),
        down_ms=source.uniform(0.0, LONGEST_DOWN_MS),
    )
    # At the default intervals a short life has requests at its end only: a strike would come too late.
    is_late = life.interval_ms is None and any(one.phase is Phase.REQUEST for one in strikes)
    return replace(life, interval_ms=700) if is_late else life
