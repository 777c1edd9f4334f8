"""Packed requests into the outbox; what cannot be encoded is counted."""

from collections.abc import Iterable

from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.packing import Packed
from otel_agent.receipts import DROPPED
from otel_agent.settings import Signal

UNENCODABLE = "unencodable"


def store(
    outbox: Outbox, signal: Signal, destination: str, requests: Iterable[Packed], *, created_ms: int
) -> None:
    """Put requests at the end of their signal's queue; within a transaction."""
    for request in requests:
        if request.payload is None:
            outbox.count({f"{DROPPED}{UNENCODABLE}": request.items})
        else:
            outbox.put(signal, destination, request.payload, items=request.items, created_ms=created_ms)
