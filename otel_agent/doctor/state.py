"""The checks of what the agent keeps: its folder, what waits, what was delivered last."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from otel_agent import receipts
from otel_agent.doctor.check import Finding, Patient, check, failed, ok, unknown, warning
from otel_agent.errors import JournalError, SettingsError
from otel_agent.exporter.damage import ERRORS
from otel_agent.exporter.outbox import FILE_NAME, Backlog, Outbox
from otel_agent.journal import read_header
from otel_agent.routes import standing_of
from otel_agent.undelivered import UNTRIED, Undelivered, gathered, undelivered

OLD_S = 3600.0
"""How long requests wait before it is said: a backend that is down for a moment is no finding."""


@check("state directory")
def state_writable(patient: Patient) -> Iterator[Finding]:
    """Look whether journals can be written, and by their owner alone."""
    if patient.settings is None:
        return
    folder = patient.settings.state_dir
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        yield failed("cannot be written", "correct its rights, or set OPENCODE_OTEL_STATE_DIR to another one")
    elif folder.exists() and any(
        path.is_dir() and path.stat().st_mode & 0o077 for path in folder.glob("*/*")
    ):
        yield warning(
            "others may read journals in it", "take the rights of group and others away (chmod go=)"
        )
    elif any(_is_open(path) for path in (folder, *folder.glob("*")) if path.is_dir()):
        yield warning(
            "others may write in it, and so delete journals",
            "make it your own: chown and chmod go-w, or set OPENCODE_OTEL_STATE_DIR to another one",
        )
    else:
        yield ok("can be written")


def _is_open(folder: Path) -> bool:
    """Tell whether another user than ourselves and root may write in a folder."""
    found = folder.stat()
    return bool(found.st_mode & 0o022) or found.st_uid not in {os.geteuid(), 0}


@check("outbox")
def outbox_healthy(patient: Patient) -> Iterator[Finding]:
    """Look at what waits for its delivery, and for which credentials."""
    if patient.settings is None:
        return
    found: list[Undelivered] = []
    is_settled = True
    for folder in sorted(patient.settings.state_dir.glob("*/*")):
        if not (folder / FILE_NAME).exists():
            continue
        backlog = _backlog(folder)
        if backlog is None:
            yield failed(f"the database of {folder.name} cannot be read", "see the agent's log")
        elif backlog.requests:
            is_settled = False
            try:
                found += _waiting(folder, patient)
            except (JournalError, SettingsError, OSError, *ERRORS):
                why = backlog.last_error or UNTRIED
                yield unknown(f"{folder.name}: {backlog.requests} requests wait: {why}")
    yield from (_told(row) for row in gathered(found))
    if is_settled:
        yield ok("nothing waits")


def _backlog(folder: Path) -> Backlog | None:
    """Return what waits in a journal, None when its database cannot be read."""
    try:
        outbox = Outbox(folder / FILE_NAME, is_read_only=True)
        backlog = outbox.backlog()
        outbox.close()
    except ERRORS:
        return None
    return backlog


def _waiting(folder: Path, patient: Patient) -> list[Undelivered]:
    """Return what waits in a journal; raises JournalError, SettingsError, OSError and sqlite3.Error."""
    header = read_header(folder)
    standing = standing_of(header, patient.environ, folder.parent.parent)
    return undelivered(folder, header, standing, host=socket.gethostname())


def _told(row: Undelivered) -> Finding:
    """Say what waits, where it goes and why."""
    age_s = time.time() - row.oldest_ms / 1000
    waits = f"{row.requests} requests wait for {row.where}, the oldest for {age_s / 60:.0f} min"
    said = f"{waits}: {row.why}"
    if row.lacks_credentials:
        return warning(said, row.remedy)
    return warning(said, "see the checks of endpoint and delivery") if age_s > OLD_S else ok(said)


@check("last sessions")
def sessions_delivered(patient: Patient) -> Iterator[Finding]:
    """Look at what became of the processes that ended last."""
    if patient.settings is None:
        return
    hosts = [path for path in patient.settings.state_dir.glob("*") if path.is_dir()]
    ended = sorted((row for host in hosts for row in receipts.read(host)), key=lambda row: row.closed_ms)
    if not ended:
        yield unknown("none ended yet", "run opencode with OPENCODE_ENABLE_TELEMETRY=1")
        return
    last = ended[-1]
    if last.problems:
        yield failed("; ".join(last.problems), "correct the settings in the shell that starts OpenCode")
    if last.dropped:
        words = ", ".join(f"{number} {name}" for name, number in last.dropped.items())
        yield warning(
            f"{last.delivered_items} items delivered, dropped: {words}",
            "docs/troubleshooting.md has the reasons",
        )
    elif last.delivered_items or not last.problems:
        yield ok(f"{last.delivered_items} items delivered, none dropped")
