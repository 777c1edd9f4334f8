"""The settings of traces: which spans there are, how they are written, whose children, which are sampled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from otel_agent import parsing
from otel_agent.variables import Scope, setting


class TraceProfile(StrEnum):
    """Whose names and attributes spans have."""

    OPENCODE = "opencode"
    GEN_AI = "gen_ai"
    OPENINFERENCE = "openinference"
    CLAUDE_CODE = "claude_code"
    ARIZE = "arize"
    BRAINTRUST = "braintrust"
    INFERENCE = "inference"
    LANGFUSE = "langfuse"
    LANGSMITH = "langsmith"
    MLFLOW = "mlflow"


class SamplerName(StrEnum):
    """The samplers of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/."""

    ALWAYS_ON = "always_on"
    ALWAYS_OFF = "always_off"
    RATIO = "traceidratio"
    PARENT_ALWAYS_ON = "parentbased_always_on"
    PARENT_ALWAYS_OFF = "parentbased_always_off"
    PARENT_RATIO = "parentbased_traceidratio"


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise parsing.InvalidValueError from None
    if not 0 <= number <= 1:
        raise parsing.InvalidValueError
    return number


SHARE: Final = parsing.Kind(expected="a number from 0 to 1", example="0.25", read=_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """What the environment says about traces; a destination says which attributes every span has of it."""

    fixed_attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    profile: TraceProfile = setting(
        "OPENCODE_TRACE_PROFILE",
        kind=parsing.choice(TraceProfile),
        default=TraceProfile.OPENCODE,
        shown="opencode; in profile claude_code claude_code",
        meaning="Whose names and attributes spans have.",
    )
    disabled: frozenset[str] = setting(
        "OPENCODE_DISABLE_TRACES",
        kind=parsing.DISABLED_SPANS,
        default=frozenset(),
        meaning="Types of spans that are not sent; `all`, `*`, `true` and `1` mean every type.",
        scope=Scope.OFF,
    )
    attributes: Mapping[str, str] = setting(
        "OPENCODE_SPAN_ATTRIBUTES",
        kind=parsing.ATTRIBUTES,
        default={},
        meaning="Attributes of every span.",
        scope=Scope.PROJECT,
    )
    traceparent: str | None = setting(
        "OPENCODE_TRACEPARENT",
        kind=parsing.TEXT,
        default=None,
        meaning="W3C parent of every root span.",
        scope=Scope.ENVIRONMENT,
    )
    tracestate: str | None = setting(
        "OPENCODE_TRACESTATE",
        kind=parsing.TEXT,
        default=None,
        meaning="W3C state that belongs to that parent.",
        scope=Scope.ENVIRONMENT,
    )
    run_traceparent: str | None = setting(
        "TRACEPARENT",
        kind=parsing.TEXT,
        default=None,
        meaning="The same, in `opencode run` only, where OPENCODE_TRACEPARENT is unset.",
        scope=Scope.ENVIRONMENT,
    )
    run_tracestate: str | None = setting(
        "TRACESTATE",
        kind=parsing.TEXT,
        default=None,
        meaning="W3C state that belongs to TRACEPARENT.",
        scope=Scope.ENVIRONMENT,
    )
    sampler: SamplerName = setting(
        "OTEL_TRACES_SAMPLER",
        kind=parsing.choice(SamplerName),
        default=SamplerName.PARENT_ALWAYS_ON,
        meaning="Which traces are sent.",
    )
    sampled_share: float = setting(
        "OTEL_TRACES_SAMPLER_ARG",
        kind=SHARE,
        default=1.0,
        shown="1",
        meaning="Which part of the traces a ratio sampler sends.",
    )
    propagation_providers: frozenset[str] = setting(
        "OPENCODE_TRACE_PROPAGATION_PROVIDERS",
        kind=parsing.WORDS,
        default=frozenset(),
        meaning="Provider ids, or `*`, whose model requests get a `traceparent` header.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The texts of a remote parent as the environment has them."""

    traceparent: str
    tracestate: str | None = None


def incoming(tracing: Tracing, subcommand: str | None) -> Incoming | None:
    """Return the remote parent that holds for an OpenCode process.

    TRACEPARENT counts in `opencode run` only: elsewhere a shell's stale one would silence traces.
    """
    if tracing.traceparent is not None:
        return Incoming(traceparent=tracing.traceparent, tracestate=tracing.tracestate)
    if tracing.run_traceparent is not None and subcommand == "run":
        return Incoming(traceparent=tracing.run_traceparent, tracestate=tracing.run_tracestate)
    return None
