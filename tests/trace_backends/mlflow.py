"""MLflow: `mlflow server` on loopback, and what its trace pages show, read through its REST API."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.trace_backends.backend import Backend
from tests.trace_backends.serving import Json, Program, ask, free_port, running
from tests.trace_backends.shown import Message, ShownSession, ShownSpan, ShownTrace, Tokens

# https://mlflow.org/docs/latest/self-hosting/architecture/tracking-server
# Its job runners would be seven more processes.
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
# Where MLflow writes what it understood of a span's attributes, and of a trace's spans.
USAGE, COST, SPAN_TYPE = "mlflow.chat.tokenUsage", "mlflow.llm.cost", "mlflow.spanType"
TRACE_USAGE, TRACE_COST = "mlflow.trace.tokenUsage", "mlflow.trace.cost"
TRACE_SESSION, TRACE_USER, TRACE_NAME = "mlflow.trace.session", "mlflow.trace.user", "mlflow.traceName"
# MLflow tells a chat from other model calls; Phoenix does not.
KINDS = {"CHAT_MODEL": "LLM"}
# What its chat view can show; one part of another type, and it shows the JSON of all messages.
PARTS = {"text", "tool_call", "tool_call_response"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MLflow(Backend):
    """One experiment of a running MLflow."""

    experiment: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The experiment's id, without which MLflow takes nothing."""
        return {"x-mlflow-experiment-id": self.experiment}

    def look(self, trace_id: str) -> ShownTrace | None:
        """Give what the trace's page shows now."""
        asked = {"trace_ids": [f"tr-{trace_id}"]}
        found = ask("GET", f"{self.url}/api/3.0/mlflow/traces/batchGet", params=asked).get("traces", [])
        return _trace(found[0]) if found else None

    def listed(self) -> list[str]:
        """Give the traces of the experiment's page, newest first."""
        return [_otlp_id(info) for info in self._infos()]

    def sessions(self) -> dict[str, ShownSession]:
        """Give the sessions as their page makes them: the listed traces, by the session in their metadata."""
        infos = [info for info in reversed(self._infos()) if TRACE_SESSION in _metadata(info)]
        names = dict.fromkeys(_metadata(info)[TRACE_SESSION] for info in infos)
        return {
            name: _session(name, [info for info in infos if _metadata(info)[TRACE_SESSION] == name])
            for name in names
        }

    def clear(self) -> None:
        """Delete the traces: MLflow keeps a trace id in the experiment that saw it first."""
        traces = [info["trace_id"] for info in self._infos()]
        if traces:
            told = {"experiment_id": self.experiment, "request_ids": traces}
            ask("POST", f"{self.url}/api/2.0/mlflow/traces/delete-traces", json=told)

    def _infos(self) -> list[Json]:
        place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": self.experiment}}
        told = {"locations": [place], "max_results": 500, "order_by": ["timestamp_ms DESC"]}
        answer = ask("POST", f"{self.url}/api/3.0/mlflow/traces/search", json=told)
        found: list[Json] = answer.get("traces", [])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class MLflowServer:
    """A running MLflow."""

    url: str

    def experiment(self, name: str) -> MLflow:
        """Make an experiment, whose name must be new."""
        made = ask("POST", f"{self.url}/api/2.0/mlflow/experiments/create", json={"name": name})
        return MLflow(url=self.url, experiment=made["experiment_id"])


@contextmanager
def serve_mlflow(home: Path, folder: Path, *more: str, **environ: str) -> Iterator[MLflowServer]:
    """Run a virtual environment's MLflow on SQLite in an empty folder, with more arguments and variables."""
    port = free_port()
    program = Program(
        command=(
            *(str(home / "bin" / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
            *("--artifacts-destination", str(folder / "artifacts")),
            *more,
        ),
        environ={**QUIET, **environ},
        folder=folder,
    )
    url = f"http://127.0.0.1:{port}"
    with running(program, f"{url}/health"):
        yield MLflowServer(url=url)


def _trace(found: Json) -> ShownTrace:
    info = found["trace_info"]
    told = _metadata(info)
    spans = tuple(_span(one) for one in found.get("spans", []))
    return ShownTrace(
        id=_otlp_id(info),
        name=info.get("tags", {}).get(TRACE_NAME),
        state=info["state"],
        root=next((span.id for span in spans if span.parent is None), None),
        session=told.get(TRACE_SESSION),
        user=told.get(TRACE_USER),
        input=info.get("request_preview"),
        output=info.get("response_preview"),
        tokens=_tokens(json.loads(told.get(TRACE_USAGE, "{}"))),
        cost_usd=json.loads(told.get(TRACE_COST, "{}")).get("total_cost"),
        spans=spans,
    )


def _span(found: Json) -> ShownSpan:
    attributes = {one["key"]: _value(one["value"]) for one in found["attributes"]}
    inputs, outputs = attributes.get("mlflow.spanInputs"), attributes.get("mlflow.spanOutputs")
    status = found.get("status", {})
    return ShownSpan(
        id=_hex(found["span_id"]),
        parent=_hex(found.get("parent_span_id", "")) or None,
        name=found["name"],
        kind=_kind(attributes.get(SPAN_TYPE, "UNKNOWN")),
        status=status.get("code", "STATUS_CODE_UNSET").removeprefix("STATUS_CODE_"),
        status_message=status.get("message", ""),
        start_ns=int(found["start_time_unix_nano"]),
        end_ns=int(found["end_time_unix_nano"]),
        input=_text(inputs),
        output=_text(outputs),
        messages_in=_messages(inputs),
        messages_out=_messages(outputs),
        model=attributes.get("mlflow.llm.model"),
        tokens=_tokens(attributes[USAGE]) if USAGE in attributes else None,
        cost_usd=attributes.get(COST, {}).get("total_cost"),
        attributes=attributes,
        events=tuple(_event(event) for event in found.get("events", [])),
        links=tuple((_hex(link["trace_id"]), _hex(link["span_id"])) for link in found.get("links", [])),
    )


def _event(found: Json) -> str:
    attributes = {one["key"]: _value(one["value"]) for one in found.get("attributes", [])}
    return f"{found['name']}: {attributes.get('exception.message', '')}"


def _tokens(used: Json) -> Tokens:
    return Tokens(
        prompt=used.get("input_tokens", 0),
        completion=used.get("output_tokens", 0),
        cache_read=used.get("cache_read_input_tokens", 0),
        cache_write=used.get("cache_creation_input_tokens", 0),
    )


def _messages(found: Any) -> tuple[Message, ...]:  # noqa: ANN401 (whatever a span holds)
    """Read messages as the chat view does: one part or message that it does not know, and it shows none."""
    if not isinstance(found, list) or not found or not all(_is_message(one) for one in found):
        return ()
    return tuple(_message(one) for one in found)


def _is_message(found: Any) -> bool:  # noqa: ANN401 (the same)
    if not isinstance(found, dict) or not isinstance(found.get("role"), str):
        return False
    parts: list[Json] = found.get("parts") or []
    return bool(parts) and all(part.get("type") in PARTS for part in parts)


def _message(found: Json) -> Message:
    parts = found["parts"]
    texts = [
        _text(part.get("content", part.get("response", ""))) for part in parts if part["type"] != "tool_call"
    ]
    calls = [part["name"] for part in parts if part["type"] == "tool_call"]
    return Message(role=found["role"], text="\n".join(texts), tool_calls=tuple(calls))


def _session(name: str, infos: list[Json]) -> ShownSession:
    used = [_tokens(json.loads(_metadata(info).get(TRACE_USAGE, "{}"))) for info in infos]
    paid = [json.loads(_metadata(info)[TRACE_COST]) for info in infos if TRACE_COST in _metadata(info)]
    return ShownSession(
        id=name,
        traces=tuple(_otlp_id(info) for info in infos),
        tokens=Tokens(
            prompt=sum(one.prompt for one in used),
            completion=sum(one.completion for one in used),
            cache_read=sum(one.cache_read for one in used),
            cache_write=sum(one.cache_write for one in used),
        ),
        cost_usd=sum(one["total_cost"] for one in paid) if paid else None,
    )


def _kind(span_type: str) -> str:
    return KINDS.get(span_type, span_type)


def _otlp_id(info: Json) -> str:
    return str(info["trace_id"]).removeprefix("tr-")


def _metadata(info: Json) -> dict[str, str]:
    found: dict[str, str] = info.get("trace_metadata", {})
    return found


def _text(value: Any) -> str:  # noqa: ANN401 (whatever a span holds)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _hex(identifier: str) -> str:
    return base64.b64decode(identifier).hex()


def _value(found: Json) -> Any:  # noqa: ANN401 (an OTLP AnyValue, decoded)
    """Decode an AnyValue in protobuf's JSON: {"string_value": "x"}; one without a value is null."""
    (kind, value), *_ = (*found.items(), ("null", None))
    match kind:
        case "array_value":
            return [_value(one) for one in value.get("values", [])]
        case "kvlist_value":
            return {one["key"]: _value(one.get("value", {})) for one in value.get("values", [])}
        case "int_value":
            return int(value)
        case _:
            return value
