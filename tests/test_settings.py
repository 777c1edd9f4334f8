"""The settings of an environment: defaults, the field of each variable, and which signals are on."""

from pathlib import Path

import pytest

from otel_agent import settings
from otel_agent.delivery import Delivery
from otel_agent.settings import (
    Protocol,
    Settings,
    Signal,
    TelemetryProfile,
    Temporality,
    TraceProfile,
    Tracing,
    parse,
)
from otel_agent.tracing import SamplerName

ALL_SIGNALS = {Signal.METRICS, Signal.LOGS, Signal.TRACES}
NAMES = (*settings.recorded_names(), *settings.secret_names())


def test_defaults() -> None:
    """With nothing set, telemetry is off and every setting has its documented default."""
    expected = Settings(
        enabled=False,
        state_dir=Path("/home/me/.local/state/otel-agent"),
        deliveries={
            signal: Delivery(signal=signal, endpoint="http://localhost:4317", protocol=Protocol.GRPC)
            for signal in Signal
        },
        proxies={},
        tracing=Tracing(),
        metrics_interval_ms=60_000,
        logs_interval_ms=5_000,
        profile=TelemetryProfile.OPENCODE,
        metric_prefix="opencode.",
        genai_metrics=False,
        disabled_metrics=frozenset(),
        resource_attributes={},
        standard_attributes={},
        service_name=None,
        metric_attributes={},
        excluded_metric_attributes=frozenset(),
        metrics_include=frozenset({"user.id", "vcs.repository.name"}),
        temporality=Temporality.CUMULATIVE,
        cost_scale=1.0,
        headers_helper=None,
        log_prompts=False,
        log_responses=False,
        log_tool_details=False,
        log_tool_content=False,
        content_max_length=61_440,
        exit_wait_ms=None,
        outbox_max_bytes=268_435_456,
        outbox_max_age_s=604_800.0,
        log_level="info",
    )

    assert expected == parse({"HOME": "/home/me"})


def test_empty_variables_are_unset() -> None:
    """An empty value of any variable is as good as none."""
    assert parse({"HOME": "/home/me"}) == parse({**dict.fromkeys(NAMES, ""), "HOME": "/home/me"})


@pytest.mark.parametrize(
    ("environ", "field", "expected"),
    [
        ({"OPENCODE_ENABLE_TELEMETRY": "1"}, "enabled", True),
        ({"OPENCODE_ENABLE_TELEMETRY": "0"}, "enabled", True),
        ({"OPENCODE_ENABLE_TELEMETRY": "1", "OTEL_SDK_DISABLED": "TRUE"}, "enabled", False),
        ({"OPENCODE_ENABLE_TELEMETRY": "1", "OTEL_SDK_DISABLED": "false"}, "enabled", True),
        (
            {"OPENCODE_OTLP_METRICS_INTERVAL": "10", "OTEL_METRIC_EXPORT_INTERVAL": "20"},
            "metrics_interval_ms",
            10,
        ),
        ({"OTEL_METRIC_EXPORT_INTERVAL": "20"}, "metrics_interval_ms", 20),
        ({"OPENCODE_OTLP_LOGS_INTERVAL": "30"}, "logs_interval_ms", 30),
        ({"OPENCODE_METRIC_PREFIX": "claude_code."}, "metric_prefix", "claude_code."),
        ({"OPENCODE_DISABLE_METRICS": "a.b, c"}, "disabled_metrics", frozenset({"a.b", "c"})),
        (
            {"OTEL_RESOURCE_ATTRIBUTES": "a=1,b=1", "OPENCODE_RESOURCE_ATTRIBUTES": "b=2,c=x%20y"},
            "resource_attributes",
            {"b": "2", "c": "x y"},
        ),
        (
            {"OTEL_RESOURCE_ATTRIBUTES": "a=1,b=x%20y", "OPENCODE_RESOURCE_ATTRIBUTES": "b=2"},
            "standard_attributes",
            {"a": "1", "b": "x y"},
        ),
        ({"OPENCODE_METRIC_PREFIX": "acme."}, "profile", TelemetryProfile.OPENCODE),
        ({"OPENCODE_METRIC_PREFIX": "claude_code."}, "profile", TelemetryProfile.CLAUDE_CODE),
        ({"OPENCODE_TELEMETRY_PROFILE": "Claude_Code"}, "profile", TelemetryProfile.CLAUDE_CODE),
        ({"OPENCODE_TELEMETRY_PROFILE": "claude_code"}, "metric_prefix", "claude_code."),
        (
            {"OPENCODE_TELEMETRY_PROFILE": "claude_code", "OPENCODE_METRIC_PREFIX": "acme."},
            "metric_prefix",
            "acme.",
        ),
        (
            {"OPENCODE_TELEMETRY_PROFILE": "opencode", "OPENCODE_METRIC_PREFIX": "claude_code."},
            "profile",
            TelemetryProfile.OPENCODE,
        ),
        (
            {"OPENCODE_METRIC_PREFIX": "claude_code."},
            "metrics_include",
            frozenset({"user.id", "vcs.repository.name", "terminal.type"}),
        ),
        (
            {"OPENCODE_METRIC_PREFIX": "claude_code.", "OPENCODE_METRICS_INCLUDE": "user.id"},
            "metrics_include",
            frozenset({"user.id"}),
        ),
        ({"OPENCODE_METRIC_PREFIX": "claude_code."}, "temporality", Temporality.CUMULATIVE),
        ({"OPENCODE_GENAI_METRICS": "1"}, "genai_metrics", True),
        ({"OTEL_SERVICE_NAME": "mine"}, "service_name", "mine"),
        ({"OPENCODE_METRIC_ATTRIBUTES": "a=1"}, "metric_attributes", {"a": "1"}),
        (
            {"OPENCODE_EXCLUDE_METRICS_ATTRIBUTES": "session.id,x"},
            "excluded_metric_attributes",
            frozenset({"session.id", "x"}),
        ),
        ({"OPENCODE_METRICS_INCLUDE": "user.email"}, "metrics_include", frozenset({"user.email"})),
        ({"OPENCODE_OTLP_METRICS_TEMPORALITY": "Delta"}, "temporality", Temporality.DELTA),
        (
            {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "LowMemory"},
            "temporality",
            Temporality.LOWMEMORY,
        ),
        (
            {
                "OPENCODE_OTLP_METRICS_TEMPORALITY": "cumulative",
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
            },
            "temporality",
            Temporality.CUMULATIVE,
        ),
        ({"OPENCODE_COST_USAGE_SCALE": "1000000"}, "cost_scale", 1_000_000.0),
        ({"OPENCODE_OTLP_HEADERS_HELPER": "/opt/helper"}, "headers_helper", "/opt/helper"),
        ({"OPENCODE_CONTENT_MAX_LENGTH": "0"}, "content_max_length", 0),
        ({"OPENCODE_OTEL_EXIT_WAIT_MS": "auto"}, "exit_wait_ms", None),
        ({"OPENCODE_OTEL_EXIT_WAIT_MS": "0"}, "exit_wait_ms", 0),
        ({"OPENCODE_OTEL_OUTBOX_MAX_BYTES": "1GiB"}, "outbox_max_bytes", 1_073_741_824),
        ({"OPENCODE_OTEL_OUTBOX_MAX_AGE": "12h"}, "outbox_max_age_s", 43_200.0),
        ({"OPENCODE_OTEL_LOG_LEVEL": "Debug"}, "log_level", "debug"),
        ({"OPENCODE_OTEL_STATE_DIR": "/state"}, "state_dir", Path("/state")),
        ({"HTTPS_PROXY": "http://proxy"}, "proxies", {"https_proxy": "http://proxy"}),
    ],
)
def test_variable_sets_its_field(environ: dict[str, str], field: str, expected: object) -> None:
    """Each variable is read into its field, ours before the standard one."""
    assert expected == getattr(parse(environ), field)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"OPENCODE_LOG_PROMPTS": "1"}, (True, True, False, False)),
        ({"OTEL_LOG_USER_PROMPTS": "1"}, (True, True, False, False)),
        ({"OTEL_LOG_USER_PROMPTS": "1", "OTEL_LOG_ASSISTANT_RESPONSES": "0"}, (True, False, False, False)),
        ({"OPENCODE_LOG_PROMPTS": "1", "OPENCODE_LOG_RESPONSES": "off"}, (True, False, False, False)),
        ({"OPENCODE_LOG_PROMPTS": "0", "OTEL_LOG_USER_PROMPTS": "1"}, (False, False, False, False)),
        ({"OTEL_LOG_ASSISTANT_RESPONSES": "true"}, (False, True, False, False)),
        ({"OPENCODE_LOG_TOOL_DETAILS": "yes"}, (False, False, True, False)),
        ({"OTEL_LOG_TOOL_DETAILS": "1"}, (False, False, True, False)),
        ({"OPENCODE_LOG_TOOL_CONTENT": "on"}, (False, False, False, True)),
        ({"OTEL_LOG_TOOL_CONTENT": "1"}, (False, False, False, True)),
    ],
)
def test_content_is_captured_where_it_is_asked_for(
    environ: dict[str, str], expected: tuple[bool, bool, bool, bool]
) -> None:
    """Prompts, answers, tool details and tool content have a switch each; answers follow the prompts."""
    made = parse(environ)

    assert expected == (made.log_prompts, made.log_responses, made.log_tool_details, made.log_tool_content)


@pytest.mark.parametrize(
    ("environ", "off"),
    [
        ({"OPENCODE_DISABLE_LOGS": "false"}, {Signal.LOGS}),
        ({"OPENCODE_DISABLE_TRACES": "true"}, {Signal.TRACES}),
        ({"OPENCODE_DISABLE_TRACES": "session,llm,tool"}, {Signal.TRACES}),
        ({"OPENCODE_DISABLE_TRACES": "session,llm"}, set[Signal]()),
        ({"OTEL_METRICS_EXPORTER": "none"}, {Signal.METRICS}),
        ({"OTEL_LOGS_EXPORTER": "None"}, set[Signal]()),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}, {Signal.TRACES, Signal.LOGS}),
        ({"OTEL_METRICS_EXPORTER": "otlp", "OTEL_LOGS_EXPORTER": "console,none"}, set[Signal]()),
        ({"OTEL_METRICS_EXPORTER": "prometheus"}, set[Signal]()),
    ],
)
def test_signal_that_is_off_has_no_delivery(environ: dict[str, str], off: set[Signal]) -> None:
    """Only the signals that are on are delivered."""
    assert ALL_SIGNALS - off == set(parse(environ).deliveries)


@pytest.mark.parametrize(
    ("environ", "field", "expected"),
    [
        ({"OPENCODE_TRACE_PROFILE": "gen_ai"}, "profile", TraceProfile.GEN_AI),
        ({"OPENCODE_DISABLE_TRACES": "llm"}, "disabled", frozenset({"llm"})),
        ({"OPENCODE_SPAN_ATTRIBUTES": "a=1"}, "attributes", {"a": "1"}),
        ({"OPENCODE_TRACEPARENT": "no trace parent"}, "traceparent", "no trace parent"),
        ({"OPENCODE_TRACESTATE": "k=v"}, "tracestate", "k=v"),
        ({"TRACEPARENT": "t"}, "run_traceparent", "t"),
        ({"TRACESTATE": "k=v"}, "run_tracestate", "k=v"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio"}, "sampler", SamplerName.RATIO),
        ({"OTEL_TRACES_SAMPLER_ARG": "0.25"}, "sampled_share", 0.25),
        (
            {"OPENCODE_TRACE_PROPAGATION_PROVIDERS": "anthropic, openai"},
            "propagation_providers",
            frozenset({"anthropic", "openai"}),
        ),
    ],
)
def test_variable_of_traces_sets_its_field(environ: dict[str, str], field: str, expected: object) -> None:
    """Each variable of the traces is read into its field."""
    assert expected == getattr(parse(environ).tracing, field)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"OPENCODE_METRIC_PREFIX": "claude_code."}, TraceProfile.CLAUDE_CODE),
        ({"OPENCODE_TELEMETRY_PROFILE": "claude_code"}, TraceProfile.CLAUDE_CODE),
        (
            {"OPENCODE_TELEMETRY_PROFILE": "claude_code", "OPENCODE_TRACE_PROFILE": "openinference"},
            TraceProfile.OPENINFERENCE,
        ),
        ({}, TraceProfile.OPENCODE),
    ],
)
def test_profile_of_spans_follows_that_of_telemetry(environ: dict[str, str], expected: TraceProfile) -> None:
    """Unless it is set itself."""
    assert expected is parse(environ).tracing.profile
