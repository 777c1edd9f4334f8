"""Settings that a command line gives as NAME=VALUE: none that is secret, for others can see it."""

from collections.abc import Iterable, Mapping

from otel_agent.configuration import FILES, Names, fault_of
from otel_agent.errors import InstallError

NOT_HERE = (
    "expected no secret on a command line, where others can see it, got one;"
    " export it, or write it into the settings file"
)


def given_values(texts: Iterable[str], names: Names) -> Mapping[str, str]:
    """Return the values by their names; raises InstallError with everything that is wrong."""
    pairs = [text.partition("=") for text in texts]
    faults = [_fault(name, sign, value, names) for name, sign, value in pairs]
    if problems := [f"--set {fault}" for fault in faults if fault]:
        raise InstallError("\n".join(problems))
    return {name: value for name, _, value in pairs}


def _fault(name: str, sign: str, value: str, names: Names) -> str:
    """Say what is wrong with one of them, nothing when it can be used; no secret is shown."""
    row = names.rows.get(name)
    if not sign:
        return "NAME=VALUE: expected a = behind the name, got none"
    if row is None:
        return names.unknown(name)
    if row.secret:
        return f"{name}: {NOT_HERE}"
    if row.scope not in FILES:
        return f"{name}: only the environment sets it; export it in the shell that starts OpenCode"
    return fault_of(name, row, value) if value else f"{name}: expected {row.expected}, got nothing"
