"""Every setting, once: the one place that knows environment variables, and the only one that reads them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from otel_agent import capture, parsing
from otel_agent.capture import LEVELS, Level
from otel_agent.delivery import Compression, Delivery, Protocol, Switches, Temporality, deliveries_of
from otel_agent.errors import SettingsError
from otel_agent.parsing import Secret
from otel_agent.profiles import DEFAULT_PREFIX, INCLUDED, METRIC_ATTRIBUTES, TelemetryProfile, followed
from otel_agent.redaction.patterns import PATTERNS, Patterns
from otel_agent.surroundings import LogLevel, Places, Proxies, proxies_of, state_dir_of
from otel_agent.tracing import TraceProfile, Tracing
from otel_agent.variables import Reader, Scope, Setting, Signal, rows_of, setting

__all__ = [
    "Compression",
    "Delivery",
    "Protocol",
    "Secret",
    "Setting",
    "Settings",
    "Signal",
    "TelemetryProfile",
    "Temporality",
    "TraceProfile",
    "Tracing",
    "environ",
    "parse",
    "recorded_names",
    "rows",
    "secret_names",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says about telemetry; a new setting is a new field made by setting()."""

    enabled: bool
    state_dir: Path
    deliveries: Mapping[Signal, Delivery] = field(default_factory=dict[Signal, Delivery])
    proxies: Mapping[str, str] = field(default_factory=dict[str, str])
    tracing: Tracing = field(default_factory=Tracing)
    metrics_interval_ms: int = setting(
        "OPENCODE_OTLP_METRICS_INTERVAL",
        "OTEL_METRIC_EXPORT_INTERVAL",
        kind=parsing.INTERVAL_MS,
        default=60_000,
        meaning="Milliseconds between two requests with metrics.",
    )
    logs_interval_ms: int = setting(
        "OPENCODE_OTLP_LOGS_INTERVAL",
        kind=parsing.INTERVAL_MS,
        default=5_000,
        meaning="Milliseconds between two requests with log events; traces go with them.",
    )
    profile: TelemetryProfile = setting(
        "OPENCODE_TELEMETRY_PROFILE",
        kind=parsing.choice(TelemetryProfile),
        default=TelemetryProfile.OPENCODE,
        shown="claude_code with the prefix `claude_code.`, else opencode",
        meaning="Whose names, types and units metrics and log events have.",
    )
    metric_prefix: str = setting(
        "OPENCODE_METRIC_PREFIX",
        kind=parsing.TEXT,
        default=DEFAULT_PREFIX,
        shown="opencode.; in profile claude_code claude_code.",
        meaning="What stands before the names of metrics and spans.",
    )
    genai_metrics: bool = setting(
        "OPENCODE_GENAI_METRICS",
        kind=parsing.SWITCH,
        default=False,
        meaning="Also sends the `gen_ai.client.*` metrics of the GenAI conventions, without prefix.",
    )
    disabled_metrics: frozenset[str] = setting(
        "OPENCODE_DISABLE_METRICS",
        kind=parsing.WORDS,
        default=frozenset(),
        meaning="Metrics that are not sent, without the prefix; their log events stay.",
        scope=Scope.OFF,
    )
    resource_attributes: Mapping[str, str] = setting(
        "OPENCODE_RESOURCE_ATTRIBUTES",
        kind=parsing.ATTRIBUTES,
        default={},
        meaning="Attributes of the Resource, percent-decoded; they win over OTEL_RESOURCE_ATTRIBUTES.",
        scope=Scope.PROJECT,
    )
    standard_attributes: Mapping[str, str] = setting(
        "OTEL_RESOURCE_ATTRIBUTES",
        kind=parsing.ATTRIBUTES,
        default={},
        meaning="Attributes of the Resource; in profile claude_code also of each point and log event.",
        scope=Scope.PROJECT,
    )
    service_name: str | None = setting(
        "OTEL_SERVICE_NAME",
        kind=parsing.TEXT,
        default=None,
        shown="opencode; in profile claude_code claude-code",
        meaning="The Resource's service.name.",
        scope=Scope.PROJECT,
    )
    metric_attributes: Mapping[str, str] = setting(
        "OPENCODE_METRIC_ATTRIBUTES",
        kind=parsing.ATTRIBUTES,
        default={},
        meaning="Attributes of every metric point.",
        scope=Scope.PROJECT,
    )
    excluded_metric_attributes: frozenset[str] = setting(
        "OPENCODE_EXCLUDE_METRICS_ATTRIBUTES",
        kind=parsing.WORDS,
        default=frozenset(),
        meaning="Attributes taken off metric points, last of all; points that then coincide become one.",
        scope=Scope.OFF,
    )
    metrics_include: frozenset[str] = setting(
        "OPENCODE_METRICS_INCLUDE",
        kind=parsing.subset(METRIC_ATTRIBUTES, example="user.id,vcs.repository.name"),
        default=INCLUDED,
        shown="user.id,vcs.repository.name; profile claude_code adds terminal.type",
        meaning="Optional attributes of metric points.",
    )
    temporality: Temporality = setting(
        "OPENCODE_OTLP_METRICS_TEMPORALITY",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        kind=parsing.choice(Temporality),
        default=Temporality.CUMULATIVE,
        meaning="What metric points count from.",
    )
    cost_scale: float = setting(
        "OPENCODE_COST_USAGE_SCALE",
        kind=parsing.POSITIVE,
        default=1.0,
        shown="1",
        meaning="Multiplies cost.usage and nothing else; the unit becomes `USD/<scale>`.",
    )
    headers_helper: str | None = setting(
        "OPENCODE_OTLP_HEADERS_HELPER",
        kind=parsing.HELPER,
        default=None,
        meaning="Program that prints a JSON object of headers; they win over OPENCODE_OTLP_HEADERS.",
    )
    capture_level: Level = setting(
        "OPENCODE_CAPTURE_LEVEL",
        kind=capture.LEVEL,
        default=Level.METADATA,
        shown="metadata; each destination has its own",
        meaning="How much content is sent; the switches below win.",
    )
    log_prompts: bool = setting(
        "OPENCODE_LOG_PROMPTS",
        "OTEL_LOG_USER_PROMPTS",
        kind=parsing.SWITCH,
        default=False,
        meaning="Sends the text of prompts.",
    )
    log_responses: bool = setting(
        "OPENCODE_LOG_RESPONSES",
        "OTEL_LOG_ASSISTANT_RESPONSES",
        "OPENCODE_LOG_PROMPTS",
        "OTEL_LOG_USER_PROMPTS",
        kind=parsing.SWITCH,
        default=False,
        shown="as for prompts",
        meaning="Sends the text of answers.",
    )
    log_tool_details: bool = setting(
        "OPENCODE_LOG_TOOL_DETAILS",
        "OTEL_LOG_TOOL_DETAILS",
        kind=parsing.SWITCH,
        default=False,
        meaning="Sends what tools were called with.",
    )
    log_tool_content: bool = setting(
        "OPENCODE_LOG_TOOL_CONTENT",
        "OTEL_LOG_TOOL_CONTENT",
        kind=parsing.SWITCH,
        default=False,
        meaning="Sends what tools read, wrote and answered.",
    )
    content_max_length: int = setting(
        "OPENCODE_CONTENT_MAX_LENGTH",
        kind=parsing.LENGTH,
        default=61_440,
        meaning="UTF-16 code units after which a text that is sent is cut.",
    )
    redact_patterns: Patterns = setting(
        "OPENCODE_REDACT_PATTERNS",
        kind=PATTERNS,
        default=(),
        shown="unset",
        meaning="What is taken out of each text that is sent, beside known secrets and home folders.",
    )
    exit_wait_ms: int | None = setting(
        "OPENCODE_OTEL_EXIT_WAIT_MS",
        kind=parsing.EXIT_WAIT_MS,
        default=None,
        shown="auto",
        meaning="OpenCode's wait at its end; auto: 10000 in CI, containers, without terminal; else 0.",
    )
    outbox_max_bytes: int = setting(
        "OPENCODE_OTEL_OUTBOX_MAX_BYTES",
        kind=parsing.SIZE_BYTES,
        default=256 * 2**20,
        shown="256MiB",
        meaning="How much may wait for delivery in all journals; the oldest goes first.",
    )
    outbox_max_age_s: float = setting(
        "OPENCODE_OTEL_OUTBOX_MAX_AGE",
        kind=parsing.AGE_S,
        default=7 * 86_400.0,
        shown="7d",
        meaning="How long a request may wait for delivery.",
    )
    log_level: str = setting(
        "OPENCODE_OTEL_LOG_LEVEL",
        kind=parsing.choice(LogLevel),
        default=LogLevel.INFO,
        meaning="What the agent's own log keeps.",
    )


def environ() -> Mapping[str, str]:
    """Return a copy of this process's environment, without what settings files say."""
    return dict(os.environ)


def parse(environ: Mapping[str, str]) -> Settings:
    """Return the settings that an environment holds; raises SettingsError with every problem.

    An empty value counts as unset.
    """
    reader = Reader(environ)
    switches = reader.made(Switches)
    plain = reader.made(
        Settings,
        enabled=switches.on and not switches.sdk_disabled,
        state_dir=state_dir_of(reader, os.getuid()),
        proxies=proxies_of(reader),
    )
    tracing = reader.made(Tracing)
    deliveries = deliveries_of(reader, tracing.disabled)
    if reader.problems:
        raise SettingsError(reader.problems)
    unset = [name for name, row in rows_of(Settings).items() if not row.given(environ, None)]
    following: Mapping[str, Any] = {
        **followed(plain.profile, plain.metric_prefix, unset),
        **{kind.value: True for kind in LEVELS[plain.capture_level] if kind.value in unset},
    }
    settings = replace(plain, deliveries=deliveries, tracing=tracing, **following)
    if settings.profile is TelemetryProfile.CLAUDE_CODE and not _is_given(environ, Tracing, "profile"):
        settings = replace(settings, tracing=replace(tracing, profile=TraceProfile.CLAUDE_CODE))
    return settings


def _is_given(environ: Mapping[str, str], kind: type[Tracing], field_name: str) -> bool:
    """Tell whether a variable of a field is set."""
    return bool(rows_of(kind)[field_name].given(environ, None))


def rows() -> tuple[Setting[object], ...]:
    """Return every setting, in the order of the documentation."""
    kinds = (Switches, Delivery, Settings, Tracing, Places, Proxies)
    return tuple(row for kind in kinds for row in rows_of(kind).values())


def recorded_names() -> tuple[str, ...]:
    """Return the variables that a journal's header may hold, sorted."""
    return tuple(sorted({name for row in rows() if not row.secret for name in row.names}))


def secret_names() -> tuple[str, ...]:
    """Return the variables of which a journal's header holds a fingerprint only, sorted."""
    return tuple(sorted({name for row in rows() if row.secret for name in row.names}))
