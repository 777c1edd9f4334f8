"""The checks of the way to the backend: name, connection, and one test item of each signal that is on."""

import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from otel_agent import __version__
from otel_agent.destinations.catalogue import NAMES, endpoint_of, keys_of
from otel_agent.doctor.check import Finding, Patient, check, failed, ok, unknown
from otel_agent.exporter.credentials import Credentials, Helper
from otel_agent.exporter.encode import Encoder
from otel_agent.exporter.sender import deliver
from otel_agent.exporter.transport import (
    Delivered,
    Denied,
    Outcome,
    Rejected,
    Retry,
    TooLarge,
    open_transport,
    server_of,
)
from otel_agent.settings import Delivery, Settings, Signal
from otel_agent.signals.model import Kind, Point, Record, Severity, Span, SpanRole

NAME = "otel_agent.doctor"
"""The name of the metric, the event and the span that are sent."""
CONNECT_S = 5.0
HELPER_REMEDY = "run the helper by hand: in 5 s it must print a JSON object of strings (docs/credentials.md)"
NS_PER_S = 10**9
LATE_S = 60
OUT_OF_ORDER = "out of order"
"""What Prometheus' refusal of a point says that is older than the last one."""


@check("headers helper")
def helper_works(patient: Patient) -> Iterator[Finding]:
    """Run each destination's headers helper once, as the agent does; what it printed is not shown."""
    for name, settings in patient.backends.items():
        if settings.headers_helper is None:
            continue
        answer = Helper(settings.headers_helper, places()).current()
        if answer.problem is not None:
            yield failed(f"{_of(name)}{answer.problem}", HELPER_REMEDY)
        else:
            yield ok(f"{_of(name)}gave {len(answer.headers or {})} headers")


def _of(name: str) -> str:
    """Return how what is said of a destination begins; of the generic one it goes without a name."""
    return f"{name}: " if name else ""


@check("endpoint")
def endpoint_reached(patient: Patient) -> Iterator[Finding]:
    """Resolve and connect to every server that signals go to."""
    if patient.settings is None:
        return
    if patient.settings.proxies:
        yield unknown("not connected to directly: a proxy is set")
        return
    for name, settings in patient.backends.items():
        for server in dict.fromkeys(_address(delivery) for delivery in settings.deliveries.values()):
            yield _reached(name, *server)


def _address(delivery: Delivery) -> tuple[str, int]:
    """Return host and port of a delivery."""
    url = urlsplit(delivery.endpoint)
    return url.hostname or "", url.port or (443 if delivery.secure else 80)


def _reached(name: str, host: str, port: int) -> Finding:
    """Tell whether a destination's server can be connected to."""
    variable, server = endpoint_of(name), f"{_of(name)}{host}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return failed(f"{server}: no such name ({error.strerror})", f"correct {variable}")
    begin_s = time.monotonic()
    try:
        socket.create_connection((host, port), timeout=CONNECT_S).close()
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        remedy = f"start the backend, open the way to it, or correct {variable}"
        return failed(f"{server}:{port}: {words}", remedy)
    took_ms = (time.monotonic() - begin_s) * 1000
    return ok(f"{server}:{port}: connected in {took_ms:.0f} ms ({len(found)} addresses)")


@check("delivery")
def item_accepted(patient: Patient) -> Iterator[Finding]:
    """Send one test item of each signal of each destination, with the credentials of this shell."""
    for name, settings in patient.backends.items():
        helper = _helper(settings)
        for signal, delivery in settings.deliveries.items():
            outcome = _sent(delivery, helper, item(signal, settings, time.time_ns()))
            yield _told(name, signal, delivery, outcome)


@check("late points")
def late_point_accepted(patient: Patient) -> Iterator[Finding]:
    """Send a metric point that is older than the test item: the agent's have the times of events.

    What else keeps metrics from arriving is found before, and not said again.
    https://prometheus.io/docs/guides/opentelemetry/#enable-out-of-order-ingestion
    """
    for name, settings in patient.backends.items():
        if delivery := settings.deliveries.get(Signal.METRICS):
            yield from _late(f"{_of(name)}metrics to {server_of(delivery)}", settings, delivery)


def _late(where: str, settings: Settings, delivery: Delivery) -> Iterator[Finding]:
    """Tell what one server does with a point of a minute ago."""
    late = item(Signal.METRICS, settings, time.time_ns() - LATE_S * NS_PER_S)
    outcome = _sent(delivery, _helper(settings), late)
    if isinstance(outcome, Rejected) and OUT_OF_ORDER in outcome.reason:
        remedy = "in Prometheus set out_of_order_time_window, or most metrics are lost (docs/queries.md)"
        yield failed(f"{where}: a point of a minute ago is refused: {outcome.reason}", remedy)
    elif isinstance(outcome, Delivered) and not outcome.rejected:
        yield ok(f"{where}: a point of a minute ago is accepted")


def _helper(settings: Settings) -> Helper | None:
    """Return the headers helper, None where there is none."""
    return Helper(settings.headers_helper, places()) if settings.headers_helper else None


def _sent(delivery: Delivery, helper: Helper | None, payload: bytes) -> Outcome:
    """Send a request with the credentials of this shell."""
    transport = open_transport(delivery)
    outcome = deliver(transport, Credentials(delivery.headers, helper), payload)
    transport.close()
    return outcome


def places() -> Mapping[str, str]:
    """Return what a helper's path may name: here, the folder that this command runs in."""
    return dict.fromkeys(("PROJECT_ROOT", "WORKTREE", "DIRECTORY"), str(Path.cwd()))


def item(signal: Signal, settings: Settings, time_ns: int) -> bytes:
    """Return a request with one item: a gauge of 1, an event, or a span of no length.

    It has the attributes by which a backend tells where it belongs, such as its project.
    """
    name = settings.service_name or "opencode-otel-agent"
    encoder = Encoder.of({"service.name": name, **settings.resource_attributes})
    if signal is Signal.METRICS:
        attributes = (("version", __version__),)
        return encoder.metrics(
            [
                Point(
                    name=NAME,
                    kind=Kind.GAUGE,
                    unit="1",
                    description="A test item of otel-agent doctor",
                    attributes=attributes,
                    start_ns=time_ns,
                    time_ns=time_ns,
                    value=1,
                )
            ]
        )
    if signal is Signal.LOGS:
        record = Record(
            name=NAME, body=NAME, severity=Severity.INFO, time_ns=time_ns, attributes={"event.name": NAME}
        )
        return encoder.logs([record])
    return encoder.traces([_span(time_ns, settings)])


def _span(now_ns: int, settings: Settings) -> Span:
    """Return a root span of no length."""
    return Span(
        name=NAME,
        role=SpanRole.INTERNAL,
        trace_id=os.urandom(16).hex(),
        span_id=os.urandom(8).hex(),
        parent_id=None,
        is_parent_remote=False,
        trace_state="",
        start_ns=now_ns,
        end_ns=now_ns,
        attributes={**settings.tracing.fixed_attributes},
    )


def _way(name: str) -> str:
    """Return the variables that say how a destination's server is reached; a vendor's protocol is its own."""
    endpoint = endpoint_of(name)
    if name in NAMES:
        return endpoint
    protocol = endpoint.replace("_OTLP_ENDPOINT", "_OTLP_PROTOCOL")
    return f"{endpoint} and {protocol}: gRPC is mostly at 4317, HTTP at 4318"


def _told(name: str, signal: Signal, delivery: Delivery, outcome: Outcome) -> Finding:
    """Say what became of a destination's test item."""
    where = f"{_of(name)}{signal.value} to {server_of(delivery)} over {delivery.protocol.value}"
    match outcome:
        case Delivered(rejected=0):
            return ok(f"{where}: accepted")
        case Delivered():
            return failed(f"{where}: taken, and the item refused: {outcome.message}", "ask the backend why")
        case Denied():
            remedy = f"check {' or '.join(keys_of(name)) or 'its endpoint'}: name, value, still valid?"
            return failed(f"{where}: not allowed: {outcome.reason}", remedy)
        case Retry():
            remedy = f"start the backend, or check {_way(name)}"
            return failed(f"{where}: {outcome.reason}", remedy)
        case Rejected() | TooLarge():
            remedy = f"turn the signal off, or check the path in {_way(name)}"
            return failed(f"{where}: refused: {outcome.reason}", remedy)
