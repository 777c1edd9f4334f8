"""The real OpenCode in a CI job: its spans, and the commands that its model runs, are in the job's trace."""

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING, cast

from otel_agent.settings import Signal
from tests.e2e.recipes import prompt
from tests.e2e.truth import rows
from tests.e2e.world import World
from tests.helpers import ci

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

LINE = 'export OPENCODE_TRACEPARENT="$(python3 "$0")"; exec "$@"'
"""The lines of the snippets as one: the script's answer goes to OpenCode."""
CALLS = (
    "select session_id, message_id, json_extract(data, '$.callID') from part "
    "where json_extract(data, '$.type') = 'tool'"
)


def run_in_job(world: World) -> str:
    """Run OpenCode in a GitLab job and give the TRACEPARENT that a program of its shell command saw."""
    seen = world.home.root / "traceparent"
    path = world.home.put_program("seq", f'printf %s "${{TRACEPARENT-}}" >"{seen}"')
    world.home.put_program("python3", f'exec {sys.executable} "$@"')
    folder = world.home.project()
    run = [str(world.opencode.tools.opencode), "run", prompt("big-output")]
    command = ["sh", "-c", LINE, str(ci.SCRIPT), *run]
    environ = world.opencode.environ(folder, {**ci.GITLAB, "PATH": path})
    subprocess.run(command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, check=True, timeout=55)
    return seen.read_text(encoding="utf-8")


def tool_span(world: World) -> str:
    """Hash the span id of the one tool call from OpenCode's own ids."""
    ((session, message, call),) = rows(world.home.database, CALLS)
    words = "\x1f".join(["span", "tool", session, f"{message}:{call}"])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def spans(world: World) -> "list[Span]":
    """Give every span that arrived."""
    requests = (cast("ExportTraceServiceRequest", one) for one in world.sink.requests(Signal.TRACES))
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_command_of_the_model_is_in_the_jobs_trace(world: World) -> None:
    """What the model's shell starts is told the job's trace, and its own tool call as the parent."""
    seen = run_in_job(world)

    assert f"00-{ci.GITLAB_TRACE}-{tool_span(world)}-01" == seen


def test_trace_of_a_job_is_connected(world: World) -> None:
    """With the job's own span the trace has one root, the job, and every other span has its parent there."""
    run_in_job(world)
    world.wait_quiet()
    ci.traceparent({**ci.GITLAB, **world.opencode.telemetry}, "--emit-root")

    found = spans(world)
    ids = {span.span_id.hex() for span in found}
    assert {ci.GITLAB_TRACE} == {span.trace_id.hex() for span in found}
    assert [ci.GITLAB_JOB_SPAN] == [span.span_id.hex() for span in found if not span.parent_span_id]
    assert [] == [span.name for span in found if span.parent_span_id and span.parent_span_id.hex() not in ids]
    assert tool_span(world) in ids
