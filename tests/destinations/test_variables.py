"""The variables of vendors: what switches each on and off, which one wins, what is told of a wrong one."""

from collections.abc import Mapping

import pytest

from otel_agent.capture import Content
from otel_agent.settings import Settings
from tests.destinations.users import endpoint, headers, viewed
from tests.destinations.vendors import BASIC, KEY

ARIZE = {"ARIZE_API_KEY": KEY, "ARIZE_SPACE_ID": "U3BhY2U6MQ=="}
BRAINTRUST = {"BRAINTRUST_API_KEY": KEY, "TRACE_TO_BRAINTRUST": "true"}
CATALYST = {"CATALYST_OTLP_TOKEN": KEY}
DATADOG = {"DD_API_KEY": KEY, "DD_LLMOBS_ENABLED": "1"}
LANGFUSE = {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": KEY}
LANGSMITH = {"LANGSMITH_API_KEY": KEY, "TRACE_TO_LANGSMITH": "true"}
PHOENIX = {"PHOENIX_ENDPOINT": "http://phoenix:6006"}
OBJECT = '{"team":"platform","size":3}'
OWN = "https://otlp.example:4318"


def settings(name: str, environ: Mapping[str, str]) -> Settings:
    """Return the settings of the only destination."""
    found = viewed(environ)
    assert ([name], ()) == (list(found.settings), found.problems)
    return found.settings[name]


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        ("arize", ARIZE, "https://otlp.arize.com/v1/traces"),
        ("arize", {**ARIZE, "ARIZE_OTLP_ENDPOINT": "otlp.example:443"}, "https://otlp.example:443/v1/traces"),
        ("arize", {**ARIZE, "ARIZE_OTLP_ENDPOINT": f"{OWN}/v1"}, f"{OWN}/v1/traces"),
        ("braintrust", BRAINTRUST, "https://api.braintrust.dev/otel/v1/traces"),
        ("braintrust", {**BRAINTRUST, "BRAINTRUST_API_URL": OWN}, f"{OWN}/otel/v1/traces"),
        ("inference", CATALYST, "https://telemetry.inference.net/v1/traces"),
        ("inference", {**CATALYST, "INFERENCE_OTLP_ENDPOINT": OWN}, f"{OWN}/v1/traces"),
        ("inference", {"TRACE_TO_CATALYST": "1", "CATALYST_OTLP_ENDPOINT": OWN}, f"{OWN}/v1/traces"),
        (
            "inference",
            {**CATALYST, "CATALYST_OTLP_ENDPOINT": OWN, "INFERENCE_OTLP_ENDPOINT": "https://else"},
            f"{OWN}/v1/traces",
        ),
        ("datadog", DATADOG, "https://otlp.datadoghq.com/v1/traces"),
        ("datadog", {**DATADOG, "DD_SITE": "us5.datadoghq.com"}, "https://otlp.us5.datadoghq.com/v1/traces"),
        ("datadog", {**DATADOG, "OPENCODE_DATADOG_ENDPOINT": OWN}, f"{OWN}/v1/traces"),
        ("langfuse", LANGFUSE, "https://cloud.langfuse.com/api/public/otel/v1/traces"),
        ("langfuse", {**LANGFUSE, "LANGFUSE_HOST": OWN}, f"{OWN}/api/public/otel/v1/traces"),
        (
            "langfuse",
            {**LANGFUSE, "LANGFUSE_HOST": "https://else", "LANGFUSE_BASE_URL": OWN},
            f"{OWN}/api/public/otel/v1/traces",
        ),
        ("langsmith", LANGSMITH, "https://api.smith.langchain.com/otel/v1/traces"),
        (
            "langsmith",
            {**LANGSMITH, "LANGSMITH_ENDPOINT": f"{OWN}/api/v1"},
            f"{OWN}/api/v1/otel/v1/traces",
        ),
        (
            "langsmith",
            {**LANGSMITH, "LANGSMITH_ENDPOINT": "https://else", "LANGSMITH_OPENCODE_ENDPOINT": OWN},
            f"{OWN}/otel/v1/traces",
        ),
        ("phoenix", PHOENIX, "http://phoenix:6006/v1/traces"),
        ("phoenix", {"PHOENIX_ENDPOINT": "http://phoenix:6006/v1/traces"}, "http://phoenix:6006/v1/traces"),
    ],
)
def test_traces_go_to_the_vendors_address(name: str, environ: Mapping[str, str], expected: str) -> None:
    """The hosted one without a word, another one by the vendor's own variable, always with its path."""
    assert expected == endpoint(name, environ)


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        ("arize", ARIZE, {"api_key": KEY, "space_id": "U3BhY2U6MQ=="}),
        (
            "braintrust",
            {**BRAINTRUST, "BRAINTRUST_PROJECT": "mine", "BRAINTRUST_PROJECT_ID": "7"},
            {"authorization": f"Bearer {KEY}", "x-bt-parent": "project_id:7"},
        ),
        (
            "braintrust",
            {**BRAINTRUST, "BRAINTRUST_PROJECT": "mine", "BRAINTRUST_PARENT": "experiment_id:8"},
            {"authorization": f"Bearer {KEY}", "x-bt-parent": "experiment_id:8"},
        ),
        ("inference", CATALYST, {"authorization": f"Bearer {KEY}"}),
        ("inference", {**CATALYST, "INFERENCE_API_KEY": "other"}, {"authorization": f"Bearer {KEY}"}),
        (
            "inference",
            {"TRACE_TO_INFERENCE": "1", "INFERENCE_API_KEY": KEY},
            {"authorization": f"Bearer {KEY}"},
        ),
        ("inference", {"TRACE_TO_CATALYST": "1", "CATALYST_OTLP_ENDPOINT": OWN}, {}),
        ("datadog", DATADOG, {"dd-api-key": KEY, "dd-otlp-source": "llmobs"}),
        ("langfuse", LANGFUSE, {"authorization": BASIC, "x-langfuse-ingestion-version": "4"}),
        (
            "langsmith",
            {**LANGSMITH, "LANGSMITH_PROJECT": "all", "LANGSMITH_OPENCODE_PROJECT": "mine"},
            {"x-api-key": KEY, "langsmith-project": "mine"},
        ),
        (
            "langsmith",
            {**LANGSMITH, "LANGSMITH_OPENCODE_API_KEY": "own", "LANGSMITH_WORKSPACE_ID": "w"},
            {"x-api-key": "own", "langsmith-project": "opencode", "x-tenant-id": "w"},
        ),
        (
            "langsmith",
            {"TRACE_TO_LANGSMITH": "1", "LANGSMITH_OPENCODE_API_KEY": "own"},
            {"x-api-key": "own", "langsmith-project": "opencode"},
        ),
        ("phoenix", {**PHOENIX, "ARIZE_PROJECT_NAME": "mine"}, {"x-project-name": "mine"}),
    ],
)
def test_headers_are_those_that_the_vendor_asks_for(
    name: str, environ: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    """Its key as it wants it, and what names the place where the traces belong; the nearer name wins."""
    assert expected == headers(name, environ)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"ARIZE_API_KEY": KEY},
        {**ARIZE, "ARIZE_TRACE_ENABLED": "false"},
        {**PHOENIX, "ARIZE_TRACE_ENABLED": "false"},
        {"BRAINTRUST_API_KEY": KEY},
        {**BRAINTRUST, "TRACE_TO_BRAINTRUST": "false"},
        {"INFERENCE_API_KEY": KEY},
        {**CATALYST, "TRACE_TO_CATALYST": "false"},
        {"DD_API_KEY": KEY},
        {**DATADOG, "DD_LLMOBS_ENABLED": "0"},
        {"LANGFUSE_SECRET_KEY": KEY},
        {**LANGFUSE, "TRACE_TO_LANGFUSE": "false"},
        {"LANGSMITH_API_KEY": KEY, "LANGSMITH_TRACING": "true"},
        {**LANGSMITH, "TRACE_TO_LANGSMITH": "false"},
    ],
)
def test_nothing_goes_anywhere(environ: Mapping[str, str]) -> None:
    """A key that other programs use too switches nothing on, and each vendor has a variable that says no."""
    found = viewed(environ)

    assert ([], ()) == (list(found.settings), found.problems)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TRACE_TO_BRAINTRUST": "1"}, "BRAINTRUST_API_KEY: expected a value for Braintrust"),
        ({**BRAINTRUST, "BRAINTRUST_PARENT": "mine"}, "BRAINTRUST_PARENT: expected project_name:"),
        (
            {**BRAINTRUST, "BRAINTRUST_PARENT": "project_name:a\nx: y"},
            "BRAINTRUST_PARENT: expected project_name:",
        ),
        ({**BRAINTRUST, "BRAINTRUST_ADDITIONAL_METADATA": "[1]"}, "expected a JSON object"),
        ({**BRAINTRUST, "BRAINTRUST_PROJECT": "a\nb"}, "BRAINTRUST_PROJECT: expected printable ASCII"),
        ({"TRACE_TO_CATALYST": "1"}, "set INFERENCE_API_KEY, or CATALYST_OTLP_ENDPOINT"),
        ({**CATALYST, "CATALYST_OTLP_ENDPOINT": "ftp://host"}, "CATALYST_OTLP_ENDPOINT: expected a URL"),
        ({**DATADOG, "DD_SITE": "ddog-gov.com"}, "ddog-gov.com, which has none"),
        ({**DATADOG, "DD_SITE": "https://datadoghq.com"}, "DD_SITE: expected the domain of a Datadog site"),
        ({**DATADOG, "DD_LLMOBS_AGENTLESS_ENABLED": "0"}, "set OPENCODE_OTLP_ENDPOINT"),
        ({"OPENCODE_OTEL_DESTINATIONS": "datadog"}, "DD_API_KEY: expected a value for Datadog"),
        ({"OPENCODE_OTEL_DESTINATIONS": "langfuse"}, "LANGFUSE_SECRET_KEY: expected a value for Langfuse"),
        ({"TRACE_TO_LANGSMITH": "1"}, "LANGSMITH_API_KEY: expected a value for LangSmith"),
        ({**ARIZE, "ARIZE_OTLP_ENDPOINT": "::"}, "ARIZE_OTLP_ENDPOINT: expected a URL with a host"),
    ],
)
def test_what_cannot_be_used_is_told(environ: Mapping[str, str], words: str) -> None:
    """The vendor is left out, and the words say what to do."""
    found = viewed(environ)

    assert {} == found.settings
    assert any(words in problem for problem in found.problems), found.problems


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        ("arize", {**ARIZE, "ARIZE_USER_ID": "ada"}, {"user.id": "ada"}),
        ("phoenix", {**PHOENIX, "ARIZE_USER_ID": "ada"}, {"user.id": "ada"}),
        (
            "inference",
            {**CATALYST, "CATALYST_SERVICE_NAME": "mine", "CATALYST_ADDITIONAL_METADATA": OBJECT},
            {"agent.id": "mine", "metadata": '{"team": "platform", "size": 3}'},
        ),
        ("langfuse", LANGFUSE, {"langfuse.environment": "development"}),
        (
            "langfuse",
            {**LANGFUSE, "LANGFUSE_ENVIRONMENT": "ci", "LANGFUSE_USER_ID": "ada"},
            {"langfuse.environment": "ci", "user.id": "ada"},
        ),
        (
            "langsmith",
            {**LANGSMITH, "LANGSMITH_METADATA": OBJECT},
            {"langsmith.metadata.team": "platform", "langsmith.metadata.size": "3"},
        ),
        (
            "braintrust",
            {**BRAINTRUST, "BRAINTRUST_ADDITIONAL_METADATA": OBJECT},
            {"braintrust.metadata.team": "platform", "braintrust.metadata.size": "3"},
        ),
    ],
)
def test_users_own_words_are_on_every_span(
    name: str, environ: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    """A user, an environment, metadata of a team."""
    assert expected == settings(name, environ).tracing.fixed_attributes


def test_resource_names_the_project_or_the_application() -> None:
    """Where a vendor reads it there."""
    arize = settings("arize", {**ARIZE, "ARIZE_PROJECT_NAME": "mine"}).resource_attributes
    datadog = settings("datadog", {**DATADOG, "DD_LLMOBS_ML_APP": "app", "DD_ENV": "ci"})

    assert ("mine", "harness") == (arize["openinference.project.name"], arize["arize.project.type"])
    assert ("app", "ci") == (
        datadog.service_name,
        datadog.resource_attributes["deployment.environment.name"],
    )
    assert "mine" == settings("inference", {**CATALYST, "CATALYST_SERVICE_NAME": "mine"}).service_name
    assert "mine" == settings("langfuse", {**LANGFUSE, "LANGFUSE_SERVICE_NAME": "mine"}).service_name


def captured(name: str, environ: Mapping[str, str]) -> set[Content]:
    """Return the content that leaves for a destination."""
    found = settings(name, environ)
    return {kind for kind in Content if getattr(found, kind.value)}


@pytest.mark.parametrize(
    ("name", "environ", "kept"),
    [
        ("arize", ARIZE, set[Content]()),
        ("arize", {**ARIZE, "ARIZE_LOG_PROMPTS": "false"}, {Content.PROMPTS, Content.RESPONSES}),
        ("phoenix", {**PHOENIX, "ARIZE_LOG_TOOL_DETAILS": "false"}, {Content.TOOL_DETAILS}),
        ("phoenix", {**PHOENIX, "ARIZE_LOG_TOOL_CONTENT": "false"}, {Content.TOOL_CONTENT}),
        ("inference", {**CATALYST, "CATALYST_REDACT_CONTENT": "true"}, set(Content)),
        ("langfuse", {**LANGFUSE, "OPENCODE_LANGFUSE_CAPTURE_LEVEL": "metadata"}, set(Content)),
        ("braintrust", BRAINTRUST, set[Content]()),
    ],
)
def test_content_leaves_but_for_what_the_vendors_own_variables_keep_back(
    name: str, environ: Mapping[str, str], kept: set[Content]
) -> None:
    """As with the vendors' own integrations."""
    assert set(Content) - kept == captured(name, environ)
