"""The destinations of a shell, as the doctor sees them: where each is, what it gets, and who is left out."""

from pathlib import Path

import pytest

from otel_agent.doctor.backend import endpoint_reached, item_accepted
from otel_agent.doctor.destinations import destinations_usable
from otel_agent.doctor.installation import settings_valid
from otel_agent.sink.server import Sink
from tests.doctor.patients import looked, patient

PORTS = "gRPC is mostly at 4317, HTTP at 4318"
PHOENIX = {"PHOENIX_ENDPOINT": "http://localhost:6006", "PHOENIX_API_KEY": "s3cr3t"}


def test_each_destination_is_told(tmp_path: Path) -> None:
    """With its server, its signals and how much content it gets."""
    whom = patient(tmp_path, **PHOENIX, **{"backup.OPENCODE_OTLP_ENDPOINT": "http://backup:1"})

    assert [
        ("ok", "generic: metrics, logs, traces over grpc to http://localhost:4317, capture level metadata"),
        ("ok", "phoenix: traces over http/protobuf to http://localhost:6006, capture level content"),
        ("ok", "backup: metrics, logs, traces over grpc to http://backup:1, capture level metadata"),
    ] == looked(destinations_usable, whom)


def test_destination_that_is_left_out_fails_with_what_to_do(tmp_path: Path) -> None:
    """The other ones are told as well."""
    whom = patient(tmp_path, PHOENIX_ENDPOINT="no-url")
    findings = list(destinations_usable.look(whom))

    assert ["ok", "failed"] == [finding.verdict.value for finding in findings]
    assert findings[1].said.startswith("PHOENIX_ENDPOINT: expected")
    assert "OPENCODE_OTEL_DESTINATIONS" in findings[1].remedy


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"ARIZE_API_KEY": "k"}, "Arize AX is off: ARIZE_API_KEY is set and ARIZE_SPACE_ID is not"),
        (
            {"DD_API_KEY": "k"},
            "Datadog LLM Observability is off: DD_API_KEY is set and DD_LLMOBS_ENABLED is not",
        ),
        (
            {"DD_API_KEY": "k", "DD_LLMOBS_ENABLED": "false"},
            "Datadog LLM Observability is off: DD_LLMOBS_ENABLED turns it off",
        ),
        ({**PHOENIX, "ARIZE_TRACE_ENABLED": "0"}, "Phoenix is off: ARIZE_TRACE_ENABLED turns it off"),
        (
            {**PHOENIX, "OPENCODE_OTEL_DESTINATIONS": "none"},
            "Phoenix is off: OPENCODE_OTEL_DESTINATIONS does not name it",
        ),
        ({"MLFLOW_TRACKING_TOKEN": "k", "TRACE_TO_LANGSMITH": "false"}, None),
        ({"OPENCODE_OTEL_DESTINATIONS": "arize"}, None),
    ],
)
def test_destination_that_is_off_says_why(tmp_path: Path, environ: dict[str, str], told: str | None) -> None:
    """Where one of the variables is set that could switch it on: nobody has to guess which one is not."""
    found = looked(destinations_usable, patient(tmp_path, **environ))

    assert ([("ok", told)] if told else []) == [row for row in found if " is off: " in row[1]]


def test_shell_with_a_vendor_alone_has_telemetry_on(tmp_path: Path) -> None:
    """Nothing is said of the generic destination, and its server is not asked for."""
    whom = patient(tmp_path, OPENCODE_ENABLE_TELEMETRY="", **PHOENIX)

    assert [("ok", "PHOENIX_ENDPOINT=http://localhost:6006"), ("ok", "PHOENIX_API_KEY=***")] == looked(
        settings_valid, whom
    )
    assert ["phoenix"] == [said.partition(":")[0] for _, said in looked(destinations_usable, whom)]
    assert ["phoenix"] == [said.partition(":")[0] for _, said in looked(endpoint_reached, whom)]


def test_shell_without_any_destination_is_told(tmp_path: Path) -> None:
    """Telemetry is off in it."""
    found = looked(settings_valid, patient(tmp_path, OPENCODE_ENABLE_TELEMETRY=""))

    assert [("failed", "telemetry is off in this shell")] == found


def test_every_destinations_server_is_tried_with_its_own_key(tmp_path: Path) -> None:
    """What one of them refuses is told with its name and its variables, and the others are tried."""
    with Sink() as generic, Sink(required_headers={"authorization": "Bearer right"}) as phoenix:
        whom = patient(
            tmp_path,
            OPENCODE_OTLP_ENDPOINT=generic.http_url,
            OPENCODE_OTLP_PROTOCOL="http/protobuf",
            OPENCODE_DISABLE_LOGS="1",
            PHOENIX_ENDPOINT=phoenix.http_url,
            PHOENIX_API_KEY="wrong",
            PHOENIX_PROJECT="mine",
        )
        findings = list(item_accepted.look(whom))
        reached = looked(endpoint_reached, whom)
        again = looked(item_accepted, patient(tmp_path, **{**whom.environ, "PHOENIX_API_KEY": "right"}))
        [span] = phoenix.spans()

    assert ["ok", "ok", "failed"] == [finding.verdict.value for finding in findings]
    assert findings[2].said.startswith("phoenix: traces to 127.0.0.1:")
    assert "PHOENIX_API_KEY" in findings[2].remedy
    assert ["ok", "ok"] == [verdict for verdict, _ in reached]
    assert ["ok"] * 3 == [verdict for verdict, _ in again]
    assert "mine" == span.resource["openinference.project.name"]
    assert [] == [text for text in (str(findings), str(again)) if "wrong" in text or "right" in text]


def test_server_that_is_away_names_the_variable_to_correct(tmp_path: Path) -> None:
    """Not that of another destination."""
    with Sink() as sink:
        url = sink.http_url
    whom = patient(tmp_path, OPENCODE_ENABLE_TELEMETRY="", PHOENIX_ENDPOINT=url)
    [finding] = endpoint_reached.look(whom)

    assert finding.said.startswith("phoenix: 127.0.0.1:")
    assert finding.remedy.endswith("or correct PHOENIX_ENDPOINT")


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("", f"OPENCODE_OTLP_ENDPOINT and OPENCODE_OTLP_PROTOCOL: {PORTS}"),
        ("backup", f"backup.OPENCODE_OTLP_ENDPOINT and backup.OPENCODE_OTLP_PROTOCOL: {PORTS}"),
        ("phoenix", "PHOENIX_ENDPOINT"),
    ],
)
def test_failed_delivery_names_what_to_correct(tmp_path: Path, name: str, way: str) -> None:
    """The variables of its own destination."""
    with Sink() as sink:
        url = sink.http_url
    environ = {
        "": {"OPENCODE_OTLP_ENDPOINT": url},
        "backup": {"OPENCODE_OTLP_ENDPOINT": url, "backup.OPENCODE_OTLP_ENDPOINT": url},
        "phoenix": {"OPENCODE_ENABLE_TELEMETRY": "", "PHOENIX_ENDPOINT": url},
    }[name]
    findings = list(item_accepted.look(patient(tmp_path, **environ)))

    own = [
        one for one in findings if one.said.startswith(f"{name}:" if name else ("metrics", "logs", "traces"))
    ]
    assert {f"start the backend, or check {way}"} == {one.remedy for one in own}
