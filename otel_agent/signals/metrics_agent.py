"""The metrics table, last part: the agent's own work; without the prefix, for it is not OpenCode's."""

from collections.abc import Iterator

from otel_agent.facts import Reported
from otel_agent.signals.instruments import Instrument, Observation
from otel_agent.signals.model import Kind, Merge

MS_PER_S = 1000


def _events(fact: Reported) -> Iterator[Observation]:
    if fact.events:
        yield fact.events, {}


def _requests(fact: Reported) -> Iterator[Observation]:
    yield from ((number, {"outcome": outcome}) for outcome, number in fact.requests.items())


def _dropped(fact: Reported) -> Iterator[Observation]:
    yield from ((number, {"reason": reason}) for reason, number in fact.dropped.items())


def _size(fact: Reported) -> Iterator[Observation]:
    yield fact.waiting_requests, {}


def _bytes(fact: Reported) -> Iterator[Observation]:
    yield fact.waiting_bytes, {}


def _age(fact: Reported) -> Iterator[Observation]:
    yield (fact.oldest_ms or 0) / MS_PER_S, {}


def _lag(fact: Reported) -> Iterator[Observation]:
    if fact.lag_ms is not None:
        yield fact.lag_ms / MS_PER_S, {}


EVENTS = Instrument(
    suffix="otel_agent.events",
    kind=Kind.COUNTER,
    unit="{event}",
    description="Events of OpenCode that the agent folded",
    fact=Reported,
    observe=_events,
    is_prefixed=False,
)
REQUESTS = Instrument(
    suffix="otel_agent.requests",
    kind=Kind.COUNTER,
    unit="{request}",
    description="Answers to OTLP requests, by what became of the request",
    attributes=("outcome",),
    fact=Reported,
    observe=_requests,
    is_prefixed=False,
)
DROPPED = Instrument(
    suffix="otel_agent.dropped",
    kind=Kind.COUNTER,
    unit="{item}",
    description="Lines, events, points, records and spans that were given up, by reason",
    attributes=("reason",),
    fact=Reported,
    observe=_dropped,
    is_prefixed=False,
)
OUTBOX_SIZE = Instrument(
    suffix="otel_agent.outbox.size",
    kind=Kind.GAUGE,
    unit="{request}",
    description="Requests of the journal that wait for delivery",
    fact=Reported,
    observe=_size,
    is_prefixed=False,
)
OUTBOX_BYTES = Instrument(
    suffix="otel_agent.outbox.bytes",
    kind=Kind.GAUGE,
    unit="By",
    description="What those requests take, before compression",
    fact=Reported,
    observe=_bytes,
    is_prefixed=False,
)
OUTBOX_AGE = Instrument(
    suffix="otel_agent.outbox.age",
    kind=Kind.GAUGE,
    unit="s",
    description="How long the oldest of them has waited; 0 when none waits",
    fact=Reported,
    observe=_age,
    merge=Merge.MAX,
    is_prefixed=False,
)
LAG = Instrument(
    suffix="otel_agent.lag",
    kind=Kind.GAUGE,
    unit="s",
    description="Longest time from OpenCode's event to the agent's storing it, since the last report",
    fact=Reported,
    observe=_lag,
    merge=Merge.MAX,
    is_prefixed=False,
)
