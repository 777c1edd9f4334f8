"""The check of this machine's clock, against the time that the backend puts into its answers."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from otel_agent.doctor.check import Finding, Patient, check, failed, ok, unknown
from otel_agent.exporter.transport import server_of
from otel_agent.settings import Delivery, Protocol

# Who checks tokens allows for some minutes at most, and Mimir refuses what is 10 minutes ahead of it:
# https://grafana.com/docs/mimir/latest/references/configuration-parameters/ (creation_grace_period)
MOST_S = 300.0
REMEDY = (
    "set this machine's clock (turn on its network time): a token looks expired or not yet valid, "
    "and backends refuse points that are too old or in the future"
)


@check("clock")
def clock_agrees(patient: Patient) -> Iterator[Finding]:
    """Compare the `Date` of each HTTP server's answer to an empty request with this machine's time."""
    deliveries = [each for on in patient.backends.values() for each in on.deliveries.values()]
    servers = {server_of(delivery): delivery for delivery in deliveries}
    for delivery in servers.values():
        yield difference(delivery, time.time)


def difference(delivery: Delivery, clock: Callable[[], float]) -> Finding:
    """Send a request without items and credentials, whose answer tells the time in any case, and compare.

    `clock` gives this machine's time of day in seconds.
    """
    server = server_of(delivery)
    if delivery.protocol is Protocol.GRPC:
        return unknown(f"{server}: gRPC answers tell no time")
    from otel_agent.exporter.otlp_http import HttpTransport  # noqa: PLC0415 - requests costs 0.3 s to import

    transport = HttpTransport(delivery, clock)
    began_s = clock()
    transport.send(b"", {})
    middle_s = (began_s + clock()) / 2
    transport.close()
    server_s = seconds_of(transport.date)
    if server_s is None:
        return unknown(f"{server}: no answer that tells the time")
    return judged(server, server_s - middle_s)


def judged(server: str, ahead_s: float) -> Finding:
    """Say whether the server's clock, ahead of this machine's by seconds, is near enough."""
    if abs(ahead_s) <= MOST_S:
        return ok(f"{server}: within {MOST_S / 60:.0f} minutes of this machine's clock")
    way = "behind" if ahead_s > 0 else "ahead of"
    return failed(
        f"{server}: this machine's clock is {abs(ahead_s) / 60:.0f} minutes {way} the server's", REMEDY
    )


def seconds_of(date: str) -> float | None:
    """Return a date in seconds since 1970, None for a text that is none (RFC 9110 section 5.6.7)."""
    try:
        read = parsedate_to_datetime(date)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
