"""Ways to deliver to a sink over any protocol."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from otel_agent.exporter.transport import Outcome, Transport, open_transport
from otel_agent.settings import Protocol, Signal
from otel_agent.sink.server import Sink
from tests.exporter.samples import PAYLOADS, TOKEN, delivery, url_of


@contextmanager
def opened(sink: Sink, protocol: Protocol, **parts: object) -> Iterator[Transport]:
    """Open a transport to the sink."""
    made = delivery(url_of(sink, protocol), protocol=protocol, **parts)  # type: ignore[arg-type]
    with closing(open_transport(made)) as transport:
        yield transport


def send(sink: Sink, protocol: Protocol, **parts: object) -> Outcome:
    """Deliver one request of log records, with a token."""
    with opened(sink, protocol, **parts) as transport:
        return transport.send(PAYLOADS[Signal.LOGS], {"Authorization": TOKEN})
