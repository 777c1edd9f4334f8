"""Inference.net's Catalyst: https://docs.inference.net/integrations/traces/overview. It takes JSON only.

The variables are those of https://www.npmjs.com/package/@inference/trace-opencode: its older names win over
the newer ones, the older token alone switches tracing on, and the newer key, which is for calls of models
too, never does.
"""

import json
from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Content, Level
from otel_agent.delivery import Compression, Protocol
from otel_agent.destinations.additions import OBJECT, Metadata
from otel_agent.destinations.destination import (
    BASE,
    KEY,
    SWITCH,
    TEXT,
    Destination,
    Traces,
    UnfitError,
    bearer,
    level_of,
    posted,
)
from otel_agent.parsing import Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

HOSTED: Final = "https://telemetry.inference.net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What the environment says about Catalyst."""

    token: Secret | None = setting(
        "CATALYST_OTLP_TOKEN",
        kind=KEY,
        default=None,
        secret=True,
        meaning="Catalyst's token; switches it on.",
    )
    key: Secret | None = setting(
        "INFERENCE_API_KEY",
        kind=KEY,
        default=None,
        secret=True,
        meaning="Key of Inference.net, the token where there is no other; switches nothing on.",
    )
    wanted: bool | None = setting(
        "TRACE_TO_CATALYST",
        "TRACE_TO_INFERENCE",
        kind=SWITCH,
        default=None,
        meaning="On: with a key, or without any for an endpoint of your own. Off: whatever else is set.",
    )
    endpoint: str = setting(
        "CATALYST_OTLP_ENDPOINT",
        "INFERENCE_OTLP_ENDPOINT",
        kind=BASE,
        default=HOSTED,
        meaning="Where Catalyst takes OTLP.",
    )
    service: str = setting(
        "CATALYST_SERVICE_NAME",
        "INFERENCE_SERVICE_NAME",
        kind=TEXT,
        default="opencode",
        meaning="The service's name and the agent's id, by which its pages group.",
    )
    redact: bool = setting(
        "CATALYST_REDACT_CONTENT",
        "INFERENCE_REDACT_CONTENT",
        kind=SWITCH,
        default=False,
        meaning="On keeps all content back.",
    )
    metadata: Metadata | None = setting(
        "CATALYST_ADDITIONAL_METADATA",
        "INFERENCE_ADDITIONAL_METADATA",
        kind=OBJECT,
        default=None,
        meaning="The `metadata` of every span.",
    )
    debug: bool = setting(
        "CATALYST_DEBUG",
        "INFERENCE_DEBUG",
        kind=SWITCH,
        default=False,
        meaning="Taken and of no use: `status`, `doctor` and the agent's log say more.",
    )
    level: Level | None = level_of("inference")


def traces(given: Variables) -> Traces:
    """Return how Catalyst gets traces; raises UnfitError without a token where one is needed."""
    token = given.token or given.key
    if token is None and given.endpoint.rstrip("/") == HOSTED:
        raise UnfitError(
            "expected a token for the hosted Catalyst, got none; set INFERENCE_API_KEY, "
            "or CATALYST_OTLP_ENDPOINT to a collector of your own"
        )
    metadata = {"metadata": json.dumps(given.metadata, ensure_ascii=False)} if given.metadata else {}
    return Traces(
        endpoint=posted(given.endpoint),
        protocol=Protocol.HTTP_JSON,
        compression=Compression.NONE,
        profile=TraceProfile.INFERENCE,
        headers=bearer(token),
        service_name=given.service,
        attributes={"agent.id": given.service, **metadata},
        hidden=frozenset(Content) if given.redact else frozenset(),
    )


INFERENCE = Destination(
    name="inference",
    title="Inference.net Catalyst",
    guide="https://docs.inference.net/integrations/traces/overview",
    variables=Variables,
    starts=(("CATALYST_OTLP_TOKEN",), ("TRACE_TO_CATALYST",), ("TRACE_TO_INFERENCE",)),
    stops=("TRACE_TO_CATALYST", "TRACE_TO_INFERENCE"),
    traces=traces,
)
