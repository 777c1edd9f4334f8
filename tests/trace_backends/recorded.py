"""A recording: the model calls that its own events tell, and the requests that our agent makes of it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_agent.exporter.testing import FakeClock
from otel_agent.replay import unpack
from tests.journals import RECORDINGS, lines_of
from tests.pipelines import opened, settings_of
from tests.trace_backends.expected import Call, rounded
from tests.trace_backends.shown import Tokens

Json = dict[str, Any]
ALL_CONTENT = {
    "OPENCODE_LOG_PROMPTS": "1",
    "OPENCODE_LOG_RESPONSES": "1",
    "OPENCODE_LOG_TOOL_DETAILS": "1",
    "OPENCODE_LOG_TOOL_CONTENT": "1",
}
NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn of a root session with the calls of its sub-agents, by when they began."""

    session: str
    trace: str
    calls: tuple[Call, ...]

    @property
    def tokens(self) -> Tokens:
        """What the turn used."""
        used = [call.tokens or NO_TOKENS for call in self.calls]
        return Tokens(
            prompt=sum(one.prompt for one in used),
            completion=sum(one.completion for one in used),
            cache_read=sum(one.cache_read for one in used),
            cache_write=sum(one.cache_write for one in used),
        )

    @property
    def cost_usd(self) -> float | None:
        """What the turn cost."""
        return rounded(sum(call.cost_usd or 0.0 for call in self.calls))


@dataclass(slots=True)
class _Events:
    """What the events of a recording say, by message: the last word of each, its steps, who started whom."""

    messages: dict[str, Json] = field(default_factory=dict[str, Json])
    steps: dict[str, dict[str, Json]] = field(default_factory=dict[str, dict[str, Json]])
    starters: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, kind: str, told: Json) -> None:
        """Take in one event."""
        if kind == "message.updated" and told["info"]["role"] == "assistant":
            self.messages[told["info"]["id"]] = told["info"]
        if kind == "message.part.updated":
            part = told["part"]
            child = part.get("state", {}).get("metadata", {}).get("sessionId")
            if child:
                self.starters[child] = part["messageID"]
            if part["type"] == "step-finish":
                self.steps.setdefault(part["messageID"], {})[part["id"]] = part

    def top(self, message: Json) -> tuple[str, str]:
        """Give the root session of a message, and the user message of the turn there."""
        starter = self.starters.get(message["sessionID"])
        return self.top(self.messages[starter]) if starter else (message["sessionID"], message["parentID"])


def events_of(recording: str, kind: str = "") -> list[tuple[str, Json]]:
    """Read the events of a recording, of one type or of all."""
    told = [json.loads(line).get("event") for line in lines_of(recording)]
    return [(one["type"], one["properties"]) for one in told if one and kind in {"", one["type"]}]


def turns(recording: str) -> list[Turn]:
    """Read the turns of a recording from OpenCode's own events."""
    events = _Events()
    for kind, told in events_of(recording):
        events.add(kind, told)
    found: dict[tuple[str, str], list[Call]] = {}
    for message in sorted(events.messages.values(), key=lambda one: one["time"]["created"]):
        steps = events.steps.get(message["id"], {}).values()
        found.setdefault(events.top(message), []).append(call_of(message, list(steps)))
    return [
        Turn(session=session, trace=trace_id(session, prompt), calls=tuple(calls))
        for (session, prompt), calls in found.items()
    ]


def the_turn(recording: str) -> Turn:
    """Read the one turn of a recording."""
    (found,) = turns(recording)
    return found


def user_of(recording: str) -> str:
    """Read the user's id, which the agent observed."""
    lines = (json.loads(line) for line in lines_of(recording))
    return str(next(line["observed"]["user_id"] for line in lines if "observed" in line))


def spans_of(folder: Path, recording: str, environ: Mapping[str, str]) -> list[bytes]:
    """Give what the agent sends of a recording, each span in a request of its own, in the agent's order."""
    return spans_of_file(folder, RECORDINGS / f"{recording}.ndjson", environ)


def spans_of_file(folder: Path, file: Path, environ: Mapping[str, str]) -> list[bytes]:
    """Give the same of any file in a journal's format."""
    journal = folder / f"{file.stem}.journal"
    unpack(file, journal)
    pipeline = opened(journal, FakeClock(), settings_of(**environ))
    while pipeline.step():
        continue
    assert pipeline.finish()
    rows = pipeline.outbox.connection.execute(
        "SELECT payload FROM requests WHERE signal = 'traces' ORDER BY id"
    ).fetchall()
    pipeline.close()
    return [one for (payload,) in rows for one in _apart(payload)]


def _apart(payload: bytes) -> Iterator[bytes]:
    """Yield each span of a request with its resource and scope."""
    for resource in ExportTraceServiceRequest.FromString(payload).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                alone = ExportTraceServiceRequest()
                told = alone.resource_spans.add(resource=resource.resource, schema_url=resource.schema_url)
                told.scope_spans.add(scope=scope.scope, schema_url=scope.schema_url, spans=[span])
                yield alone.SerializeToString()


def call_of(message: Json, steps: list[Json]) -> Call:
    """Read a model call: OpenCode counts without the cache, and reasoning apart; failed ones are empty."""
    counts = [step["tokens"] for step in steps]
    read, written = (sum(one["cache"][side] for one in counts) for side in ("read", "write"))
    used = Tokens(
        prompt=sum(one["input"] for one in counts) + read + written,
        completion=sum(one["output"] + one["reasoning"] for one in counts),
        cache_read=read,
        cache_write=written,
    )
    return Call(
        model=message["modelID"],
        tokens=used if counts else None,
        cost_usd=rounded(sum(step["cost"] for step in steps)) if counts else None,
    )


def trace_id(session: str, prompt: str) -> str:
    """Hash a trace id from OpenCode's own ids."""
    return hashlib.sha256(f"trace\x1f{session}\x1f{prompt}".encode()).hexdigest()[:32]
