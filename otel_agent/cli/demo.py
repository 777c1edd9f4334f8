"""`otel-agent demo`: a recorded session through the whole agent into a backend of our own."""

import tempfile
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from otel_agent import settings
from otel_agent.cli.traces import show_traces
from otel_agent.cli.words import duration, wide_console
from otel_agent.errors import InputError
from otel_agent.replay import Result, replay, unpack
from otel_agent.settings import Settings
from otel_agent.sink.decode import Buckets, Record
from otel_agent.sink.report import Series, series
from otel_agent.sink.server import Sink

RECORDING = "demo.ndjson"
TIMEOUT_S = 20.0
GRPC_PORT, HTTP_PORT = 4317, 4318
HIDDEN = frozenset({"session.id", "project.id", "user.id", "vcs.repository.name"})
"""Attributes that are the same for every point of the recording, or ids."""
SHOWN_OF_EVENTS = (
    *("model", "tool_name", "input_tokens", "output_tokens", "cost_usd", "duration_ms", "success"),
    *(
        "decision",
        "source",
        "prompt_length",
        "response_length",
        "agent_type",
        "sha",
        "error",
        "attempt",
        "total_tokens",
        "total_cost_usd",
    ),
)
POLL_S = 0.5

Keep = Annotated[
    bool,
    typer.Option("--keep", help="Leave the backend running, so that a real OpenCode can be pointed at it."),
]


def demo(*, keep: Keep = False) -> None:
    """Replay a recorded session into an OTLP backend in this process and print what arrived."""
    console = wide_console()
    with _sink(keep=keep) as sink:
        result = _replay(sink)
        _show_metrics(console, series(sink.metric_points()))
        show_events(console, sink.log_records())
        show_traces(console, sink.spans())
        _show_timing(console, sink, result)
        if keep:
            _keep(console, sink)


@contextmanager
def _sink(*, keep: bool) -> Generator[Sink]:
    """Run a backend, on the well-known ports where they are wanted; InputError when one is taken."""
    sink = Sink(grpc_port=GRPC_PORT, http_port=HTTP_PORT) if keep else Sink()
    try:
        sink.start()
    except (OSError, RuntimeError) as error:
        message = f"demo: expected the ports {GRPC_PORT} and {HTTP_PORT} to be free, got one that is taken"
        raise InputError(f"{message}; stop what listens there") from error
    try:
        yield sink
    finally:
        sink.stop()


def _settings_for(sink: Sink) -> Settings:
    """Return settings that send metrics over gRPC, log events and traces over HTTP."""
    return settings.parse(
        {
            **{name: value for name, value in settings.environ().items() if name == "HOME"},
            "OPENCODE_ENABLE_TELEMETRY": "1",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": sink.grpc_url,
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{sink.http_url}/v1/logs",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{sink.http_url}/v1/traces",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
        }
    )


def _replay(sink: Sink) -> Result:
    """Send the bundled recording."""
    source = files("otel_agent") / RECORDING
    with tempfile.TemporaryDirectory() as scratch, as_file(source) as file:
        folder = Path(scratch) / "journal"
        header = unpack(file, folder)
        result = replay(folder, header, _settings_for(sink), timeout_s=TIMEOUT_S)
    if not result.is_delivered:
        message = (
            f"demo: expected everything to arrive in {TIMEOUT_S:.0f} s, got: {result.backlog.last_error}"
        )
        raise InputError(message)
    return result


def _show_metrics(console: Console, found: Iterable[Series]) -> None:
    """Print every series with its value."""
    table = Table(title="Metrics", title_justify="left", box=None, pad_edge=False)
    for name in ("metric", "attributes"):
        table.add_column(name)
    table.add_column("value", justify="right")
    for row in found:
        table.add_row(row.name, _attributes(row.attributes), f"{_value(row.value)} {_unit(row.unit)}")
    console.print(table, markup=False)


def _attributes(attributes: Mapping[str, object]) -> str:
    """Return attributes on one line."""
    return " ".join(f"{key}={_word(value)}" for key, value in attributes.items() if key not in HIDDEN)


def _word(value: object) -> str:
    """Return a value as it stands in OTLP/JSON."""
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _unit(unit: str) -> str:
    """Return a unit as a word: OTLP writes what is counted in braces, and 1 for a share."""
    return "" if unit == "1" else unit.strip("{}")


def _value(value: float | Buckets) -> str:
    """Return a number, or a histogram's count and mean."""
    if isinstance(value, Buckets):
        return f"{value.count} of mean {value.sum / max(value.count, 1):,.6g}"
    return f"{value:,.6g}"


def show_events(console: Console, records: Iterable[Record]) -> None:
    """Print every log event with what matters of it."""
    table = Table(title="\nLog events", title_justify="left", box=None, pad_edge=False)
    for name in ("time", "event", "attributes"):
        table.add_column(name)
    for record in sorted(records, key=lambda record: record.time_ns):
        chosen = {key: record.attributes[key] for key in SHOWN_OF_EVENTS if key in record.attributes}
        table.add_row(str(record.attributes["event.timestamp"])[11:23], record.name, _attributes(chosen))
    console.print(table, markup=False)


def _show_timing(console: Console, sink: Sink, result: Result) -> None:
    """Print how much arrived and how long it took."""
    requests = sum(number for name, number in result.counts.items() if name.startswith("delivered.requests."))
    events = result.counts.get("events", 0)
    console.print(
        f"\n{events} events of OpenCode gave {len(sink.metric_points())} points, {len(sink.log_records())}"
        f" log records and {len(sink.spans())} spans in {requests} OTLP requests; folded in"
        f" {duration(result.fold_s)}, delivered in {duration(result.delivery_s)}:"
        " metrics over gRPC, log events and traces over HTTP.",
        highlight=False,
    )


def _keep(console: Console, sink: Sink) -> None:
    """Leave the sink running and tell what arrives, until Ctrl-C."""
    sink.clear()
    console.print(
        "\nThe backend is left running. In another shell:\n"
        "  otel-agent install\n"
        f"  OPENCODE_ENABLE_TELEMETRY=1 OPENCODE_OTLP_ENDPOINT={sink.grpc_url} opencode run hello\n"
        "What arrives is shown here; Ctrl-C ends it.",
        highlight=False,
    )
    try:
        _follow(console, sink)
    except KeyboardInterrupt:
        console.print("Ended.")


def _follow(console: Console, sink: Sink) -> None:
    """Print the log events and the number of points as they arrive."""
    points = records = 0
    while True:
        time.sleep(POLL_S)
        arrived, logs = sink.metric_points(), sink.log_records()
        if len(arrived) > points:
            console.print(f"{len(arrived) - points} metric points", highlight=False)
        if len(logs) > records:
            show_events(console, logs[records:])
        points, records = len(arrived), len(logs)
