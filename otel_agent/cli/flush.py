"""`otel-agent flush`: delivers what waits on this host, now, and says what still waits and why."""

import socket
import threading
import time
from typing import Annotated, Final

import typer
from rich.console import Console

from otel_agent import effective, logfile
from otel_agent.cli.waiting import show, show_waiting
from otel_agent.cli.words import counted, wide_console
from otel_agent.flush import Flush, Flushed, Rest, folders_in
from otel_agent.routes import standing_of, standing_today
from otel_agent.settings import Signal
from otel_agent.undelivered import ELSEWHERE
from otel_agent.worker import Process

WAITS: Final = 1
"""The exit code when something waits for its delivery."""
TIMEOUT_S: Final = 30.0
LONGEST_S: Final = 3600.0
BROKEN: Final = "otel-agent doctor and the agent's log say more; what cannot be repaired can be deleted"
HELD: Final = "run otel-agent flush again; what that process cannot deliver is free when it ends"
GOES_ON: Final = "its agent goes on; end OpenCode, or run otel-agent flush with a longer --timeout"
UNREAD: Final = "run otel-agent flush again, with a longer --timeout; the agent's log says what failed"
LOOKING: Final = "looking for what waits"
NOUNS: Final = {Signal.METRICS: "metric point", Signal.LOGS: "log record", Signal.TRACES: "span"}


def _timeout(seconds: float) -> float:
    """Return the seconds, or raise typer.BadParameter, which ends the command with 2."""
    if 0 < seconds <= LONGEST_S:
        return seconds
    raise typer.BadParameter(f"expected seconds above 0 and up to {LONGEST_S:.0f}, got {seconds:g}")


Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", callback=_timeout, help="When to stop, done or not."),
]
Adopt = Annotated[
    bool,
    typer.Option(
        "--adopt",
        help="Send what waits for credentials that have changed with those of this shell, where it belongs.",
    ),
]


def flush(*, timeout: Timeout = TIMEOUT_S, adopt: Adopt = False) -> None:
    """Deliver what waits on this host now; ends with 1 when something still waits."""
    chosen, console, woken = effective.from_process(), wide_console(), threading.Event()
    logfile.configure(chosen.state_dir, chosen.log_level, clock=time.monotonic)
    process = Process(
        state_dir=chosen.state_dir,
        host=socket.gethostname(),
        environ=effective.environ(),
        wake=woken.set,
        standing=standing_today if adopt else standing_of,
    )
    if not any(folders_in(chosen.state_dir)):
        show(console, "There is no journal, so nothing waits")
        return
    with console.status(LOOKING) as shown:
        done = Flush(process, woken).run(
            timeout,
            lambda waiting: shown.update(f"{counted(waiting, 'request')} to deliver" if waiting else LOOKING),
        )
    _show_done(console, done)
    _show_rest(console, done.rest)
    if not done.rest.is_settled:
        raise typer.Exit(WAITS)


def _show_done(console: Console, done: Flushed) -> None:
    """Print what was delivered and what was lost on the way."""
    items = [
        counted(done.delivered[signal], noun) for signal, noun in NOUNS.items() if signal in done.delivered
    ]
    if items:
        show(console, f"Delivered {', '.join(items)} of {counted(done.journals, 'journal')}")
    elif not done.rest.is_settled:
        show(console, "Delivered nothing")
    if done.dropped:
        show(console, "Dropped " + ", ".join(f"{name}={number}" for name, number in done.dropped.items()))
    for name, words in done.removed.items():
        show(console, f"Removed journal {name}, of which nothing can ever be sent: {words}")


def _show_rest(console: Console, rest: Rest) -> None:
    """Print what is left, and what to do."""
    if rest.foreign:
        show(console, f"{counted(rest.foreign, 'journal')} left alone: {ELSEWHERE}")
    if rest.idle:
        show(console, f"{counted(rest.idle, 'journal')} of a running OpenCode: delivered so far")
    if rest.is_settled:
        show(console, "Nothing waits")
    for number, words, remedy in (
        (rest.at_work, "of a running OpenCode: not all of it is delivered yet", GOES_ON),
        (rest.held, "under way in another process", HELD),
        (rest.unread, "not read to the end in time", UNREAD),
    ):
        if number:
            console.print()
            show(console, f"{counted(number, 'journal')} {words}", f"  → {remedy}")
    show_waiting(console, rest.waiting)
    for name, words in rest.problems.items():
        what = words if name in words else f"journal {name}: {words}"
        console.print()
        show(console, f"Cannot be delivered: {what}", f"  → {BROKEN}")
