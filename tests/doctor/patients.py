"""Patients for the doctor: an environment, and programs that answer as they are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from otel_agent.destinations.views import every
from otel_agent.doctor.check import Check, Finding, Patient
from otel_agent.errors import SettingsError
from otel_agent.opencode import Ended
from otel_agent.settings import parse


@dataclass(frozen=True, slots=True)
class Answers:
    """A runner whose every program prints the same."""

    out: str = ""

    def run(self, _command: Sequence[str], *, folder: Path, limit_s: float) -> Ended:
        """Answer at once."""
        assert folder.is_dir()
        assert limit_s > 0
        return Ended(code=0, out=self.out)


def patient(home: Path, version: str = "1.18.33", **environ: str) -> Patient:
    """Return a patient with a home of its own, in which telemetry is on."""
    environment: Mapping[str, str] = {"HOME": str(home), "OPENCODE_ENABLE_TELEMETRY": "1", **environ}
    runner = Answers(out=version)
    try:
        found, problems = parse(environment), ()
    except SettingsError as error:
        return Patient(
            environ=environment, home=home, runner=runner, settings=None, problems=tuple(error.problems)
        )
    on = every(environment, found)
    return Patient(environ=environment, home=home, runner=runner, settings=found, problems=problems, on=on)


def looked(row: Check, whom: Patient) -> list[tuple[str, str]]:
    """Return verdict and words of what a check finds."""
    found: Iterator[Finding] = row.look(whom)
    return [(finding.verdict.value, finding.said) for finding in found]
