"""Servers for several destinations at once, settings that lead to all of them, and what each of them got."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.journal import read_header
from otel_agent.routes import destinations, standing_of
from otel_agent.settings import Protocol
from otel_agent.sink.server import Sink
from tests.agents import settings_for
from tests.pipelines import Sent, identity

Sinks = Mapping[str, Sink]
"""A server for each destination, by its name; that of the generic one is empty."""


def settings_of(sinks: Sinks, **more: str) -> dict[str, str]:
    """Return the settings of all destinations: Phoenix, the generic one over gRPC, and tables over HTTP."""
    settings = settings_for(sinks[""], Protocol.GRPC)
    for name, sink in sinks.items():
        if name == "phoenix":
            settings["PHOENIX_ENDPOINT"] = sink.http_url
        elif name:
            own = settings_for(sink, Protocol.HTTP_JSON)
            settings |= {f"{name}.{variable}": text for variable, text in own.items()}
    return {**settings, **more}


def got(sink: Sink) -> Sent:
    """Return what a server accepted; the agent's own metrics tell of its work and are left out."""
    points = [point for point in sink.metric_points() if not point.name.startswith("otel_agent.")]
    return Sent(metrics=[points], logs=[sink.log_records()], traces=[sink.spans()])


def ids(sent: Sent) -> list[object]:
    """Return what tells every item from all others, sorted: an item that came twice is there twice."""
    points = [f"{identity(point)} {point.time_ns}" for point in sent.points]
    records = [
        f"{record.attributes['session.id']} {record.attributes['log.record.uid']}" for record in sent.records
    ]
    return sorted([*points, *records, *(f"{span.trace_id} {span.span_id}" for span in sent.spans)])


def waiting_for(folder: Path, **environ: str) -> dict[str, int]:
    """Return how many requests of a journal wait, by the names of their destinations."""
    header = read_header(folder)
    each = standing_of(header, environ, folder.parent.parent).each()
    names = {
        there: name
        for name, standing in each.items()
        for there in destinations(standing, header, name).values()
    }
    with closing(Outbox(folder / FILE_NAME, is_read_only=True)) as outbox:
        rows = outbox.connection.execute("SELECT destination, count(*) FROM requests GROUP BY 1").fetchall()
    found = dict.fromkeys(names.values(), 0)
    for there, number in rows:
        found[names[there]] += number
    return {name: number for name, number in found.items() if number}
