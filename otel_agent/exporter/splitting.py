"""A stored request cut in two, for a server that takes no request of its size."""

from collections.abc import Callable, Iterator, MutableSequence, Sequence
from operator import attrgetter
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from otel_agent.exporter.messages import SERVICES
from otel_agent.exporter.packing import Part
from otel_agent.settings import Signal

_LEVELS: Final = {
    Signal.METRICS: ("resource_metrics", "scope_metrics", "metrics"),
    Signal.LOGS: ("resource_logs", "scope_logs", "log_records"),
    Signal.TRACES: ("resource_spans", "scope_spans", "spans"),
}
"""The fields on the way to a signal's items; those of a metric are one level below, in its data."""


def halves(signal: Signal, payload: bytes) -> tuple[Part, Part] | None:
    """Return a request's first and second half by items; None for a single item, or no request."""
    try:
        items = sum(len(found) for found in _lists(signal, _parsed(signal, payload)))
    except DecodeError:
        return None
    if items < 2:  # noqa: PLR2004 - one cannot be halved
        return None
    middle = items // 2
    first = Part(payload=_kept(signal, payload, 0, middle), items=middle)
    return first, Part(payload=_kept(signal, payload, middle, items), items=items - middle)


def _parsed(signal: Signal, payload: bytes) -> Message:
    """Return a request's message."""
    request = SERVICES[signal].request()
    request.ParseFromString(payload)
    return request


def _kept(signal: Signal, payload: bytes, begin: int, end: int) -> bytes:
    """Return a request with some of the items; what is around them stays as it is."""
    request, at = _parsed(signal, payload), 0
    for found in _lists(signal, request):
        size = len(found)
        del found[min(size, max(0, end - at)) :]
        del found[: min(len(found), max(0, begin - at))]
        at += size
    _prune(signal, request)
    return request.SerializeToString()


def _lists(signal: Signal, request: Message) -> Iterator[MutableSequence[Any]]:
    """Yield the lists that a request's items are in."""
    resources, scopes, items = _LEVELS[signal]
    for resource in getattr(request, resources):
        for scope in getattr(resource, scopes):
            rows = getattr(scope, items)
            yield from (_points(metric) for metric in rows) if signal is Signal.METRICS else (rows,)


def _points(metric: Any) -> MutableSequence[Any]:  # noqa: ANN401 - protobuf's classes are made at run time
    """Return the list of a metric's points."""
    points: MutableSequence[Any] = getattr(metric, metric.WhichOneof("data")).data_points
    return points


def _prune(signal: Signal, request: Message) -> None:
    """Take off what has no items any more."""
    resources, scopes, items = _LEVELS[signal]
    for resource in getattr(request, resources):
        for scope in getattr(resource, scopes):
            if signal is Signal.METRICS:
                _drop_empty(scope.metrics, _points)
        _drop_empty(getattr(resource, scopes), attrgetter(items))
    _drop_empty(getattr(request, resources), attrgetter(scopes))


def _drop_empty(rows: MutableSequence[Any], inside: Callable[[Any], Sequence[Any]]) -> None:
    """Delete the rows without anything inside."""
    for index in reversed(range(len(rows))):
        if not inside(rows[index]):
            del rows[index]
