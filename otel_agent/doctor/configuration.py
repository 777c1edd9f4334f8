"""The check of the settings files: which are read, what in them does not count, and who can read secrets."""

from collections.abc import Iterator

from otel_agent.configuration import Place, Source, key_of
from otel_agent.destinations.catalogue import secret_names
from otel_agent.doctor.check import Finding, Patient, check, failed, ok, warning
from otel_agent.entries import EntriesError, entries_of
from otel_agent.settings_files import READABLE


@check("settings files")
def settings_files(patient: Patient) -> Iterator[Finding]:
    """Look at the files that hold in this folder; while one of them is wrong, OpenCode sends nothing."""
    found = patient.configuration
    for problem in found.problems:
        yield failed(problem, "correct that file")
    for said in found.ignored:
        yield warning(said, "it has no effect: take it out of that file")
    for source in found.sources:
        yield from _looked(source)
    if not found.sources:
        yield ok("none; the settings come from the environment")


def _looked(source: Source) -> Iterator[Finding]:
    """Say how much a file sets, and whether others can read secrets in it."""
    names = _names(source)
    if source.fault or names is None:
        return
    yield ok(f"{source.path}: {len(names)} set")
    secrets = sorted(name for name in names if key_of(name) in secret_names())
    if source.place is Place.USER and secrets and source.mode & READABLE:
        yield warning(f"{source.path}: others can read {', '.join(secrets)}", f"chmod 600 {source.path}")


def _names(source: Source) -> set[str] | None:
    """Return the names that a file sets, None where it cannot be read."""
    try:
        return set(entries_of(source.text).values)
    except EntriesError:
        return None
