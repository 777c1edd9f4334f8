"""`traceparent --emit-root` sends the job's span: the trace has a root where nobody else sends one."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import pytest

from otel_agent.settings import Signal
from otel_agent.sink.decode import value_of
from otel_agent.sink.script import Fault
from otel_agent.sink.server import Sink
from tests.helpers import ci

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.resource.v1.resource_pb2 import Resource
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

STARTED_S = 1_772_359_200
"""2026-03-01T10:00:00Z, as in the variables of the GitLab job."""
STARTED_NS = STARTED_S * 10**9
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
INTERNAL, ERROR = 1, 2


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An OTLP server."""
    with Sink() as opened:
        yield opened


def telemetry(sink: Sink) -> dict[str, str]:
    """Give the settings that OpenCode's telemetry has in the same job."""
    return {
        "OPENCODE_OTLP_ENDPOINT": f"{sink.http_url}/",
        "OPENCODE_OTLP_HEADERS": "x-key=a%20secret, x-other = 1",
        "OPENCODE_OTLP_PROTOCOL": "http/protobuf",
    }


def arrived(sink: Sink) -> "ResourceSpans":
    """Give the one span that came, with its resource."""
    (request,) = sink.requests(Signal.TRACES)
    (found,) = cast("ExportTraceServiceRequest", request).resource_spans
    return found


def attributes(holder: "Span | Resource") -> dict[str, object]:
    """Give the attributes of a span or a resource."""
    return {pair.key: value_of(pair.value) for pair in holder.attributes}


def test_gitlab_job_is_sent_as_a_root(sink: Sink) -> None:
    """GitLab's own variables say when the job began and how it ended."""
    printed = ci.traceparent({**ci.GITLAB, **telemetry(sink)}, "--emit-root")

    assert ci.Printed(code=0, out="", err="") == printed
    (span,) = arrived(sink).scope_spans[0].spans
    assert (ci.GITLAB_TRACE, ci.GITLAB_JOB_SPAN) == (span.trace_id.hex(), span.span_id.hex())
    assert (b"", "opencode", INTERNAL) == (span.parent_span_id, span.name, span.kind)
    assert STARTED_NS == span.start_time_unix_nano < span.end_time_unix_nano
    assert ERROR == span.status.code
    assert {
        "cicd.pipeline.task.name": "opencode",
        "cicd.pipeline.task.run.id": "2002",
        "cicd.pipeline.task.run.url.full": "https://gitlab.example.com/app/-/jobs/2002",
        "cicd.pipeline.task.run.result": "failure",
        "error.type": "_OTHER",
    } == attributes(span)
    assert {
        "service.name": "gitlab-ci",
        "cicd.pipeline.name": "group/app",
        "cicd.pipeline.run.id": "1001",
    } == attributes(arrived(sink).resource)


@pytest.mark.parametrize(
    ("said", "result", "code"),
    [
        ("success", "success", 0),
        ("SUCCESS", "success", 0),
        ("failure", "failure", ERROR),
        ("UNSTABLE", "failure", ERROR),
        ("cancelled", "cancellation", 0),
        ("ABORTED", "cancellation", 0),
        ("else", None, 0),
    ],
)
def test_result_has_the_conventions_word(sink: Sink, said: str, result: str | None, code: int) -> None:
    """Each CI has words of its own for it; one that is unknown is left out."""
    environ = {**ci.GITHUB_JOB, **telemetry(sink), "JOB_RESULT": said, "JOB_STARTED_MS": f"{STARTED_S}000"}
    ci.traceparent(environ, "--emit-root")

    (span,) = arrived(sink).scope_spans[0].spans
    assert (result, code) == (attributes(span).get("cicd.pipeline.task.run.result"), span.status.code)


def test_github_job_is_the_parent_that_was_printed(sink: Sink) -> None:
    """OpenCode's parent and the span that is sent are one, and its link leads to the job's page."""
    environ = {**ci.GITHUB_JOB, **telemetry(sink), "JOB_STARTED_MS": f"{STARTED_S}000"}
    printed = ci.traceparent(environ)
    ci.traceparent(environ, "--emit-root")

    (span,) = arrived(sink).scope_spans[0].spans
    assert f"00-{span.trace_id.hex()}-{span.span_id.hex()}-01\n" == printed.out
    page = "https://github.example.com/example/app/actions/runs/14460881260/job/41546348818"
    assert page == attributes(span)["cicd.pipeline.task.run.url.full"]


def test_headers_are_the_agents(sink: Sink) -> None:
    """The backend's credentials are set once for both; they are percent-decoded in the same way."""
    ci.traceparent({**ci.GITLAB, **telemetry(sink)}, "--emit-root")

    (attempt,) = sink.attempts()
    assert ("a secret", "1") == (attempt.headers["x-key"], attempt.headers["x-other"])


def test_span_of_somebody_else_is_not_sent(sink: Sink) -> None:
    """Who sets TRACEPARENT sends the span that it names."""
    environ = {**ci.JENKINS, **telemetry(sink), "JOB_STARTED_MS": "1", "TRACEPARENT": TRACEPARENT}
    printed = ci.traceparent(environ, "--emit-root")

    assert 0 == printed.code
    assert [] == sink.attempts()
    assert "who set it sends that span" in printed.err


def test_job_that_began_in_the_future_has_no_negative_time(sink: Sink) -> None:
    """Two machines' clocks differ; the span then has no length."""
    ci.traceparent({**ci.JENKINS, **telemetry(sink), "JOB_STARTED_MS": "9" * 13}, "--emit-root")

    (span,) = arrived(sink).scope_spans[0].spans
    assert span.start_time_unix_nano == span.end_time_unix_nano


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"OPENCODE_OTLP_PROTOCOL": ""},
            "OPENCODE_OTLP_PROTOCOL: expected http/protobuf or http/json, got gRPC",
        ),
        ({"OPENCODE_OTLP_PROTOCOL": "grpc"}, "OPENCODE_OTLP_PROTOCOL: expected http/"),
        ({"OPENCODE_OTLP_ENDPOINT": "file:///secret"}, "OPENCODE_OTLP_ENDPOINT: expected a URL"),
        ({"OPENCODE_OTLP_ENDPOINT": "http://secret:pw@[::1"}, "could not be sent: ValueError"),
        ({"OPENCODE_OTLP_ENDPOINT": "http://127.0.0.1:9/secret"}, "could not be sent: URLError"),
        ({"OPENCODE_OTLP_HEADERS": "x-key=secret%0D%0Ay: 1"}, "could not be sent: ValueError"),
        ({"JOB_STARTED_MS": "secret"}, "JOB_STARTED_MS: expected a whole number above 0, got something else"),
        ({"JOB_STARTED_MS": ""}, "JOB_STARTED_MS: expected milliseconds since 1970, got nothing"),
        ({"CHECK_RUN_ID": ""}, "without CHECK_RUN_ID there is no span of the job to send"),
    ],
)
def test_nothing_that_is_wrong_fails_the_job(sink: Sink, changed: dict[str, str], message: str) -> None:
    """It is said in one line without any value, and the exit code is 0."""
    environ = {**ci.GITHUB_JOB, **telemetry(sink), "JOB_STARTED_MS": f"{STARTED_S}000", **changed}
    printed = ci.traceparent(environ, "--emit-root")

    assert (0, "") == (printed.code, printed.out)
    assert re.fullmatch(rf"traceparent: .*{re.escape(message)}.*\n", printed.err)
    assert "secret" not in printed.err
    assert [] == sink.requests(Signal.TRACES)


@pytest.mark.parametrize("status", [302, 401, 503])
def test_refusal_is_said_and_no_redirect_is_followed(sink: Sink, status: int) -> None:
    """The headers are credentials of one host, so another one is not asked."""
    sink.fail_next(1, Fault(status=status, message="no", headers={"Location": f"{sink.http_url}/v1/traces"}))
    printed = ci.traceparent({**ci.GITLAB, **telemetry(sink)}, "--emit-root")

    assert (0, f"traceparent: the backend did not take the job's span: HTTP {status}\n") == (
        printed.code,
        printed.err,
    )
    assert 1 == len(sink.attempts())
