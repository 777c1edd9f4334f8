"""`otel-agent doctor`: looks at everything between OpenCode and the backend, and says what to do."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typer
from rich.console import Console

from otel_agent import effective, settings
from otel_agent.cli.words import in_one_line, wide_console
from otel_agent.destinations.views import base_of, every
from otel_agent.doctor import backend, clock, configuration, destinations, disk, installation, state
from otel_agent.doctor.check import Check, Finding, Patient, Verdict
from otel_agent.errors import SettingsError
from otel_agent.opencode import Programs
from otel_agent.settings_files import here
from otel_agent.tables import rows

MODULES: Final = (installation, configuration, destinations, disk, state, backend, clock)
CHECKS: Final = tuple(row for module in MODULES for row in rows(module, Check))
"""Every check, in the order in which they are made."""
MARKS: Final = {
    Verdict.OK: ("ok", "green"),
    Verdict.WARNING: ("warn", "yellow"),
    Verdict.FAILED: ("FAIL", "red"),
    Verdict.UNKNOWN: ("?", "dim"),
}
UNWELL: Final = 1
"""The exit code when a check failed."""


def doctor() -> None:
    """Check OpenCode, the plugin, settings, credentials, the way to the backend and what waits."""
    console = wide_console()
    findings: list[Finding] = []
    with TemporaryDirectory() as scratch:
        patient = _patient(scratch)
        for row in CHECKS:
            for finding in row.look(patient):
                findings.append(finding)
                _show(console, row, finding)
    number = sum(finding.verdict is Verdict.FAILED for finding in findings)
    console.print(f"\n{number} of {len(findings)} findings need you" if number else "\nAll is well")
    if number:
        raise typer.Exit(UNWELL)


def _patient(scratch: str) -> Patient:
    """Return what is looked at; OpenCode, asked for its version, makes its folders elsewhere."""
    found, home = effective.configured(here()), Path.home()
    elsewhere = dict.fromkeys(("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), scratch)
    patient = Patient(
        environ=found.environ,
        home=home,
        runner=Programs({**settings.environ(), **elsewhere}),
        settings=None,
        configuration=found,
    )
    try:
        chosen = base_of(found.environ)
    except SettingsError as error:
        return replace(patient, problems=tuple(error.problems))
    return replace(patient, settings=chosen, on=every(found.environ, chosen))


def _show(console: Console, row: Check, finding: Finding) -> None:
    """Print one finding."""
    mark, style = MARKS[finding.verdict]
    console.print(f"{mark:5}", style=style, end="")
    console.print(f"{row.name:16} {in_one_line(finding.said)}", markup=False, highlight=False)
    if finding.remedy:
        console.print(f"{'':21} → {in_one_line(finding.remedy)}", markup=False, highlight=False)
