"""What the profiles of single backends share: less of a wider profile, and failures as events."""

from collections.abc import Iterator

from otel_agent.facts import Fact
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.model import SpanEvent
from otel_agent.signals.spans.shape import Events, SpanAttributes, error_of
from otel_agent.signals.totals import NS_PER_MS


def without(attributes: SpanAttributes, *prefixes: str) -> SpanAttributes:
    """Return attributes less those whose keys begin with a prefix."""
    return {key: value for key, value in attributes.items() if not key.startswith(prefixes)}


def exceptions(fact: Fact, content: ContentPolicy) -> Iterator[SpanEvent]:
    """Yield what failed as the event that OpenTelemetry has for it.

    https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
    """
    error = error_of(fact)
    if error is not None:
        yield SpanEvent(
            name="exception",
            time_ns=fact.origin.time_ms * NS_PER_MS,
            attributes={"exception.type": error[0], "exception.message": content.words(error[1]) or ""},
        )


def joined(*parts: Events) -> Events:
    """Return what yields the events of all parts."""

    def read(fact: Fact, content: ContentPolicy) -> Iterator[SpanEvent]:
        for part in parts:
            yield from part(fact, content)

    return read
