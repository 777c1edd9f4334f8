"""Arize Phoenix: `phoenix serve` on loopback, and what its pages show, read through the API that they use."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.trace_backends.backend import Backend
from tests.trace_backends.serving import Json, Program, ask, free_port, running
from tests.trace_backends.shown import Message, ShownSession, ShownSpan, ShownTrace, Tokens

# https://arize.com/docs/phoenix/self-hosting/configuration
QUIET = {
    "PHOENIX_TELEMETRY_ENABLED": "false",
    "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
    "PHOENIX_DISABLE_AGENT_ASSISTANT": "true",
    "PHOENIX_ENABLE_MCP_SERVER": "false",
}
COST = "costSummary { total { cost tokens } }"
SPAN = f"""
    spanId parentId name spanKind statusCode statusMessage startTime endTime attributes
    tokenCountPrompt tokenCountCompletion tokenPromptDetails {{ cacheRead cacheWrite }}
    input {{ value mimeType }} output {{ value mimeType }} events {{ name message }} {COST}
"""
TRACE = f"""query ($project: String!, $trace: ID!) {{
    getProjectByName(name: $project) {{ trace(traceId: $trace) {{
    traceId userId session {{ sessionId }} {COST}
    rootSpan {{ spanId name statusCode cumulativeTokenCountPrompt cumulativeTokenCountCompletion
        input {{ value }} output {{ value }} }}
    spans(first: 1000) {{ edges {{ node {{ {SPAN} }} }} }}
}} }} }}"""
LISTED = """query ($project: String!) { getProjectByName(name: $project) {
    spans(first: 1000, filterCondition: "parent_span is None") { edges { node { trace { traceId } } } }
} }"""
SESSIONS = f"""query ($project: String!) {{
    getProjectByName(name: $project) {{ sessions(first: 1000) {{ edges {{ node {{
        sessionId tokenUsage {{ prompt completion }} {COST}
        traces(first: 1000) {{ edges {{ node {{ traceId }} }} }}
}} }} }} }} }}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phoenix(Backend):
    """One project of a running Phoenix."""

    project: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The project's name; over gRPC only the resource attribute openinference.project.name tells it."""
        return {"x-project-name": self.project}

    def look(self, trace_id: str) -> ShownTrace | None:
        """Give what the trace's page shows now."""
        found = self._ask(TRACE, trace=trace_id).get("trace")
        return _trace(found) if found else None

    def listed(self) -> list[str]:
        """Give the trace id of each row of the Traces tab: a span whose parent is none or never came."""
        return [edge["node"]["trace"]["traceId"] for edge in self._ask(LISTED)["spans"]["edges"]]

    def sessions(self) -> dict[str, ShownSession]:
        """Give the sessions of the Sessions tab."""
        nodes = [edge["node"] for edge in self._ask(SESSIONS)["sessions"]["edges"]]
        return {node["sessionId"]: _session(node) for node in nodes}

    def clear(self) -> None:
        """Delete the project: a span id counts once in all of Phoenix."""
        if self._ask("query ($project: String!) { getProjectByName(name: $project) { id } }"):
            ask("DELETE", f"{self.url}/v1/projects/{self.project}")

    def _ask(self, query: str, **variables: str) -> Json:
        told = {"query": query, "variables": {"project": self.project, **variables}}
        answer = ask("POST", f"{self.url}/graphql", json=told)
        if answer.get("errors"):
            raise RuntimeError(f"Phoenix: expected an answer, got {answer['errors']}")
        found: Json = answer["data"]["getProjectByName"] or {}
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoenixServer:
    """A running Phoenix; its gRPC port listens on every interface, which no setting of it can change."""

    url: str
    grpc_target: str

    def project(self, name: str) -> Phoenix:
        """Give a project, which is made by the first span that is sent to it."""
        return Phoenix(url=self.url, project=name)


@contextmanager
def serve_phoenix(home: Path, folder: Path, **environ: str) -> Iterator[PhoenixServer]:
    """Run the Phoenix of a virtual environment in an empty folder; its own OTLP over gRPC listens too.

    `environ` is added to what it is told, such as that it has a login.
    """
    http, grpc = free_port(), free_port()
    program = Program(
        command=(str(home / "bin" / "phoenix"), "serve"),
        environ={
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(http),
            "PHOENIX_GRPC_PORT": str(grpc),
            "PHOENIX_WORKING_DIR": str(folder / "data"),
            **QUIET,
            **environ,
        },
        folder=folder,
    )
    url = f"http://127.0.0.1:{http}"
    with running(program, f"{url}/healthz"):
        yield PhoenixServer(url=url, grpc_target=f"127.0.0.1:{grpc}")


def _trace(found: Json) -> ShownTrace:
    root = found["rootSpan"] or {}
    spans = tuple(_span(edge["node"]) for edge in found["spans"]["edges"])
    return ShownTrace(
        id=found["traceId"],
        name=root.get("name"),
        state=root.get("statusCode", "NO ROOT"),
        root=root.get("spanId"),
        session=(found["session"] or {}).get("sessionId"),
        user=found["userId"],
        input=(root.get("input") or {}).get("value"),
        output=(root.get("output") or {}).get("value"),
        tokens=Tokens(
            prompt=int(root.get("cumulativeTokenCountPrompt", 0)),
            completion=int(root.get("cumulativeTokenCountCompletion", 0)),
        ),
        cost_usd=found["costSummary"]["total"]["cost"],
        spans=spans,
    )


def _span(node: Json) -> ShownSpan:
    attributes: Json = json.loads(node["attributes"])
    model = attributes.get("llm", {})
    return ShownSpan(
        id=node["spanId"],
        parent=node["parentId"] or None,
        name=node["name"],
        kind=node["spanKind"].upper(),
        status=node["statusCode"],
        status_message=node["statusMessage"],
        start_ns=_ns(node["startTime"]),
        end_ns=_ns(node["endTime"]),
        input=(node["input"] or {}).get("value", ""),
        output=(node["output"] or {}).get("value", ""),
        messages_in=_messages(model.get("input_messages", [])),
        messages_out=_messages(model.get("output_messages", [])),
        model=model.get("model_name"),
        tokens=_tokens(node),
        cost_usd=(node["costSummary"] or {"total": {"cost": None}})["total"]["cost"],
        attributes=attributes,
        events=tuple(f"{event['name']}: {event['message']}" for event in node["events"]),
        links=(),
    )


def _tokens(node: Json) -> Tokens | None:
    if node["tokenCountPrompt"] is None:
        return None
    details = node["tokenPromptDetails"]
    return Tokens(
        prompt=node["tokenCountPrompt"],
        completion=node["tokenCountCompletion"],
        cache_read=details["cacheRead"] or 0,
        cache_write=details["cacheWrite"] or 0,
    )


def _messages(found: list[Any]) -> tuple[Message, ...]:
    return tuple(_message(one["message"]) for one in found)


def _message(found: Json) -> Message:
    parts = [part["message_content"].get("text", "") for part in found.get("contents", [])]
    calls = [call["tool_call"]["function"]["name"] for call in found.get("tool_calls", [])]
    text = found.get("content") or "\n".join(parts)
    return Message(role=found["role"], text=text, tool_calls=tuple(calls))


def _session(node: Json) -> ShownSession:
    used = node["tokenUsage"]
    return ShownSession(
        id=node["sessionId"],
        traces=tuple(edge["node"]["traceId"] for edge in node["traces"]["edges"]),
        tokens=Tokens(prompt=int(used["prompt"]), completion=int(used["completion"])),
        cost_usd=node["costSummary"]["total"]["cost"],
    )


def _ns(time: str) -> int:
    """Give a time in ns; Phoenix keeps microseconds."""
    moment = datetime.fromisoformat(time)
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000
