"""Our own rules, all of them: what they find in a text, and in a value that has a name."""

from collections.abc import Iterator
from typing import Final

from otel_agent.redaction import assignments, headers, homes, known, private_keys, urls
from otel_agent.redaction.found import Found, Written

OURS: Final = (
    private_keys.find,
    known.find,
    headers.find,
    assignments.find,
    urls.find,
    homes.find,
)


def find(given: Written) -> Iterator[Found]:
    """Yield what the rules find in a text."""
    for rule in OURS:
        yield from rule(given)


def by_name(name: str, value: str | float) -> str | None:
    """Return what a named value leaves as when its name or form tells of a secret, None when neither does."""
    if isinstance(value, bool):
        return None
    hidden = headers.by_name(name, value) if isinstance(value, str) else None
    return hidden or assignments.by_name(name, value)
