"""The vendors: each one's contract with where it stands, and the variables that lead a user's agent to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from otel_agent.sink.spans import Span
from tests.destinations.contracts import JSON, PROTOBUF, Contract, Refusal

KEY: Final = "key-of-the-tests"
BASIC: Final = "Basic cGs6a2V5LW9mLXRoZS10ZXN0cw=="
"""`pk:key-of-the-tests` as HTTP's basic authentication has it."""
NO_KEY: Final = Refusal(status=401, words="unauthorized")
BEARER: Final = (f"Bearer {KEY}", NO_KEY)
KIND: Final = "openinference.span.kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vendor: its contract, its users' variables for a server at a URL, and the headers that follow."""

    contract: Contract
    environ: Callable[[str], Mapping[str, str]]
    headers: Mapping[str, str]
    is_json: bool = False


def ax(spans: Sequence[Span]) -> Refusal | None:
    """Refuse spans of no project, in Arize's words (https://github.com/mastra-ai/mastra/issues/8833)."""
    names = ("openinference.project.name", "arize.project.name", "model_id")
    lost = [span for span in spans if not any(span.resource.get(name) for name in names)]
    words = f"All spans failed. Found {len(lost)} errors: rpc error: code = InvalidArgument "
    return Refusal(status=500, words=f"{words}desc = external_model_id is required") if lost else None


def catalyst(spans: Sequence[Span]) -> Refusal | None:
    """Refuse spans without what each kind needs (docs.inference.net/integrations/traces/attributes)."""
    needed = {"AGENT": "agent.id", "LLM": "llm.model_name", "TOOL": "tool.name", "CHAIN": KIND}
    for span in spans:
        kind = str(span.attributes.get(KIND, ""))
        if not span.attributes.get(needed.get(kind, "-")):
            return Refusal(
                status=400, words=f"span of kind {kind!r} without {needed.get(kind, 'a known kind')}"
            )
    return None


def datadog(spans: Sequence[Span]) -> Refusal | None:
    """Refuse spans that LLM Observability would not take for its own, and an application without a name."""
    for span in spans:
        if not span.resource.get("service.name"):
            return Refusal(status=400, words="no service, so no ml_app")
        if not (span.attributes.get("gen_ai.operation.name") or span.attributes.get(KIND)):
            return Refusal(status=400, words="no span of an LLM application")
    return None


def braintrust(spans: Sequence[Span]) -> Refusal | None:
    """Refuse fields in braintrust's own name that it could not read."""
    types = {"llm", "task", "tool", "eval", "score", "function"}
    bad = [
        span for span in spans if span.attributes.get("braintrust.span_attributes.type", "task") not in types
    ]
    return Refusal(status=400, words="unknown type of span") if bad else None


PHOENIX: Final = Case(
    contract=Contract(
        source="Phoenix 20.26, server/api/routers/v1/traces.py",
        path="/v1/traces",
        media=frozenset({PROTOBUF}),
        encodings=frozenset({"", "gzip", "deflate"}),
        undecodable=422,
        headers={"authorization": BEARER},
    ),
    environ=lambda url: {"PHOENIX_ENDPOINT": url, "PHOENIX_API_KEY": KEY, "PHOENIX_PROJECT": "mine"},
    headers={"authorization": f"Bearer {KEY}", "x-project-name": "mine"},
)
ARIZE: Final = Case(
    contract=Contract(
        source="https://arize.com/docs/ax/concepts/otel-openinference/arize-otel-helpers",
        path="/v1/traces",
        headers={"space_id": ("U3BhY2U6MQ==", NO_KEY), "api_key": (KEY, NO_KEY)},
        check=ax,
    ),
    environ=lambda url: {"ARIZE_OTLP_ENDPOINT": url, "ARIZE_API_KEY": KEY, "ARIZE_SPACE_ID": "U3BhY2U6MQ=="},
    headers={"space_id": "U3BhY2U6MQ==", "api_key": KEY},
)
INFERENCE: Final = Case(
    contract=Contract(
        source="PyPI catalyst-tracing 0.1.11, exporter.py: takes OTLP/JSON only",
        path="/v1/traces",
        media=frozenset({JSON}),
        encodings=frozenset({""}),
        headers={"authorization": BEARER},
        check=catalyst,
    ),
    environ=lambda url: {"CATALYST_OTLP_ENDPOINT": url, "CATALYST_OTLP_TOKEN": KEY},
    headers={"authorization": f"Bearer {KEY}"},
    is_json=True,
)
LANGFUSE: Final = Case(
    contract=Contract(
        source="langfuse/langfuse web/src/pages/api/public/otel/v1/traces/index.ts",
        path="/api/public/otel/v1/traces",
        other_media=400,
        headers={
            "authorization": (BASIC, NO_KEY),
            "x-langfuse-ingestion-version": ("|[0-4]", Refusal(status=400, words="Unsupported version")),
        },
    ),
    environ=lambda url: {
        "LANGFUSE_BASE_URL": url,
        "LANGFUSE_PUBLIC_KEY": "pk",
        "LANGFUSE_SECRET_KEY": KEY,
    },
    headers={"authorization": BASIC, "x-langfuse-ingestion-version": "4"},
)
DATADOG: Final = Case(
    contract=Contract(
        source="https://docs.datadoghq.com/llm_observability/instrumentation/otel_instrumentation",
        path="/v1/traces",
        media=frozenset({PROTOBUF}),
        headers={
            "dd-api-key": (KEY, Refusal(status=403, words="Forbidden")),
            "dd-otlp-source": ("llmobs", Refusal(status=400, words="no source of LLM Observability")),
        },
        check=datadog,
    ),
    environ=lambda url: {"OPENCODE_DATADOG_ENDPOINT": url, "DD_LLMOBS_ENABLED": "1", "DD_API_KEY": KEY},
    headers={"dd-api-key": KEY, "dd-otlp-source": "llmobs"},
)
LANGSMITH: Final = Case(
    contract=Contract(
        source="langchain-ai/langsmith-collector-proxy internal/handler/traces.go, …/middleware/auth.go",
        path="/otel/v1/traces",
        headers={"x-api-key": (KEY, Refusal(status=401, words="missing X-API-Key"))},
    ),
    environ=lambda url: {"LANGSMITH_ENDPOINT": url, "TRACE_TO_LANGSMITH": "true", "LANGSMITH_API_KEY": KEY},
    headers={"x-api-key": KEY, "langsmith-project": "opencode"},
)
BRAINTRUST: Final = Case(
    contract=Contract(
        source="https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry",
        path="/otel/v1/traces",
        most_bytes=10_000_000,
        headers={
            "authorization": BEARER,
            "x-bt-parent": (
                "(project_name|project_id|experiment_id):.+",
                Refusal(status=400, words="Invalid parent header"),
            ),
        },
        check=braintrust,
    ),
    environ=lambda url: {"BRAINTRUST_API_URL": url, "TRACE_TO_BRAINTRUST": "true", "BRAINTRUST_API_KEY": KEY},
    headers={"authorization": f"Bearer {KEY}", "x-bt-parent": "project_name:opencode"},
)
CASES: Final[Mapping[str, Case]] = {
    "arize": ARIZE,
    "braintrust": BRAINTRUST,
    "datadog": DATADOG,
    "inference": INFERENCE,
    "langfuse": LANGFUSE,
    "langsmith": LANGSMITH,
    "phoenix": PHOENIX,
}
