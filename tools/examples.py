"""Examples for the documentation: what the recordings of tests/ give after the agent's whole path."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from otel_agent.exporter.outbox import Outbox
from otel_agent.pipeline import Pipeline
from otel_agent.replay import unpack
from otel_agent.settings import Settings, Signal, parse
from otel_agent.signals import genai
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.instruments import Instrument
from otel_agent.sink import messages
from otel_agent.sink.decode import Buckets, Point, Record, Value, points_of, records_of
from otel_agent.sink.report import Series, series
from otel_agent.tables import rows
from otel_agent.ways import Way

RECORDINGS = Path(__file__).parents[1] / "tests" / "recordings"
FIRST = "demo"
SHOWN_CHARACTERS = 60
NOTHING = "no recording has one"


@cache
def _arrived() -> tuple[list[Point], list[Record]]:
    """Return what all recordings give, the demo's first."""
    names = sorted(
        (path.stem for path in RECORDINGS.glob("*.ndjson")), key=lambda name: (name != FIRST, name)
    )
    settings = parse({"HOME": "/home/dev", "OPENCODE_ENABLE_TELEMETRY": "1", "OPENCODE_GENAI_METRICS": "1"})
    points: list[Point] = []
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            for signal, request in _requests(Path(scratch) / name, name, settings):
                decoded = messages.decode(signal, request)
                points += points_of(decoded) if signal is Signal.METRICS else ()
                records += records_of(decoded) if signal is Signal.LOGS else ()
    return points, records


def _requests(folder: Path, recording: str, settings: Settings) -> Iterator[tuple[Signal, bytes]]:
    """Yield the requests that a recording gives."""
    header = unpack(RECORDINGS / f"{recording}.ndjson", folder)
    pipeline = Pipeline(
        folder,
        header,
        [Way(settings=settings, destinations=dict.fromkeys(Signal, "example"))],
        observer=None,
        now_ms=lambda: header.opened_ms or 0,
    )
    try:
        while pipeline.step():
            continue
        pipeline.finish()
        yield from _stored(pipeline.outbox)
    finally:
        pipeline.close()


def _stored(outbox: Outbox) -> Iterator[tuple[Signal, bytes]]:
    """Yield an outbox's requests in their order."""
    for signal, payload in outbox.connection.execute("SELECT signal, payload FROM requests ORDER BY id"):
        yield Signal(signal), payload


def events() -> str:
    """Return one example of each log event: its own attributes, as they arrive."""
    return "".join(f"- `{row.name}`: {_event(row.name, row.attributes)}\n" for row in EVENTS)


def whole_event() -> str:
    """Return one log record with everything that it has, as JSON."""
    record = next(one for one in _arrived()[1] if one.attributes["event.name"] == "api_request")
    shown = {
        "eventName": record.name,
        "body": record.body,
        "severityNumber": record.severity,
        "attributes": dict(sorted(record.attributes.items())),
    }
    return f"```json\n{json.dumps(shown, indent=1)}\n```\n"


def metrics() -> str:
    """Return one series of each metric, without the attributes that every point has."""
    found = series(_arrived()[0])
    table = (*(row for row in INSTRUMENTS if row.is_prefixed), *rows(genai, Instrument))
    return "".join(f"- `{row.suffix}`: {_metric(row.suffix, row.attributes, found)}\n" for row in table)


def genai_table() -> str:
    """Return the GenAI metrics as a Markdown table."""
    lines = [["Metric", "Kind", "Unit", "Attributes", "Meaning"], ["---"] * 5]
    for row in rows(genai, Instrument):
        keys = ", ".join(f"`{key}`" for key in row.attributes)
        lines.append([f"`{row.suffix}`", row.kind.value, f"`{row.unit}`", keys, row.description])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def attributes() -> str:
    """Return a value of each attribute that arrives."""
    values: dict[str, Value] = {}
    points, records = _arrived()
    for one in (*records, *points):
        for key, value in one.attributes.items():
            values.setdefault(key, value)
    lines = [f"| `{key}` | {_shown(value)} |\n" for key, value in sorted(values.items())]
    return "".join(["| Attribute | For example |\n", "| --- | --- |\n", *lines])


def recorded_settings() -> str:
    """Return the settings that the header of a recording holds."""
    with (RECORDINGS / f"{FIRST}.ndjson").open(encoding="utf-8") as file:
        header = json.loads(file.readline())["journal"]
    return f"```json\n{json.dumps(header['settings'], indent=1)}\n```\n"


def _event(name: str, keys: Iterable[str]) -> str:
    """Return the fullest example of an event."""
    found = [record for record in _arrived()[1] if record.attributes["event.name"] == name]
    if not found:
        return NOTHING
    fullest = max(found, key=lambda record: len(record.attributes))
    return _pairs({key: fullest.attributes[key] for key in keys if key in fullest.attributes}) or "by itself"


def _metric(suffix: str, keys: Iterable[str], found: Iterable[Series]) -> str:
    """Return the first series of a metric and its value."""
    row = next((one for one in found if one.name in {f"opencode.{suffix}", suffix}), None)
    if row is None:
        return NOTHING
    value = row.value
    number = f"{value.count} of sum {value.sum:.6g}" if isinstance(value, Buckets) else f"{value:.6g}"
    pairs = _pairs({key: row.attributes[key] for key in keys if key in row.attributes})
    return f"{pairs} is {number}" if pairs else number


def _pairs(values: Mapping[str, Value]) -> str:
    """Return attributes on one line."""
    return ", ".join(f"{key} {_shown(value)}" for key, value in values.items())


def _shown(value: Value) -> str:
    """Return a value as JSON writes it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + '…'}`"
