"""The vendors of the tests refuse what the real ones refuse; else the other tests would say nothing."""

import json
from collections.abc import Mapping

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tests.destinations.contracts import JSON, PROTOBUF
from tests.destinations.server import Vendor
from tests.destinations.vendors import CASES

WAIT_S = 30.0
ATTRIBUTES = {"openinference.span.kind": "TOOL", "tool.name": "bash", "gen_ai.operation.name": "execute_tool"}
RESOURCE = {"service.name": "opencode", "openinference.project.name": "opencode"}
NOT_OTLP = b"no OTLP"


def one_span(
    resource: Mapping[str, str] = RESOURCE, attributes: Mapping[str, str] = ATTRIBUTES
) -> ExportTraceServiceRequest:
    """Return a request with one span."""
    request = ExportTraceServiceRequest()
    rows = request.resource_spans.add()
    rows.resource.attributes.extend(_pairs(resource))
    span = rows.scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=b"s" * 8, name="a tool call")
    span.attributes.extend(_pairs(attributes))
    return request


def _pairs(attributes: Mapping[str, str]) -> list[KeyValue]:
    """Return attributes as OTLP has them."""
    return [KeyValue(key=key, value=AnyValue(string_value=text)) for key, text in attributes.items()]


def in_json(attributes: Mapping[str, str] = ATTRIBUTES) -> bytes:
    """Return such a request as OTLP/JSON."""
    pairs = [{"key": key, "value": {"stringValue": text}} for key, text in attributes.items()]
    span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "name": "a tool call", "attributes": pairs}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


def status(
    name: str,
    changed: Mapping[str, str | None] | None = None,
    *,
    body: bytes | None = None,
    method: str = "POST",
    path: str | None = None,
) -> int:
    """Return what a vendor answers to a good request of which a few things are changed."""
    case = CASES[name]
    plain = in_json() if case.is_json else one_span().SerializeToString()
    good = {"content-type": JSON if case.is_json else PROTOBUF, **case.headers}
    with Vendor(case.contract) as vendor:
        answer = requests.request(
            method,
            vendor.url + (path or case.contract.path),
            data=plain if body is None else body,
            headers={**good, **(changed or {})},
            timeout=WAIT_S,
        )
    return answer.status_code


@pytest.mark.parametrize("name", CASES)
def test_good_request_is_taken(name: str) -> None:
    """What the documentation asks for is enough."""
    assert 200 == status(name)


@pytest.mark.parametrize("name", CASES)
def test_other_path_and_other_method_are_refused(name: str) -> None:
    """There is one endpoint for traces, and it takes POST."""
    assert (404, 404, 405) == (
        status(name, path="/v1/metrics"),
        status(name, path=f"/elsewhere{CASES[name].contract.path}"),
        status(name, method="PUT"),
    )


@pytest.mark.parametrize(
    ("name", "header", "refused"),
    [
        ("arize", "api_key", 401),
        ("arize", "space_id", 401),
        ("braintrust", "authorization", 401),
        ("braintrust", "x-bt-parent", 400),
        ("datadog", "dd-api-key", 403),
        ("datadog", "dd-otlp-source", 400),
        ("inference", "authorization", 401),
        ("langfuse", "authorization", 401),
        ("langsmith", "x-api-key", 401),
        ("phoenix", "authorization", 401),
    ],
)
def test_request_without_a_header_is_refused(name: str, header: str, refused: int) -> None:
    """A credential that is missing, or a header without which nobody knows where the traces belong."""
    assert refused == status(name, {header: None})


@pytest.mark.parametrize(
    ("name", "changed", "refused"),
    [
        ("phoenix", {"content-type": JSON}, 415),
        ("phoenix", {"content-encoding": "br"}, 415),
        ("datadog", {"content-type": JSON}, 415),
        ("inference", {"content-type": PROTOBUF}, 415),
        ("inference", {"content-encoding": "gzip"}, 415),
        ("langfuse", {"content-type": "text/plain"}, 400),
        ("langfuse", {"x-langfuse-ingestion-version": "5"}, 400),
        ("langsmith", {"content-type": "text/plain"}, 415),
        ("langsmith", {"content-encoding": "br"}, 415),
        ("braintrust", {"x-bt-parent": "project:mine"}, 400),
    ],
)
def test_request_of_another_form_is_refused(name: str, changed: Mapping[str, str], refused: int) -> None:
    """Types of content, encodings and words of headers that a vendor does not know."""
    assert refused == status(name, changed)


@pytest.mark.parametrize(("name", "refused"), [("phoenix", 422), ("langfuse", 400)])
def test_body_of_something_else_is_refused(name: str, refused: int) -> None:
    """Bytes that are no request."""
    assert refused == status(name, body=NOT_OTLP)


@pytest.mark.parametrize(
    ("name", "body", "refused"),
    [
        ("arize", one_span(resource={"service.name": "opencode"}).SerializeToString(), 500),
        ("inference", in_json({"openinference.span.kind": "LLM"}), 400),
        ("inference", in_json({"openinference.span.kind": "AGENT"}), 400),
        ("inference", in_json({}), 400),
        ("datadog", one_span(attributes={"http.method": "GET"}).SerializeToString(), 400),
        ("datadog", one_span(resource={}).SerializeToString(), 400),
        (
            "braintrust",
            one_span(attributes={"braintrust.span_attributes.type": "x"}).SerializeToString(),
            400,
        ),
    ],
)
def test_spans_without_what_a_vendor_needs_are_refused(name: str, body: bytes, refused: int) -> None:
    """A project, an application, an agent, a kind."""
    assert refused == status(name, body=body)


def test_request_that_is_too_large_is_refused() -> None:
    """Braintrust takes 10 MB."""
    body = one_span(attributes={"text": "x" * 10_000_000}).SerializeToString()

    assert 413 == status("braintrust", body=body)
