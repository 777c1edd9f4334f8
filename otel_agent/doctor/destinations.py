"""The check of the destinations: which are on in this shell, and why others are left out or off."""

from collections.abc import Iterator

from otel_agent.destinations.catalogue import GENERIC
from otel_agent.destinations.views import captured, reasons_off
from otel_agent.doctor.check import Finding, Patient, check, failed, ok
from otel_agent.undelivered import shown

REMEDY = "correct it in the shell that starts OpenCode, or leave it out by OPENCODE_OTEL_DESTINATIONS"


@check("destinations")
def destinations_usable(patient: Patient) -> Iterator[Finding]:
    """Say of each destination where it is and what it gets; one that is left out is in nobody's way.

    One that is off is as it should be: its variables may be there for other programs.
    """
    for name, settings in patient.on.settings.items():
        where = " and ".join(dict.fromkeys(shown(each) for each in settings.deliveries.values()))
        got = f"{', '.join(settings.deliveries)} over {where}" if where else "no signal"
        yield ok(f"{name or GENERIC}: {got}, capture level {captured(settings)}")
    for problem in patient.on.problems:
        yield failed(problem, REMEDY)
    for title, reason in reasons_off(patient.environ).items():
        yield ok(f"{title} is off: {reason}")
