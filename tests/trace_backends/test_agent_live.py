"""The real OpenCode and our agent, delivering to the real Phoenix and MLflow what a sub-agent's run does."""

import json
from collections.abc import Mapping

import pytest

from tests.e2e.recipes import CONTENT, prompt
from tests.e2e.truth import rows
from tests.e2e.world import World
from tests.trace_backends.backend import Backend
from tests.trace_backends.expected import calls, rounded
from tests.trace_backends.mlflow import MLflow
from tests.trace_backends.phoenix import Phoenix
from tests.trace_backends.recorded import trace_id
from tests.trace_backends.shown import ShownTrace
from tests.trace_backends.words import GEN_AI, OPENINFERENCE, Words

pytestmark = pytest.mark.e2e
SPANS = 8
# `opencode run` quotes an argument that has blanks in it.
QUOTED = f'"{prompt("subagent")}"'
# OpenCode's own record of the run: who is whose child, and what each step used.
ROOT = "select id from session where parent_id is null"
FIRST = "select id from message where session_id = ? order by time_created limit 1"
STEPS = "select data from part where json_extract(data, '$.type') = 'step-finish' order by time_created"


def headers(backend: Backend) -> str:
    """Give a backend's headers as a setting has them."""
    return ",".join(f"{name}={value}" for name, value in backend.headers.items())


def shown(world: World, backend: Backend, settings: Mapping[str, str]) -> ShownTrace:
    """Run a sub-agent and give the page of the trace, whose id follows from OpenCode's own."""
    world.opencode.telemetry = {"OPENCODE_ENABLE_TELEMETRY": "1", **CONTENT, **settings}
    finished = world.opencode.run(world.home.project(), prompt("subagent"))
    assert finished.code == 0, finished.err
    ((session,),) = rows(world.home.database, ROOT)
    ((message,),) = rows(world.home.database, FIRST, session)
    return backend.trace(trace_id(session, message), at_least=SPANS)


def outline(words: Words) -> list[str]:
    """Give the tree of the run."""
    return [
        words.turn(),
        f"  {words.call()}",
        f"    {words.ran('task')}",
        f"      {words.turn('general')}",
        f"        {words.call()}",
        f"          {words.ran('bash')}",
        f"        {words.call()}",
        f"  {words.call()}",
    ]


def used(world: World) -> int:
    """Give how many tokens OpenCode has stored of all finished steps."""
    return sum(json.loads(data)["tokens"]["total"] for (data,) in rows(world.home.database, STEPS))


def paid(world: World) -> float | None:
    """Give what OpenCode has stored of their costs."""
    return rounded(sum(json.loads(data)["cost"] for (data,) in rows(world.home.database, STEPS)))


def test_phoenix_shows_a_run(world: World, phoenix: Phoenix) -> None:
    """Traces go there by the variables of that signal, the others elsewhere, and nobody sends more."""
    trace = shown(
        world,
        phoenix,
        {
            **OPENINFERENCE.environ,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"{world.sink.http_url}/v1/metrics",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{world.sink.http_url}/v1/logs",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": phoenix.endpoint,
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": headers(phoenix),
        },
    )

    assert outline(OPENINFERENCE) == trace.outline()
    assert used(world) == trace.tokens.total
    assert [QUOTED] == [one.text for one in calls(trace)[0].messages_in]
    assert "The sub-agent said hi." == trace.output
    world.wait_quiet()
    assert world.sink.metric_points()
    assert [trace.id] == phoenix.listed()


def test_mlflow_shows_a_run(world: World, mlflow: MLflow) -> None:
    """With MLflow alone, its experiment is a header, and the signals that it does not take are off."""
    trace = shown(
        world,
        mlflow,
        {
            **GEN_AI.environ,
            "OPENCODE_OTLP_ENDPOINT": mlflow.url,
            "OPENCODE_OTLP_PROTOCOL": "http/protobuf",
            "OPENCODE_OTLP_HEADERS": headers(mlflow),
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
        },
    )

    assert outline(GEN_AI) == trace.outline()
    assert used(world) == trace.tokens.total
    assert paid(world) == rounded(trace.cost_usd)
    assert [QUOTED] == [one.text for one in calls(trace)[0].messages_in]
