"""`otel-agent replay`: recorded journals to the real backend, with a progress bar."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from otel_agent import effective, receipts
from otel_agent.cli.words import PlainConsole, duration
from otel_agent.errors import InputError
from otel_agent.replay import Result, unpack
from otel_agent.replay import replay as replay_journal
from otel_agent.settings import Settings

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", exists=True, dir_okay=False, help="Journals or recorded events."),
]
Timeout = Annotated[float, typer.Option("--timeout", help="Seconds to wait for the backend, for each file.")]


def replay(recordings: Files, *, timeout: Timeout = 60.0) -> None:
    """Send recorded journals to the endpoint of the environment, exactly as the agent would."""
    chosen = effective.from_process()
    console = PlainConsole(soft_wrap=True)
    for file in recordings:
        result = _replay(file, chosen, timeout, console)
        delivered = receipts.delivered_items(result.counts)
        dropped = sum(receipts.dropped(result.counts).values())
        console.print(
            f"{file.name}: {delivered} points and records delivered, {dropped} dropped,"
            f" in {duration(result.fold_s + result.delivery_s)}",
            highlight=False,
        )
        if not result.is_delivered:
            message = (
                f"{file.name}: expected everything to arrive in {timeout:.0f} s, got:"
                f" {result.backlog.last_error}; {result.backlog.requests} requests were not delivered"
            )
            raise InputError(message)


def _replay(file: Path, chosen: Settings, timeout_s: float, console: Console) -> Result:
    """Send one file, with a bar of the requests."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory() as scratch,
        Progress(*columns, console=console, transient=True) as bar,
    ):
        folder = Path(scratch) / "journal"
        header = unpack(file, folder)
        task = bar.add_task(file.name, total=1)
        most = 1

        def show(waiting: int) -> None:
            nonlocal most
            most = max(most, waiting)
            bar.update(task, total=most, completed=most - waiting)

        return replay_journal(folder, header, chosen, timeout_s=timeout_s, progress=show)
