"""An agent at work on a journal while it is written: the package's own parts, on the week's clock."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from otel_agent.exporter.sender import Sender
from otel_agent.journal import read_header
from otel_agent.observe import INSTALLATION_FILE, Observer
from otel_agent.pipeline import Pipeline
from otel_agent.routes import Standing, routes, ways
from otel_agent.settings import Settings
from otel_agent.worker import jitter, now_ms
from tests.backends.week import Journal, Json

TICK_MS = 5_000
"""How often the agent looks, on the week's clock."""
LIMIT_S = 30.0
PUMP_S = 0.05


@dataclass(slots=True, kw_only=True)
class Clock:
    """The week's clock."""

    ms: int

    def __call__(self) -> int:
        """Give the time."""
        return self.ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the agent counted while it worked on a journal; `last_error` is the backend's word."""

    counts: Mapping[str, int]
    last_error: str | None


def work(journal: Journal, settings: Settings, folder: Path, *, torn: str = "") -> Done:
    """Write a journal and deliver what it tells, as a live agent does; `torn` is a line that nobody ended.

    TimeoutError where the backend does not take it.
    """
    state, home = folder / "state", folder / journal.id
    home.mkdir(parents=True)
    segment = home / "0.ndjson"
    header_line, *lines = journal.lines()
    segment.write_text(f"{json.dumps(header_line)}\n", encoding="utf-8")
    clock = Clock(ms=journal.move.to_ms)
    agent = Agent(home, settings, _observer(journal, state / journal.person.id), clock)
    for at_ms, some in _ticks(lines, clock.ms):
        with segment.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(line)}\n" for line in some)
        clock.ms = at_ms
        agent.look()
    with segment.open("a", encoding="utf-8") as file:
        file.write(torn)
    return agent.end()


class Agent:
    """The pipeline and the sender of one journal."""

    def __init__(self, home: Path, settings: Settings, observer: Observer, clock: Clock) -> None:
        """Begin with a journal whose header is written."""
        header, standing = read_header(home), Standing(settings=settings, has_credentials=True)
        self._pipeline = Pipeline(
            home,
            header,
            ways(standing, header),
            observer=observer,
            now_ms=clock,
        )
        self._woken = threading.Event()
        self._sender = Sender(
            self._pipeline.outbox,
            routes(standing, header, {}),
            now_ms=now_ms,
            jitter=jitter,
            wake=self._woken.set,
        )

    def look(self) -> None:
        """Fold what was written, and deliver what is due."""
        self._pipeline.step()
        self._deliver()

    def end(self) -> Done:
        """Fold the end, deliver all, and tell of losses once, as the agent's worker does."""
        while self._pipeline.step():
            continue
        self._pipeline.finish()
        self._deliver()
        self._pipeline.flush()
        self._deliver()
        outbox = self._pipeline.outbox
        last_error = outbox.meta("last_error")
        done = Done(counts=outbox.counts(), last_error=last_error.decode() if last_error else None)
        self._sender.close()
        self._pipeline.close()
        return done

    def _deliver(self) -> None:
        """Send the stored requests until none waits."""
        end_s = time.monotonic() + LIMIT_S
        self._sender.pump()
        while not self._sender.is_idle:
            if time.monotonic() > end_s:
                raise TimeoutError(f"not delivered in {LIMIT_S} s: {self._pipeline.outbox.backlog()}")
            self._woken.wait(PUMP_S)
            self._woken.clear()
            self._sender.pump()


def _observer(journal: Journal, state: Path) -> Observer:
    """Give the observer of a person's installation, to whom git says what the journal says."""
    state.mkdir(parents=True, exist_ok=True)
    (state / INSTALLATION_FILE).write_text(f"{journal.person.id}\n", encoding="utf-8")

    def git(directory: str, words: Sequence[str]) -> str | None:
        if "remote.origin.url" in words:
            return f"https://git.example/team/{journal.repositories[directory]}.git"
        return journal.branch if words[0] == "symbolic-ref" else None

    return Observer(state, git=git)


def _ticks(lines: Sequence[Json], begin_ms: int) -> Iterator[tuple[int, list[Json]]]:
    """Yield what was written by each tick of the clock, nothing in most of them."""
    at_ms, some = begin_ms, list[Json]()
    for line in lines:
        while line["t"] > at_ms:
            yield at_ms, some
            at_ms, some = at_ms + TICK_MS, []
        some.append(line)
    yield at_ms, some
