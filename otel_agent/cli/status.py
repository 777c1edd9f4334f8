"""`otel-agent status`: the agents at work, what waits, what was delivered last, and what went wrong."""

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from otel_agent import effective, receipts, settings
from otel_agent.cli.destinations import show_destinations
from otel_agent.cli.waiting import show_waiting
from otel_agent.cli.words import duration, in_one_line, size, wide_console
from otel_agent.destinations.views import every
from otel_agent.errors import SettingsError
from otel_agent.exporter.damage import ERRORS, kept_in
from otel_agent.exporter.outbox import FILE_NAME, Backlog, Outbox
from otel_agent.header import Header
from otel_agent.journal import header_of
from otel_agent.owners import is_writer_gone, lock_holder
from otel_agent.receipts import Receipt
from otel_agent.routes import standing_of
from otel_agent.undelivered import Undelivered, gathered, undelivered

SHOWN_RECEIPTS = 10
NOTHING = Backlog(requests=0, size_bytes=0, oldest_ms=None, last_error=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One journal folder as it is now."""

    header: Header
    agent_pid: int | None
    is_opencode_gone: bool
    backlog: Backlog
    waiting: tuple[Undelivered, ...]
    set_aside: int
    counts: dict[str, int]
    last_delivery_ms: int | None
    last_error: str | None


def status() -> None:
    """Show agents, journals, what waits to be delivered, the last deliveries and the last error."""
    console = wide_console()
    chosen = _settings(console)
    if chosen is None:
        return
    hosts = sorted(path for path in chosen.state_dir.glob("*") if path.is_dir())
    journals = [found for host in hosts for found in _journals(host)]
    waiting = gathered(row for found in journals for row in found.waiting)
    show_destinations(console, every(effective.environ(), chosen), waiting)
    ended = sorted((row for host in hosts for row in receipts.read(host)), key=_closed, reverse=True)
    _show_journals(console, journals)
    show_waiting(console, waiting)
    _show_receipts(console, ended[:SHOWN_RECEIPTS])
    _show_last(console, journals, ended)


def _settings(console: Console) -> settings.Settings | None:
    """Return the settings of this shell, or print what is wrong with them."""
    try:
        return effective.from_process()
    except SettingsError as error:
        console.print("Telemetry is off: its settings are invalid.", style="red")
        for problem in error.problems:
            console.print(f"  {in_one_line(problem)}", markup=False, highlight=False)
        return None


def _journals(host_dir: Path) -> Iterator[Found]:
    """Yield what is in one host's folder."""
    for folder in sorted(path for path in host_dir.glob("*") if path.is_dir()):
        if folder.name == receipts.FOLDER:
            continue
        header = header_of(folder)
        if header is not None:
            yield _look(folder, header)


def _look(folder: Path, header: Header) -> Found:
    """Read one journal's database beside its owner."""
    backlog, last_delivery, last_error = NOTHING, None, None
    waiting: list[Undelivered] = []
    counts: dict[str, int] = {}
    host = socket.gethostname()
    try:
        outbox = Outbox(folder / FILE_NAME, is_read_only=True)
        backlog, counts = outbox.backlog(), outbox.counts()
        last_delivery, last_error = outbox.meta("last_delivery_ms"), outbox.meta("last_error")
        outbox.close()
        standing = standing_of(header, effective.environ(), folder.parent.parent)
        waiting = undelivered(folder, header, standing, host=host)
    except ERRORS as error:
        last_error = f"database not readable: {error}".encode()
    except SettingsError as error:
        last_error = str(error).encode()
    return Found(
        header=header,
        agent_pid=lock_holder(folder),
        is_opencode_gone=is_writer_gone(header, host=host),
        backlog=backlog,
        waiting=tuple(waiting),
        set_aside=len(kept_in(folder)),
        counts=counts,
        last_delivery_ms=receipts.millis(last_delivery),
        last_error=last_error.decode(errors="replace") if last_error else None,
    )


def _show_journals(console: Console, journals: Sequence[Found]) -> None:
    """Print the journals that are not settled."""
    alive = sum(found.agent_pid is not None for found in journals)
    console.print(f"\n{alive} agents at work, {len(journals)} journals", highlight=False)
    if not journals:
        return
    table = Table(box=None, pad_edge=False)
    for name in ("begun", "opencode", "agent", "events", "delivered", "dropped", "waiting", "size", "oldest"):
        table.add_column(name)
    for found in journals:
        table.add_row(
            _clock(found.header.opened_ms),
            in_one_line(f"{found.header.subcommand or '?'}{', ended' if found.is_opencode_gone else ''}"),
            "none" if found.agent_pid is None else str(found.agent_pid),
            *_numbers(found.counts),
            str(found.backlog.requests),
            size(found.backlog.size_bytes),
            _age(found.backlog.oldest_ms),
        )
    console.print(table, markup=False)
    if damaged := sum(found.set_aside for found in journals):
        console.print(f"{damaged} damaged databases were set aside and built again", highlight=False)


def _numbers(counts: Mapping[str, int]) -> tuple[str, str, str]:
    """Return how many events were folded and items delivered, and what was lost and why."""
    lost = " ".join(f"{reason}={number}" for reason, number in receipts.dropped(counts).items())
    return str(counts.get("events", 0)), str(receipts.delivered_items(counts)), in_one_line(lost or "0")


def _show_receipts(console: Console, ended: Sequence[Receipt]) -> None:
    """Print the journals that are done."""
    if not ended:
        return
    table = Table(title="\nEnded", title_justify="left", box=None, pad_edge=False)
    for name in ("begun", "opencode", "events", "delivered", "dropped", "problems"):
        table.add_column(name)
    for row in ended:
        table.add_row(
            _clock(row.opened_ms),
            in_one_line(row.subcommand or "?"),
            *_numbers(row.counts),
            in_one_line("; ".join(row.problems)),
        )
    console.print(table, markup=False)


def _show_last(console: Console, journals: Sequence[Found], ended: Sequence[Receipt]) -> None:
    """Print the last delivery and the last error of all."""
    last = [*(found.last_delivery_ms for found in journals), *(row.last_delivery_ms for row in ended)]
    times = [time_ms for time_ms in last if time_ms is not None]
    errors = [*(found.last_error for found in journals), *(row.last_error for row in ended)]
    last_error = next((error for error in errors if error), None)
    console.print(f"\nLast delivery: {_clock(max(times)) if times else 'none'}", highlight=False)
    console.print(f"Last error: {in_one_line(last_error or 'none')}", markup=False, highlight=False)


def _closed(row: Receipt) -> int:
    """Return what receipts are ordered by."""
    return row.closed_ms


def _clock(time_ms: int) -> str:
    """Return a time of day as this machine writes it."""
    return datetime.fromtimestamp(time_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _age(time_ms: int | None) -> str:
    """Return how long ago something was."""
    return "" if time_ms is None else duration(max(0.0, time.time() - time_ms / 1000))
